/** A connection to a real backend that was kept, and that the backend closes in the moment in which the next call is put on it. */
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const OK = '{"code":2000,"desc":"ok"}'
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${String(OK.length)}\r\n\r\n${OK}`

/** What a backend does to the calls of one connection, each in its turn. */
type Line = readonly ((socket: Socket) => void)[]

const answers = (socket: Socket) => void socket.write(ANSWER)
const leaves = (socket: Socket) => void socket.end()
const breaks = (socket: Socket) => void socket.resetAndDestroy()
const begins = (socket: Socket) => void socket.end('HTTP/1.1 2')

/** @returns a sandbox beside a backend that deals with its connections so, and what each of them has heard: the first words of its calls */
async function beside(lines: readonly Line[]) {
  const heard: string[][] = []
  const server = createServer((socket) => {
    const line = lines[heard.length] ?? []
    const calls: string[] = []
    heard.push(calls)
    socket.on('error', () => undefined)
    socket.setEncoding('latin1').on('data', (text: string) => {
      if (!/^[A-Z]+ \//.test(text)) return
      calls.push(text.split(' ', 1)[0] ?? '')
      line[calls.length - 1]?.(socket)
    })
    closing.push(async () => void socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  const stub = await createStub({ systems: ['live'], backends: { live: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` } }) // it listens on TCP
  closing.push(() => stub.close())
  const box = await stub.sandbox()
  /** @returns who has answered, or why the backend has not */
  const call = async (method = 'GET') => {
    const answer = await (method === 'POST' ? box.fetch('/live/auth/login', { method, headers: { 'content-type': 'application/json' }, body: '{"mobile":"13800003009","auth_code":"123456"}' }) : box.fetch('/live/auth/code?mobile=13800003009', { method }))
    await answer.arrayBuffer()
    return answer.headers.get('understudy-source-reason')?.split(':', 1)[0] ?? answer.headers.get('understudy-source')
  }
  return { call, heard, box }
}

describe('a call that gets no byte of an answer on a connection that was used before', () => {
  test.each([['said', leaves], ['broken off', breaks]])('goes out once more where it changes nothing and has no body (%s)', async (_how, gone) => {
    const { call, heard, box } = await beside([[answers, gone], [answers]])
    expect([await call(), await call()]).toEqual(['real', 'real'])
    expect(heard).toEqual([['GET', 'GET'], ['GET']])
    expect((await box.backends.drift()).drift).toEqual([])
  })

  test('goes out no third time', async () => {
    const { call, heard } = await beside([[answers, leaves], [leaves], [answers]])
    expect([await call(), await call()]).toEqual(['real', 'reset'])
    expect(heard).toEqual([['GET', 'GET'], ['GET']])
  })

  test('does not go out again where it may change something', async () => {
    const { call, heard } = await beside([[answers, leaves], [answers]])
    expect([await call(), await call('POST')]).toEqual(['real', 'reset'])
    expect(heard).toEqual([['GET', 'POST']])
  })
})

test.each([
  ['on a new connection', [[leaves], [answers]], ['reset']],
  ['of which something came', [[answers, begins], [answers]], ['real', 'reset']],
] as const)('a call that is broken off %s goes out once', async (_when, lines, expected) => {
  const { call, heard } = await beside(lines)
  for (const what of expected) expect(await call()).toBe(what)
  expect(heard).toEqual([expected.map(() => 'GET')])
})
