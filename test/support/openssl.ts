/** Certificates that tests need, by the `openssl` of the machine. */
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Whether the machine has it. */
export const hasOpenssl: boolean = (() => {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
})()

/** @returns a certificate for 127.0.0.1 that signs itself, its key, and the file in the folder in which the certificate stands */
export async function certificate(folder: string): Promise<{ readonly cert: string; readonly key: string; readonly file: string }> {
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', file, '-days', '2', '-subj', '/CN=backend', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' })
  return { cert: await readFile(file, 'utf8'), key: await readFile(key, 'utf8'), file }
}
