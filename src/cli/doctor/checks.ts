/** What `understudy doctor` looks at. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { relative } from 'node:path'
import type { Command } from 'commander'
import { machineTime } from '../../core/clock.js'
import { authorityFiles, configFolder, misfitOf, openModeOf } from '../../hosts/node/certificates.js'
import { networkAddresses } from '../../hosts/node/ways.js'
import { resolveSettings } from '../config/settings.js'
import { ownVariables, unreadVariables } from '../config/variables.js'
import type { DoctorFinding } from './finding.js'
import { holderOf } from './holder.js'
import { messageOf } from '../../plain/message.js'

/** The oldest Node.js that it runs on; `engines` in package.json says so too, and a test that they agree. */
export const LEAST_NODE = [20, 19] as const

/** @returns whether this Node.js will do */
export function node(version = process.versions.node): DoctorFinding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNew = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
  return { about: 'Node.js', state: isNew ? 'good' : 'bad', text: isNew ? version : `${version} is too old; ${LEAST_NODE.join('.')} or newer is needed` }
}

interface Place {
  readonly port: number
  readonly host: string
}

/**
 * @param given what the command line says
 * @returns whether the configuration can be read, and where a stub would listen
 */
export async function configuration(flags: Command, given: readonly string[]): Promise<{ readonly finding: DoctorFinding; readonly place: Place | null }> {
  try {
    // A variable that cannot be is told as an error, and does not end the process.
    flags.exitOverride().configureOutput({ writeErr: () => undefined }).parse(given, { from: 'user' })
    const { file: found, settings } = await resolveSettings([], flags)
    return { finding: { about: 'configuration', state: 'good', text: found === null ? 'no file' : relative(process.cwd(), found.path) }, place: settings }
  } catch (error) {
    return { finding: { about: 'configuration', state: 'bad', text: messageOf(error).replace(/^error: /, '').replaceAll('\n', '; ') }, place: null }
  }
}

/** @returns whether a stub could listen there, and who does already */
export async function port({ port: wanted, host }: Place): Promise<DoctorFinding> {
  const about = `port ${String(wanted)}`
  const trouble = await new Promise<string | null>((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => { resolve(error.code ?? error.message) })
    server.listen(wanted, host, () => server.close(() => { resolve(null) }))
  })
  if (trouble === null) return { about, state: 'good', text: wanted === 0 ? 'a free one is taken' : 'free' }
  if (trouble !== 'EADDRINUSE') return { about, state: 'bad', text: `${host} cannot be listened on: ${trouble}` }
  const holder = await holderOf(wanted)
  return { about, state: 'bad', text: `taken${holder === null ? '' : ` by ${holder}`}; stop that, or choose another with --port` }
}

/** @returns which variables of the environment are meant for a stub, and which of them nobody reads */
export function variables(flags: Command, env: NodeJS.ProcessEnv = process.env): DoctorFinding {
  const unknown = unreadVariables(flags, env)
  if (unknown.length > 0) return { about: 'variables', state: 'note', text: unknown.map(({ name, meant }) => `nobody reads ${name}.${meant === null ? '' : ` Did you mean ${JSON.stringify(meant)}?`}`).join(' ') }
  return { about: 'variables', state: 'good', text: ownVariables(env).join(', ') || 'none' }
}

const PROXIES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'] as const

/** @returns whether programs are told to go to a proxy for what is on this machine */
export function proxies(env: NodeJS.ProcessEnv = process.env): DoctorFinding[] {
  const set = PROXIES.filter((name) => env[name])
  const spared = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(/[\s,]+/)
  if (set.length === 0) return [{ about: 'proxy', state: 'good', text: 'none' }]
  const missing = ['localhost', '127.0.0.1'].filter((name) => !spared.includes(name) && !spared.includes('*'))
  if (missing.length === 0) return [{ about: 'proxy', state: 'good', text: `${set.join(', ')}, but not for this machine` }]
  return [{ about: 'proxy', state: 'note', text: `${set.join(', ')} may lead calls of curl and others to a proxy that does not find the stub; add ${missing.join(',')} to NO_PROXY` }]
}

/** @returns where phones of the same network reach this machine */
export function network(): DoctorFinding {
  const addresses = networkAddresses()
  return addresses.length === 0 ? { about: 'network', state: 'note', text: 'this machine is in none, so no phone reaches it' } : { about: 'network', state: 'good', text: `${addresses.join(', ')}; --lan lets phones in` }
}

const MONTH = 30 * 86_400_000

/** @returns whether the local authority is there, whole, kept from others and good for a while */
export async function certificate(folder = configFolder()): Promise<DoctorFinding> {
  const about = 'certificate'
  const { keyFile, certFile } = authorityFiles(folder)
  const [key, cert] = await Promise.all([keyFile, certFile].map((file) => readFile(file, 'utf8').catch(() => null)))
  if (typeof cert !== 'string') return { about, state: 'good', text: 'none yet; --https makes one' }
  if (typeof key !== 'string') return { about, state: 'note', text: `${certFile} is there without a key that can be read in ${keyFile}; --https needs both, or neither to make them` }
  const misfit = misfitOf({ key, cert }, folder)
  if (misfit !== null) return { about, state: 'bad', text: misfit }
  const mode = await openModeOf(keyFile)
  if (mode !== null) return { about, state: 'bad', text: `${keyFile} is open to others (mode ${mode}), who could answer for any site towards devices that trust it; the next start with --https closes it, and so does chmod 600` }
  const { validTo } = new X509Certificate(cert)
  const left = Date.parse(validTo) - machineTime().now()
  if (left <= 0) return { about, state: 'bad', text: `${certFile} ran out on ${validTo}; --https makes another, which phones have to trust` }
  return { about, state: left < MONTH ? 'note' : 'good', text: `${certFile}, until ${validTo}` }
}
