/** Where real backends are not what their contracts say. */
import type { DriftExample } from '../core/drift/finding.js'
import { instant, systemOf } from './access.js'
import type { Handlers } from './task.js'

export const drift: Handlers<'getDrift' | 'clearDrift'> = {
  getDrift: async ({ input: { sandbox, system }, parts }) => {
    if (system !== undefined) systemOf(parts, system)
    const ledger = parts.drift.of(sandbox)
    const isWanted = (one: { readonly system: string }) => system === undefined || one.system === system
    const rows = await Promise.all(ledger.rows().filter(isWanted).map(async ({ operation, kind, pointer, count, error, first, last, ...row }) => {
      const document = await parts.documents.of(row.system)
      const questions = document.questionsOf(operation, error).map(({ number, topic }) => ({ number, topic: { ...topic } }))
      return { system: row.system, operationId: operation, kind, pointer, count, error, first: showExample(first), last: showExample(last), questions }
    }))
    const calls = ledger.calls().filter(isWanted).map(({ operation, ...call }) => ({ system: call.system, operationId: operation, asked: call.asked, departed: call.departed }))
    return { drift: rows, calls, leftOut: ledger.leftOut }
  },

  clearDrift: async ({ input: { sandbox, system }, parts }) => {
    if (system !== undefined) systemOf(parts, system)
    return { count: parts.drift.clear(sandbox, system) }
  },
}

function showExample(example: DriftExample) {
  return { ...example, at: instant(example.at) }
}
