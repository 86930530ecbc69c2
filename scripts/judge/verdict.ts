/** What the judge has to say about the stories of one test file; written by the tests, read by `npm run judge`. */
import { asObject, asString, asStrings, parseJson, type Json } from '../generate/json.js'

export interface Verdict {
  readonly system: string
  /** Calls that went through Prism. */
  readonly judged: number
  /** Those that it refused, as the server did. */
  readonly refused: number
  /** Calls that could not go through it. */
  readonly bypassed: number
  /** Reasons of the exemptions that were needed. */
  readonly dissents: readonly string[]
}

/**
 * Reads verdicts, one JSON object a line.
 * @returns one verdict for each system, sorted by its name
 * @throws ContractError or SyntaxError if a line is none
 */
export function readVerdicts(text: string): Verdict[] {
  const sums = new Map<string, Verdict>()
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const verdict = readVerdict(line)
    const before = sums.get(verdict.system)
    sums.set(verdict.system, before === undefined ? verdict : add(before, verdict))
  }
  return [...sums.values()].sort((a, b) => a.system.localeCompare(b.system))
}

function add(a: Verdict, b: Verdict): Verdict {
  return {
    system: a.system,
    judged: a.judged + b.judged,
    refused: a.refused + b.refused,
    bypassed: a.bypassed + b.bypassed,
    dissents: [...new Set([...a.dissents, ...b.dissents])],
  }
}

function readVerdict(line: string): Verdict {
  const { system, judged, refused, bypassed, dissents } = asObject(parseJson(line), 'verdict')
  const count = (value: Json | undefined) => (typeof value === 'number' ? value : 0)
  return { system: asString(system, 'system'), judged: count(judged), refused: count(refused), bypassed: count(bypassed), dissents: asStrings(dissents, 'dissents') }
}
