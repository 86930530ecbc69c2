/** A call as something to run again: curl or fetch. Secrets stand in it as they are shown. */
import { t } from '../../language.js'
import { baseUrlOf } from '../../live/connection.js'
import type { Entry } from './entry.js'

type Message = Entry['request']

/** What a client adds by itself. */
const BY_ITSELF = /^(?:host|connection|content-length|accept-encoding|accept-language|user-agent|origin|referer|cache-control|pragma|dnt|upgrade|keep-alive|te|transfer-encoding|expect|sec-.*)$/

/** What stands in the place of a secret. */
const MASK = '***'

/** @returns whether it is a call that a client can make again; frames of a socket are none */
export function isRepeatable({ request }: Entry): boolean {
  return request.method !== 'WS'
}

/** @returns why what is copied may not run as it is; null when nothing stands against it */
export function lackOf({ request: { url, body }, request }: Entry): string | null {
  if (body?.truncated === true) return t('The journal has only the beginning of the body, so it is not the whole call.', '日志只有正文的开头，因此不是完整的请求。')
  const isMasked = [url, body?.text ?? '', ...headersOf(request).map(([, value]) => value)].some((text) => text.includes(MASK))
  return isMasked ? t('Secrets in it are masked; “Show secrets” first, and it is copied as it was sent.', '其中的敏感内容已遮盖；先点“显示敏感内容”，即可按原样复制。') : null
}

/** @returns the headers that do not come by themselves, by name */
export function headersOf({ headers }: Message): [string, string][] {
  const rows = Object.entries(headers).map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : value.join(', ')])
  return rows.filter(([name, value]) => !BY_ITSELF.test(name) && !(name === 'accept' && value === '*/*'))
}

/** @returns the call for a shell */
export function asCurl({ system, request }: Entry): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  const { method, url, body } = request
  const headers = headersOf(request)
  const usual = body === null ? 'GET' : 'POST'
  const isTyped = headers.some(([name]) => name === 'content-type')
  const options = [
    ...(method === 'HEAD' ? ['--head'] : method === usual ? [] : [`-X ${method}`]),
    // Brackets would be patterns.
    ...(/[[\]{}]/.test(url) ? ['-g'] : []),
  ]
  const data = body === null ? [] : body.text === null ? ['--data-binary @-'] : [`--data-raw ${quote(body.text)}`]
  const parts = [
    ['curl', ...options, quote(baseUrlOf(system) + url)].join(' '),
    ...headers.map(([name, value]) => `-H ${quote(value === '' ? `${name};` : `${name}: ${value}`)}`),
    // It would call the body a form.
    ...(body === null || isTyped ? [] : [`-H 'content-type:'`]),
    ...data,
  ]
  const bytes = body?.text === null ? `base64 -d <<< ${quote(body.base64 ?? '')} | ` : ''
  return bytes + parts.join(' \\\n  ')
}

/** @returns the call for a browser's console or a script */
export function asFetch({ system, request }: Entry): string {
  const { body } = request
  const sent = body === null ? null : body.text === null ? `Uint8Array.from(atob(${literal(body.base64 ?? '')}), (sign) => sign.charCodeAt(0))` : literal(body.text)
  const headers = headersOf(request).map(([name, value]) => `${property(name)}: ${literal(value)}`)
  return `const response = await fetch(${literal(baseUrlOf(system) + request.url)}${options({ method: request.method, headers, body: sent }, '')})`
}

interface Options {
  readonly method: string
  /** Each as it stands in an object. */
  readonly headers: readonly string[]
  /** As an expression; null for none. */
  readonly body: string | null
}

/** @returns the second argument of fetch, with the comma before it; nothing where there is nothing to say */
export function options({ method, headers, body }: Options, indent: string): string {
  const lines = [
    ...(method === 'GET' ? [] : [`method: ${literal(method)},`]),
    ...(headers.length === 0 ? [] : [headers.length === 1 && headers[0] === '...headers' ? 'headers,' : `headers: { ${headers.join(', ')} },`]),
    ...(body === null ? [] : [`body: ${body},`]),
  ]
  return lines.length === 0 ? '' : `, {\n${lines.map((line) => `${indent}  ${line}\n`).join('')}${indent}}`
}

/** @returns the text as TypeScript has it between quotes */
export function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** @returns the name as a key of an object */
export function property(name: string): string {
  return /^[a-z]+$/.test(name) ? name : literal(name)
}
