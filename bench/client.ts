/** A plain HTTP client for what is counted in requests, not in seconds. */
import { Agent, request as httpRequest } from 'node:http'

export interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * @param connections kept open at the most
 * @returns a function that sends a request and gives the body of the answer; it throws when that is no 2XX
 */
export function createClient(connections: number): (url: string, call?: Call) => Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return (url, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
      const request = httpRequest(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(text)
          else reject(new Error(`${method} ${url} answered ${String(response.statusCode)}: ${text}`))
        })
      })
      request.on('error', reject).end(body)
    })
}
