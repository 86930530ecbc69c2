/** Which part of a cluster a key belongs to, as Redis Cluster's specification has it. */
import { listFrom, numberFrom } from './reply.js'

/** A cluster is divided into so many slots. */
const SLOTS = 16384

/** @returns what of a key decides where it lies: what stands in the first braces, if anything does */
export function tagOf(key: string): string {
  const open = key.indexOf('{')
  const close = open === -1 ? -1 : key.indexOf('}', open + 1)
  return close > open + 1 ? key.slice(open + 1, close) : key
}

/** @returns the number of the slot; CRC16 (XMODEM) of the tag */
export function slotOf(key: string): number {
  let crc = 0
  for (const byte of new TextEncoder().encode(tagOf(key))) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff
  }
  return crc % SLOTS
}

/**
 * @param reply of CLUSTER SLOTS
 * @param asked the host that has answered, which need not know what it is called by others
 * @returns slot -> `host:port` of the node that is in charge of it
 */
export function slotsFrom(reply: unknown, asked: string): readonly string[] {
  const slots: string[] = []
  for (const range of listFrom(reply)) {
    const [first, last, master] = listFrom(range)
    const [host, port] = listFrom(master)
    const address = addressFrom(typeof host === 'string' ? host : '', String(numberFrom(port)), asked)
    for (let slot = numberFrom(first); slot <= numberFrom(last) && slot < SLOTS; slot++) slots[slot] = address
  }
  return slots
}

/** Where another node says that a key is. */
export interface Redirect {
  /** Whether only this command is to go there, for the key is on its way. */
  readonly isAsk: boolean
  readonly address: string
}

/** @returns what an answer says about where to go; null when it is none of that kind */
export function redirectFrom(error: unknown, asked: string): Redirect | null {
  const [, kind, host = '', port = ''] = error instanceof Error ? (/^(MOVED|ASK) \d+ (.*):(\d+)$/.exec(error.message) ?? []) : []
  return kind === undefined ? null : { isAsk: kind === 'ASK', address: addressFrom(host, port, asked) }
}

function addressFrom(host: string, port: string, asked: string): string {
  const known = host === '' || host === '?' ? asked : host
  return `${known.includes(':') && !known.startsWith('[') ? `[${known}]` : known}:${port}`
}
