/** What a real backend says of secrets, wherever and by whatever name, is in no report and in no journal. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { asHtml } from '../src/cli/drift/html.js'
import { asMarkdown } from '../src/cli/drift/markdown.js'
import { asSarif } from '../src/cli/drift/sarif.js'
import { SecretTexts } from '../src/core/backends/secret-texts.js'
import { veilOver } from '../src/core/backends/veil.js'
import { type Box, createStub } from '../src/index.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const PHONE = '13800003001'
const KEY = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI1MDAwIn0.c2lnbmF0dXJlLW9mLXRoZS1rZXk'
const OPAQUE = 'op+que/PLANTED.key~77'

/** A backend of live whose every answer but those of a login is this; its own key is `key`. */
async function answering(key: string, answer: (response: ServerResponse) => void, said: string[]): Promise<{ readonly box: Box; readonly url: string }> {
  const backend = createServer((request, response) => {
    request.resume()
    const json = (body: object) => response.writeHead(200, { 'content-type': 'application/json', 'server-status': '0' }).end(JSON.stringify({ code: 2000, desc: 'ok', ...body }))
    if (request.url?.startsWith('/auth/login') === true) json({ api_key: key, mobile: PHONE })
    else if (request.url?.startsWith('/auth/code') === true) json({})
    else answer(response)
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => backend.close(resolve)))
  const stub = await createStub({ systems: ['live'], backends: { live: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}` }, report: (problem) => said.push(problem) }) // it listens on TCP
  closing.push(() => stub.close())
  return { box: await stub.sandbox(), url: stub.url }
}

/** @returns all that is shown after a login and a call with its key; and, where it is wanted, one that carries nothing */
async function shownAfter(key: string, answer: (response: ServerResponse) => void, wantsBare: boolean): Promise<string> {
  const said: string[] = []
  const { box, url } = await answering(key, answer, said)
  await box.fetch(`/live/auth/code?mobile=${PHONE}`)
  await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
  await box.fetch('/live/channels/live?accessKey=PLANTED-in-a-query', { headers: { authorization: Buffer.from(key).toString('base64'), cookie: 'theme=dark; visit=PLANTED-cookie-1', 'x-access-key': 'PLANTED-header-1' } })
  if (wantsBare) await box.fetch('/live/channels/live')
  const report = await box.backends.drift()
  expect(report.drift.length).toBeGreaterThan(0)
  const lists = await Promise.all([`/${box.name}/requests/lines`, `/${box.name}/history`, `/${box.name}/overview`, ''].map((path) => textOf(`${url}/__admin/sandboxes${path}`)))
  // Each of them has something to tell.
  expect(lists[0]).toContain('"operationId":"liveListChannels"')
  expect(lists[1]).toContain('"operationId":"liveLogin"')
  return [asMarkdown(report, 'en'), asHtml(report, 'zh'), asSarif(report, 'en'), JSON.stringify(report), JSON.stringify(await box.requests.list()), ...lists, ...said].join('\n')
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url)
  expect(answer.status, url).toBe(200)
  return answer.text()
}

const page = (text: string, headers: Readonly<Record<string, string>> = {}) => (response: ServerResponse) => response.writeHead(502, { 'content-type': 'text/html', ...headers }).end(text)
const body = (value: object) => (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

describe('a secret is shown nowhere', () => {
  test.each<readonly [where: string, key: string, answer: (response: ServerResponse) => void, planted: readonly string[], wantsBare: boolean]>([
    ['the key of a login, echoed in a page', OPAQUE, page(`<pre>no such user: ${OPAQUE}, or ${Buffer.from(OPAQUE).toString('base64')}</pre>`), [OPAQUE, Buffer.from(OPAQUE).toString('base64'), 'que/PLANTED'], true],
    ['a JSON Web Token, echoed in a page', KEY, page(`<pre>no such user: ${KEY}; nor eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2MDAwIn0.c2ln</pre>`), ['eyJhbGci', 'eyJzdWIi', 'c2lnbmF0'], true],
    ['what the call carried, and what the answer set', OPAQUE, page('visit PLANTED-cookie-1, header PLANTED-header-1, PLANTED-in-a-query, set PLANTED-set-22', { 'set-cookie': 'seen=PLANTED-set-22; Path=/' }), ['PLANTED'], false],
    ['fields by names of the backend', OPAQUE, body({ code: 2000, desc: 'ok', count: 'x', accessKey: 'PLANTED-1', sid: 'PLANTED2', jwt: 'PLANT-3', pass_word: 'PLANTED4', verify_code: 918273, Session: { a: 'PLANTED5' }, 'x-api-key': ['PLANTED6'] }), ['PLANT', '918273'], true],
    ['pairs in a text', OPAQUE, page('token=PLANTED1 Bearer PLANTED2 https://x.example/?private_key=PLANTED3&client_secret=PLANTED4, Authorization: Basic PLANTED5; {"sms_code": "PLANTED6 and more", \'pwd\': \'PLANTED7\'} session_id%3DPLANTED8'), ['PLANTED', 'and more'], true],
    ['phone numbers', OPAQUE, page('138-0000-3001, 138 0000 3001, +8613800003001, (86 138.0000.3001), 138 00003001, １３８００００３００１'), ['0000-3001', '0000 3001', '00003001', '0000.3001', '００００３００１'], true],
    ['writings of a key in a page', OPAQUE, page([OPAQUE, encodeURIComponent(OPAQUE), encodeURIComponent(encodeURIComponent(OPAQUE)), encodeURIComponent(OPAQUE).toLowerCase().replace('planted', 'PLANTED'), OPAQUE.replaceAll('/', '\\/'), OPAQUE.replaceAll('+', '\\u002b')].map((text) => `<a href="/x?next=${text}">`).join('')), ['PLANTED'], true],
    ['writings of a key that pages and JSON escape', 'ke"y<PLANTED>&\'77', page('ke\\"y<PLANTED>&\'77, ke&quot;y&lt;PLANTED&gt;&amp;&#39;77, ke\\"y\\u003cPLANTED\\u003e\\u0026\\u002777'), ['PLANTED'], true],
    ['a key as the name of a field and as a code', OPAQUE, body({ code: OPAQUE, desc: 'ok', [OPAQUE]: 1 }), ['PLANTED'], true],
    ['a key as the name of a field', OPAQUE, body({ code: 2000, desc: 'ok', count: 0, channels: [], [OPAQUE]: 1 }), ['PLANTED'], true],
    ['names of fields', OPAQUE, body({ code: 2000, desc: 'ok', count: 0, channels: [], [PHONE]: 1, '138-0000-3001': 2, [KEY]: 3 }), [PHONE, '0000-3001', 'eyJhbGci'], true],
  ])('%s', async (_where, key, answer, planted, wantsBare) => {
    const shown = await shownAfter(key, answer, wantsBare)
    for (const text of [...planted, key, PHONE]) expect(shown.split(text).length - 1, text).toBe(0)
  })
})

describe('what is hidden', () => {
  test('is no more than that', () => {
    const { text, body: shown } = veilOver([new SecretTexts(['secret-one-77'])])
    expect(text('the count=3 of 1763600000123 at 2025-11-20 10:00 is type: json, secret-one-7 stays, secret-one-77 goes')).toBe('the count=3 of 1763600000123 at 2025-11-20 10:00 is type: json, secret-one-7 stays, *** goes')
    expect(shown('{ "sessionCount": 3, "inside": "a", "residence": "b", "has_passwd": true }')).toBe('{ "sessionCount": 3, "inside": "a", "residence": "b", "has_passwd": true }')
  })

  test('reaches to the quote that ends it, whatever is escaped before', () => {
    const { text } = veilOver([])
    for (const value of ['one', 'one\\"two', 'one\\"two\\"three\\"four', 'one\\\\\\"two\\n\\"\\"three', '\\"one\\"']) {
      expect(text(`at {"token": "${value}", "count": 3, "tokens": "${value}" and "label": "x"`)).toBe('at {"token": "***", "count": 3, "tokens": "***" and "label": "x"')
    }
    expect(text('{"token": "one\\\\", "label": "x"')).toBe('{"token": "***", "label": "x"')
  })

  test('is found in long texts that were made to be slow', () => {
    const { text, body: shown } = veilOver([new SecretTexts(Array.from({ length: 3000 }, (_, i) => `aaaaaaaa${String(i)}`))])
    const length = 256 * 1024
    for (const part of ['a', 'eyJ', 'token', 'token=', 'Bearer ', ' ', '1', '138 ', '-', '\\"', '"token":"', 'a:', '\\u0065', 'token\\u0065', '\\', 'u0065']) {
      const long = part.repeat(Math.floor(length / part.length))
      expect(text(long).length).toBeLessThanOrEqual(length * 3)
      expect(shown(`{${long}`).length).toBeLessThanOrEqual(length * 3)
    }
  })
})
