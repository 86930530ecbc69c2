/** Answers on their way into the files: a copied reply is added to them, and each gets what it answers written beside it. Nothing in them is ever changed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { answersFile, parseAnswers, wordingOf } from '../generate/answers.js'
import { ContractError } from '../generate/json.js'
import type { Project } from '../generate/load.js'
import { askedIn, numberOf } from '../generate/questions.js'

/** A line of a reply: `edu-q12 是`, `edu-q13: 90 秒`. */
const LINE = /^(?:[-*•]\s*|\d+[.、)]\s*)?([a-z][a-z0-9-]*?-q\d+)(?:\s*[:：,，、=]\s*|\s+|(?=\p{Script=Han}))(\S.*)$/iu

/** Who replied, and when. */
export interface Sender {
  readonly who: string
  /** `2026-05-06` */
  readonly when: string
}

/**
 * Adds a reply to the answers, one line each.
 * @returns the files that changed, by path from the project folder
 * @throws ContractError, before anything is written, where a line is no answer or its question is not there
 */
export function addReply({ root, systems }: Project, reply: string, { who, when }: Sender): string[] {
  const numbers = new Map(systems.flatMap(({ system }) => askedIn(system).map((asked) => [numberOf(asked) ?? '', { id: system.id, asked }] as const)))
  const entries = reply.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '').map((line) => {
    const [, number = '', answer = ''] = LINE.exec(line) ?? []
    const found = numbers.get(number.toLowerCase())
    if (number === '') throw new ContractError(`no answer: ${line}\nA line of a reply is a number and what is said to it: edu-q12 是`)
    if (found === undefined) throw new ContractError(`there is no question ${number} (${line})`)
    return { id: found.id, text: entryOf({ question: number.toLowerCase(), answer, who, when, asked: wordingOf(found.asked) }) }
  })
  const files = [...new Set(entries.map(({ id }) => id))].map((id) => {
    const path = join(root, answersFile(id))
    const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
    const text = `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${entries.filter((entry) => entry.id === id).map((entry) => entry.text).join('')}`
    parseAnswers(text, answersFile(id)) // a file in another style than a plain list is for a person to add to
    return { id, path, text }
  })
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return files.map(({ id }) => answersFile(id))
}

/** One entry of the file. */
function entryOf(values: Readonly<Record<string, string>>): string {
  return `- ${Object.entries(values).map(([key, value]) => `${key}: ${scalar(value)}`).join('\n  ')}\n`
}

/** Plain where YAML reads it as the same text, otherwise in quotes; what JSON writes is YAML. */
function scalar(value: string): string {
  return /^[\p{Script=Han}\w][\p{Script=Han}\w-]*$/u.test(value) && !/^[\d.]+$/.test(value) ? value : JSON.stringify(value)
}

/**
 * Writes beside every answer what it answers, where that is not noted yet: an answer holds for what stood in the contract when it was given.
 * @returns the files that changed
 */
export function noteAsked({ root, systems }: Project): string[] {
  return systems.flatMap(({ system, answers }) => {
    if (answers.every(({ asked }) => asked !== null)) return []
    const asked = new Map(askedIn(system).map((one) => [numberOf(one), wordingOf(one)]))
    const path = join(root, answersFile(system.id))
    const source = readFileSync(path, 'utf8')
    const list = parseDocument(source).contents
    let text = source
    for (const entry of isSeq(list) ? list.items.toReversed() : []) {
      if (!isMap(entry) || entry.has('asked')) continue
      const wording = asked.get(String(entry.get('question')))
      const last = entry.items.at(-1)
      const first = entry.items[0]
      if (wording === undefined || last === undefined || first === undefined || !isScalar(first.key) || !isScalar(last.value)) continue
      const [start] = first.key.range
      const [, end] = last.value.range
      const before = entry.flow === true ? ', ' : `\n${' '.repeat(start - (source.lastIndexOf('\n', start - 1) + 1))}`
      // A text of several lines ends with its last line's end.
      const [lead, trail] = source[end - 1] === '\n' ? [before.slice(1), '\n'] : [before, '']
      text = `${text.slice(0, end)}${lead}asked: ${JSON.stringify(wording)}${trail}${text.slice(end)}`
    }
    if (text === source) return []
    writeFileSync(path, text)
    return [answersFile(system.id)]
  })
}
