/** What a run of Stryker says about all the code that its lines were drawn from. */
import { readFileSync } from 'node:fs'

interface Mutant {
  readonly status: string
  readonly location: { readonly start: { readonly line: number } }
}

export interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>
}

const NOTICED = ['Killed', 'Timeout']
const MISSED = ['Survived', 'NoCoverage']

/** @returns Stryker's report, as its reporter `json` writes it */
export function readReport(path: string): Report {
  return JSON.parse(readFileSync(path, 'utf8')) as Report // Stryker's own file, by its published schema
}

/**
 * @returns how many of the planted bugs were noticed, and between which shares the whole lies with a confidence of 95 %: Wilson's interval. What is planted on
 * one line is often noticed or missed together, so lines are drawn and not bugs; the number of bugs is lowered by as much as that widens the spread.
 */
export function estimate({ files }: Report): { planted: number; noticed: number; leftOut: number; low: number; high: number } {
  const lines = new Map<string, { planted: number; noticed: number }>()
  let leftOut = 0
  for (const [path, { mutants }] of Object.entries(files)) {
    for (const { status, location } of mutants) {
      if (!NOTICED.includes(status) && !MISSED.includes(status)) leftOut += 1
      else {
        const key = `${path}:${String(location.start.line)}`
        const line = lines.get(key) ?? { planted: 0, noticed: 0 }
        lines.set(key, { planted: line.planted + 1, noticed: line.noticed + (NOTICED.includes(status) ? 1 : 0) })
      }
    }
  }
  const sum = (pick: (line: { planted: number; noticed: number }) => number) => [...lines.values()].reduce((total, line) => total + pick(line), 0)
  const planted = sum((line) => line.planted)
  const noticed = sum((line) => line.noticed)
  const share = noticed / planted
  const spread = (lines.size / (lines.size - 1)) * sum((line) => (line.noticed - share * line.planted) ** 2)
  const widened = Math.max(1, spread / (planted * share * (1 - share)) || 1)
  return { planted, noticed, leftOut, ...wilson(share, planted / widened) }
}

/** @returns the interval for a share that was seen in so many draws: 95 %, hence 1.96 standard deviations */
function wilson(share: number, draws: number): { low: number; high: number } {
  const z = 1.96
  const middle = (share + z ** 2 / (2 * draws)) / (1 + z ** 2 / draws)
  const half = (z / (1 + z ** 2 / draws)) * Math.sqrt((share * (1 - share)) / draws + z ** 2 / (4 * draws ** 2))
  return { low: middle - half, high: Math.min(1, middle + half) }
}
