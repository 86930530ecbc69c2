/** Where a real backend answers, and for which operations it is asked. */
import type { Contract } from '../contract.js'
import { didYouMean } from '../guess.js'
import { isObject } from '../../plain/json.js'

/**
 * Who answers an operation. `stub`: this server. `real`: the backend. `real-or-stub`: the backend, and this server where the backend
 * cannot be reached or has no such operation. `compare`: this server, and the backend is asked as well so that both can be compared.
 */
export const modes = ['stub', 'real', 'real-or-stub', 'compare'] as const
export type Mode = (typeof modes)[number]

/** Who gave an answer. */
export type Source = 'stub' | 'real'

/** A real backend of one system; plain JSON. */
export interface Backend {
  /** What stands before every path, without a slash at its end. */
  readonly url: string
  /** For all operations that have no mode of their own. */
  readonly mode: Mode
  /** By name of an operation, of a tag, whose operations these are, or of a socket; a name of an operation goes first. */
  readonly operations: Readonly<Record<string, Mode>>
  /** Real milliseconds that an answer may take, its body included. */
  readonly timeout: number
  /** Whether it keeps the same records as the stub, so that `compare` compares values, too. */
  readonly sameData?: true
  /** The password, or code by SMS, of users by what people know them by; never shown. */
  readonly credentials?: Credentials
}

type Credentials = Readonly<Record<string, string>>

/** A backend as people write it. */
export interface BackendInput {
  readonly url: string
  readonly mode?: Mode | undefined
  readonly operations?: Readonly<Record<string, Mode>> | undefined
  readonly timeout?: number | undefined
  /** Whether it was filled with the stub's own records: in the mode `compare`, other values and longer or shorter lists are differences then. */
  readonly sameData?: boolean | undefined
  /** By phone number or user name: the password, or the code by SMS, with which a session of the stub is logged in at the backend when it calls there. */
  readonly credentials?: Credentials | undefined
}

/** What a backend can be given; the compiler asks for what is new. */
const KEYS: readonly string[] = Object.keys({ url: true, mode: true, operations: true, timeout: true, sameData: true, credentials: true } satisfies Record<keyof BackendInput, true>)

export const USUAL_TIMEOUT = 30_000
export const MOST_TIMEOUT = 600_000
/** So many users may have credentials, and so long a name and a secret may be. */
const MOST_USERS = 1000
const MOST_TEXT = 200

/** Why something is no backend of a system, in words for whoever wrote it. */
export class BackendMisfit extends Error {
  override readonly name = 'BackendMisfit'
  /** The part that is wrong. */
  readonly field: string

  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

/** What modes can be given for: the parts of a system. */
export interface SystemParts {
  readonly contract: Pick<Contract, 'system' | 'operations'>
  readonly sockets: Readonly<Record<string, unknown>>
}

/**
 * @param parts of the system that the backend is one of
 * @returns the backend, with the usual values where something was left out: `real` for all operations, 30 seconds
 * @throws BackendMisfit when there is a key that a backend has not, when the URL is none that calls can go to, or a mode, an operation or a time is none
 */
export function readBackend(parts: SystemParts, input: BackendInput): Backend {
  const [misfit] = backendMisfits(parts, input)
  if (misfit !== undefined) throw misfit
  const { url, mode = 'real', operations = {}, timeout = USUAL_TIMEOUT, sameData = false, credentials = {} } = input
  const backend = { url: shortened(new URL(url)), mode, operations: { ...operations }, timeout, ...(sameData && { sameData }) }
  return Object.keys(credentials).length === 0 ? backend : { ...backend, credentials: { ...credentials } }
}

/** @returns everything that keeps it from being a backend of the system */
export function backendMisfits(parts: SystemParts, input: BackendInput): readonly BackendMisfit[] {
  const misfits: BackendMisfit[] = []
  const tell = (field: string, message: string) => misfits.push(new BackendMisfit(field, message))
  for (const key of Object.keys(input).filter((name) => !KEYS.includes(name))) tell(key, `a backend has no ${JSON.stringify(key)}; it has ${KEYS.join(', ')}.${didYouMean(key, KEYS)}`)
  const { url, mode = 'real', operations = {}, timeout = USUAL_TIMEOUT, sameData = false, credentials = {} } = input
  if (!areCredentials(credentials)) tell('credentials', `credentials are texts by phone number or user name, such as { "13800001001": "abc12345" }: ${String(MOST_USERS)} users at the most, and ${String(MOST_TEXT)} characters each`)
  if (!isMode(mode)) tell('mode', `${JSON.stringify(mode)} is no mode; there are ${modes.join(', ')}.${didYouMean(mode, modes)}`)
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > MOST_TIMEOUT) tell('timeout', `the timeout must be a whole number of milliseconds from 1 to ${String(MOST_TIMEOUT)}`)
  if (typeof sameData !== 'boolean') tell('sameData', 'sameData is true or false')
  const known = namesOf(parts)
  const hasSockets = Object.keys(parts.sockets).length > 0
  for (const [name, one] of Object.entries(operations)) {
    if (!known.has(name)) tell('operations', `there is no operation${hasSockets ? ', no tag and no socket' : ' and no tag'} ${JSON.stringify(name)} in ${parts.contract.system}.${didYouMean(name, known)}`)
    else if (!isMode(one)) tell('operations', `${JSON.stringify(one)} is no mode for ${name}; there are ${modes.join(', ')}.${didYouMean(one, modes)}`)
  }
  const why = urlMisfit(url)
  if (why !== null) tell('url', why)
  return misfits
}

/** @returns the names that modes can be given by */
export function namesOf({ contract: { operations }, sockets }: SystemParts): ReadonlySet<string> {
  return new Set([...Object.keys(operations), ...Object.values(operations).map(({ tag }) => tag), ...Object.keys(sockets)])
}

/** @returns who answers the operation, or the socket, which has no tag */
export function modeOf({ operations, mode }: Backend, name: string, tag: string | null): Mode {
  if (Object.hasOwn(operations, name)) return operations[name] ?? mode
  return tag !== null && Object.hasOwn(operations, tag) ? (operations[tag] ?? mode) : mode
}

/** @returns whether the text is a mode */
export function isMode(text: string): text is Mode {
  return (modes as readonly string[]).includes(text)
}

/** What is wrong with them is told without showing any of it. */
function areCredentials(credentials: unknown): boolean {
  const isText = (value: unknown) => typeof value === 'string' && value !== '' && value.length <= MOST_TEXT
  const entries = isObject(credentials) ? Object.entries(credentials) : null
  return entries !== null && entries.length <= MOST_USERS && entries.every(([name, secret]) => isText(name) && isText(secret))
}

/** Credentials in the URL would be shown to whoever looks at the settings; a query or a fragment cannot stand before a path. */
function urlMisfit(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return `${JSON.stringify(text)} is no URL of a backend; write it like https://staging.example/api`
  if (url.username !== '' || url.password !== '') return 'the URL of a backend has no user and no password in it'
  return url.search !== '' || url.hash !== '' ? 'the URL of a backend ends before any "?" or "#"' : null
}

function shortened({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

/** @returns a backend's URL, which is a whole one, in two: scheme with host, and what stands before the paths */
export function placeOf({ url }: Pick<Backend, 'url'>): { readonly origin: string; readonly base: string } {
  const slash = url.indexOf('/', url.indexOf('//') + 2)
  return slash === -1 ? { origin: url, base: '' } : { origin: url.slice(0, slash), base: url.slice(slash) }
}
