/** Certificates for `--https`: an authority that is made once and kept for this user, and a certificate of it for every address of this machine. */
import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What an HTTPS server is made with, all as PEM. */
export interface Certificates {
  readonly key: string
  readonly cert: string
  /** The authority's certificate, for phones to trust. */
  readonly authority: string
}

const DAY = 86_400_000
/** iOS refuses certificates of servers that are good for longer than 825 days, whoever signed them. */
const LEAF_DAYS = 397
const AUTHORITY_DAYS = 3650
const NAME = 'Understudy local CA'

/** @returns the folder in which this user's authority is kept: `UNDERSTUDY_CONFIG_DIR`, or `understudy` where the system keeps settings */
export function configFolder(env: Readonly<Record<string, string | undefined>> = process.env, platform: NodeJS.Platform = process.platform): string {
  const { UNDERSTUDY_CONFIG_DIR: own, APPDATA: windows, XDG_CONFIG_HOME: linux } = env
  if (own !== undefined && own !== '') return own
  if (platform === 'win32' && windows !== undefined) return join(windows, 'understudy')
  return join(linux !== undefined && linux !== '' ? linux : join(homedir(), '.config'), 'understudy')
}

/**
 * @param folder where the authority is kept; made, with a new authority, where there is none. Its key can be read by this user alone
 * @param hosts names and addresses that the certificate is for
 * @param now milliseconds since 1970
 * @throws Error when the folder cannot be written, or holds something else
 */
export async function localCertificates(folder: string, hosts: readonly string[], now: number): Promise<Certificates> {
  const ca = await authorityIn(folder, now)
  const { generate } = await loadSelfsigned()
  const made = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    ...lasting(now, LEAF_DAYS),
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: hosts.map((host) => (/^[\d.]+$|:/.test(host) ? { type: 7, ip: host } : { type: 2, value: host })) },
    ],
  })
  return { key: made.private, cert: `${made.cert.trim()}\n${ca.cert.trim()}\n`, authority: ca.cert }
}

/** Most starts need none of it, and an installation may leave it out. */
const loadSelfsigned = () => import('selfsigned').catch((error: unknown) => {
  throw new Error('--https needs the package selfsigned, which this installation left out: npm install selfsigned@5.5.0', { cause: error })
})

interface Authority {
  readonly key: string
  readonly cert: string
}

async function authorityIn(folder: string, now: number): Promise<Authority> {
  const [keyFile, certFile] = [join(folder, 'ca-key.pem'), join(folder, 'ca.pem')]
  const [key, cert] = await Promise.all([keyFile, certFile].map((file) => readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new Error(`the local CA could not be read: ${messageOf(error)}`, { cause: error })
  })))
  if (typeof key === 'string' && typeof cert === 'string') {
    const end = endOf(cert, certFile)
    if (end > now + LEAF_DAYS * DAY) return { key, cert }
  }
  return makeAuthority(folder, { keyFile, certFile }, now)
}

/** @throws Error when it is no certificate */
function endOf(cert: string, file: string): number {
  try {
    return Date.parse(new X509Certificate(cert).validTo)
  } catch (error) {
    throw new Error(`${file} holds no certificate; delete it and its key, and a new local CA is made (phones that trusted the old one have to trust the new one)`, { cause: error })
  }
}

async function makeAuthority(folder: string, { keyFile, certFile }: { readonly keyFile: string; readonly certFile: string }, now: number): Promise<Authority> {
  const { generate } = await loadSelfsigned()
  const made = await generate([{ name: 'commonName', value: NAME }, { name: 'organizationName', value: 'Understudy' }], {
    ...lasting(now, AUTHORITY_DAYS),
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(keyFile, made.private, { mode: 0o600 })
    await writeFile(certFile, made.cert, { mode: 0o644 })
  } catch (error) {
    throw new Error(`the local CA could not be kept: ${messageOf(error)}; UNDERSTUDY_CONFIG_DIR names another folder for it`, { cause: error })
  }
  return { key: made.private, cert: made.cert }
}

/** A day earlier than now: clocks of phones are not always right. */
function lasting(now: number, days: number) {
  return { keyType: 'rsa' as const, keySize: 2048, algorithm: 'sha256', notBeforeDate: new Date(now - DAY), notAfterDate: new Date(now + days * DAY) }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
