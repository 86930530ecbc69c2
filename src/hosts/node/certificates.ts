/** Certificates for `--https`: an authority that is made once and kept for this user, and a certificate of it for every address of this machine. */
import { createPrivateKey, createPublicKey, generateKeyPair, X509Certificate } from 'node:crypto'
import { chmod, constants, copyFile, link, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '../../plain/message.js'
import { codeOf } from '../../plain/system-error.js'

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
 * @throws Error when the folder cannot be written, or holds something else, or a key and a certificate that do not belong together
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

/** @returns the files of the authority that is kept there: its key, and its certificate */
export function authorityFiles(folder: string): { readonly keyFile: string; readonly certFile: string } {
  return { keyFile: join(folder, 'ca-key.pem'), certFile: join(folder, 'ca.pem') }
}

/**
 * Stubs that start at once agree on one authority and wait for nobody: the key that is there first counts for all, and a certificate is made for the key
 * that is there. So what a start leaves that was ended in between, a key alone, is made whole by the next one.
 */
async function authorityIn(folder: string, now: number): Promise<Authority> {
  const { keyFile, certFile } = authorityFiles(folder)
  // In this order: whoever makes both puts the key there first, so a certificate without one is left over.
  const isLeft = (await textOf(certFile)) !== null
  const known = await textOf(keyFile)
  if (known === null && isLeft) await kept(rm(certFile, { force: true }))
  const key = known ?? (await keepFirst(keyFile, (await newKey()).privateKey, KEY_MODE))
  await closeToOthers(keyFile)
  const cert = (await textOf(certFile)) ?? (await keepFirst(certFile, await certify(key, folder, now), CERT_MODE))
  const misfit = misfitOf({ key, cert }, folder)
  if (misfit !== null) throw new Error(misfit)
  if (Date.parse(new X509Certificate(cert).validTo) > now + LEAF_DAYS * DAY) return { key, cert }
  const longer = await certify(key, folder, now)
  await put(certFile, longer, CERT_MODE, rename)
  return { key, cert: longer }
}

/** @returns what is the matter with a key and a certificate and what to do, for people; null where one belongs to the other */
export function misfitOf({ key, cert }: Authority, folder: string): string | null {
  const { keyFile, certFile } = authorityFiles(folder)
  const certificate = parsed(() => new X509Certificate(cert))
  if (certificate === null) return `${certFile} holds no certificate; delete it and its key, ${ANEW}`
  const own = parsed(() => createPrivateKey(key))
  if (own === null) return `${keyFile} holds no private key; delete it and ${certFile}, ${ANEW}`
  return certificate.checkPrivateKey(own) ? null : `${keyFile} is not the key of the certificate in ${certFile}; delete both, ${ANEW}`
}

const ANEW = 'and --https makes a new local CA (phones that trusted the old one have to trust the new one)'

/** @returns who besides its owner may read or write it, as the mode that says so; null for nobody. Windows has no such modes */
export async function openModeOf(file: string): Promise<string | null> {
  const mode = (await stat(file)).mode & 0o777
  return process.platform === 'win32' || (mode & 0o077) === 0 ? null : mode.toString(8).padStart(4, '0')
}

const KEY_MODE = 0o600
const CERT_MODE = 0o644

async function closeToOthers(keyFile: string): Promise<void> {
  const mode = await kept(openModeOf(keyFile))
  if (mode === null) return
  await chmod(keyFile, KEY_MODE).catch((error: unknown) => {
    throw new Error(`${keyFile} is open to others (mode ${mode}), and that cannot be changed: ${messageOf(error)}`, { cause: error })
  })
}

/** @throws Error when the key is none */
async function certify(key: string, folder: string, now: number): Promise<string> {
  const own = parsed(() => createPrivateKey(key))
  const { keyFile } = authorityFiles(folder)
  if (own === null) throw new Error(`${keyFile} holds no private key; delete it, ${ANEW}`)
  const { generate } = await loadSelfsigned()
  const made = await generate([{ name: 'commonName', value: NAME }, { name: 'organizationName', value: 'Understudy' }], {
    ...lasting(now, AUTHORITY_DAYS),
    keyPair: { privateKey: own.export(PRIVATE).toString(), publicKey: createPublicKey(own).export(PUBLIC).toString() },
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return made.cert
}

const PRIVATE = { type: 'pkcs8', format: 'pem' } as const
const PUBLIC = { type: 'spki', format: 'pem' } as const

const newKey = () => promisify(generateKeyPair)('rsa', { modulusLength: 2048, privateKeyEncoding: PRIVATE, publicKeyEncoding: PUBLIC })

/** @returns what the file holds from now on: this, or what another put there before */
async function keepFirst(file: string, text: string, mode: number): Promise<string> {
  await put(file, text, mode, async (fresh) => {
    try {
      // Some file systems know no links.
      await link(fresh, file).catch((error: unknown) => codeOf(error) === 'EEXIST' ? undefined : copyFile(fresh, file, constants.COPYFILE_EXCL))
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  })
  return (await textOf(file)) ?? text
}

/** Writes a file beside, so that nobody finds half of one, nor one that others may read. */
function put(file: string, text: string, mode: number, move: (fresh: string, file: string) => Promise<void>): Promise<void> {
  const write = async () => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const aside = await mkdtemp(join(dirname(file), 'new-'))
    try {
      const fresh = join(aside, basename(file))
      await writeFile(fresh, text, { mode })
      await move(fresh, file)
    } finally {
      await rm(aside, { recursive: true, force: true })
    }
  }
  return kept(write())
}

function kept<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw new Error(`the local CA could not be kept: ${messageOf(error)}; UNDERSTUDY_CONFIG_DIR names another folder for it`, { cause: error })
  })
}

/** @returns what the file holds; null where there is none */
function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw new Error(`the local CA could not be read: ${messageOf(error)}`, { cause: error })
  })
}

function parsed<T>(parse: () => T): T | null {
  try {
    return parse()
  } catch {
    return null
  }
}

/** A day earlier than now: clocks of phones are not always right. */
function lasting(now: number, days: number) {
  return { keyType: 'rsa' as const, keySize: 2048, algorithm: 'sha256', notBeforeDate: new Date(now - DAY), notAfterDate: new Date(now + days * DAY) }
}
