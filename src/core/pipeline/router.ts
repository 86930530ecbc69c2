/** From method and path to an operation, by a table compiled once per system. */
import type { OperationRow } from '../contract.js'
import { Failure } from '../failure.js'
import { decode } from './query.js'

/** What routing looks at of an operation. */
export type Routable = Pick<OperationRow, 'method' | 'path' | 'routing' | 'select'>

/** One operation at a place: its HTTP method and, where a query parameter chooses, that parameter's value. */
interface Candidate<Row> {
  readonly operation: string
  readonly row: Row
}

interface Place<Row> {
  readonly segments: Segments
  readonly candidates: Candidate<Row>[]
}

type Segments = readonly (string | { readonly name: string; readonly form: RegExp | null })[]

export interface Match<Row extends Routable = OperationRow> extends Candidate<Row> {
  readonly parameters: Readonly<Record<string, string>>
}

/** Finds the operation of a request; a Failure `unknownEndpoint` where there is none. */
export type Router<Row extends Routable = OperationRow> = (method: string, path: string, query: (name: string) => string | undefined) => Match<Row> | Failure

const NO_PARAMETERS: Readonly<Record<string, string>> = {}

/**
 * @param contract the operations to route to
 * @returns the router; a trailing slash makes no difference, HEAD goes where GET goes
 */
export function compileRouter<Row extends Routable>(contract: { readonly operations: Readonly<Record<string, Row>> }): Router<Row> {
  const fixed = new Map<string, Place<Row>>()
  const variable: Place<Row>[] = []
  for (const [operation, row] of Object.entries(contract.operations)) {
    const path = withoutTrailingSlash(row.path)
    const segments = compileSegments(path, row)
    const isFixed = segments.every((segment) => typeof segment === 'string')
    const twin = isFixed ? fixed.get(path) : variable.find((place) => sameForm(place.segments, segments))
    if (twin !== undefined) {
      twin.candidates.push({ operation, row })
      continue
    }
    const place = { segments, candidates: [{ operation, row }] }
    if (isFixed) fixed.set(path, place)
    else variable.push(place)
  }

  return (method, rawPath, query) => {
    const path = withoutTrailingSlash(rawPath)
    const place = fixed.get(path)
    if (place !== undefined) return choose(place, method, NO_PARAMETERS, query)
    const segments = path.split('/').map(decode)
    for (const candidate of variable) {
      const parameters = matchSegments(candidate, segments)
      if (parameters !== null) return choose(candidate, method, parameters, query)
    }
    // A fixed path may be percent-encoded where it need not be.
    const decoded = fixed.get(segments.join('/'))
    if (decoded !== undefined && !segments.includes(null)) return choose(decoded, method, NO_PARAMETERS, query)
    return Failure.when('unknownEndpoint', { cause: 'unknownPath' })
  }
}

function choose<Row extends Routable>(place: Place<Row>, method: string, parameters: Match['parameters'], query: (name: string) => string | undefined): Match<Row> | Failure {
  const wanted = method === 'HEAD' ? 'GET' : method
  const selected: Candidate<Row>[] = []
  for (const candidate of place.candidates) {
    const { operation, row } = candidate
    if (row.select !== null && query(row.select.parameter) !== row.select.value) continue
    if (row.method === wanted) return { operation, row, parameters }
    selected.push(candidate)
  }
  if (selected.length === 0) return Failure.when('unknownEndpoint', { cause: 'unknownPath' })
  return Failure.when('unknownEndpoint', { cause: 'wrongMethod', allow: selected.map(({ row }) => row.method) })
}

function compileSegments(path: string, row: Routable): Segments {
  return path.split('/').map((segment) => {
    const name = /^\{(.+)\}$/.exec(segment)?.[1]
    if (name === undefined) return segment
    const form = row.routing[name]
    return { name, form: form === undefined ? null : new RegExp(`^(?:${form})$`, 'u') }
  })
}

/** Whether two templates match the same paths, whatever their parameters are called. */
function sameForm(a: Segments, b: Segments): boolean {
  const form = (segment: Segments[number]) => (typeof segment === 'string' ? segment : `{${segment.form?.source ?? ''}}`)
  return a.length === b.length && a.every((segment, i) => form(segment) === form(b[i] ?? ''))
}

function matchSegments(place: { readonly segments: Segments }, segments: readonly (string | null)[]): Record<string, string> | null {
  if (place.segments.length !== segments.length) return null
  const parameters: Record<string, string> = {}
  for (const [i, expected] of place.segments.entries()) {
    const segment = segments[i]
    if (segment === undefined || segment === null || segment === '') {
      if (i === 0 && segment === '') continue // the empty text before the first slash
      return null
    }
    if (typeof expected === 'string') {
      if (expected !== segment) return null
    } else {
      if (expected.form !== null && !expected.form.test(segment)) return null
      parameters[expected.name] = segment
    }
  }
  return parameters
}

function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
