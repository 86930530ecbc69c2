/** How flags are read whose values the parser has as text. */
import { InvalidArgumentError } from 'commander'
import { MEMORY_FORMS, parseMemory } from '../../core/budget.js'
import { pairOf } from '../ctl/flags.js'
import { hasScheme, isRedis } from './file.js'

/** For a flag that takes a whole number. */
export function parseWhole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a whole number is needed.')
  return Number(text)
}

/** For a flag that takes a whole number other than 0. */
export function parseCount(text: string): number {
  const count = parseWhole(text)
  if (count === 0) throw new InvalidArgumentError('one at least is needed.')
  return count
}

/** For a flag that takes a port. */
export function parsePort(text: string): number {
  const port = parseWhole(text)
  if (port > 65_535) throw new InvalidArgumentError('ports end at 65535.')
  return port
}

/** For a flag that takes a name and a value and may be given several times. */
export function parsePair(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [name, value] = pairOf(text)
  return { ...before, [name]: value }
}

/** For a flag that takes origins, with commas between, and may be given several times. */
export function parseOrigins(text: string, before: readonly string[]): readonly string[] {
  return [...before, ...text.split(',').map((origin) => origin.trim()).filter((origin) => origin !== '')]
}

/** For a flag that takes a folder: what reads as a URL would be made a folder as well, and hold what was meant for elsewhere. */
export function parseFolder(text: string): string {
  if (hasScheme(text)) throw new InvalidArgumentError(`it has to be a folder.${isRedis(text) ? ' Sandboxes are kept in Redis with --engine.' : ''}`)
  return text
}

/** For a flag that takes an address of Redis. */
export function parseEngine(text: string): string {
  if (!isRedis(text)) throw new InvalidArgumentError('it has to be an address of Redis: redis://localhost:6379, rediss://user:password@host:6380/1, or nodes of a cluster: redis://a:7000,b:7000.')
  return text
}

/** For a flag that takes an amount of memory. */
export function parseAmount(text: string): number {
  const bytes = parseMemory(text)
  if (bytes === null) throw new InvalidArgumentError(`it has to be ${MEMORY_FORMS}.`)
  return bytes
}

/** For a flag that takes the admin token. */
export function parseToken(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new InvalidArgumentError('a token is made of ASCII characters without spaces.')
  return text
}
