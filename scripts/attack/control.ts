/** Any request to any operation of the control plane. */
import fc from 'fast-check'
import { contract } from '../../src/generated/control/contract.js'
import type { OperationRow } from '../../src/core/contract.js'
import { anyRequestTo } from '../../test/support/any-request.js'
import { readExamples } from '../../test/support/requests.js'
import { inParallel, type Send } from './send.js'
import { Tally } from './tally.js'

/** Streams do not end; the wait for a call ends when its time is over. */
const ENDLESS = ['streamRequests', 'streamCallLines']
const LOT = 500

/** @returns what came of `count` calls */
export async function attackControl(send: Send, count: number, seed: number): Promise<Tally> {
  const tally = new Tally('any request to the control plane')
  const rows: readonly (readonly [string, OperationRow])[] = Object.entries(contract.operations).filter(([operation]) => !ENDLESS.includes(operation))
  const examples = readExamples({ id: 'control' })
  const anyCall = fc.constantFrom(...rows).chain(([operation, row]) => anyRequestTo(operation, row, examples.get(operation), {}))
  for (let lot = 0; lot * LOT < count; lot++) {
    const calls = fc.sample(anyCall, { numRuns: Math.min(LOT, count - lot * LOT), seed: seed + lot })
    await inParallel(calls.length, 8, async (i) => {
      const call = calls[i]
      if (call === undefined) return
      const path = `/__admin${call.path.replace(/timeout=[^&]*/, 'timeout=1')}`
      tally.add(`seed ${String(seed + lot)}: ${JSON.stringify({ ...call, path })}`, await send({ ...call, path }))
    })
  }
  return tally
}
