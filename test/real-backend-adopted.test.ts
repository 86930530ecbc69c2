/** A token that a real backend has given is shown nowhere, by whichever way it came into a call and however long ago it was given. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileEngine } from '../src/core/engine/file/engine.js'
import { type Box, createStub, type Stub } from '../src/index.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const TOKEN = 'PLANTED_token.of~theirs-1'

/** A backend of live that gives the keys in this order, and says the first of them whenever a code is wanted. */
async function giving(keys: readonly string[]): Promise<string> {
  let given = 0
  const backend = createServer((request, response) => {
    request.resume()
    const json = (body: object) => response.writeHead(200, { 'content-type': 'application/json', 'server-status': '0' }).end(JSON.stringify({ code: 2000, ...body }))
    if (request.url?.startsWith('/auth/login') === true) json({ desc: 'ok', api_key: keys[given++], mobile: '13800003001' })
    else json({ desc: `as for ${keys[0] ?? ''}`, count: 'none' })
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => backend.close(resolve)))
  return `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}` // it listens on TCP
}

async function started(url: string, folder?: string): Promise<Stub> {
  const stub = await createStub({ systems: ['live'], backends: { live: url }, ...(folder !== undefined && { engine: fileEngine(folder) }) })
  closing.push(() => stub.close())
  return stub
}

const logIn = (box: Box) => box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: '13800003001', auth_code: '123456' }) })

/** @returns all that is shown of the sandbox; what is streamed begins after the call with this number */
async function shownOf(stub: Stub, box: Box, after: number): Promise<string> {
  const read = async (path: string) => (await fetch(`${stub.url}/__admin/sandboxes/${box.name}/${path}`)).text()
  const gone = new AbortController()
  const streamed = async (path: string) => {
    const answer = await fetch(`${stub.url}/__admin/sandboxes/${box.name}/${path}`, { headers: { 'last-event-id': String(after) }, signal: gone.signal })
    let said = ''
    for await (const piece of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      said += piece
      if (said.includes('channels/live')) return said
    }
    return said
  }
  const shown = [...(await Promise.all(['requests', 'requests/lines', 'history', 'drift', `requests/${String(after + 1)}`].map(read))), ...(await Promise.all(['requests/stream', 'requests/lines/stream'].map(streamed)))]
  gone.abort()
  for (const one of shown) expect(one).toMatch(/auth.code|channels.live/)
  return shown.join('\n')
}

/** Two calls that say the token by no name that would tell what it is. @returns the number of the call before them */
async function sayIn(box: Box): Promise<number> {
  const before = Math.max(...(await box.requests.list()).map(({ id }) => id))
  await box.fetch(`/live/auth/code?mobile=13800003001&q=${TOKEN}`)
  await box.fetch(`/live/channels/live?q=${TOKEN}`)
  return before
}

test('in the journal, its lines, its streams, the history and the drift', async () => {
  const stub = await started(await giving([TOKEN]))
  const box = await stub.sandbox()
  await logIn(box)
  expect(await shownOf(stub, box, await sayIn(box))).not.toContain('PLANTED')
})

test('after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  const url = await giving([TOKEN])
  const first = await started(url, folder)
  await logIn(await first.sandbox('kept'))
  await first.close()
  const second = await started(url, folder)
  const box = await second.sandbox('kept')
  expect(await shownOf(second, box, await sayIn(box))).not.toContain('PLANTED')
})

test('after logins elsewhere, of which not all are remembered', async () => {
  const stub = await started(await giving([TOKEN, ...Array.from({ length: 6 }, (_, i) => `${String(i)}${'k'.repeat(60_000)}`)]))
  const box = await stub.sandbox()
  await logIn(box)
  const other = await stub.sandbox()
  for (let i = 0; i < 6; i++) await logIn(other)
  expect(await shownOf(stub, box, await sayIn(box))).not.toContain('PLANTED')
})
