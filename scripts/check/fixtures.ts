/** Fixtures: every record of every world and scenario is what the schemas say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nameFile, takeFile } from '../../src/core/files.js'
import { resolveBoot } from '../../src/core/store/boot.js'
import { compile } from '../generate/ajv.js'
import { checking, createAjv, schemaKey } from '../../src/core/schemas.js'
import { asList, asObject, asOptionalObject, asStrings, parseJson, type Json, type JsonObject } from '../generate/json.js'
import { messageOf } from '../../src/plain/message.js'
import { type Project, type SystemSource } from '../generate/load.js'
import { flatten } from '../generate/schema.js'
import { withDefaults } from '../generate/validators.js'

/** Any moment will do: the markers must resolve, and to what a schema allows. */
const BOOT = Date.UTC(2026, 0, 1)

/** By collection: says what is wrong with a record. */
type Checks = ReadonlyMap<string, (record: Json) => string[]>

/** What is wrong with the fixtures of a project. */
export function checkFixtures({ root, systems }: Project): string[] {
  const folder = join(root, 'fixtures')
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return entries.map(({ name }) => name).sort().flatMap((id) => {
    const source = systems.find(({ system }) => system.id === id)
    if (source === undefined) return [`fixtures/${id}: openapi/${id}.yaml is missing or cannot be read`]
    return attempt(() => checkFolder(source, join(folder, id))).map((problem) => `fixtures/${id}/${problem}`)
  })
}

function checkFolder(source: SystemSource, folder: string): string[] {
  const checks = recordChecks(source)
  const scenarios = existsSync(join(folder, 'scenarios')) ? readdirSync(join(folder, 'scenarios')).sort() : []
  return [
    ...looseSchemas(source).map((problem) => `schema.yaml: ${problem}`),
    ...attempt(() => checkCollections(checks, readFixture(folder, 'world.json'))).map((problem) => `world.json: ${problem}`),
    ...scenarios.flatMap((name) => {
      return attempt(() => checkScenario(checks, readFixture(folder, 'scenarios', name))).map((problem) => `scenarios/${name}: ${problem}`)
    }),
  ]
}

function attempt(check: () => string[]): string[] {
  try {
    return check()
  } catch (error) {
    return [messageOf(error)]
  }
}

function readFixture(...path: string[]): JsonObject {
  const resolved = resolveBoot(parseJson(readFileSync(join(...path), 'utf8')), BOOT)
  return asObject(parseJson(JSON.stringify(resolved)), 'the file')
}

function recordChecks({ spelledOut, stored }: SystemSource): Checks {
  const ajv = createAjv(spelledOut, { allErrors: true, useDefaults: true })
  return new Map(Object.entries(stored).map(([collection, schema]) => {
    ajv.addSchema(withDefaults(checking(schema), schema), schemaKey('records', collection))
    const check = compile(ajv, schemaKey('records', collection))
    const namesFiles = 'hash' in asOptionalObject(flatten(spelledOut, asObject(schema, collection)).properties, 'properties')
    // Fixtures have the bytes of a file where a record that is kept has its hash and size.
    return [collection, (record) => check(asRecord(takeFile({ key: 'name', namesFiles }, record, nameFile)))]
  }))
}

function asRecord(record: unknown): Json {
  return parseJson(JSON.stringify(record))
}

/** A record has all keys of its schema and no other: what is absent is null. */
function looseSchemas({ spelledOut, records }: SystemSource): string[] {
  return Object.entries(records).flatMap(([collection, schema]) => {
    const flat = flatten(spelledOut, asObject(schema, collection))
    const required = asStrings(flat.required, 'required')
    const optional = Object.keys(asOptionalObject(flat.properties, 'properties')).filter((name) => !required.includes(name))
    return [
      ...(flat.additionalProperties === false ? [] : [`${collection} must have additionalProperties: false`]),
      ...optional.map((name) => `${collection}.${name} must be required`),
    ]
  })
}

function checkScenario(checks: Checks, { description, put, delete: deleted, ...others }: JsonObject): string[] {
  const { en, zh } = asObject(description, 'description')
  const deletions = Object.entries(asOptionalObject(deleted, 'delete'))
  const keys = deletions.flatMap(([collection, list]) => asList(list, collection))
  return [
    ...(typeof en === 'string' && typeof zh === 'string' ? [] : ['description must have en and zh']),
    ...Object.keys(others).map((key) => `${key} is none of description, put, delete`),
    ...deletions.filter(([collection]) => !checks.has(collection)).map(([collection]) => `delete: there is no collection ${collection}`),
    ...keys.filter((key) => typeof key !== 'string' && typeof key !== 'number').map((key) => `delete: ${JSON.stringify(key)} is no key`),
    ...checkCollections(checks, asOptionalObject(put, 'put')),
  ]
}

function checkCollections(checks: Checks, collections: JsonObject): string[] {
  return Object.entries(collections).flatMap(([collection, records]) => {
    const check = checks.get(collection)
    if (check === undefined) return [`there is no collection ${collection}`]
    return asList(records, collection).flatMap((record, index) => check(record).map((problem) => `${collection}[${index}] ${problem}`))
  })
}
