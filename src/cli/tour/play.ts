/** Plays a tour: sends each step, and tells what came back; as lines of which each call can be pasted into a terminal. */
import pc from 'picocolors'
import type { Box } from '../../client/box.js'
import type { Language } from '../../plain/bilingual.js'
import { stepsOf } from '../../plain/pointer.js'
import { at, parseJson, textOf } from '../../plain/json.js'
import type { HeaderText, TourRequest, TourScript } from './script.js'

/** Where the calls of a tour go. */
export interface Stops {
  /** Base URL of the system in the sandbox. */
  readonly system: string
  /** URL of the sandbox in the control plane. */
  readonly control: string
  /** Headers that the control plane asks for. */
  readonly credentials: Readonly<Record<string, string>>
  readonly fetch: Box['fetch']
}

/** A step that was played. */
export interface Played {
  readonly text: string
  /** The call as a line for a terminal. */
  readonly curl: string
  readonly status: number
  readonly serverStatus: string | null
  readonly body: string
}

/** So much of an answer is shown. */
const MOST_SHOWN = 400

/**
 * @returns the steps one after the other, each when it has been answered
 * @throws TypeError when the stub cannot be reached
 */
export async function* playTour({ headers, steps }: TourScript, { system, control, credentials, fetch }: Stops, language: Language): AsyncGenerator<Played> {
  const kept = new Map<string, string>()
  for (const [index, step] of steps.entries()) {
    const request = step.call ?? step.control
    if (request === undefined) throw new TypeError(`step ${String(index + 1)} of the tour calls nothing`)
    const sent = resolve(request, step.call === undefined ? {} : headers, kept)
    const url = `${step.call === undefined ? control : system}${request.path}`
    const answer = await fetch(url, { method: request.method, headers: { ...sent.headers, ...(step.call === undefined ? credentials : {}) }, ...(sent.body === null ? {} : { body: sent.body }) })
    const body = await answer.text()
    for (const [name, pointer] of Object.entries(step.keep ?? {})) kept.set(name, textOf(at(parseJson(body), ...stepsOf(pointer))))
    yield { text: step[language], curl: asCurl(request.method, url, sent), status: answer.status, serverStatus: answer.headers.get('server-status'), body }
  }
}

/** @returns a step for people */
export function toldStep({ text, curl, status, serverStatus, body }: Played, number: number): string {
  return `${pc.bold(`${String(number)}. ${text}`)}\n${pc.cyan(`$ ${curl}`)}\n${pc.dim(`HTTP ${String(status)}${serverStatus === null ? '' : ` · Server-Status: ${serverStatus}`}`)}\n${cut(body)}\n\n`
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

function resolve({ headers = {}, body }: TourRequest, always: Readonly<Record<string, HeaderText>>, kept: ReadonlyMap<string, string>): Sent {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => kept.get(name) ?? whole)
  const texts = Object.entries({ ...always, ...headers }).map(([name, value]): [string, string] => [name, typeof value === 'string' ? fill(value) : Buffer.from(fill(value.base64)).toString('base64')])
  return { headers: { ...Object.fromEntries(texts), ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined ? null : fill(JSON.stringify(body)) }
}

function asCurl(method: string, url: string, { headers, body }: Sent): string {
  const parts = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`)
  return ['curl', ...(method === 'GET' ? [] : ['-X', method]), `'${url}'`, ...parts, ...(body === null ? [] : [`-d '${body}'`])].join(' ')
}

function cut(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}
