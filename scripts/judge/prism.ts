/** Prism, the independent reader of the contract: it knows nothing of this package but the bundled OpenAPI documents. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(import.meta.url)
const BUNDLED = join(import.meta.dirname, '../../openapi/bundled')

/** A Prism that is listening. */
export interface Prism {
  readonly url: string
  /** Stops it and resolves when its process has ended. */
  close(): Promise<void>
}

/** What Prism is to do with a document. */
type PrismTask =
  /** Answer from the document's examples. */
  | { readonly command: 'mock' }
  /** Stand before a server and refuse every request and every answer that breaks the document. */
  | { readonly command: 'proxy'; readonly upstream: string }

/** @returns the path of the bundled document of a system, or of the one for all (`understudy`) */
export function bundledDocument(id: string): string {
  return join(BUNDLED, `${id}.json`)
}

/**
 * Starts Prism in a process of its own.
 * @param document path of an OpenAPI document
 * @param port port to listen on; 0 takes a free one
 * @param log gets what Prism says; nobody does when left out
 * @throws Error with Prism's last words if it ends before it listens
 */
export async function startPrism(document: string, task: PrismTask, port = 0, log: (text: string) => void = () => undefined): Promise<Prism> {
  const what = task.command === 'mock' ? ['mock', document] : ['proxy', document, task.upstream, '--errors']
  // One process that is this one's child: what is killed is then all there is.
  const child = spawn(process.execPath, [require.resolve('@stoplight/prism-cli/dist/index.js'), ...what, '--port', String(port), '--multiprocess', 'false'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const url = await listening(child, log)
  return { url, close: () => end(child) }
}

function listening(child: ChildProcess, log: (text: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer) => {
      const text = chunk.toString()
      log(text)
      said = `${said}${text}`.slice(-10_000)
      const [, url] = /Prism is listening on (http:\/\/[\w.:[\]]+)/.exec(said) ?? []
      if (url !== undefined) resolve(url)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('error', reject)
    child.once('exit', () => {
      reject(new Error(`Prism ended before it listened:\n${said}`))
    })
  })
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    child.once('exit', () => {
      resolve()
    })
    child.kill()
  })
}
