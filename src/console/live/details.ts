/** What the stub says of each system: operations, errors, sockets, settings. It stays the same while a stub runs, so it is asked for once. */
import { computed, effect, signal } from '@preact/signals'
import { ask, control, type Schemas } from '../api.js'
import { systems } from './connection.js'

export type SystemDetail = Schemas['SystemDetail']
export type OperationSummary = Schemas['OperationSummary']
export type ErrorRow = Schemas['ErrorSummary']

/** All systems, in the order of their ids; empty until they are known. */
export const details = signal<readonly SystemDetail[]>([])
export const conditions = signal<ReadonlyMap<string, Schemas['Condition']>>(new Map())

/** Asks anew when the stub has been started anew. */
effect(() => {
  const ids = systems.value.map(({ id }) => id)
  if (ids.length === 0) return
  Promise.all(ids.map((system) => ask(control.value.GET('/systems/{system}', { params: { path: { system } } })))).then((found) => {
    details.value = found
  }, () => undefined)
  ask(control.value.GET('/conditions')).then((found) => {
    conditions.value = new Map(found.conditions.map((one) => [one.condition, one]))
  }, () => undefined)
})

/** Whether that is known of every system. */
export const areDetailsKnown = computed(() => details.value.length > 0 && conditions.value.size > 0)

const byId = computed(() => new Map(details.value.map((system) => [system.id, system])))

/** @returns the system of this id; undefined while it is not known */
export function systemOf(id: string): SystemDetail | undefined {
  return byId.value.get(id)
}

/** @returns the row of an error in the system's table */
export function errorOf(system: string, name: string): ErrorRow | undefined {
  return systemOf(system)?.errors.find(({ error }) => error === name)
}


/** @returns what a call is answered when the core finds this condition; undefined while it is not known */
export function outcomeOf(system: string, condition: string): SystemDetail['outcomes'][number] | undefined {
  return systemOf(system)?.outcomes.find((one) => one.condition === condition)
}
