/** The results as Markdown. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { root, works } from './contenders.js'
import type { Forwarded } from './forward.js'
import type { Growth } from './growth.js'
import type { Row } from './rounds.js'
import type { Comparison } from './same-bytes.js'

/** What each work is called for people. */
export const TITLES = { code: 'send code', list: 'list page', login: 'code + login', session: 'code, login, list, logout' } as const

const RESULTS = join(root, 'bench', 'RESULTS.md')

/** @returns a part of the results under its title, with the machine and the day it was measured on */
export function section(title: string, lines: readonly string[], date: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string } // our own file
  const machine = `${date}; Understudy ${version}; Node ${process.versions.node}; ${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB.`
  return [`## ${title}`, '', machine, ...(lines[0]?.startsWith('|') === true ? [''] : []), ...lines, ''].join('\n')
}

/** Puts a section into RESULTS.md, in place of the one of the same title. */
export function keepSection(title: string, text: string): void {
  const [head = '', ...sections] = readFileSync(RESULTS, 'utf8').split(/^(?=## )/m)
  const at = sections.findIndex((one) => one.startsWith(`## ${title}\n`))
  const kept = at < 0 ? [...sections, text] : sections.with(at, text)
  writeFileSync(RESULTS, [head.trimEnd(), ...kept.map((one) => one.trimEnd()), ''].join('\n\n').trimEnd() + '\n')
}

/** @returns what everybody does of live's work, as a table */
export function rates(rows: readonly Row[]): string[] {
  const header = ['', ...works.flatMap((work) => [`${TITLES[work]}, requests/s`, '× Express', 'p99 ms', 'p99 × Express'])]
  return markdown(header, rows.map(({ name, works: done }) => [name, ...works.flatMap((work) => cells(done[work]))]))
}

function cells(done: Row['works'][keyof Row['works']]): string[] {
  return done === undefined ? ['–', '–', '–', '–'] : [done.rate.toFixed(0), done.ratio.toFixed(2), done.p99.toFixed(2), done.p99Ratio.toFixed(2)]
}

/** @returns operations of other systems beside servers that send the same bytes, as a table */
export function answersTable(answers: readonly Comparison[]): string[] {
  return markdown(
    ['beside servers that send the same bytes', 'bytes', 'requests/s', '× Express', 'p99 × Express', '× node:http'],
    answers.map(({ what, bytes, rate, expressRatio, expressP99Ratio, httpRatio }) => [what, String(bytes), rate.toFixed(0), expressRatio.toFixed(2), expressP99Ratio.toFixed(2), httpRatio.toFixed(2)]),
  )
}

/** @returns cold start and memory, as a table */
export function startAndMemory(rows: readonly Row[], requests: number): string[] {
  return markdown(
    ['', 'cold start, ms', '× Express', `resident after ${requests.toLocaleString('en')} requests, MiB`, '× Express'],
    rows.map(({ name, start, startRatio, memory, memoryRatio }) => [name, start.toFixed(0), startRatio.toFixed(2), memory.toFixed(0), memoryRatio.toFixed(2)]),
  )
}

/** @returns how calls go on to a real backend, as a table */
export function forwardTable(forwarded: readonly Forwarded[]): string[] {
  return markdown(
    ['before the same backend', 'calls/s', '× Prism', 'latency of one after the other, ms', '× plain proxy', 'of 32 at once, ms', '× plain proxy', 'p99 ms', 'processor time of a call, µs'],
    forwarded.map(({ name, rate, besidePrism, alone, aloneBesidePlain, mean, besidePlain, p99, processor }) => [name, rate.toFixed(0), besidePrism?.toFixed(2) ?? '–', alone.toFixed(3), aloneBesidePlain.toFixed(2), mean.toFixed(2), besidePlain.toFixed(2), p99.toFixed(2), processor.toFixed(0)]),
  )
}

/** @returns what must not grow, as a table */
export function growthTable(growth: readonly Growth[]): string[] {
  return markdown(
    ['what', 'figure', 'target', 'met'],
    growth.map(({ what, figure, target, met }) => [what, figure, target, met === null ? '–' : met ? 'yes' : 'no']),
  )
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cellsOfRow: readonly string[]) => `| ${cellsOfRow.join(' | ')} |`
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)]
}
