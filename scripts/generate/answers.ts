/**
 * What the backend team answered: `openapi/answers/<system>.yaml`, a list that is only ever added to. The last answer to a question counts.
 * Where it stands is marked in the documents beside what was asked (`answered` in a decision, `x-answered` elsewhere).
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asList, asObject, asString, ContractError, parseYaml, type JsonObject } from './json.js'
import { askedIn, GIVEN, numberOf, type Asked } from './questions.js'
import type { System } from './system.js'

/** One entry of the list. */
export interface Answer {
  readonly question: string
  /** A text is a correction, or the answer to a question that asks for one. */
  readonly answer: 'yes' | 'no' | { readonly text: string }
  readonly who: string
  /** `2026-05-06` */
  readonly when: string
  /** What stood in the contract when it was given; null until `npm run review` has noted it. */
  readonly asked: string | null
}

/**
 * How a question stands: `confirmed`; `contradicted` (the contract still says what was denied); `corrected` (it says something else since);
 * `outdated` (confirmed, but the contract says something else since: asked again); `answered` (a text was asked for).
 */
export type State = 'confirmed' | 'contradicted' | 'corrected' | 'outdated' | 'answered'

export interface Standing {
  readonly state: State
  readonly answer: Answer
}

const YES = ['yes', 'y', 'ok', 'true', 'right', '是', '是的', '对', '对的', '正确', '确认', '没错']
const NO = ['no', 'n', 'false', 'wrong', '否', '不', '不是', '不对', '错', '错误']
const KEYS = ['question', 'answer', 'who', 'when', 'asked']

/** The file with the answers of a system, from the project folder. */
export function answersFile(id: string): string {
  return `openapi/answers/${id}.yaml`
}

/**
 * Reads the answers of a system, oldest first; none where there is no file.
 * @throws ContractError where an entry is not as it should be
 */
export function readAnswers(root: string, id: string): Answer[] {
  const file = join(root, answersFile(id))
  return existsSync(file) ? parseAnswers(readFileSync(file, 'utf8'), answersFile(id)) : []
}

/** Reads the text of such a file. Throws ContractError as `readAnswers` does. */
export function parseAnswers(text: string, file: string): Answer[] {
  return asList(parseYaml(text) ?? undefined, file).map((entry, index) => {
    const where = `${file}: answer ${String(index + 1)}`
    const node = asObject(entry, where)
    const stranger = Object.keys(node).find((key) => !KEYS.includes(key))
    if (stranger !== undefined) throw new ContractError(`${where}: ${stranger} is none of ${KEYS.join(', ')}`)
    const said = (key: string) => {
      const value = asString(node[key], `${where}: ${key}`).trim()
      if (value === '') throw new ContractError(`${where}: ${key} is empty`)
      return value
    }
    const when = said('when')
    if (!/^\d{4}-\d{2}-\d{2}$/.test(when)) throw new ContractError(`${where}: when is a day, as 2026-05-06`)
    const answer = typeof node.answer === 'boolean' || typeof node.answer === 'number' ? String(node.answer) : said('answer')
    return { question: said('question'), answer: meaningOf(answer), who: said('who'), when, asked: node.asked === undefined ? null : said('asked') }
  })
}

/** Whether a text says yes, no, or something else. Only a bare yes is one: "yes, but…" is a correction. */
export function meaningOf(text: string): Answer['answer'] {
  const word = text.trim().toLowerCase().replace(/[。.!！]+$/, '')
  if (YES.includes(word)) return 'yes'
  return NO.includes(word) ? 'no' : { text: text.trim() }
}

/** Parts what the contract holds, which comes first, from the rest of a question. */
const REST = ' ← '

/**
 * What an answer is about, in words that change whenever anything changes that is shown as confirmed: what the contract holds, and behind an
 * arrow the rest of the question, in both languages.
 */
export function wordingOf(asked: Asked): string {
  const { node } = asked
  const held = heldIn(asked)
  switch (asked.kind) {
    case 'reading': return `${held}${REST}${said(node, 'topicZh')}：${said(node, 'saysZh')} · ${said(node, 'topic')}: ${said(node, 'says')}`
    case 'fault': return held
    case 'added': return `${held}${REST}${said(node, 'summary')}`
  }
}

/** What the contract holds until somebody says otherwise: a reading in both languages and what is tolerated beside it, or the address of an operation. */
function heldIn(asked: Asked): string {
  const { node } = asked
  switch (asked.kind) {
    case 'reading': return [said(node, 'readingZh'), said(node, 'reading'), ...(node.tolerated === undefined ? [] : [said(node, 'tolerated')])].join(' · ')
    case 'fault': return `${String(asked.error.code)} ${asked.error.name}`
    case 'added': {
      const { method, path, select } = asked.operation
      return `${method.toUpperCase()} ${path}${select === null ? '' : `?${select.parameter}=${select.value}`}`
    }
  }
}

function said(node: JsonObject, key: string): string {
  return asString(node[key], key).trim()
}

/** How a question stands; null where nobody has answered. */
export function standingOf(asked: Asked, answers: readonly Answer[]): Standing | null {
  const number = numberOf(asked)
  const answer = answers.findLast(({ question }) => question === number)
  if (answer === undefined) return null
  const isSame = answer.asked === null || squeezed(answer.asked) === squeezed(wordingOf(asked))
  // Whether the contract follows what was denied shows in what it holds alone; other words about it change nothing.
  const isHeld = answer.asked === null || squeezed(answer.asked.split(REST)[0] ?? '') === squeezed(heldIn(asked))
  if (asked.kind === 'fault') return { state: 'answered', answer }
  if (answer.answer === 'yes') return { state: isSame ? 'confirmed' : 'outdated', answer }
  return { state: isHeld ? 'contradicted' : 'corrected', answer }
}

/** An answer in a word or its own words. */
export function saidIn({ answer }: Answer): string {
  return typeof answer === 'string' ? answer : answer.text
}

/** Marks in the document of a system what has been answered. The document is changed. */
export function markAnswers(system: System, answers: readonly Answer[]): void {
  for (const asked of askedIn(system)) {
    const standing = standingOf(asked, answers)
    if (standing === null) continue
    const { who, when } = standing.answer
    const mark: JsonObject = { state: standing.state, answer: saidIn(standing.answer), who, when }
    asked.node[asked.kind === 'reading' ? 'answered' : 'x-answered'] = mark
  }
}

/** What the answers of a system ask of whoever keeps its contract; lines for a person. */
export function answerProblems(system: System, answers: readonly Answer[]): string[] {
  const file = answersFile(system.id)
  const asked = askedIn(system)
  const given = system.document[GIVEN]
  return [
    ...answers.filter(({ question }) => !isGiven(system.id, question, given)).map(({ question }) => `${file}: there is no question ${question}`),
    ...asked.flatMap((one) => {
      const standing = standingOf(one, answers)
      const said = standing === null ? '' : `${standing.answer.who} on ${standing.answer.when}: ${saidIn(standing.answer)}`
      if (one.kind === 'fault' && typeof standing?.answer.answer === 'string') return [`${file}: ${standing.answer.question} asks when; ${standing.answer.answer} does not say (${said})`]
      return standing?.state === 'contradicted' ? [`${file}: ${standing.answer.question} is denied (${said}); the contract still has it: ${heldIn(one)}`] : []
    }),
  ]
}

/** Whether a number was ever given in a system. */
export function isGiven(id: string, number: string, given: unknown): boolean {
  const [, system, digits] = /^(.+)-q([1-9]\d*)$/.exec(number) ?? []
  return system === id && typeof given === 'number' && Number(digits) <= given
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, '')
}
