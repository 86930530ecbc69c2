/** `@redis/client`, and what its errors mean. It is loaded when somebody asks for this engine, and not before. */
import type * as RedisClient from '@redis/client'
import { NoRoom } from '../engine.js'
import { Away, Declined } from './port.js'

/** Real milliseconds without a word, after which a connection counts as broken; it is asked for one more often than that. */
export const SILENCE = 5000
export const PING = 1500
/** Real milliseconds for which an ear waits at a time. */
export const HEARING = 5000
/** Answers that say: not carried out, come back later. */
const LATER = /^(LOADING|BUSY|TRYAGAIN|MASTERDOWN|READONLY|CLUSTERDOWN|NOREPLICAS)\b/

export type Library = typeof RedisClient
export type Client = ReturnType<typeof makeClient>
export type Reconnect = false | ((retries: number, cause: Error) => number | Error)

/**
 * A connection that tells at once when Redis is not there; RESP 2, for older servers speak it as well. Commands carry no timer each, which
 * costs more than the command: a connection that answers nothing is given up as a whole.
 */
export function makeClient({ createClient }: Library, url: string, silence: number, reconnectStrategy: Reconnect, ping = 0) {
  return createClient({ url, RESP: 2, disableOfflineQueue: true, pingInterval: ping, commandOptions: { timeout: 0 }, socket: { socketTimeout: silence, reconnectStrategy } })
}

/** @throws Error that says how to install it */
export async function loadLibrary(): Promise<Library> {
  return import('@redis/client').catch(() => {
    throw new Error('keeping sandboxes in Redis needs the package @redis/client, which could not be loaded; install it with: npm install @redis/client@6.3.1')
  })
}

/** Answers that mean something to whoever asked: the script is to be sent along, or another node to be asked. */
const ASKED_FOR = /^(NOSCRIPT|MOVED|ASK)\b/
/** What Redis says of a script that it cannot read or that goes wrong; where a command in it is refused, what it says begins with another word. */
const BUG = /^ERR\b.*\b(?:user_script|script:|compiling script)/s

/**
 * @returns what the network did, or what is to be tried later, as {@link Away}; that Redis is full as {@link NoRoom}; what else it refuses as
 * {@link Declined}. What is meant for whoever asked, and what is wrong with our own scripts, stays as it is.
 */
export function asAway(error: unknown, library: Library): unknown {
  if (!isReply(error, library)) return new Away(tell(error))
  if (/^OOM\b|-OOM\b/.test(error.message)) return new NoRoom('Redis has no memory left for more. Delete or reset some sandboxes, or raise its maxmemory.')
  if (LATER.test(error.message)) return new Away(error.message)
  return ASKED_FOR.test(error.message) || BUG.test(error.message) ? error : new Declined(`Redis declines: ${error.message}`)
}

/** Whether Redis itself has said so. */
export function isReply(error: unknown, { ErrorReply }: Library): error is RedisClient.ErrorReply {
  return error instanceof ErrorReply
}

export function tell(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(tell).join(', ')
  return error instanceof Error && error.message !== '' ? error.message : String(error)
}
