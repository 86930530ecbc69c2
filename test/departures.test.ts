/** When answers leave: those of one turn of Node's loop together, in their order, whatever becomes of one of them. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Departures } from '../src/hosts/node/departures.js'
import { handlerOf } from '../src/hosts/node/handler.js'

const told: string[] = []
const departures = new Departures()
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
afterEach(() => told.splice(0))

function add(name: string, send: () => Promise<void> | void = () => undefined): void {
  departures.add({
    send: () => {
      told.push(`${name} leaves`)
      return send()
    },
    failed: (error) => told.push(`${name} failed: ${error instanceof Error ? error.message : 'without a word'}`),
    afterwards: () => told.push(`after ${name}`),
  })
}

test('answers of one turn leave at its end, in their order, and what comes afterwards comes after all of them', async () => {
  add('one')
  await Promise.resolve()
  add('two')
  expect(told).toEqual([])
  await nextTurn()
  expect(told).toEqual(['one leaves', 'two leaves', 'after one', 'after two'])
})

test('so many at once do not wait for the end of the turn, and later ones leave as well', async () => {
  for (let i = 1; i <= 31; i++) add(String(i))
  expect(told).toEqual([])
  add('32')
  expect(told.slice(0, 32)).toEqual(Array.from({ length: 32 }, (_, i) => `${String(i + 1)} leaves`))
  add('33')
  expect(told).toHaveLength(64)
  await nextTurn()
  expect(told.slice(64)).toEqual(['33 leaves', 'after 33'])
})

test('one that cannot be sent, at once or later, is told of and keeps no other', async () => {
  add('one', () => {
    throw new Error('no such header')
  })
  add('two', () => Promise.reject(new Error('broke off')))
  add('three')
  await nextTurn()
  expect(told).toEqual(['one leaves', 'one failed: no such header', 'two leaves', 'three leaves', 'after one', 'after two', 'after three', 'two failed: broke off'])
})

test('an answer that HTTP cannot carry becomes a problem of the server, and its connection can be used again', async () => {
  const problems: string[] = []
  const server = createServer(handlerOf({ play: ({ url }) => ({ reply: { status: 200, headers: { 'x-said': url === '/bad' ? 'a\nb' : 'a' }, body: 'body' }, delivery: { kind: 'whole' } }) }, (problem) => problems.push(problem)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` // a TCP server that listens has one
  const bad = await fetch(`${base}/bad`)
  expect([bad.status, await bad.json()]).toMatchObject([500, { type: 'urn:understudy:problem:internal' }])
  expect(problems).toEqual([expect.stringMatching(/^GET \/bad failed: .*x-said/)])
  const good = await fetch(`${base}/good`)
  expect([good.status, await good.text()]).toEqual([200, 'body'])
  server.close()
})
