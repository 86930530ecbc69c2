/** What `understudy start` shows first: what is served, and where to go next. */
import pc from 'picocolors'
import { renderUnicodeCompact } from 'uqr'
import type { BackendInput } from '../core/backends/setting.js'
import type { System } from '../core/system.js'
import { type Way, waysIn } from '../hosts/node/ways.js'
import type { RunningServer } from '../server.js'
import type { Source } from './config/settings.js'
import { table } from './output.js'

export interface ScreenOptions {
  /** Whether there is a control plane, and a console with it. */
  readonly hasAdmin: boolean
  /** Whether it is started for phones. */
  readonly lan: boolean
  /** The script by which npm started it in the repository, where there is no command `understudy`; null for none. */
  readonly script: 'start' | 'dev' | null
  /** Where calls go on to, by system. */
  readonly backends: Readonly<Record<string, BackendInput>>
  /** Who gave the admin token: that one is nobody's to print; null for one that was made, or none. */
  readonly tokenOf: Source | null
}

/** @returns the lines */
export function startScreen(systems: readonly System[], server: Pick<RunningServer, 'url' | 'port' | 'secure' | 'adminToken'>, { hasAdmin, lan, script, backends, tokenOf }: ScreenOptions): string {
  const shown = tokenOf === null ? server.adminToken : null
  const { url, secureUrl } = urlsOf(server)
  const rows = systems.map(({ id, hint }) => [pc.bold(id), `${url}${systems.length === 1 ? '' : `/${id}`}`, hint])
  const next: (readonly [name: string, text: string])[] = [
    ['SMS code', '123456, for every number'],
    ...(hasAdmin ? [['console', `${named(url)}/  shows what the apps ask, and drives the stub`] as const] : []),
    ['reference', `${url}/docs  every operation and error, to try in the page`],
    ['control plane', hasAdmin ? `${url}/__admin  for tests and "understudy ctl"` : 'none, as --no-admin says'],
    ...(hasAdmin ? [['tour', `${tourCommand(url, shown, script !== null)}  two minutes: login, kick, maintenance, errors`] as const] : []),
    lan ? ['stop', 'Ctrl+C'] : ['phone', `${startCommand(script)} --lan  lets phones in · stop with Ctrl+C`],
  ]
  const special: (readonly [name: string, text: string])[] = [
    ...(secureUrl === null ? [] : [['https', secureUrl] as const]),
    ...Object.entries(backends).map(([id, { url: real, mode = 'real', operations = {} }]) => ['real backend', [`${id} at ${real}, mode ${mode}`, ...Object.entries(operations).map(([name, one]) => `${name}=${one}`)].join(', ')] as const),
  ]
  const lines = [table(rows), '', ...next.map(labelled)]
  const facts = special.map(labelled)
  if (hasAdmin && shown !== null) facts.push(`admin token ${shown}`)
  if (hasAdmin && tokenOf !== null) facts.push(`admin token as ${tokenOf.from === 'file' ? 'the configuration' : (tokenOf.name ?? 'given')} says; tour, ctl and drift read it from UNDERSTUDY_ADMIN_TOKEN`)
  return `${[...lines, ...(facts.length === 0 ? [] : ['', ...facts]), ...(lan ? ways(server, shown) : [])].join('\n')}\n`
}

const labelled = ([name, text]: readonly [name: string, text: string]) => `${pc.dim(name.padEnd(LABEL))} ${text}`

/** @returns what starts it, to be followed by flags */
function startCommand(script: ScreenOptions['script']): string {
  if (script === null) return 'understudy start'
  return script === 'start' ? 'npm start --' : 'npm run dev --'
}

/** @returns what plays the tour on this server, to copy */
function tourCommand(url: string, adminToken: string | null, byNpm: boolean): string {
  const flags = [...(url.endsWith(':4010') ? [] : ['--url', url]), ...(adminToken === null ? [] : ['--token', adminToken])]
  return [byNpm ? 'npm run tour' : 'understudy tour', ...(byNpm && flags.length > 0 ? ['--'] : []), ...flags].join(' ')
}

const LABEL = 'control plane'.length

/** @returns where this machine calls the server; one that listens on all addresses cannot be called on all at once */
function urlsOf({ url, secure }: Pick<RunningServer, 'url' | 'secure'>): { readonly url: string; readonly secureUrl: string | null } {
  const here = (text: string) => text.replace(/\/\/(?:0\.0\.0\.0|\[::\]):/, '//localhost:')
  return { url: here(url), secureUrl: secure === null ? null : here(secure.url) }
}

/** @returns the URL as people write it in a browser */
function named(url: string): string {
  return url.replace('//127.0.0.1:', '//localhost:')
}

/** @returns the same for programs, as data */
export function startFacts(systems: readonly System[], server: Pick<RunningServer, 'url' | 'port' | 'secure' | 'adminToken'>, { hasAdmin, lan, backends, tokenOf }: ScreenOptions) {
  const { secure, adminToken, port } = server
  const { url, secureUrl } = urlsOf(server)
  return {
    url,
    secureUrl,
    systems: systems.map(({ id }) => ({ id, url: systems.length === 1 ? url : `${url}/${id}` })),
    reference: `${url}/docs`,
    console: hasAdmin ? `${url}/` : null,
    controlPlane: hasAdmin ? `${url}/__admin` : null,
    adminToken: hasAdmin && tokenOf === null ? adminToken : null,
    backends: Object.entries(backends).map(([id, { url: real, mode = 'real' }]) => ({ system: id, url: real, mode })),
    ways: lan ? waysIn().map(({ host, reaches }) => ({ reaches, url: `http://${host}:${String(port)}`, secureUrl: secure === null ? null : `https://${host}:${String(secure.port)}` })) : [],
  }
}

/** Every way in with whom it is for, and a QR code of the start page for a camera. */
function ways({ port, secure }: Pick<RunningServer, 'port' | 'secure'>, adminToken: string | null): readonly string[] {
  const all = waysIn()
  const at = ({ host }: Way) => `http://${host}:${String(port)}`
  const rows = all.map((way) => [at(way), ...(secure === null ? [] : [`https://${way.host}:${String(secure.port)}`]), way.what.en])
  const cable = `adb reverse tcp:${String(port)} tcp:${String(port)}`
  const network = all.find(({ reaches }) => reaches === 'network')
  const lines = ['', table([...rows, [cable, ...(secure === null ? [] : ['']), `then http://localhost:${String(port)} on an Android phone at a cable`]]), '']
  if (network === undefined) return [...lines, 'This machine is in no network that a phone could be in as well.']
  const page = `${at(network)}/@default/`
  return [...lines, `start page ${page}  tests the way from the phone, and shows what its app needs`, renderUnicodeCompact(adminToken === null ? page : `${page}#token=${adminToken}`)]
}
