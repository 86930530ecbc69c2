/**
 * `npm run bench -- --soak`: millions of calls while sandboxes, uploads, resets, sockets and readers come and go. After each piece everybody has gone
 * home, and what is left is read: resident memory, what stands in the heap and beside it, open handles. None of them may climb.
 */
import { readdirSync } from 'node:fs'
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { script, understudy } from './contenders.js'
import type { Growth } from './growth.js'
import { load, runWrk, urlOf } from './load.js'
import { type Running, socketOf, start } from './process.js'
import { createGuestClient, receiveGuests } from './soak-guests.js'

/** Seconds of one piece of work, after which the server is looked at. */
const PIECE = 5
/** Real milliseconds between the last call and the look. */
const SETTLE = 500
/** Sandboxes that wrk's calls go to in turn, beside those of the guests. */
const SANDBOXES = 100
/** So many the server keeps: those that passers-by leave behind have to make room soon. */
const MOST_SANDBOXES = 1000

type Client = ReturnType<typeof createGuestClient>

/** What the server holds when nobody is there. */
interface Reading {
  /** MiB */
  readonly resident: number
  /** MiB in use after a collection, in V8's heap and beside it. */
  readonly used: number
  /** What keeps Node.js waiting, and open file descriptors. */
  readonly handles: number
}

/** @param calls how many are made in all, by wrk and by the guests */
export async function soak(calls: number, say: (line: string) => void): Promise<Growth[]> {
  const server = await start({
    ...understudy,
    command: (port) => ['--expose-gc', '--import', `${pathToFileURL(script('watched.mjs')).href}?socket=${encodeURIComponent(socketOf(port))}`, ...understudy.command(port), '--max-sandboxes', String(MOST_SANDBOXES)],
    roams: true,
  })
  try {
    const readings: Reading[] = []
    const client = createGuestClient()
    let made = 0
    for (let piece = 0; made < calls; piece++) {
      made += await workOff(server, client, piece)
      readings.push(await look(server))
      say(lineOf(made, readings.at(-1)))
    }
    return judge(readings)
  } finally {
    await server.stop()
  }
}

/** @returns how many calls one piece took */
async function workOff(server: Running, client: Client, piece: number): Promise<number> {
  const guests = receiveGuests(urlOf(server), client)
  // In turns: sessions in one sandbox, codes in many, lists in many.
  const main = (piece % 3 === 0 ? load(server, 'session', PIECE) : runWrk(server, 'sandboxes.lua', [piece % 3 === 1 ? 'write' : 'read', String(SANDBOXES), 'soak-'], PIECE)).finally(() => {
    guests.stop()
  })
  const [{ requests }, visits] = await Promise.all([main, guests.gone])
  return requests + visits
}

async function look(server: Running): Promise<Reading> {
  // Connections that were closed at the other end have to be seen to be.
  await pause(SETTLE)
  const resident = server.memory()
  const { bytes, handles } = await ask(server)
  return { resident, used: bytes / 2 ** 20, handles: handles.length + readdirSync(`/proc/${String(server.pid)}/fd`).length }
}

function ask({ port }: Running): Promise<{ readonly bytes: number; readonly handles: readonly string[] }> {
  return new Promise((resolve, reject) => {
    get({ socketPath: socketOf(port), agent: false }, (response) => {
      text(response).then((json) => {
        resolve(JSON.parse(json) as Awaited<ReturnType<typeof ask>>) // of watched.mjs
      }, reject)
    }).on('error', reject)
  })
}

function lineOf(made: number, reading: Reading | undefined): string {
  return `${made.toLocaleString('en').padStart(11)} calls  ${(reading?.resident ?? 0).toFixed(0).padStart(5)} MiB resident  ${(reading?.used ?? 0).toFixed(1).padStart(6)} MiB in use  ${String(reading?.handles).padStart(4)} handles`
}

/** The first quarter fills what is kept up to its bounds; from then on nothing may climb. */
function judge(readings: readonly Reading[]): Growth[] {
  const quarter = Math.max(1, Math.floor(readings.length / 4))
  const row = (what: string, unit: string, of: (reading: Reading) => number): Growth => {
    const [early, late] = [readings.slice(quarter, 2 * quarter), readings.slice(-quarter)].map((part) => part.map(of).reduce((sum, value) => sum + value, 0) / part.length)
    const climb = (late ?? Number.NaN) / (early ?? Number.NaN)
    return { what: `${what}, second quarter to last`, figure: `${String(early?.toFixed(0))} to ${String(late?.toFixed(0))}${unit}; × ${climb.toFixed(2)}`, target: 'flat: below × 1.1', met: climb < 1.1 }
  }
  return [row('resident memory', ' MiB', ({ resident }) => resident), row('in use after a collection', ' MiB', ({ used }) => used), row('open handles', '', ({ handles }) => handles)]
}
