/** Reads what is written by hand in a project folder: openapi/ and the record schemas in fixtures/. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { markAnswers, readAnswers, type Answer } from './answers.js'
import { readConditions, type Conditions } from './conditions.js'
import { bundleDocuments, documentIds } from './document.js'
import { asObject, parseYaml, type JsonObject } from './json.js'
import { portable } from './portable.js'
import { withSamples } from './samples.js'
import { spellOut } from './spell-out.js'
import { readSystem, type System } from './system.js'
import { messageOf } from '../../src/plain/message.js'

/** The collections that every system has; part of this package, not of the project that is read. */
const CORE_SCHEMA = join(import.meta.dirname, '../../fixtures/core.schema.yaml')

/** One system's document in its three forms, and the schemas of its records. */
export interface SystemSource {
  /** The facts in the document as it was written (its files joined). */
  readonly system: System
  /** The document with every answer in it. Its inputs are those of `system.document`. */
  readonly spelledOut: JsonObject
  /** The document for the world outside: spelled out, or as it was written if it is plain OpenAPI. */
  readonly bundled: JsonObject
  /** What the backend team said to its questions, oldest first. */
  readonly answers: readonly Answer[]
  /** JSON Schema by collection. */
  readonly records: JsonObject
  /** The same and those of the collections that every system has. */
  readonly stored: JsonObject
  /** Names of the WebSockets: channel `push` of `im.asyncapi.yaml` is `imPush`. */
  readonly sockets: readonly string[]
}

/** A project folder. What cannot be read is missing and has a line in `problems`. */
export interface Project {
  readonly root: string
  readonly conditions: Conditions | null
  readonly systems: readonly SystemSource[]
  readonly problems: readonly string[]
}

/** Reads a project folder; never throws for what is written in it. */
export function loadProject(root: string): Project {
  const problems: string[] = []
  const attempt = <T>(file: string, read: () => T): T | null => {
    try {
      return read()
    } catch (error) {
      problems.push(`${file}: ${messageOf(error)}`)
      return null
    }
  }
  const conditions = attempt('openapi/conditions.yaml', () => readConditions(readYaml(join(root, 'openapi/conditions.yaml'))))
  const documents = bundleDocuments(root, documentIds(root))
  const systems = [...documents].map(([id, read]) => attempt(`openapi/${id}.yaml`, () => loadSystem(root, id, read())))
  return { root, conditions, systems: systems.filter((source) => source !== null), problems }
}

function loadSystem(root: string, id: string, written: JsonObject): SystemSource {
  const document = withSamples(written)
  const answers = readAnswers(root, id)
  markAnswers(readSystem(id, document), answers)
  const system = readSystem(id, document)
  const spelledOut = spellOut(system)
  const schemas = join(root, 'fixtures', id, 'schema.yaml')
  const records = existsSync(schemas) ? readYaml(schemas) : {}
  return {
    system,
    spelledOut,
    bundled: system.dialect === null ? document : portable(spelledOut),
    answers,
    records,
    stored: system.dialect === null ? records : { ...readYaml(CORE_SCHEMA), ...records },
    sockets: socketNames(root, id),
  }
}

function socketNames(root: string, id: string): string[] {
  const file = join(root, `openapi/${id}.asyncapi.yaml`)
  if (!existsSync(file)) return []
  return Object.keys(asObject(readYaml(file).channels, `${id}.asyncapi.yaml: channels`)).map((name) => `${id}${name.charAt(0).toUpperCase()}${name.slice(1)}`)
}

function readYaml(file: string): JsonObject {
  return asObject(parseYaml(readFileSync(file, 'utf8')), file)
}
