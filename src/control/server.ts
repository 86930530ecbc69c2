/** The server itself and the systems that it plays. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from '../plain/json.js'
import { lazily } from '../plain/lazily.js'
import { type Budget, budgetKinds } from '../core/budget.js'
import { conditions } from '../generated/conditions.js'
import { knownOutages } from '../core/outages.js'
import { listSocketOperations } from '../core/sockets/definition.js'
import type { System } from '../core/system.js'
import { openapiFolder, packageFile } from '../paths.js'
import { instant, systemOf, systemsOf } from './access.js'
import { refusal } from '../core/surface/refusal.js'
import type { ControlHandlers } from './task.js'

export const server: ControlHandlers<'getHealth' | 'getOpenApi' | 'listSystems' | 'getSystem' | 'listConditions'> = {
  getHealth: async ({ parts }) => {
    const complaint = await parts.sandboxes.complaint()
    if (complaint !== null) throw refusal(503, 'engine-trouble', `The stub cannot do its work: ${complaint}.`)
    return {
      status: 'ok',
      version: await packageVersion(),
      seed: parts.seed,
      systems: [...parts.served.keys()].sort(),
      sandboxes: await parts.sandboxes.count(),
      maxSandboxes: parts.maxSandboxes,
      bootedAt: instant(parts.boot),
      memory: memoryOf(parts.budget),
    }
  },

  getOpenApi: async () => {
    const document: unknown = JSON.parse(await readFile(join(openapiFolder, 'bundled', 'control.json'), 'utf8'))
    if (!isDocument(document)) throw new Error('control.json is no OpenAPI document')
    return document
  },

  listSystems: async ({ parts }) => {
    const systems = [...systemsOf(parts, undefined)].sort((a, b) => (a.id < b.id ? -1 : 1))
    return { systems: systems.map((system) => ({ ...summary(system), operations: Object.keys(system.contract.operations).length })) }
  },

  getSystem: async ({ input, parts }) => {
    const system = systemOf(parts, input.system)
    const { operations, errors } = system.contract
    return {
      ...summary(system),
      operations: Object.entries(operations).map(([operationId, row]) => ({
        operationId,
        method: row.method,
        path: row.select === null ? row.path : `${row.path}?${row.select.parameter}=${row.select.value}`,
        tag: row.tag,
        summary: row.summary,
        auth: row.auth,
        provenance: row.provenance,
        errors: [...row.errors],
      })),
      errors: Object.entries(errors).map(([error, { code, condition, message, meaning, status }]) => ({ error, code, condition, message, meaning, status: [...status] })),
      outcomes: outcomesOf(system),
      sessionsPerUser: system.sessions.perUser,
      sockets: Object.entries(system.sockets).map(([name, { path, console: example }]) => ({
        name,
        path,
        operations: [...listSocketOperations(name)],
        packet: { ...example.example },
      })),
      settings: Object.entries(system.settings).map(([name, { description, default: value, allowed }]) => ({
        name,
        description,
        default: value,
        allowed: 'min' in allowed ? { min: allowed.min, max: allowed.max } : [...allowed],
      })),
    }
  },

  listConditions: async () => ({
    conditions: Object.entries(conditions).map(([condition, { meaning, message, advice }]) => ({ condition, meaning, message, advice })),
  }),
}

/** @returns the version of the package that this server is. Read once: a file is read in several turns of Node's loop, and whoever asks for health in the midst of a flood would wait in each. */
export const packageVersion = lazily(async () => {
  const description: unknown = JSON.parse(await readFile(packageFile, 'utf8'))
  return isObject(description) ? String(description['version']) : ''
})

/** What may befall a credential between two calls. */
const BEFALLS = ['unauthenticated', 'tokenExpired', 'kickedOut', 'banned'] as const

/** What a call is answered then, as far as that follows from the condition alone. */
function outcomesOf({ dialect, contract, settings }: System) {
  const usual = Object.fromEntries(Object.entries(settings).map(([name, { default: value }]) => [name, value]))
  return BEFALLS.map((condition) => {
    const entry = dialect.conditions[condition]
    const outcome = typeof entry === 'function' ? entry({ cause: 'deadCredential' }, { operation: null, row: null, now: 0, settings: usual }) : entry
    if (typeof outcome !== 'string' && 'reply' in outcome) return { condition, error: null, code: null, status: outcome.reply.status }
    const { error, status } = typeof outcome === 'string' ? { error: outcome, status: undefined } : outcome
    const row = contract.errors[error]
    return { condition, error, code: row?.code ?? null, status: status ?? row?.status[0] ?? 200 }
  })
}

function summary(system: System) {
  return {
    id: system.id,
    title: system.contract.title,
    path: `/${system.id}`,
    hint: system.hint,
    collections: Object.keys(system.state),
    outages: [...knownOutages(system)],
    hasSms: system.sms !== null,
    hasBans: system.users.ban !== null,
  }
}

function isDocument(value: unknown): value is { openapi: string } {
  return isObject(value) && typeof value['openapi'] === 'string'
}

function memoryOf(budget: Budget) {
  return { budget: budget.total, kinds: Object.fromEntries(budgetKinds.map((kind) => [kind, { used: budget.used(kind), budget: budget.limit(kind) }])) }
}
