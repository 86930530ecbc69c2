/** What every system does alike, whatever its dialect; run over all systems of the registry, from their contracts alone. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Box } from '../src/client/box.js'
import type { Stub } from '../src/client/stub.js'
import type { System } from '../src/core/system.js'
import { loadSystems } from '../src/systems/load.js'
import { exemptions } from './conformance-exemptions.js'
import { anyRequestTo } from './support/any-request.js'
import { credential } from './support/credential.js'
import { host } from './support/host.js'
import { buildRequest, type Examples, readExamples, type WireRequest } from './support/requests.js'

const systems = await loadSystems([])
const START = Date.UTC(2026, 0, 5, 4)

let stub: Stub
const reports: string[] = []
beforeAll(async () => {
  stub = await host({ systems, report: (problem) => reports.push(problem), time: { now: () => START } })
})
afterAll(() => stub.close())

let boxes = 0
/** @returns a sandbox that nobody has used, its clock standing still */
async function freshBox(): Promise<Box> {
  const box = await stub.sandbox(`conformance-${String(++boxes)}`)
  await box.clock.freeze(new Date(START))
  return box
}

async function send(system: System, box: Box, { method, path, headers, body }: Omit<WireRequest, 'operation'>) {
  const response = await box.fetch(`/${system.id}${path}`, { method, headers: { ...headers }, ...(body === null ? {} : { body }), redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

type Answer = Awaited<ReturnType<typeof send>>

/** The one thing that must hold of any answer whatsoever. */
function expectInContract(request: object, answer: Answer) {
  const told = JSON.stringify({ request, answer: answer.text, problems: reports.splice(0) }, null, 1)
  expect(answer.headers.get('understudy-violation'), told).toBeNull()
  expect(answer.status, told).toBeLessThan(500)
  expect(answer.headers.get('content-type') ?? '', told).not.toMatch(/html/)
  expect(answer.text, told).not.toMatch(/<html|<pre>| {4}at .*\(/i)
}

/** The code of a JSON answer, or null. */
function codeOf(system: System, { text }: Answer): unknown {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? Object.entries(body).find(([key]) => key === system.contract.dialect.code)?.[1] : null
  } catch {
    return null
  }
}

const successCode = (system: System) => system.contract.errors[system.contract.dialect.success]?.code

/** @returns all tokens and ids of sessions that calls of the sandbox have brought into being, the oldest first */
async function tokensOf({ id }: System, box: Box): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const { changes } of (await box.requests.list({ system: id, limit: 10_000, secrets: true })).reverse()) {
    for (const { collection, before, after } of changes) {
      if (collection !== 'sessions' || after === null) continue
      for (const field of ['id', 'accessToken', 'refreshToken']) if (typeof after[field] === 'string' && after[field] !== before?.[field]) found.add(after[field])
    }
  }
  return [...found]
}

/** @returns the answers with a number in the place of each token */
async function withoutTokens(system: System, box: Box, answers: unknown): Promise<unknown> {
  let text = JSON.stringify(answers)
  for (const [i, token] of (await tokensOf(system, box)).entries()) text = text.replaceAll(token, `<${String(i)}>`)
  return JSON.parse(text)
}

/** One request for each example of each operation. */
function exampleRequests(system: System, examples: Map<string, Examples>, headers: Readonly<Record<string, string>>): WireRequest[] {
  return Object.entries(system.contract.operations).flatMap(([operation, row]) => {
    const { parameters, bodies } = examples.get(operation) ?? { parameters: {}, bodies: [] }
    return (bodies.length === 0 ? [{}] : bodies).map((body) => buildRequest(operation, row, { ...parameters, ...body }, row.auth === 'none' ? {} : headers))
  })
}

describe.each(systems.map((system) => ({ id: system.id, system })))('$id', ({ system }) => {
  const { operations } = system.contract
  const rows = Object.entries(operations)
  const examples = readExamples(system)

  /** A case, or, where the system is exempt, the proof that it still needs to be. */
  function conform(name: string, run: () => Promise<void>) {
    const reason = exemptions[system.id]?.[name]
    if (reason === undefined) test(name, run)
    else test(`${name} (exempt: ${reason})`, () => expect(run()).rejects.toThrow())
  }

  const refusedWith = (box: Box, request: WireRequest) =>
    send(system, box, request).then((answer) => {
      expectInContract(request, answer)
      if (answer.text !== '' && codeOf(system, answer) !== undefined) expect(codeOf(system, answer), `${request.method} ${request.path} ${answer.text}`).not.toBe(successCode(system))
      return answer
    })

  conform('unknown path', async () => {
    const box = await freshBox()
    for (const path of ['/no/such/path', '/', '/%', '/..%2f..%2fetc', '/index.php/x', '/a'.repeat(500)]) {
      await refusedWith(box, { operation: '', method: 'GET', path, headers: {}, body: null })
    }
  })

  conform('wrong verb', async () => {
    const box = await freshBox()
    for (const [operation, row] of rows) {
      const request = buildRequest(operation, row, examples.get(operation)?.parameters ?? {})
      const taken = rows.filter(([, other]) => other.path === row.path).map(([, other]) => other.method)
      for (const method of ['PATCH', 'DELETE', 'PUT'].filter((verb) => !taken.some((one) => one === verb))) {
        await refusedWith(box, { ...request, method, body: null })
      }
    }
  })

  conform('broken body', async () => {
    const box = await freshBox()
    const headers = await credential(system, box)
    const withBody = rows.filter(([, row]) => row.body !== null)
    expect(withBody).not.toHaveLength(0)
    for (const [operation, row] of withBody) {
      const request = buildRequest(operation, row, examples.get(operation)?.parameters ?? {}, headers)
      for (const body of ['{', '[]', '"x"', 'null', '{"a":1,}', '%zz=%', '\u0000']) await refusedWith(box, { ...request, body })
    }
  })

  conform('a query that is no UTF-8', async () => {
    const box = await freshBox()
    const headers = await credential(system, box)
    for (const request of exampleRequests(system, examples, headers)) {
      const path = `${request.path}${request.path.includes('?') ? '&' : '?'}x=%ff`
      expectInContract(request, await send(system, box, { ...request, path }))
    }
  })

  conform('oversized body', async () => {
    const box = await freshBox()
    const headers = await credential(system, box)
    for (const [operation, row] of rows.filter(([, { body }]) => body !== null)) {
      const request = buildRequest(operation, row, examples.get(operation)?.parameters ?? {}, headers)
      await refusedWith(box, { ...request, body: 'x'.repeat(system.dialect.body.limit + 100_000) })
    }
  })

  conform('wrong content type', async () => {
    const box = await freshBox()
    const headers = await credential(system, box)
    for (const request of exampleRequests(system, examples, headers).filter(({ body }) => body !== null)) {
      const answer = await send(system, box, { ...request, headers: { ...request.headers, 'content-type': 'application/xml' } })
      expectInContract(request, answer)
    }
  })

  conform('unauthenticated', async () => {
    const box = await freshBox()
    const required = exampleRequests(system, examples, {}).filter(({ operation }) => operations[operation]?.auth === 'required')
    expect(required).not.toHaveLength(0)
    for (const request of required) {
      const answer = await refusedWith(box, request)
      const error = Object.values(system.contract.errors).find(({ code }) => code === codeOf(system, answer))
      expect(['unauthenticated', 'networkError'], `${request.operation}: ${answer.text}`).toContain(error?.condition)
    }
  })

  conform('determinism, isolation and reset', async () => {
    const run = async (box: Box) => {
      const headers = await credential(system, box)
      const answers = []
      for (const request of exampleRequests(system, examples, headers)) {
        const answer = await send(system, box, request)
        expectInContract(request, answer)
        answers.push([request.operation, answer.status, Object.fromEntries(answer.headers), answer.text])
      }
      return answers
    }
    const [first, second, bystander] = [await freshBox(), await freshBox(), await freshBox()]
    const untouched = await bystander.snapshot()
    const answers = await run(first)
    const journal = await first.requests.list({ limit: 10_000 })
    expect(journal.some(({ changes }) => changes.length > 0)).toBe(true)
    expect(journal.some(({ error }) => error === null)).toBe(true)
    expect(await withoutTokens(system, second, await run(second))).toEqual(await withoutTokens(system, first, answers))
    expect(await bystander.snapshot()).toEqual(untouched)
    const [tokens, known] = [await tokensOf(system, first), await withoutTokens(system, first, answers)]
    await first.reset()
    await first.clock.freeze(new Date(START))
    const again = await run(first)
    const issued = await tokensOf(system, first)
    expect(await withoutTokens(system, first, again)).toEqual(known)
    expect(tokens.filter((token) => issued.includes(token))).toEqual([])
    await first.delete()
    await first.clock.freeze(new Date(START))
    expect(await run(first)).toEqual(answers)
  })

  conform('any input to any operation is answered in the contract', async () => {
    const box = await freshBox()
    const headers = await credential(system, box)
    const anyRequest = fc.constantFrom(...rows).chain(([operation, row]) => anyRequestTo(operation, row, examples.get(operation), headers))
    await fc.assert(
      fc.asyncProperty(anyRequest, async (request) => {
        expectInContract(request, await send(system, box, request))
      }),
      { numRuns: 400 },
    )
  })
})

test('no exemption names a system that is not there', () => {
  expect(Object.keys(exemptions).filter((id) => !systems.some((system) => system.id === id))).toEqual([])
})
