/** The header `Server-Status` of maintenance: in the documents of all systems, on the answers that carry it, and in the hands of a page. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { asObject, asString, parseJson, type JsonObject } from '../scripts/generate/json.js'
import { resolveObject } from '../scripts/generate/schema.js'
import { edu } from '../src/systems/edu/index.js'
import { im } from '../src/systems/im/index.js'
import { job } from '../src/systems/job/index.js'
import { live } from '../src/systems/live/index.js'
import { trid } from '../src/systems/trid/index.js'
import { serve } from './support/serve.js'

/** The HTTP statuses that an answer in maintenance has, the path of an operation, and the HTTP status that an unknown path has then; a setting under which it is another. */
const systems = [
  { system: edu, statuses: [503], unknown: 404, method: 'GET', path: '/rest/s/teachers' },
  { system: job, statuses: [503, 200], unknown: 503, method: 'GET', path: '/api/job/list' },
  { system: live, statuses: [503], unknown: 200, method: 'GET', path: '/users/my' },
  { system: im, statuses: [200], unknown: 404, method: 'GET', path: '/android/user_contacts/' },
  { system: trid, statuses: [503], unknown: 404, method: 'POST', path: '/index.php?r=user/register' },
] as const

describe.each(systems)('$system.id', async ({ system, statuses, unknown, method, path }) => {
  const { box } = await serve(system)
  const document = asObject(parseJson(readFileSync(`openapi/bundled/${system.id}.json`, 'utf8')), system.id)

  test('an answer in maintenance carries it, and a page of another origin may read it', async () => {
    const app = await box()
    const headers = { origin: 'https://app.example.test' }
    expect((await app.call(path, { method, headers })).headers.get('server-status')).toBeNull()
    for (const httpStatus of statuses) {
      await app.maintenance.on(system.id, { status: 'upgrading', ...(httpStatus === statuses[0] ? {} : { httpStatus }) })
      const answer = await app.call(path, { method, headers })
      expect([answer.status, answer.headers.get('server-status')]).toEqual([httpStatus, 'upgrading'])
      expect(answer.headers.get('access-control-expose-headers')?.split(', ')).toContain('Server-Status')
      expect(['*', 'https://app.example.test']).toContain(answer.headers.get('access-control-allow-origin'))
    }
  })

  test('so does the answer to an unknown path, and the document declares it there', async () => {
    const app = await box()
    await app.maintenance.on(system.id)
    const answer = await app.call('/nothing')
    expect([answer.status, answer.headers.get('server-status')]).toEqual([unknown, 'maintenance'])
    if (unknown === 503) return // an answer like all others
    const { unmatched } = asObject(document['x-dialect'], 'x-dialect')
    const header = asObject(resolveObject(document, { $ref: asString(unmatched, 'unmatched') }, 'unmatched').headers, 'headers')['Server-Status']
    expect(header).toMatchObject({ required: false, schema: { type: 'string' } })
  })

  test('the document declares it on each of these answers of each operation', () => {
    const operations = operationsIn(document)
    expect(operations.length).toBeGreaterThan(0)
    for (const operation of operations) {
      const id = asString(operation.operationId, 'operationId')
      for (const status of statuses) {
        const response = resolveObject(document, asObject(operation.responses, id)[String(status)], `${id} ${String(status)}`)
        const header = resolveObject(document, asObject(response.headers, `${id} ${String(status)}: headers`)['Server-Status'], 'Server-Status')
        expect(header).toMatchObject({ required: status === 503, schema: { type: 'string' } })
      }
    }
  })
})

test('with its setting edu answers 200 in maintenance too, and every operation declares the header there', async () => {
  const { box } = await serve(edu)
  const app = await box()
  await app.settings.set('edu', { httpStatus: 'always200' })
  await app.maintenance.on('edu')
  const answer = await app.call('/rest/s/teachers')
  expect([answer.status, answer.headers.get('server-status')]).toEqual([200, 'maintenance'])
  const document = asObject(parseJson(readFileSync('openapi/bundled/edu.json', 'utf8')), 'edu')
  for (const operation of operationsIn(document)) expect(operation).toMatchObject({ responses: { '200': { headers: { 'Server-Status': { required: false } } } } })
})

test('the answer to the handshake of a WebSocket carries it as well', async () => {
  const { box } = await serve(im)
  const app = await box()
  const saysSo = async (): Promise<unknown> => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/android/websocket/`)
    const [response] = (await once(socket, 'upgrade')) as [IncomingMessage] // what `ws` documents
    socket.terminate()
    return response.headers['server-status']
  }
  expect(await saysSo()).toBeUndefined()
  await app.maintenance.on('im', { status: 'upgrading' })
  expect(await saysSo()).toBe('upgrading')
})

/** The operations of a document; of one URL with several, these. */
function operationsIn(document: JsonObject): JsonObject[] {
  return Object.values(asObject(document.paths, 'paths')).flatMap((item) => Object.values(asObject(item, 'path')).map((operation) => asObject(operation, 'operation')))
}
