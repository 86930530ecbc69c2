/** Where real backends are not what their contracts say. */
import type { DriftExample } from '../core/drift/finding.js'
import type { DriftRow } from '../core/drift/ledger.js'
import type { Telling } from '../core/drift/questions.js'
import type { System } from '../core/system.js'
import { instant, systemOf } from './access.js'
import type { ControlHandlers } from './task.js'

export const drift: ControlHandlers<'getDrift' | 'clearDrift'> = {
  getDrift: async ({ input: { sandbox, system }, parts }) => {
    if (system !== undefined) systemOf(parts, system)
    const ledger = parts.drift.of(sandbox)
    const isWanted = (one: { readonly system: string }) => system === undefined || one.system === system
    const rows = await Promise.all(ledger.rows().filter(isWanted).map(async (row) => {
      const { system: id, operation, kind, pointer, count, error, expected, reason, first, last } = row
      const document = await parts.documents.of(id)
      const questions = document.questionsOf(tellingOf(row, systemOf(parts, id))).map(({ number, topic }) => ({ number, topic: { ...topic } }))
      return { system: id, operationId: operation, kind, pointer, count, error, expected, reason, first: showExample(first), last: showExample(last), questions }
    }))
    const calls = ledger.calls().filter(isWanted).map(({ operation, ...call }) => ({ system: call.system, operationId: operation, asked: call.asked, departed: call.departed }))
    return { drift: rows, calls, leftOut: ledger.leftOut }
  },

  clearDrift: async ({ input: { sandbox, system }, parts }) => {
    if (system !== undefined) systemOf(parts, system)
    return { count: parts.drift.clear(sandbox, system) }
  },
}

/** What has no error where the stub has one, or the other way round, is a success. */
function tellingOf({ operation, kind, pointer, error, expected, last }: DriftRow, { contract: { dialect } }: System): Telling {
  return { operation, kind, pointer, status: last.status, backend: error ?? (expected === null ? null : dialect.success), stub: expected }
}

function showExample(example: DriftExample) {
  return { ...example, at: instant(example.at) }
}
