/**
 * The console's page and what it loads. They are the same for everybody and tell nothing; what the page shows it gets from the control
 * plane, which guards itself.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problemReply } from '../core/problem.js'
import type { Reply } from '../core/reply.js'
import { consoleFolder } from '../paths.js'
import { pathOf, searchOf } from '../plain/url.js'

/** Nothing may be loaded from elsewhere, called elsewhere or shown inside another page. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const HEADERS = { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' }

const TYPES: Readonly<Record<string, string>> = {
  'console.js': 'text/javascript; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** @returns whether the request is one for the console: below its path, or a browser that is led to the root */
export function isForConsole(method: string, url: string, accept: string | undefined): boolean {
  if (/^\/__console(?:[/?]|$)/.test(url)) return true
  // An app's request for the root is one for a system that is served alone.
  return /^\/(?:\?|$)/.test(url) && (method === 'GET' || method === 'HEAD') && accept?.includes('text/html') === true
}

/** @returns what the console answers: a file that the page loads, or the page, which finds out from its address what to show */
export async function answerConsole(method: string, url: string): Promise<Reply> {
  if (method !== 'GET' && method !== 'HEAD') return problemReply(405, 'method-not-allowed', 'The console is a page; get it. What it does is done by the control plane at /__admin.')
  const path = pathOf(url)
  const name = path.slice(path.lastIndexOf('/') + 1)
  const type = path === `/__console/${name}` ? TYPES[name] : undefined
  try {
    if (type === undefined) return { status: 200, headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body: await readFile(join(consoleFolder, 'index.html')) }
    // The page asks for each file with its version.
    const caching = searchOf(url) === '' ? 'no-store' : 'public, max-age=31536000, immutable'
    return { status: 200, headers: { ...HEADERS, 'content-type': type, 'cache-control': caching }, body: await readFile(join(consoleFolder, name)) }
  } catch {
    return problemReply(503, 'console-not-built', 'The console has not been built here. Run "npm run build:console"; the packed package and "npm start" have it.')
  }
}
