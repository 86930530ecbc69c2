/** The control plane's client: openapi-fetch, typed by the control plane's own contract, and its failures as errors. */
import createClient, { type Client } from 'openapi-fetch'
import type { components, operations, paths } from '../generated/control/contract.js'
import { isObject } from '../plain/json.js'

type Schemas = components['schemas']
/** The typed client of `/__admin`. */
export type ControlClient = Client<paths>
/** An RFC 9457 problem: what was wrong with a call and how to mend it. */
export type Problem = Schemas['Problem']
export type Backend = Schemas['Backend']
export type Clock = Schemas['Clock']
export type Drift = Schemas['Drift']
export type DriftReport = Schemas['DriftReport']
export type Device = Schemas['DeviceInput']
export type Fault = Schemas['Fault']
export type Health = Schemas['Health']
export type IssuedSession = Schemas['IssuedSession']
export type JournalEntry = Schemas['JournalEntry']
export type Maintenance = Schemas['Maintenance']
export type Networks = Schemas['Networks']
export type Outages = Schemas['Outages']
/** What was seen of the records of one system's real backend. */
export type Recording = operations['getRecording']['responses'][200]['content']['application/json']['recordings'][number]
export type SandboxInfo = Schemas['Sandbox']
/** What happened in a sandbox, and how far back one can go. */
export type History = operations['getHistory']['responses'][200]['content']['application/json']
export type Scenario = Schemas['Scenario']
export type Session = Schemas['Session']
export type Pushed = Schemas['SendPacketSuccess']
export type SmsMessage = Schemas['SmsMessage']
export type SmsSetting = Schemas['SmsSetting']
export type Snapshot = Schemas['Snapshot']
export type SocketInfo = Schemas['Socket']
export type SystemSettings = Schemas['SystemSettings']
export type User = Schemas['User']

/** One sandbox behind a control plane. */
export interface Target {
  readonly control: ControlClient
  readonly path: { readonly sandbox: string }
}

/** The control plane refused a call. The message is the problem's `detail`, which says how to mend the call. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }

  /** The kind of problem without its common beginning: `no-such-system`. */
  get kind(): string {
    return this.problem.type.replace(/^urn:understudy:problem:/, '')
  }
}

/**
 * @param url where the stub answers, without `/__admin`
 * @param token the admin token of a stub that is open to other machines
 * @param reaching what the stub is reached with
 * @returns a client of its control plane
 */
export function openControl(url: string, token?: string, reaching: typeof fetch = fetch): ControlClient {
  return createClient<paths>({
    baseUrl: `${url}/__admin`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    fetch: (request) => reach(request, url, reaching),
  })
}

async function reach(request: Request, url: string, reaching: typeof fetch): Promise<Response> {
  const response = await reaching(request).catch((error: unknown) => {
    if (request.signal.aborted) throw error
    throw new Error(`nothing answers at ${url}; start a stub there with "understudy start", or give the URL of one that runs`, { cause: error })
  })
  const type = response.headers.get('content-type') ?? ''
  if (response.status !== 204 && !/[/+]json|event-stream/.test(type)) throw notOurs(response)
  return response
}

/** What openapi-fetch gives for a call. */
export type Answer<T> = { readonly data: T; readonly error?: never; readonly response: Response } | { readonly data?: never; readonly error: object; readonly response: Response }

/**
 * @param call a call of the control plane
 * @returns the data of its success
 * @throws ControlError when it was refused
 */
export async function take<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call
  if (response.ok && error === undefined) return data
  if (isProblem(error)) throw new ControlError(error)
  throw notOurs(response)
}

/** @returns an error for what answered as no control plane does */
export function notOurs({ url, status }: Response): Error {
  return new Error(`${url} answered ${status}, and not as a control plane does; is it a stub, of this version?`)
}

function isProblem(value: unknown): value is Problem {
  return isObject(value) && typeof value['type'] === 'string' && typeof value['detail'] === 'string'
}
