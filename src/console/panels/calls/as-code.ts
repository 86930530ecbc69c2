/** A call as something to run again: curl, fetch, or a test. Secrets stand in it as they are shown. */
import { pathOf } from '../../../plain/url.js'
import { baseUrlOf } from '../../live/connection.js'
import type { Entry } from './entry.js'

/** What a client adds by itself. */
const BY_ITSELF = /^(?:host|connection|content-length|accept-encoding|accept-language|user-agent|origin|referer|cache-control|pragma|dnt|upgrade|keep-alive|te|transfer-encoding|expect|sec-.*)$/

function headersOf({ request }: Entry): [string, string][] {
  const rows = Object.entries(request.headers).map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : value.join(', ')])
  return rows.filter(([name, value]) => !BY_ITSELF.test(name) && !(name === 'accept' && value === '*/*'))
}

/** @returns the call for a shell */
export function asCurl(entry: Entry): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  const { method, url, body } = entry.request
  const parts = [
    `curl ${method === 'GET' || (method === 'POST' && body !== null) ? '' : `-X ${method} `}${quote(baseUrlOf(entry.system) + url)}`,
    ...headersOf(entry).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body?.text === null || body === null ? [] : [`--data-raw ${quote(body.text)}`]),
  ]
  return parts.join(' \\\n  ')
}

function options(entry: Entry, indent: string): string {
  const { method, body } = entry.request
  const headers = headersOf(entry)
  const lines = [
    ...(method === 'GET' ? [] : [`method: ${literal(method)},`]),
    ...(headers.length === 0 ? [] : [`headers: { ${headers.map(([name, value]) => `${/^[a-z]+$/.test(name) ? name : literal(name)}: ${literal(value)}`).join(', ')} },`]),
    ...(body?.text === null || body === null ? [] : [`body: ${literal(body.text)},`]),
  ]
  return lines.length === 0 ? '' : `, {\n${lines.map((line) => `${indent}  ${line}\n`).join('')}${indent}}`
}

/** @returns the call for a browser's console or a script */
export function asFetch(entry: Entry): string {
  return `const response = await fetch(${literal(baseUrlOf(entry.system) + entry.request.url)}${options(entry, '')})`
}

/** @returns a test that makes the call in a sandbox of its own and expects the same end */
export function asTest(entry: Entry): string {
  const { system, operationId, error, request, response } = entry
  const title = `${operationId ?? `${request.method} ${pathOf(request.url)}`} ${error === null ? 'succeeds' : `fails with ${error}`}`
  const end = error === null ? `  expect(response.status).toBe(${String(response.status)})` : `  await expect(response).toFailWith(${literal(error)})`
  return `import { expect, test } from 'understudy/testing/vitest'

test(${literal(title)}, async ({ box }) => {
  const response = await fetch(\`\${box.baseUrl(${literal(system)})}${request.url.replaceAll(/[`\\$]/g, '\\$&')}\`${options(entry, '  ')})
${end}
})
`
}

function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
