/** Runs the module that a configuration is: anew each time, in bounded time, and so that it cannot end the process. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Jiti } from 'jiti'
import { isObject } from '../../plain/json.js'
import { whereAndWhy } from '../../plain/where.js'
import { ConfigError } from './error.js'

/** Real milliseconds that a configuration has to come to its end: it may ask a server for something on its way. */
const LIMIT = 10_000

/** The name by which a module in the making finds what imports for it. No file can have it. */
const IMPORTER = 'understudy:importer'

const IN_PACKAGE = /[\\/]node_modules[\\/]/
/** What Node.js would import by itself, and keep for as long as the process lives. */
const KEPT_BY_NODE = /\.[cm]?js$/

/** What a module exports by default, and the files in which that was said, as absolute paths. */
export interface Ran {
  readonly value: unknown
  readonly read: readonly string[]
}

/** Imports as a module does that is being run. */
type Import = (specifier: string, ...rest: readonly unknown[]) => Promise<unknown>

/**
 * Runs a module in TypeScript or JavaScript. Node.js 20 reads no TypeScript by itself; jiti does, in what the module imports too, and needs nothing else.
 * `understudy` is this very package, so that a configuration works where nothing is installed, and its systems are of the same making.
 * @throws ConfigError when it cannot be run, does not come to its end or wants to end the process
 */
export async function runModule(path: string): Promise<Ran> {
  const [{ createJiti }, understudy] = await Promise.all([import('jiti'), import('../../index.js')])
  // Nothing is written beside the project: what is cached is stale one day.
  const options = { fsCache: false, interopDefault: false }
  const plain = createJiti(path, options)
  const jiti = createJiti(path, {
    ...options,
    virtualModules: { understudy, [IMPORTER]: { importerOf: (usual: Import, from: string) => importerOf(jiti, usual, from) } },
    transform: (given) => ({ code: given.async === true ? withImporter(plain.transform(given)) : plain.transform(given) }),
  })
  const before = new Set(Object.keys(jiti.cache))
  const loaded = () => Object.keys(jiti.cache).filter((file) => !before.has(file) && !IN_PACKAGE.test(file))
  const read = () => [...new Set([path, ...loaded()])]
  try {
    const module = await bounded(() => evaluate(jiti, path), () => loaded().findLast((file) => jiti.cache[file]?.loaded === false) ?? path)
    return { value: isObject(module) && '__esModule' in module ? module['default'] : module, read: read() }
  } catch (error) {
    throw new ConfigError(`${basename(path)} cannot be run: ${whereAndWhy(error, dirname(path))}`, read())
  } finally {
    // Read anew the next time: by then it may have been edited.
    for (const file of loaded()) Reflect.deleteProperty(jiti.cache, file)
  }
}

/** Makes CommonJS of a file and runs that: what Node.js imports by itself cannot be read anew. */
async function evaluate(jiti: Jiti, path: string): Promise<unknown> {
  return jiti.evalModule(await readFile(path, 'utf8'), { id: path, filename: path, ext: extname(path), cache: jiti.cache, async: true, forceTranspile: true })
}

/** The project's own JavaScript is run as its TypeScript is. */
function importerOf(jiti: Jiti, usual: Import, from: string): Import {
  return async (specifier, ...rest) => {
    const found = jiti.esmResolve(specifier, { parentURL: from, try: true })
    const file = found?.startsWith('file:') === true ? fileURLToPath(found) : found
    if (file === undefined || !KEPT_BY_NODE.test(file) || IN_PACKAGE.test(file)) return usual(specifier, ...rest)
    const known = jiti.cache[file]
    if (known === undefined) return evaluate(jiti, file)
    const exports: unknown = known.exports
    return exports
  }
}

/** @returns code that imports with {@link importerOf}; on its first line, so that the others stay where they are */
function withImporter(code: string): string {
  const [strict = ''] = /^(?:\/\/.*\n|#!.*\n)?(?:"use strict";)?/.exec(code) ?? []
  return `${strict}jitiImport=(await jitiImport(${JSON.stringify(IMPORTER)})).importerOf(jitiImport,__filename);${code.slice(strict.length)}`
}

/** Ends the process: what `process.exit` does while no configuration runs. */
const exit = process.exit.bind(process)

/** Whether code runs on behalf of a configuration: a stub that is stopped meanwhile does end the process. */
const onBehalf = new AsyncLocalStorage<(why: Error) => void>()

/**
 * @param unfinished names the file that has not come to its end
 * @throws Error when the run throws, calls `process.exit`, takes longer than {@link LIMIT}, or waits where nothing is left that could happen
 */
async function bounded(run: () => Promise<unknown>, unfinished: () => string): Promise<unknown> {
  const { promise, giveUp } = withholding()
  const late = setTimeout(() => { giveUp(new Error(`${unfinished()} does not come to its end: it was given ${String(LIMIT / 1000)} s`)) }, LIMIT).unref()
  const idle = () => { giveUp(new Error(`${unfinished()} does not come to its end: it waits for what never comes`)) }
  process.once('beforeExit', idle)
  const refusing: typeof process.exit = (code) => {
    const refuse = onBehalf.getStore()
    if (refuse === undefined) return exit(code)
    const why = new Error(`process.exit(${String(code ?? '')}) was called, and a configuration may not end the process`)
    // Who called it is to be told, not that it was caught here.
    Error.captureStackTrace(why, refusing)
    refuse(why)
    throw why
  }
  process.exit = refusing
  try {
    return await Promise.race([onBehalf.run(giveUp, run), promise])
  } finally {
    clearTimeout(late)
    process.off('beforeExit', idle)
    process.exit = exit
  }
}

/** @returns a promise that never resolves, and what makes it reject */
function withholding(): { readonly promise: Promise<never>; readonly giveUp: (why: Error) => void } {
  let giveUp: (why: Error) => void = () => undefined
  const promise = new Promise<never>((_resolve, reject) => (giveUp = reject))
  return { promise, giveUp }
}
