/**
 * The independent judge of the stories (`npm run judge`): Prism stands before the server with the bundled document in its hand, and
 * every call of a test goes through it. It has nothing in common with this package but the OpenAPI documents.
 */
import { appendFileSync } from 'node:fs'
import { expect } from 'vitest'
import { bundledDocument, startPrism } from '../../scripts/judge/prism.js'
import type { Verdict } from '../../scripts/judge/verdict.js'
import type { Box } from '../../src/client/box.js'
import type { Stub } from '../../src/client/stub.js'
import type { System } from '../../src/core/system.js'
import { type Dissent, dissents } from './judge-exemptions.js'
import { type Answer, type Call, send } from './serve.js'

/** Set to the file that verdicts are written to. */
const VERDICTS = 'UNDERSTUDY_JUDGE'
const PRISM_ERROR = 'https://stoplight.io/prism/errors#'
/** What Prism says about a request. Anything else is about the answer. */
const ABOUT_THE_REQUEST = ['UNPROCESSABLE_ENTITY', 'UNAUTHORIZED', 'NO_PATH_MATCHED_ERROR', 'NO_METHOD_MATCHED_ERROR', 'unreadable']

interface Judge {
  /** Sends a call to a sandbox through Prism. Fails the test if Prism finds fault with the answer, or with a request that the server takes. */
  call(box: Box, path: string, call?: Call): Promise<Answer>
  /** Stops Prism and writes down what there was to judge. */
  close(): Promise<void>
}

/** @returns the judge of a stub that plays the system, or null where the tests run without one */
export async function appointJudge(system: System, stub: Stub): Promise<Judge | null> {
  const file = process.env[VERDICTS]
  if (file === undefined) return null
  const prism = await startPrism(bundledDocument(system.id), { command: 'proxy', upstream: `${stub.url}/${system.id}` })
  const needed = new Set<Dissent>()
  let [judged, refused, bypassed] = [0, 0, 0]

  async function call(box: Box, path: string, call: Call = {}): Promise<Answer> {
    const direct = () => send(`${box.baseUrl(system.id)}${path}`, call)
    if (isBeyondPrism(path, call) || (await isAtOdds(system, box))) {
      bypassed++
      return direct()
    }
    const answer = await send(`${prism.url}${path}`, { ...call, headers: { ...declared(system, call), ...call.headers, 'understudy-sandbox': box.name } })
    const request = `${call.method ?? 'GET'} ${path}`
    const objection = objectionIn(answer)
    judged++
    if (objection === null) {
      expect(answer.headers.get('sl-violations'), request).toBeNull()
      // Whose answer it is does not show in the address of Prism.
      Object.defineProperty(answer.response, 'url', { value: `${box.baseUrl(system.id)}${path}` })
      return answer
    }
    expect(ABOUT_THE_REQUEST, `Prism finds fault with the answer to ${request}: ${objection.what}`).toContain(objection.type)
    // The request is broken, so Prism has not handed it on. The story needs its answer, and that must be a refusal too.
    refused++
    const unjudged = await direct()
    if (!isSuccess(system, unjudged)) return unjudged
    const dissent = dissents.find((one) => (one.system === system.id || one.system === 'every') && one.request.test(request) && one.objection.test(objection.what))
    expect(dissent, `Prism refuses ${request} ${JSON.stringify(call)}, the server does not: ${objection.what}`).toBeDefined()
    if (dissent !== undefined) needed.add(dissent)
    return unjudged
  }

  return {
    call,
    close: async () => {
      await prism.close()
      const verdict: Verdict = { system: system.id, judged, refused, bypassed, dissents: [...needed].map(({ reason }) => reason) }
      appendFileSync(file, `${JSON.stringify(verdict)}\n`)
    },
  }
}

/** Settings may bring the server at odds with the document: that is what they are for. */
async function isAtOdds({ id, settings: declared }: System, { settings, maintenance }: Box): Promise<boolean> {
  const changed = (await settings.list()).some((one) => one.system === id && Object.entries(one.settings).some(([name, value]) => value !== declared[name]?.default))
  return changed || (await maintenance.status()).some((one) => one.system === id && one.active && one.httpStatus === 200)
}

/** What Prism does not hand on as it came, so that the server would be judged by a request that nobody sent. */
function isBeyondPrism(path: string, { method, body }: Call): boolean {
  const isRepaired = /%(?![\dA-Fa-f]{2})/.test(path) // broken percent-encoding: put right in a query, and in a path the end of Prism
  const isEmptied = body === 'null' // no body at all
  const isRecoded = body instanceof FormData // files are read as text and lose their bytes
  return isRepaired || isEmptied || isRecoded || method === 'HEAD' // of which there is nothing to judge
}

/** A text is sent as what the document asks for where the server does not look at the content type: Prism does. */
function declared({ dialect }: System, { body }: Call): Record<string, string> {
  return dialect.body.contentType === 'any' && typeof body === 'string' ? { 'content-type': 'application/json' } : {}
}

/** What Prism answers in place of the server. */
function objectionIn({ json, text }: Answer): { type: string; what: string } | null {
  const type = json?.['type']
  if (typeof type === 'string' && type.startsWith(PRISM_ERROR)) return { type: type.slice(PRISM_ERROR.length), what: text }
  // Its HTTP server has words of its own for a body that is no JSON and for what it cannot parse otherwise.
  return json !== null && Object.keys(json).join() === 'error' ? { type: 'unreadable', what: text } : null
}

function isSuccess({ contract: { dialect, errors } }: System, { status, json }: Answer): boolean {
  return json === null ? status < 300 : json[dialect.code] === errors[dialect.success]?.code
}
