/** The control plane: every call is routed, checked and answered by the table that is generated from control.yaml. */
import type { Request, RequestHandler, Response } from 'express'
import { contract } from '../generated/control/contract.js'
import { validators } from '../generated/control/validators.js'
import type { Validator } from '../core/contract.js'
import { describeException, Failure } from '../core/failure.js'
import { compileRouter, type Match } from '../core/pipeline/router.js'
import { VIOLATION_HEADER } from '../core/pipeline/conclude.js'
import { writeReply } from '../hosts/node/send.js'
import { answerProblem, problem } from '../core/problem.js'
import { emptyReply, jsonReply } from '../core/reply.js'
import { type Call, type ControlParts, type Handlers, Stream } from './call.js'
import { clock } from './clock.js'
import { db } from './db.js'
import { faults } from './faults.js'
import { readBody } from './body.js'
import { readHeaders, readInput } from './input.js'
import { maintenance } from './maintenance.js'
import { Refusal, refusal } from './refusal.js'
import { requests } from './requests.js'
import { sandboxes } from './sandboxes.js'
import { server } from './server.js'
import { sessions } from './sessions.js'
import { settings } from './settings.js'
import { sms } from './sms.js'
import { sockets } from './sockets.js'
import { state } from './state.js'
import { users } from './users.js'

const handlers: Handlers = { ...server, ...sandboxes, ...clock, ...sms, ...sessions, ...users, ...sockets, ...maintenance, ...settings, ...faults, ...requests, ...state, ...db }
const route = compileRouter(contract)

/** @returns the middleware that answers everything below the place where it is mounted */
export function controlRouter(parts: ControlParts): RequestHandler {
  return (request, response, next) => {
    answer(parts, request, response).catch(next)
  }
}

async function answer(parts: ControlParts, request: Request, response: Response): Promise<void> {
  response.setHeader('cache-control', 'no-store')
  try {
    const match = find(request)
    const payload = await carryOut(match, parts, request, response)
    if (payload instanceof Stream) payload.begin(response)
    else send(match, payload, parts, request, response)
  } catch (error) {
    const reason = error instanceof Refusal ? error.problem : failed(error, parts)
    if (response.headersSent) response.destroy()
    else writeReply(response, answerProblem(reason), request.method)
    // A body that was not read to its end would be taken for the next request.
    if (!request.complete) response.once('finish', () => request.destroy())
  }
}

function find(request: Request): Match {
  const [path = '/'] = request.url.split('?')
  const match = route(request.method, path, () => undefined)
  if (!(match instanceof Failure)) return match
  const { allow } = match.details
  if (allow === undefined) throw refusal(404, 'no-such-path', `The control plane has no path ${path}. /__admin/openapi.json lists those it has.`)
  throw refusal(405, 'method-not-allowed', `${path} does not answer ${request.method}, but ${allow.join(', ')}.`)
}

async function carryOut(match: Match, parts: ControlParts, request: Request, response: Response): Promise<unknown> {
  const body = await readBody(match, request)
  const gone = new AbortController()
  response.once('close', () => {
    gone.abort()
  })
  // The contract's validators have just proved input and headers to be what the generated types of this operation say.
  const call = { input: readInput(match, request, body), headers: readHeaders(match, request), body, parts, request, response, gone: gone.signal } as Call<never>
  return handlerOf(match.operation)(call)
}

function handlerOf(operation: string): (call: Call<never>) => Promise<unknown> {
  const table: Readonly<Record<string, (call: Call<never>) => Promise<unknown>>> = handlers
  const handler = table[operation]
  if (handler === undefined) throw new Error(`${operation} is not implemented`)
  return handler
}

function send({ operation, row }: Match, payload: unknown, { report }: ControlParts, request: Request, response: Response): void {
  const success: Readonly<Record<string, Validator>> = validators.success
  const validate = success[operation]
  if (validate !== undefined && !validate(payload)) {
    const [first] = validate.errors ?? []
    const violation = `${operation}: ${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}`
    report(`the control plane breaks its contract: ${violation}`)
    response.setHeader(VIOLATION_HEADER, violation)
  }
  writeReply(response, payload === undefined ? emptyReply(row.success.status) : jsonReply(row.success.status, payload), request.method)
}

function failed(error: unknown, { report }: ControlParts) {
  report(`the control plane failed: ${describeException(error)}`)
  return problem(500, 'internal', 'The control plane failed; the server wrote the reason to its log. This is a bug of the stub, not of the call.')
}

