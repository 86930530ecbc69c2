/** Who is measured, and how each is started. Public tools are installed by the bench in a folder of its own, `bench/.peers`. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../', import.meta.url))
const peersFolder = join(root, 'bench', '.peers')

/** What of live's work a server can do. */
export type Work = 'code' | 'list' | 'login' | 'session'
export const works: readonly Work[] = ['code', 'list', 'login', 'session']

export interface Contender {
  readonly name: string
  /** Arguments of `node` that make it listen on the port. */
  command(port: number): readonly string[]
  /** What stands before live's paths. */
  readonly base: string
  readonly works: readonly Work[]
  readonly env?: Readonly<Record<string, string>>
  /** Where it has no core to itself. */
  readonly roams?: true
}

/** @returns a file of `bench/contenders` */
export const script = (name: string) => join(root, 'bench', 'contenders', name)
const peer = (path: string) => join(peersFolder, 'node_modules', path)
const liveDocument = join(root, 'openapi', 'bundled', 'live.json')

export const understudy: Contender = {
  name: 'Understudy, all systems',
  command: (port) => [join(root, 'dist', 'cli.js'), 'start', '--port', String(port)],
  base: '/live',
  works,
}

/** @returns the build of another clone, named by its commit */
export function earlierBuild(folder: string): Contender {
  const commit = execFileSync('git', ['-C', folder, 'log', '-1', '--format=%h of %as'], { encoding: 'utf8' }).trim()
  return { ...understudy, name: `Understudy, ${commit}`, command: (port) => [join(folder, 'dist', 'cli.js'), 'start', '--port', String(port)] }
}

export const bareExpress: Contender = { name: 'bare Express 5', command: (port) => [script('bare-express.mjs'), String(port)], base: '', works }
export const bareHttp: Contender = { name: 'bare node:http', command: (port) => [script('bare-http.mjs'), String(port)], base: '', works }

const prism = (name: string, ...more: string[]): Contender => ({
  name,
  command: (port) => [peer('@stoplight/prism-cli/dist/index.js'), 'mock', '--host', '127.0.0.1', '--port', String(port), ...more, liveDocument],
  base: '',
  works: ['code', 'list'],
})

/** Public tools, which answer from examples or records and keep no sessions: they do what of the work they can. */
export const peers: readonly Contender[] = [
  prism('Prism mock, static', '--verboseLevel', 'silent'),
  prism('Prism mock, static, with its log'),
  prism('Prism mock, dynamic', '--dynamic', '--verboseLevel', 'silent'),
  {
    name: 'json-server 0.17.4',
    command: (port) => [peer('json-server/lib/cli/bin.js'), '--quiet', '--host', '127.0.0.1', '--port', String(port), '--routes', join(peersFolder, 'routes.json'), join(peersFolder, 'db.json')],
    base: '',
    works: ['list'],
  },
  {
    name: 'Mockoon CLI',
    command: (port) => [peer('@mockoon/cli/bin/run.js'), 'start', '--disable-log-to-file', '--data', liveDocument, '--port', String(port), '--hostname', '127.0.0.1'],
    // It takes the path of the document's server for a prefix.
    base: '/live',
    works: ['code', 'list'],
  },
]

/** @returns arguments of `node` that make Prism listen on the port and pass on what keeps live's document */
export const prismProxy = (port: number, origin: string): readonly string[] => [peer('@stoplight/prism-cli/dist/index.js'), 'proxy', '--host', '127.0.0.1', '--port', String(port), '--verboseLevel', 'silent', liveDocument, origin]

/** Installs the public tools, once. */
export function installPeers(): void {
  mkdirSync(peersFolder, { recursive: true })
  writeFileSync(join(peersFolder, 'package.json'), JSON.stringify({ private: true, type: 'commonjs' }))
  const wanted = { '@stoplight/prism-cli': '5.14.2', 'json-server': '0.17.4', '@mockoon/cli': '9.9.0' }
  const missing = Object.entries(wanted).filter(([name]) => !existsSync(peer(join(name, 'package.json'))))
  if (missing.length > 0) execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', peersFolder, ...missing.map(([name, version]) => `${name}@${version}`)], { stdio: 'inherit' })
  const channels: unknown = JSON.parse(readFileSync(join(root, 'fixtures', 'live', 'world.json'), 'utf8'))
  writeFileSync(join(peersFolder, 'db.json'), JSON.stringify(channels))
  writeFileSync(join(peersFolder, 'routes.json'), JSON.stringify({ '/channels/live': '/channels' }))
}

/** Builds the package that is measured. */
export function build(): void {
  execFileSync('npm', ['run', 'build:js', '--silent'], { cwd: root, stdio: 'inherit' })
}
