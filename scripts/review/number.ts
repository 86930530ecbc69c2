/**
 * Gives questions their numbers. A number stands in the handwritten document beside what is asked (`question: edu-q12` in a decision,
 * `x-question` in an operation or a row of the error table), so it stays when texts change, move, come and go.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isPair, isScalar, isSeq, parseDocument, visit, type YAMLMap } from 'yaml'
import { isGiven } from '../generate/answers.js'
import type { Project } from '../generate/load.js'
import { askedIn, DECISION_NUMBER, FAULTS, GIVEN, NUMBER, numberOf } from '../generate/questions.js'
import type { System } from '../generate/system.js'

/** A text to put into a file. */
interface Insertion {
  readonly file: string
  readonly at: number
  readonly until: number
  readonly text: (number: string) => string
  /** Decisions are asked first, then faults, then operations. */
  readonly rank: number
}

/**
 * What is wrong with the numbers of a project: a question has none, a number stands twice or was never given.
 * @returns lines for a person
 */
export function numberProblems({ systems }: Project): string[] {
  return systems.flatMap(({ system }) => {
    const asked = askedIn(system)
    if (asked.length === 0) return []
    const given = system.document[GIVEN]
    const numbers = asked.map(numberOf)
    const missing = asked.filter((one) => numberOf(one) === null)
    const named = numbers.filter((number) => number !== null)
    const file = `openapi/${system.id}.yaml`
    return [
      ...(missing.length === 0 ? [] : [`${file}: ${missing.length} questions have no number; run npm run review`]),
      ...[...new Set(named.filter((number, index) => named.indexOf(number) !== index))].map((number) => `${file}: ${number} stands twice; take it from the newer one and run npm run review`),
      ...named.filter((number) => !isGiven(system.id, number, given)).map((number) => `${file}: ${number} is no number that was given (${GIVEN}: ${JSON.stringify(given ?? 0)})`),
    ]
  })
}

/**
 * Writes a number beside every question of a system's files that has none; all else stays byte for byte as it was written.
 * @returns the files that changed, by path from the project folder
 */
export function numberQuestions(root: string, { id, dialect }: System): string[] {
  if (dialect === null) return []
  const main = `openapi/${id}.yaml`
  const folder = join(root, 'openapi', id)
  const parts = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort() : []
  const files = new Map([main, ...parts.map((name) => `openapi/${id}/${name}`)].map((file) => [file, readFileSync(join(root, file), 'utf8')]))
  const open = [...files].flatMap(([file, text]) => unnumbered(file, text)).sort((a, b) => a.rank - b.rank)
  if (open.length === 0) return []
  const before = givenIn(files.get(main) ?? '')
  const edits = open.map((insertion, index) => ({ ...insertion, text: insertion.text(`${id}-q${String(before.given + index + 1)}`) }))
  edits.push({ file: main, at: before.at, until: before.until, rank: 0, text: before.text(before.given + open.length) })
  const changed = [...new Set(edits.map(({ file }) => file))]
  for (const file of changed) {
    const ordered = edits.filter((edit) => edit.file === file).sort((a, b) => b.at - a.at)
    const text = ordered.reduce((all, { at, until, text: put }) => all.slice(0, at) + put + all.slice(until), files.get(file) ?? '')
    writeFileSync(join(root, file), text)
  }
  return changed
}

function unnumbered(file: string, text: string): Insertion[] {
  const found: Insertion[] = []
  const put = (map: YAMLMap, before: string, key: string, rank: number) => {
    const at = keyStart(map, before)
    if (at === null || map.has(key)) return
    // A map in braces stays on its line; otherwise the key gets a line of its own, as far in as its neighbour.
    const after = map.flow === true ? ', ' : `\n${' '.repeat(at - (text.lastIndexOf('\n', at - 1) + 1))}`
    found.push({ file, at, until: at, rank, text: (number) => `${key}: ${number}${after}` })
  }
  visit(parseDocument(text), {
    Map(_, map) {
      const decisions = map.get('x-decision')
      if (isSeq(decisions)) for (const item of decisions.items) if (isMap(item)) put(item, firstKey(item), DECISION_NUMBER, 1)
      if (FAULTS.includes(String(map.get('x-condition'))) && map.has('const')) put(map, 'x-condition', NUMBER, 2)
      if (map.get('x-provenance') === 'added' && map.has('operationId')) put(map, 'x-provenance', NUMBER, 3)
    },
  })
  return found
}

function firstKey({ items: [first] }: YAMLMap): string {
  return isPair(first) && isScalar(first.key) ? String(first.key.value) : ''
}

function keyStart(map: YAMLMap, name: string): number | null {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name)
  return pair !== undefined && isScalar(pair.key) ? (pair.key.range?.[0] ?? null) : null
}

/** Where the document counts its numbers, or where it may begin to: before its paths. */
function givenIn(text: string): { given: number; at: number; until: number; text: (count: number) => string } {
  const root = parseDocument(text).contents
  if (!isMap(root)) throw new Error('a document is a map')
  const value = root.get(GIVEN, true)
  if (isScalar(value) && typeof value.value === 'number' && value.range !== undefined && value.range !== null) return { given: value.value, at: value.range[0], until: value.range[1], text: String }
  const at = keyStart(root, 'paths') ?? text.length
  return { given: 0, at, until: at, text: (count) => `${GIVEN}: ${String(count)} # how many numbers were ever given to questions; see docs/review\n\n` }
}
