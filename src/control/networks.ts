/** The network that the calls of a sandbox go through. */
import { readClock } from '../core/clock.js'
import type { Networks } from '../core/faults/networks.js'
import { ANY, type FaultRule, isOver } from '../core/faults/rule.js'
import { didYouMean } from '../core/guess.js'
import type { Sandbox } from '../core/sandbox.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'
import { lookAt, openSandbox } from './access.js'
import { endOfRule } from './clock.js'
import { checkRoom } from './faults.js'
import type { ControlHandlers } from './task.js'

export const networks: ControlHandlers<'getNetwork' | 'putNetwork' | 'clearNetwork'> = {
  getNetwork: async ({ input, parts }) => show(parts.networks, await lookAt(parts, input.sandbox)),

  putNetwork: async ({ input, parts }) => {
    const { network } = input
    const rules = Object.hasOwn(parts.networks, network) ? parts.networks[network] : undefined
    const known = Object.keys(parts.networks)
    if (rules === undefined) throw refusal(422, 'no-such-network', `There is no network ${quote(network)}. There are ${listOf(known)}.${didYouMean(network, known)}`, { known })
    const sandbox = openSandbox(parts, input.sandbox)
    const { real } = sandbox
    await sandbox.control.change((state) => {
      const now = readClock(state.clock, real)
      const others = state.faults.filter((rule) => rule.network === undefined)
      const added = rules.map(({ fault, probability = 1, for: span }, index): FaultRule => ({
        id: `fault-${String(state.nextFault + index)}`, system: ANY, operationId: ANY, fault, times: null, probability, ...(span === undefined ? {} : { until: endOfRule(now, span) }), matched: 0, fired: 0, network,
      }))
      checkRoom(others.length + added.length)
      return { ...state, faults: [...others, ...added], nextFault: state.nextFault + added.length }
    })
    return show(parts.networks, sandbox)
  },

  clearNetwork: async ({ input, parts }) => {
    const sandbox = await lookAt(parts, input.sandbox)
    await sandbox.control.change((state) => ({ ...state, faults: state.faults.filter((rule) => rule.network === undefined) }))
    return show(parts.networks, sandbox)
  },
}

async function show(known: Networks, sandbox: Sandbox) {
  const { faults, clock } = await sandbox.control.read()
  const now = readClock(clock, sandbox.real)
  const rules = faults.filter((rule) => rule.network !== undefined && !isOver(rule, now))
  // It goes on for as long as one of its rules does.
  const ends = rules.flatMap(({ until }) => until ?? [])
  const last = ends.length === rules.length ? ends.toSorted().at(-1) : undefined
  return {
    network: rules[0]?.network ?? null,
    ...(last === undefined ? {} : { until: last }),
    networks: Object.entries(known).map(([name, list]) => ({ name, rules: list.map((rule) => ({ ...rule, fault: { ...rule.fault } })) })),
  }
}
