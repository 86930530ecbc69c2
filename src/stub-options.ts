/** The options of `createStub`, and what they are held to in JavaScript, where no compiler does. */
import type { SystemId } from './client/contracts.js'
import { MEMORY_FORMS, parseMemory } from './core/budget.js'
import { refuseUnknownOptions } from './core/guess.js'
import { defaultLimits } from './core/sockets/switchboard.js'
import type { System } from './core/system.js'
import { isObject } from './plain/json.js'
import type { ServerOptions } from './server.js'

export interface StubOptions extends Omit<ServerOptions, 'systems' | 'admin'> {
  /** The systems to play, by id or made with `defineSystem`; all that the package has when left out. */
  readonly systems?: readonly (SystemId | System)[]
  /** False: no port is opened. The stub answers `stub.fetch`, or is mounted in a server of yours as `stub.handler`. */
  readonly listen?: boolean
  /** Of a stub without a port: where it stands for its clients, `http://localhost:3000/backend` when it is mounted there. */
  readonly mountedAt?: string
}

/** What an option has to be. */
export interface Check {
  /** For people, behind "it has to be". */
  readonly what: string
  readonly holds: (value: unknown) => boolean
}

const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isUrl = (value: unknown) => typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value)
const hasFunction = (value: unknown, name: string) => isObject(value) && typeof value[name] === 'function'

const toggle: Check = { what: 'true or false', holds: (value) => typeof value === 'boolean' }
const count: Check = { what: 'a whole number that is not negative', holds: isWhole }

/** All options with their checks; the compiler asks for those that are new. */
export const stubOptionChecks: Readonly<Record<keyof StubOptions, Check>> = {
  systems: { what: 'a list of ids or systems, such as ["live"]', holds: (value) => Array.isArray(value) && value.every((one) => isText(one) || (isObject(one) && isText(one['id']))) },
  listen: toggle,
  mountedAt: { what: 'a URL such as http://localhost:3000/backend', holds: isUrl },
  port: { what: 'a whole number up to 65535; 0 takes a free port', holds: (value) => isWhole(value) && value <= 65_535 },
  host: { what: 'an address of this machine, such as 127.0.0.1', holds: isText },
  https: toggle,
  seed: { what: 'a whole number', holds: Number.isSafeInteger },
  time: { what: 'an object with the function "now"', holds: (value) => hasFunction(value, 'now') },
  fixtures: { what: 'a folder', holds: isText },
  scale: count,
  journal: count,
  maxSandboxes: { what: 'a whole number, one at least', holds: (value) => isWhole(value) && value !== 0 },
  maxMemory: { what: MEMORY_FORMS, holds: (value) => (typeof value === 'string' || typeof value === 'number') && parseMemory(value) !== null },
  sockets: {
    what: `an object of whole numbers: ${Object.keys(defaultLimits).join(', ')}`,
    holds: (value) => isObject(value) && Object.values(value).every(isWhole),
  },
  adminToken: { what: 'a text of ASCII characters without spaces', holds: (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) },
  allowedOrigins: { what: 'a list of origins, such as ["http://localhost:5173"]', holds: (value) => Array.isArray(value) && value.every(isText) },
  backends: { what: 'an object from system to URL, such as { live: "https://staging.example/live" }', holds: (value) => isObject(value) && Object.values(value).every((one) => isText(one) || (isObject(one) && isText(one['url']))) },
  networks: { what: 'an object from name to rules, such as { lift: [{ fault: { kind: "latency", min: 2000 } }] }', holds: (value) => isObject(value) && Object.values(value).every(Array.isArray) },
  prefer: toggle,
  engine: { what: 'an engine, such as fileEngine("data")', holds: (value) => hasFunction(value, 'start') },
  report: { what: 'a function', holds: (value) => typeof value === 'function' },
}

/** The names of the options of `createStub`. */
export const stubOptionNames: readonly string[] = Object.keys(stubOptionChecks)

/**
 * @returns the options without those that are undefined, which are as good as left out
 * @throws TypeError that names the first option that is unknown, or is not what it has to be
 */
export function readStubOptions(given: StubOptions): StubOptions {
  if (!isObject(given)) throw new TypeError(`createStub was given ${inWords(given)}; it takes its options as an object, such as { systems: ["live"] }`)
  refuseUnknownOptions('createStub', given, stubOptionNames)
  const values = Object.entries(given).filter(([, value]) => value !== undefined)
  if (isObject(given.sockets)) refuseUnknownOptions('sockets', given.sockets, Object.keys(defaultLimits))
  const [misfit] = misfitsOf(Object.fromEntries(values), stubOptionChecks)
  if (misfit !== undefined) throw new TypeError(misfit)
  return Object.fromEntries(values) // each has just been held against its check
}

/** @returns what is wrong with the values that have a check and do not pass it, a sentence each; what is undefined is left out */
export function misfitsOf(given: object, checks: Readonly<Record<string, Check>>): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    return value === undefined || check === undefined || check.holds(value) ? [] : [`${name} is ${inWords(value)}; it has to be ${check.what}`]
  })
}

/** So much of a value is shown. */
const MOST_SHOWN = 100

function inWords(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value, (key, part: unknown) => (key === 'credentials' ? '***' : part))
  } catch {
    // A circle, or a bigint.
  }
  if (text === undefined) return `of the type ${typeof value}`
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}
