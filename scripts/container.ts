/**
 * The Dockerfile, read and carried out where there is no Docker: its commands run in their order in a bare folder, which stands for the root of the image.
 * What Docker itself adds (base image, layers, users) is not there; that the file asks for it is held by rules.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from './pack.js'

/** One instruction, its lines joined. */
export interface Instruction {
  readonly name: string
  readonly rest: string
}

/** @returns the instructions of a Dockerfile; comments are left out */
export function readDockerfile(text: string): readonly Instruction[] {
  const joined = text.split('\n').filter((line) => !/^\s*#/.test(line)).join('\n').replace(/\\\n/g, ' ')
  return joined.split('\n').flatMap((line) => {
    const [, name = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? []
    return name === '' ? [] : [{ name: name.toUpperCase(), rest }]
  })
}

/** A rule with the name that hadolint has for it; `broken` says by which instructions. */
interface Rule {
  readonly rule: string
  readonly broken: (all: readonly Instruction[]) => readonly string[]
}

const namesIn = (name: string) => (all: readonly Instruction[]) => all.filter((one) => one.name === name).map(({ rest }) => rest)

const RULES: readonly Rule[] = [
  { rule: 'DL3000: WORKDIR is absolute', broken: (all) => namesIn('WORKDIR')(all).filter((path) => !path.startsWith('/')) },
  { rule: 'DL3002: the last USER is not root', broken: (all) => (/^(?:root|0)?$/.test(namesIn('USER')(all).at(-1) ?? '') ? ['USER'] : []) },
  { rule: 'DL3006, DL3007: every base image has a whole version', broken: (all) => namesIn('FROM')(all).filter((image) => !/:\d+\.\d+\.\d+/.test(image)) },
  { rule: 'DL3012, DL4003: one HEALTHCHECK, and one CMD', broken: (all) => ['HEALTHCHECK', 'CMD', 'ENTRYPOINT'].filter((name) => namesIn(name)(all).length !== 1) },
  { rule: 'DL3016: npm installs pinned packages', broken: (all) => namesIn('RUN')(all).flatMap((line) => (/npm (?:i|install)\b/.test(line) ? line.split(/\s+/).slice(3).filter((word) => !word.startsWith('-') && !/@\d+\.\d+\.\d+$|\.tgz$/.test(word)) : [])) },
  { rule: 'DL3020: files are COPYed, not ADDed', broken: namesIn('ADD') },
  { rule: 'DL3025: CMD, ENTRYPOINT and the HEALTHCHECK are lists', broken: (all) => all.filter(({ name, rest }) => ['CMD', 'ENTRYPOINT', 'HEALTHCHECK'].includes(name) && !/\[.*\]$/.test(rest)).map(({ rest }) => rest) },
  { rule: 'DL3059: RUNs that follow each other are few', broken: (all) => (namesIn('RUN')(all).length > 3 ? ['RUN'] : []) },
]

/** @returns what is wrong with a Dockerfile, a sentence for each rule that it breaks */
export function lintDockerfile(all: readonly Instruction[]): readonly string[] {
  return RULES.flatMap(({ rule, broken }) => broken(all).map((what) => `${rule}: ${what}`))
}

/** @returns the words of an instruction that is a list */
export function wordsOf(all: readonly Instruction[], name: string): readonly string[] {
  const rest = all.findLast((one) => one.name === name)?.rest ?? ''
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[] // a file of the repository, which the rules have looked at
}

/**
 * Carries out the commands of all stages in a folder.
 * @param context the folder that is given to `docker build`
 * @param root an empty folder, which is `/` for them
 * @throws Error with what a command printed if it fails
 */
export function buildIn(all: readonly Instruction[], context: string, root: string): void {
  let workdir = root
  for (const { name, rest } of all) {
    if (name === 'WORKDIR') {
      workdir = join(root, rest)
      mkdirSync(workdir, { recursive: true })
    } else if (name === 'RUN') run('sh', ['-c', below(rest, root)], workdir)
    else if (name === 'COPY') {
      const words = rest.split(/\s+/)
      const [from = '', to = ''] = words.filter((word) => !word.startsWith('--'))
      const source = words.some((word) => word.startsWith('--from=')) ? join(root, from) : join(context, from)
      const target = join(root, to)
      // All stages share the one folder.
      if (source === target) continue
      mkdirSync(dirname(target), { recursive: true })
      cpSync(source, target, { recursive: true })
    }
  }
}

/** @returns the text with absolute paths put below the root */
function below(text: string, root: string): string {
  return text.replace(/(^|\s)\/(?=\w)/g, `$1${root}/`)
}

/** Starts what the image starts. */
export function startIn(all: readonly Instruction[], root: string, env: Readonly<Record<string, string>>): ChildProcess {
  const [file = '', ...rest] = [...wordsOf(all, 'ENTRYPOINT'), ...wordsOf(all, 'CMD')].map((word) => (word.startsWith('/') ? join(root, word) : word))
  return spawn(file, rest, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** @returns the Dockerfile of the repository */
export function ownDockerfile(): readonly Instruction[] {
  return readDockerfile(readFileSync(join(import.meta.dirname, '..', 'Dockerfile'), 'utf8'))
}
