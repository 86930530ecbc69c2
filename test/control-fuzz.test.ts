import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contract } from '../src/generated/control/contract.js'
import type { OperationRow } from '../src/core/contract.js'
import { anyRequestTo } from './support/any-request.js'
import { serveControl } from './support/control.js'
import { buildRequest, readExamples, type WireRequest } from './support/requests.js'

const { admin, box } = await serveControl(['edu', 'live', 'trid'], { maxSandboxes: 50 })
const rows: readonly (readonly [string, OperationRow])[] = Object.entries(contract.operations)
const examples = readExamples({ id: 'control' })

/** As the request says, but never for long: what is waited for does not come. */
const send = ({ method, path, body, headers }: WireRequest) => {
  return admin(method, path.replace(/timeout=[^&]*/, 'timeout=1'), body ?? undefined, { headers })
}
/** A stream does not end by itself. */
const ending = rows.filter(([operation]) => !operation.startsWith('stream'))

test('every operation takes the examples of its contract', async () => {
  await box('default').call('/live/auth/code?mobile=13800003001')
  await box('alice').call('/live/auth/code?mobile=13800003001')
  for (const [operation, row] of ending) {
    const { parameters, bodies } = examples.get(operation) ?? { parameters: {}, bodies: [] }
    for (const body of bodies.length === 0 ? [{}] : bodies) {
      const known = Object.fromEntries(Object.entries({ ...parameters, ...body }).filter(([name]) => name !== 'query'))
      const answer = await send(buildRequest(operation, row, known))
      // Examples are about all systems and their own sandboxes, so what they name may not be there; what they say is understood.
      expect([200, 201, 204, 404, 409, 422], `${operation}: ${answer.text}`).toContain(answer.status)
    }
  }
})

test('no request breaks the server, its contract or a sandbox', async () => {
  const anyCall = fc.constantFrom(...ending).chain(([operation, row]) => anyRequestTo(operation, row, examples.get(operation), {}))
  await fc.assert(
    fc.asyncProperty(fc.array(anyCall, { minLength: 1, maxLength: 12 }), async (calls) => {
      // The helper holds every answer against the contract and fails on a 5XX.
      for (const call of calls) await send(call)
      const { admin: here, call } = box('default')
      await here('DELETE', '/faults')
      await here('DELETE', '/maintenance')
      await here('PUT', '/outages', { out: [] })
      for (const { system } of ((await here('GET', '/backends')).json as { backends: { system: string }[] }).backends) await here('DELETE', `/backends/${system}`)
      expect((await call('/live/auth/code?mobile=13800003001')).json).toMatchObject({ code: 2000 })
      const file = await here('GET', '/snapshot')
      expect((await here('PUT', '/snapshot', file.text)).status, file.text).toBe(200)
      expect((await here('POST', '/reset')).status).toBe(204)
    }),
    { numRuns: 120 },
  )
})
