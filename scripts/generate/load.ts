/** Reads what is written by hand in a project folder: openapi/ and the record schemas in fixtures/. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { answersFile, markAnswers, readAnswers, type Answer } from './answers.js'
import { readConditions, type Conditions } from './conditions.js'
import { bundleDocuments, documentIds } from './document.js'
import { asObject, parseYaml, type JsonObject } from './json.js'
import { portable } from './portable.js'
import { withSamples } from './samples.js'
import { spellOut } from './spell-out.js'
import { readSystem, type System } from './system.js'
import { withCapital } from '../../src/plain/capital.js'
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
  const documents = bundleDocuments(root, documentIds(root))
  return joinProject(root, new Map([...documents].map(([id, read]) => [id, () => loadSystem(root, id, read())])))
}

/**
 * Puts a project together; never throws for what is written in it.
 * @param load by id, how to get each system; it may throw for what is written of it
 */
export function joinProject(root: string, load: ReadonlyMap<string, () => SystemSource>): Project {
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
  const systems = [...load].map(([id, read]) => attempt(`openapi/${id}.yaml`, read))
  return { root, conditions, systems: systems.filter((source) => source !== null), problems }
}

/** What a system is read from beside its document, by absolute path; not all of it has to be there. */
export function filesBeside(root: string, id: string) {
  return { answers: join(root, answersFile(id)), records: join(root, 'fixtures', id, 'schema.yaml'), core: CORE_SCHEMA, sockets: join(root, `openapi/${id}.asyncapi.yaml`) }
}

/**
 * Reads one system of a project folder.
 * @param written its document, bundled
 * @throws ContractError, or YAMLParseError, for what is written of it
 */
export function loadSystem(root: string, id: string, written: JsonObject): SystemSource {
  const beside = filesBeside(root, id)
  const document = withSamples(written)
  const answers = readAnswers(root, id)
  markAnswers(readSystem(id, document), answers)
  const system = readSystem(id, document)
  const spelledOut = spellOut(system)
  const records = existsSync(beside.records) ? readYaml(beside.records) : {}
  return {
    system,
    spelledOut,
    bundled: system.dialect === null ? document : portable(spelledOut),
    answers,
    records,
    stored: system.dialect === null ? records : { ...readYaml(beside.core), ...records },
    sockets: socketNames(beside.sockets, id),
  }
}

function socketNames(file: string, id: string): string[] {
  if (!existsSync(file)) return []
  return Object.keys(asObject(readYaml(file).channels, `${id}.asyncapi.yaml: channels`)).map((name) => `${id}${withCapital(name)}`)
}

function readYaml(file: string): JsonObject {
  return asObject(parseYaml(readFileSync(file, 'utf8')), file)
}
