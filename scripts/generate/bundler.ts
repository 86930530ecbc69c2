/**
 * Documents made self-contained in this process, for whoever generates again and again: most of what Redocly's program takes is its start. The
 * bytes are the same. Where they would not be, or anything is wrong, the program is asked, which has the words for it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BaseResolver, bundle, type Config, loadConfig } from '@redocly/openapi-core'
import { isObject } from '../../src/plain/json.js'
import { lazily } from '../../src/plain/lazily.js'
import { bundleDocuments, REDOCLY_RULES } from './document.js'
import { asObject, type Json, type JsonObject, parseJson } from './json.js'

/** A document, and the files that it was made of. */
interface Bundle {
  /** @throws ContractError with Redocly's words if it cannot be read or refers to what is not there */
  readonly read: () => JsonObject
  /** Absolute paths; null where they are not known, for one of them cannot be read. */
  readonly files: ReadonlySet<string> | null
}

/** Where Redocly's program puts what stands at the root of a document; all else follows as it was written. */
const ROOT_ORDER = ['openapi', 'info', 'jsonSchemaDialect', 'servers', 'security', 'tags', 'externalDocs', 'paths', 'webhooks', 'x-webhooks', 'components']

/** What a reference calls its target: `Item` of `shop/item.yaml#/Item`. */
const TARGET = /\$ref['"]?:\s*['"]?[^\s'",}]*\/([^\s'",}]+)/g

const config = lazily((): Promise<Config> => loadConfig({ configPath: REDOCLY_RULES }))

/** Bundles one document of a project folder, as `bundleDocuments` does. */
export async function bundleHere(root: string, id: string): Promise<Bundle> {
  const made = await bundled(join(root, 'openapi', `${id}.yaml`)).catch(() => null)
  if (made !== null && made.isSame) return { read: () => made.document, files: made.files }
  const read = bundleDocuments(root, [id]).get(id)
  if (read === undefined) throw new Error(`${id}: Redocly was asked for it and made nothing`)
  return { read, files: made?.files ?? null }
}

/**
 * Bundles one document, whatever Redocly's program makes of it.
 * @returns with `isSame`, whether that is the same to the byte
 * @throws Error if it cannot be read
 */
export async function bundled(file: string): Promise<{ readonly document: JsonObject; readonly files: ReadonlySet<string>; readonly isSame: boolean }> {
  const rules = await config()
  const externalRefResolver = new BaseResolver(rules.resolve)
  const doc = await externalRefResolver.resolveDocument(null, file, true)
  if (doc instanceof Error) throw doc
  const written = componentNames(parseJson(JSON.stringify(doc.parsed)))
  const { bundle: made, problems, fileDependencies } = await bundle({ doc, config: rules, externalRefResolver })
  const document = inOrder(asObject(parseJson(JSON.stringify(made.parsed)), file))
  // Components of several files that have one name are given others, and the program gives others than this version of its library.
  const names = new Set([...written, ...[...fileDependencies].flatMap((one) => [...readFileSync(one, 'utf8').matchAll(TARGET)].map(([, name]) => name))])
  return { document, files: fileDependencies, isSame: problems.length === 0 && componentNames(document).every((name) => names.has(name)) }
}

function componentNames(document: Json): string[] {
  const { components } = isObject(document) ? document : {}
  return isObject(components) ? Object.values(components).flatMap((group) => (isObject(group) ? Object.keys(group) : [])) : []
}

function inOrder(document: JsonObject): JsonObject {
  const rest = Object.keys(document).filter((key) => !ROOT_ORDER.includes(key))
  return Object.fromEntries([...ROOT_ORDER, ...rest].flatMap((key): [string, Json][] => {
    const value = document[key]
    return value === undefined ? [] : [[key, value]]
  }))
}
