/** Scenarios: records that come with a system, laid over those of a sandbox. */
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isObject } from '../plain/json.js'
import { didYouMean } from '../core/guess.js'
import { takeFile } from '../core/files.js'
import type { Turn } from '../core/turn.js'
import { readJsonFile } from '../core/json-file.js'
import type { Sandbox } from '../core/sandbox.js'
import { resolveBoot } from '../core/store/boot.js'
import { type Doc, type Key, StoreError } from '../core/store/types.js'
import type { System } from '../core/system.js'
import { systemsOf, transact } from './access.js'
import type { ControlParts } from './task.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'

/** A scenario as its file has it; times in its records are still relative. */
interface ScenarioFile {
  readonly description: { readonly en: string; readonly zh: string }
  readonly put: Readonly<Record<string, readonly unknown[]>>
  readonly delete: Readonly<Record<string, readonly Key[]>>
}

/** A scenario with its name and the system that it belongs to. */
export interface Scenario {
  readonly system: System
  readonly name: string
  readonly file: ScenarioFile
}

/** @returns the scenarios of a system, or of all when none is named, by name */
export async function findScenarios(parts: ControlParts, system: string | undefined): Promise<readonly Scenario[]> {
  const found = await Promise.all(systemsOf(parts, system).map((one) => read(one, join(parts.fixtures, one.id, 'scenarios'))))
  return found.flat()
}

/** @returns the scenario as the control plane shows it */
export function showScenario({ system, name, file }: Scenario) {
  return { system: system.id, name, description: file.description }
}

/**
 * Writes the records of a scenario into the sandbox, in one transaction for each system that has one of this name.
 * @returns what was applied
 * @throws Refusal when there is none of this name, or its records cannot stand beside those of the sandbox
 */
export async function applyScenario(parts: ControlParts, sandbox: Sandbox, name: string, system: string | undefined): Promise<readonly Scenario[]> {
  const all = await findScenarios(parts, system)
  const chosen = all.filter((scenario) => scenario.name === name)
  if (chosen.length === 0) {
    const known = all.map((scenario) => scenario.name)
    throw refusal(404, 'no-such-scenario', `${system ?? 'No system'} has ${system === undefined ? 'a' : 'no'} scenario ${quote(name)}. There are ${listOf(known)}.${didYouMean(name, known)}`, { known })
  }
  return sandbox.during(async (turn) => {
    for (const scenario of chosen) await apply(turn, scenario)
    return chosen
  })
}

async function apply(turn: Turn, { system, name, file }: Scenario): Promise<void> {
  try {
    await transact(turn, system, async (tx) => {
      for (const [collection, keys] of Object.entries(file.delete)) for (const key of keys) await tx.delete(collection, key)
      for (const [collection, records] of Object.entries(file.put)) {
        for (const record of records) await tx.put(collection, resolveRecord(takeFile(system.state[collection], record, (bytes) => tx.addFile(bytes)), turn.boot))
      }
    })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw refusal(422, 'scenario-misfit', `The scenario ${name} does not fit the records of this sandbox: ${error.message}. Reset the sandbox first.`)
  }
}

function resolveRecord(record: unknown, boot: number): Doc {
  const resolved = resolveBoot(record, boot)
  if (!isObject(resolved)) throw new Error('a scenario puts something that is no record')
  return resolved
}

async function read(system: System, folder: string): Promise<readonly Scenario[]> {
  const names = await readdir(folder).catch(() => []) // a system need not have any
  const files = names.filter((name) => name.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (name) => {
      const content = await readJsonFile(join(folder, name))
      return { system, name: basename(name, '.json'), file: asScenario(content, join(folder, name)) }
    }),
  )
}

/** The files are held to their schema at the start; one that was changed since may be no scenario any more. */
function asScenario(content: unknown, where: string): ScenarioFile {
  if (!isObject(content) || !isObject(content['description'])) throw new Error(`${where} is no scenario`)
  const { description, put = {}, delete: removed = {} } = content
  return { description, put, delete: removed } as ScenarioFile // checked at the start
}
