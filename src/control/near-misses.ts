/** For a call that no operation took: which ones it comes closest to, and what keeps them apart. */
import type { OperationRow } from '../core/contract.js'
import { decode, parseQuery } from '../core/pipeline/query.js'
import { pathOf, searchOf } from '../plain/url.js'
import type { System } from '../core/system.js'

const MOST = 3
/** What another method or another value of the choosing parameter weighs, beside one differing letter. */
const OTHER_METHOD = 2
const OTHER_CHOICE = 3

interface Candidate {
  readonly operationId: string
  readonly row: OperationRow
  readonly distance: number
  readonly reasons: readonly string[]
}

/** @returns the three closest operations of the system, the closest first, each with the reasons why it was not meant */
export function nearMisses(system: System, method: string, url: string) {
  const path = pathOf(url)
  const query = parseQuery(searchOf(url))
  const candidates = Object.entries(system.contract.operations).map(([operationId, row]): Candidate => {
    const place = comparePaths(row, path)
    const other = row.method !== method && !(row.method === 'GET' && method === 'HEAD')
    const { select } = row
    const choice = select === null ? undefined : query.get(select.parameter)
    const otherChoice = select !== null && choice !== select.value
    return {
      operationId,
      row,
      distance: place.distance + (other ? OTHER_METHOD : 0) + (otherChoice ? OTHER_CHOICE + editDistance(choice ?? '', select.value) / 10 : 0),
      reasons: [
        ...(place.reason === null ? [] : [place.reason]),
        ...(other ? [`the method is ${method}, not ${row.method}`] : []),
        ...(otherChoice ? [`the query's ${select.parameter} is ${choice === undefined ? 'missing' : JSON.stringify(choice)}, not ${JSON.stringify(select.value)}`] : []),
      ],
    }
  })
  candidates.sort((a, b) => a.distance - b.distance)
  return candidates.slice(0, MOST).map(({ operationId, row, reasons }) => ({ operationId, method: row.method, path: row.path, reasons: [...reasons] }))
}

/** Compares segment by segment; a parameter of the path fits whatever its form allows. */
function comparePaths({ path: template, routing }: OperationRow, path: string): { readonly distance: number; readonly reason: string | null } {
  const expected = trim(template).split('/')
  const given = trim(path).split('/').map((segment) => decode(segment) ?? segment)
  let distance = 0
  for (let i = 0; i < Math.max(expected.length, given.length); i++) {
    const wanted = expected[i]
    const segment = given[i]
    if (wanted === undefined || segment === undefined) {
      distance += (wanted ?? segment ?? '').length + 1
      continue
    }
    const parameter = /^\{(.+)\}$/.exec(wanted)?.[1]
    if (parameter === undefined) distance += editDistance(wanted, segment)
    else if (!new RegExp(`^(?:${routing[parameter] ?? '.+'})$`, 'u').test(segment)) distance += 1
  }
  return { distance, reason: distance === 0 ? null : `the path is ${path}, not ${template}` }
}

function trim(path: string): string {
  return path.replace(/^\/+|\/+$/g, '')
}

/** Levenshtein's distance; long texts are compared by their beginnings. */
function editDistance(a: string, b: string): number {
  const left = a.slice(0, 100)
  const right = b.slice(0, 100)
  let row = Array.from({ length: right.length + 1 }, (_, i) => i)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[right.length] ?? 0
}
