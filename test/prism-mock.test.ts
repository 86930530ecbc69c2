/** The bundled documents in the hands of somebody else's tool: `npm run prism` answers every failure that is asked for by its name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMock } from '../scripts/judge/mock.js'
import type { Prism } from '../scripts/judge/prism.js'
import { loadSystems } from '../src/systems/load.js'
import { requestsFromExamples } from './support/judged.js'
import type { WireRequest } from './support/requests.js'

const systems = await loadSystems([])

describe.each(systems.map((system) => ({ id: system.id, system })))('$id', ({ id, system: { contract, dialect } }) => {
  const requests = requestsFromExamples(id, contract, dialect.credentials?.carry('any') ?? {})
  let prism: Prism
  beforeAll(async () => {
    prism = await startMock(id)
  })
  afterAll(() => prism.close())

  async function ask({ method, path, headers, body }: WireRequest, prefer: string) {
    const asked = { ...headers, accept: 'application/json', prefer }
    const response = await fetch(`${prism.url}${path}`, { method, headers: asked, ...(body === null ? {} : { body }) })
    const text = await response.text()
    return { status: response.status, text, what: `${method} ${path} Prefer: ${prefer} -> ${text}` }
  }

  /** The first request of each operation, with each of the operation's errors. */
  const cases = Object.entries(contract.operations).flatMap(([operation, { errors }]) => {
    const request = requests.find((one) => one.operation === operation)
    return errors.map((name) => ({ name, request, error: contract.errors[name] }))
  })

  test('example=CONSTANT is answered with that failure, by every operation that has it', async () => {
    for (const { name, request, error } of cases) {
      if (request === undefined || error === undefined) throw new Error(`nothing to ask for ${name} with`)
      const { status, text, what } = await ask(request, `example=${name}`)
      expect(status, what).toBe(error.status[0])
      expect(JSON.parse(text), what).toHaveProperty(contract.dialect.code, error.code)
    }
  })

  test('with code=STATUS beside it, a failure of several HTTP statuses comes with the one asked for', async () => {
    for (const { name, request, error } of cases) {
      if (request === undefined || error === undefined) throw new Error(`nothing to ask for ${name} with`)
      for (const wanted of error.status) {
        const { status, text, what } = await ask(request, `code=${String(wanted)}, example=${name}`)
        expect(status, what).toBe(wanted)
        expect(JSON.parse(text), what).toHaveProperty(contract.dialect.code, error.code)
      }
    }
  })
})
