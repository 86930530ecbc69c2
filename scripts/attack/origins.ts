/** Who is let in: every combination of Host, Origin and Sec-Fetch-Site that a browser or a rebinding attack can make, for reads, writes and systems. */
import type { Send } from './send.js'
import { Tally } from './tally.js'

/** What stands for the server's own port in the table. */
const PORT = '<port>'

const hosts: Readonly<Record<string, boolean>> = {
  [`localhost:${PORT}`]: true,
  [`127.0.0.1:${PORT}`]: true,
  [`[::1]:${PORT}`]: true,
  [`app.localhost:${PORT}`]: true,
  [`evil.example:${PORT}`]: false,
  'evil.example': false,
  [`127.0.0.1.evil.example:${PORT}`]: false,
  [`localhost.evil.example:${PORT}`]: false,
  // Node's client puts its own in the place of an empty one.
  ' ': false,
}

/** Origins of pages; undefined where a browser or program sends none. */
const origins: readonly (readonly [string | undefined, boolean])[] = [
  [undefined, true],
  [`http://localhost:${PORT}`, true],
  [`http://127.0.0.1:${PORT}`, true],
  ['null', false],
  ['http://localhost:5173', false],
  ['http://127.0.0.1:1', false],
  ['http://evil.localhost:8080', false],
  ['https://evil.example', false],
  [`https://localhost:${PORT}`, false],
  [`http://localhost:${PORT}.evil.example`, false],
  ['file://', false],
]

const sites: readonly (readonly [string | undefined, boolean])[] = [
  [undefined, true],
  ['same-origin', true],
  ['none', true],
  ['same-site', true],
  ['cross-site', false],
]

const calls = [
  { method: 'GET', path: '/__admin/sandboxes' },
  { method: 'GET', path: '/__admin/sandboxes/default/db/live/users' },
  { method: 'POST', path: '/__admin/sandboxes/default/reset' },
  { method: 'DELETE', path: '/__admin/sandboxes/nobody' },
] as const

/** @returns what came of every combination; a call is let in when host, origin and site all are */
export async function attackOrigins(send: Send, port: number): Promise<Tally> {
  const tally = new Tally('hosts, origins and sites')
  const real = (text: string) => text.replace(PORT, String(port))
  for (const [host, hostIsOurs] of Object.entries(hosts)) {
    for (const [origin, originIsOurs] of origins) {
      for (const [site, siteIsOurs] of sites) {
        for (const { method, path } of calls) {
          const headers = { host: real(host), ...(origin === undefined ? {} : { origin: real(origin) }), ...(site === undefined ? {} : { 'sec-fetch-site': site }) }
          const answer = await send({ method, path, headers })
          // A page of the same site but of another port is another origin: the header Origin tells, and where there is none the page is not ours.
          const letIn = hostIsOurs && originIsOurs && siteIsOurs && !(origin === undefined && site === 'same-site')
          const isIn = answer.kind === 'answer' && answer.status !== 403 && answer.status !== 400
          tally.expect(isIn === letIn, JSON.stringify({ method, path, headers }), `${answer.kind === 'answer' ? String(answer.status) : answer.kind}; expected to be ${letIn ? 'let in' : 'refused'}`)
        }
      }
    }
  }
  return tally
}
