/** Handwritten documents, their files joined on the way: nothing is left behind. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { openapiFolder } from '../../paths.js'
import { type JsonObject, objectOf, parseJson } from '../../plain/json.js'
import { inFolder, redocly } from './run-redocly.js'

/** A document is called by a system's id, one of sockets by that and `asyncapi`; the words that all share are no document. */
const DOCUMENT = /^[a-z][a-z0-9-]*(?:\.asyncapi)?\.ya?ml$/
const CONDITIONS = 'conditions.yaml'

/** Documents as they were written, and the words that all share (`{}` where there are none). */
export interface Sources {
  readonly documents: readonly (readonly [file: string, document: JsonObject])[]
  readonly conditions: JsonObject
}

/** The handwritten documents in a folder, OpenAPI and AsyncAPI, by their names. */
export function sourceNames(folder: string): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => DOCUMENT.test(name) && name !== CONDITIONS).sort()
  return names.filter((name) => /^(?:openapi|asyncapi):/m.test(readFileSync(join(folder, name), 'utf8')))
}

/**
 * Reads the handwritten documents of a folder.
 * @throws Error as `redocly` does
 */
export function readSources(folder: string): Promise<Sources> {
  return bundled(sourceNames(folder).map((name) => join(folder, name)), existsSync(join(folder, CONDITIONS)) ? join(folder, CONDITIONS) : null)
}

/**
 * Joins the files of documents, in one run for all.
 * @param files of different names
 * @param conditions a YAML file that is no document; Redocly reads it on behalf of this package, which does not know YAML
 * @throws Error as `redocly` does
 */
export async function bundled(files: readonly string[], conditions: string | null = null): Promise<Sources> {
  return inFolder(async (folder) => {
    const shared = join(folder, 'shared-words.json')
    await writeFile(join(folder, 'redocly.yaml'), `plugins: [${JSON.stringify(join(openapiFolder, 'redocly-plugin.js'))}]\n`) // `x-operations` holds operations
    if (conditions !== null) await writeFile(shared, JSON.stringify({ openapi: '3.1.0', info: { title: '', version: '' }, paths: {}, components: { schemas: { Words: { $ref: resolve(conditions) } } } }))
    const all = [...files, ...(conditions === null ? [] : [shared])]
    const output = (file: string) => join(folder, 'out', `${basename(file, extname(file))}.json`)
    const [only = '', ...others] = all
    // Of several it wants to know the folder, of one the file.
    await redocly(process.cwd(), ['bundle', ...all, '--ext', 'json', '--output', others.length > 0 ? join(folder, 'out') : output(only), '--config', join(folder, 'redocly.yaml')])
    const read = async (file: string) => objectOf(parseJson(await readFile(output(file), 'utf8')))
    return {
      documents: await Promise.all(files.map(async (file) => [file, await read(file)] as const)),
      conditions: conditions === null ? {} : wordsIn(await read(shared)),
    }
  })
}

/** What stands behind the only reference of the document that was made for it. */
function wordsIn(document: JsonObject): JsonObject {
  const { Words: _, ...others } = objectOf(objectOf(document.components).schemas)
  return objectOf(Object.values(others)[0])
}
