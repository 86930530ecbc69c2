/** Where a request goes, in whichever form it says so (RFC 9112, section 3.2). */
import type { IncomingMessage } from 'node:http'
import { answerProblem, problem } from '../../core/problem.js'
import type { Reply } from '../../core/reply.js'

/** What a request says of its target. */
type Asked = Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders'>

/** The target as a path with its query, and the headers; `host` among them is the host that counts. */
export interface Target {
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

/** The form in which requests to proxies are: a client that takes the server for one sends it, and servers have to accept it. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i

/** Whose the rest of the connection is nobody can tell either. */
const refused = (kind: 'several-hosts' | 'no-host', detail: string): Reply => answerProblem(problem(400, kind, detail), { connection: 'close' })
const SEVERAL_HOSTS = refused('several-hosts', 'The request has several Host headers; HTTP allows one, and which of them is meant nobody can tell.')
const NO_HOST = refused('no-host', 'The target of the request is a URL without a host.')

/** @returns the target; an answer where the request is to be refused, for it names several hosts, or none in its target */
export function targetOf({ url = '/', headers, rawHeaders }: Asked): Target | Reply {
  if (hasSeveralHosts(rawHeaders)) return SEVERAL_HOSTS
  if (url.startsWith('/')) return { url, headers }
  const [, authority, rest = ''] = ABSOLUTE.exec(url) ?? []
  if (authority === undefined) return { url, headers }
  if (authority === '') return NO_HOST
  // Who asks in this form has its Host header passed over (RFC 9112, section 3.2.2).
  return { url: rest.startsWith('/') ? rest : `/${rest}`, headers: { ...headers, host: authority } }
}

/** Node keeps the first and says nothing of the others. */
function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}
