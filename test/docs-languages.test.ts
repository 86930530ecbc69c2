/** The documents that there are in two languages say the same: the commands are equal, and so is what there is to read about. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadSystems } from '../src/systems/load.js'
import { blocksOf } from './support/markdown.js'

const docs = fileURLToPath(new URL('../docs', import.meta.url))
const translated = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.zh-CN.md') && !name.startsWith('review')).sort()

test('what an app is built with is there in Chinese', () => {
  expect(translated).toEqual(expect.arrayContaining(['package.zh-CN.md', 'recipes.zh-CN.md', 'runners.zh-CN.md']))
  for (const page of readdirSync(join(docs, 'systems')).filter((name) => !name.includes('.zh-CN'))) expect(translated).toContain(`systems/${page.replace('.md', '.zh-CN.md')}`)
})

test.each(translated)('%s', (name) => {
  const other = name.replace('.zh-CN.md', '.md')
  expect(existsSync(join(docs, other))).toBe(true)
  const [chinese, english] = [readFileSync(join(docs, name), 'utf8'), readFileSync(join(docs, other), 'utf8')]
  expect(blocksOf(chinese).map(commands)).toEqual(blocksOf(english).map(commands))
  expect(outline(chinese)).toEqual(outline(english))
  expect(chinese).toContain(`[English](${basename(other)})`)
  expect(english).toContain(`[中文](${basename(name)})`)
})

/** @returns what is run; what is said beside it, and what is answered, may be in the reader's language */
function commands({ language, code }: { readonly language: string; readonly code: string }): readonly string[] {
  const lines = code.split('\n').map((line) => line.replace(/(^|\s+)(?:#|\/\/) .*$/, '').trimEnd())
  return [language, ...lines.filter((line) => line !== '')]
}

/** @returns how deep each heading is, and how many rows the tables have below it */
function outline(markdown: string): string[] {
  const lines = markdown.replace(/^ *```[\s\S]*?^ *```$/gm, '').split('\n')
  return lines.flatMap((line) => /^#+(?= )/.exec(line)?.[0] ?? (line.startsWith('| ') ? ['row'] : line.startsWith('- ') ? ['point'] : []))
}

test.each(['README.md', 'README.zh-CN.md'])('%s counts the operations and the codes of a system as `understudy list` does', async (name) => {
  const shown = [...readFileSync(join(docs, '..', name), 'utf8').matchAll(/^(edu|im|job|live|trid) +(\d+) operations +(\d+) codes/gm)].map(([, id, operations, codes]) => [id, Number(operations), Number(codes)])
  expect(shown.length).toBeGreaterThan(0)
  const counted = new Map((await loadSystems([])).map(({ id, contract }): [string, unknown] => [id, [id, Object.keys(contract.operations).length, Object.keys(contract.errors).length]]))
  expect(shown).toEqual(shown.map(([id]) => counted.get(String(id))))
})
