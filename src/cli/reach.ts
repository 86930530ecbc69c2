/** Which stub a command goes to that drives one which runs. */
import { Option } from 'commander'
import { ControlError } from '../client/control.js'
import { connect, type Stub } from '../client/stub.js'
import type { UnderstudyConfig } from '../config.js'
import { findConfig, readConfig } from './config/file.js'

/** What the flags and variables say. */
export interface ReachFlags {
  readonly url?: string
  readonly token?: string
}

const LOCAL_PORT = 4010
/** What listens on every address is reached on this one. */
const EVERYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** @returns `--url`, where the stub answers; in new hands each time, as commander wants it */
export function urlOption(): Option {
  return new Option('--url <url>', `where the stub answers; without it where the configuration of this folder says, or http://127.0.0.1:${String(LOCAL_PORT)}`).env('UNDERSTUDY_URL')
}

/** @returns `--token`, what the control plane asks for */
export function tokenOption(): Option {
  return new Option('--token <token>', 'admin token of a stub that is open to other machines').env('UNDERSTUDY_ADMIN_TOKEN')
}

/**
 * @returns the stub that the flags name, or the one that `understudy start` would start in this folder, and what its control plane was shown
 * @throws Error when the configuration cannot be read, or leaves open where its stub is; and what `connect` throws
 */
export async function reachStub(flags: ReachFlags): Promise<{ readonly stub: Stub; readonly token: string | undefined }> {
  const { url, token } = flags.url === undefined ? await placeOf(flags) : { url: flags.url, token: flags.token }
  const stub = await connect(url, token === undefined ? {} : { token }).catch((error: unknown) => {
    throw error instanceof ControlError && error.problem.status === 401 ? new Error(`the stub at ${url} asks for ${token === undefined ? 'its' : 'another'} admin token, which it was given or printed at its start; give it with --token, or UNDERSTUDY_ADMIN_TOKEN`) : error
  })
  return { stub, token }
}

/** The token of the configuration goes nowhere but where the configuration says. */
async function placeOf({ token }: ReachFlags): Promise<{ readonly url: string; readonly token: string | undefined }> {
  const path = findConfig(process.cwd(), process.env['UNDERSTUDY_CONFIG'])
  const config: UnderstudyConfig = path === null ? {} : (await readConfig(path)).config
  const { port = portOf(process.env['UNDERSTUDY_PORT']), host = process.env['UNDERSTUDY_HOST'] ?? '127.0.0.1', adminToken } = config
  if (port === 0) throw new Error('the configuration takes a free port, which only the stub knows; say where it answers with --url, or UNDERSTUDY_URL')
  const address = EVERYWHERE[host] ?? host
  return { url: `http://${address.includes(':') ? `[${address}]` : address}:${String(port)}`, token: token ?? adminToken }
}

/** What Kubernetes writes there, `tcp://…`, is no port. */
function portOf(text = ''): number {
  return /^\d{1,5}$/.test(text) ? Number(text) : LOCAL_PORT
}
