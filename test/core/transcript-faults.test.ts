/** Faults one by one, each on a line of its own: what their flags take, what is wrong with them, which errors they mean, and what is taken over from examples. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { Failure } from '../../src/core/failure.js'
import { type ErrorFault, errorFor, faultFailure } from '../../src/core/faults/error.js'
import { FailureExamples } from '../../src/core/faults/examples.js'
import { applies, chance } from '../../src/core/faults/fire.js'
import { callEffect, type Fault, faultKinds, frameEffect, misfitOf, namingOf } from '../../src/core/faults/kinds.js'
import { usualNetworks } from '../../src/core/faults/networks.js'
import type { FaultRule } from '../../src/core/faults/rule.js'
import { Ids } from '../../src/core/ids.js'
import type { Reply } from '../../src/core/reply.js'
import type { System } from '../../src/core/system.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { WrittenDown } from '../support/written-down.js'

const systems: readonly System[] = [edu, im, job, live, trid]
const each = <T>(...values: readonly T[]) => values.map((value) => [value] as const)

test('what flags take, and how long faults wait', async () => {
  const told = new WrittenDown()
  const values = ['', '-', '--', '0', '5', '-5', '--5', 'x5', '5x', '5 ', '1.5', '2s', '-2s', '1s-3s', '3s-1s', '800-2500', '800-', '-800', '800-x', '1-2-3', '1-2-', 'P1D', '1m', '503', '1'.repeat(15), '1'.repeat(16), 'API_BAD_REQUEST']
  for (const { kind, schema, flags } of faultKinds) {
    told.note(kind, schema)
    for (const { name, read, ...words } of flags) {
      told.note(`--${name}`, words)
      await told.table(`--${name}`, (value: string) => read(value), each(...values))
    }
  }
  const struck = (seed: string) => ({ system: live, operation: 'liveLogin', chance: (purpose: string) => new Ids(`${seed}/${purpose}`), now: 7, examples: new FailureExamples('/nowhere') })
  const spans = [[5, undefined], [5, 5], [0, 0], [5, 6], [6, 5], [0, 1], [100, 200], [200, 100], [0, 1_000_000]] as const
  await told.table('waits', async (min: number, max: number | undefined) => {
    const fault: Fault = { kind: 'latency', min, ...(max === undefined ? {} : { max }) }
    return [misfitOf(fault), await Promise.all(['a', 'b', 'c', 'd'].map(async (seed) => (await callEffect(fault, struck(seed))).wait)), ['a', 'b', 'c', 'd'].map((seed) => frameEffect(fault, struck(seed)).wait)]
  }, spans)
  const bodies = ['', '{}', '{"a":1}', '{"a":"周周周"}', '[]', '1', 'ab', 'abc', 'abcd']
  await told.table('broken on the way', async (body: string) => {
    const fault: Fault = { kind: 'malformed' }
    const { spoil = (reply: Reply) => reply } = await callEffect(fault, struck('a'))
    const reply = (status: number) => spoil({ status, headers: { a: 'b' }, body })
    return [reply(200), [204, 205, 304].map((status) => reply(status).body), spoil({ status: 200, headers: {}, body: Buffer.from(body) }).body, frameEffect(fault, struck('a')).spoil?.(body)]
  }, each(...bodies))
  const others: readonly Fault[] = [{ kind: 'drop' }, { kind: 'drop', carriedOut: true }, { kind: 'drop', carriedOut: false }, { kind: 'reset' }, { kind: 'slow', milliseconds: 9 }, { kind: 'slow', milliseconds: 9, chunks: 1 }, ...[200, 204, 304, 500].flatMap((status) => [{ kind: 'status', status }, { kind: 'status', status, body: 'x' }, { kind: 'status', status, body: '', contentType: 'a/b' }] satisfies readonly Fault[])]
  await told.table('other faults', async (fault: Fault) => [await callEffect(fault, struck('a')), frameEffect(fault, struck('a')), misfitOf(fault), namingOf(fault)], each(...others))
  told.note('networks', usualNetworks)
  await told.isThatOf('faults-kinds')
})

test('which errors are meant, and what they bring', async () => {
  const told = new WrittenDown()
  const name = (fault: ErrorFault, system: System, operation: string) => [errorFor(system, operation, fault), misfitOf(fault), namingOf(fault)?.given(fault), namingOf(fault)?.known(fault, system, operation)]
  for (const system of systems) {
    const { errors, dialect, operations } = system.contract
    const success = errors[dialect.success]
    const [operation = ''] = Object.keys(operations)
    const choices: readonly Omit<ErrorFault, 'kind'>[] = [{ error: dialect.success }, { code: success?.code ?? 0 }, { condition: success?.condition ?? 'ok' }, { condition: 'internal' }, { condition: 'maintenance' }, { condition: 'networkError' }, { condition: 'noSuch' }, { code: -99_999 }, { error: 'toString' }]
    await told.table(`${system.id}, ${operation}`, (choice: Omit<ErrorFault, 'kind'>) => name({ kind: 'error', ...choice }, system, operation).filter((_, i) => i !== 1), each(...choices))
    told.note('what there is', [{ error: 'x' }, { code: 5 }, { condition: 'x' }, {}].map((choice) => Object.keys(operations).slice(0, 3).map((one) => namingOf({ kind: 'error', ...choice })?.known({ kind: 'error', ...choice }, system, one))))
    told.note('of an operation that is not there', [errorFor(system, 'noSuch', { error: dialect.success }), namingOf({ kind: 'error' })?.known({ kind: 'error' }, system, 'noSuch')])
  }
  const faults: readonly ErrorFault[] = [{ kind: 'error' }, { kind: 'error', error: 'A' }, { kind: 'error', code: 5 }, { kind: 'error', code: 0 }, { kind: 'error', condition: 'c' }, { kind: 'error', error: '', code: 0 }, { kind: 'error', error: 'A', condition: 'c' }, { kind: 'error', code: 5, condition: 'c' }, { kind: 'error', error: 'A', code: 5, condition: 'c' }]
  await told.table('misfits', (fault: ErrorFault) => misfitOf(fault), each(...faults))

  // A table in which codes have twins, and a list that names an error of which the table has no row.
  const row = (code: number, condition: string) => ({ code, condition, message: `m${String(code)}`, meaning: { zh: 'z', en: 'e' }, status: [200] })
  const [first] = Object.values(live.contract.operations)
  const shop = { ...live, id: 'shop', contract: { ...live.contract, dialect: { ...live.contract.dialect, success: 'FINE' }, errors: { FINE: row(0, 'ok'), TWIN_OF_FINE: row(0, 'notFound'), ONE: row(1, 'invalidRequest'), OTHER_ONE: row(1, 'missingField'), TWO: row(2, 'invalidRequest'), INTERNAL: row(3, 'internal') }, operations: { bare: { ...first, errors: [] }, listed: { ...first, errors: ['OTHER_ONE', 'GONE', 'TWO'] }, both: { ...first, errors: ['ONE', 'OTHER_ONE', 'INTERNAL', 'FINE'] } } } } as unknown as System
  const choices: readonly Omit<ErrorFault, 'kind'>[] = [{ error: 'FINE' }, { error: 'TWIN_OF_FINE' }, { error: 'ONE' }, { error: 'OTHER_ONE' }, { error: 'TWO' }, { error: 'GONE' }, { code: 0 }, { code: 1 }, { code: 2 }, { code: 3 }, { condition: 'ok' }, { condition: 'notFound' }, { condition: 'invalidRequest' }, { condition: 'missingField' }, { condition: 'internal' }, { condition: 'maintenance' }, { error: 'ONE', code: 2 }, { error: 'NONE', condition: 'internal' }, { code: 9, condition: 'internal' }, {}]
  for (const operation of ['bare', 'listed', 'both', 'none']) await told.table(`shop, ${operation}`, (choice: Omit<ErrorFault, 'kind'>) => [...name({ kind: 'error', ...choice }, shop, operation), applies({ system: '*', operationId: '*', fault: { kind: 'error', ...choice } } as FaultRule, shop, operation)], each(...choices))

  const folder = mkdtempSync(join(tmpdir(), 'understudy-faults-'))
  try {
    const { code, message } = shop.contract.dialect
    const example = (value: unknown) => ({ components: { examples: { ONE: { value }, TWO: 5, OTHER_ONE: { value: [1] }, INTERNAL: {} } } })
    const documents: Readonly<Record<string, unknown>> = { whole: example({ [code]: 1, [message]: 'm', more: { a: 1 }, code: 'c', message: 'd' }), scalar: example(5), none: {}, 'no examples': { components: {} }, 'a list of examples': { components: { examples: [{ value: { a: 1 } }] } }, 'null': null }
    for (const [what, document] of Object.entries(documents)) {
      writeFileSync(join(folder, 'shop.json'), JSON.stringify(document))
      const examples = new FailureExamples(folder)
      await told.table(`examples: ${what}`, (error: string) => examples.keysOf(shop, error), each('ONE', 'TWO', 'OTHER_ONE', 'INTERNAL', 'NONE', '0'))
    }
    const examples = new FailureExamples(folder)
    await told.try('without a document', () => examples.keysOf({ ...shop, id: 'other' }, 'ONE'))
    writeFileSync(join(folder, 'broken.json'), '{')
    await told.try('with a broken one', () => examples.keysOf({ ...shop, id: 'broken' }, 'ONE').catch((error: unknown) => (error instanceof SyntaxError ? 'no JSON' : error)))
    writeFileSync(join(folder, 'shop.json'), JSON.stringify(documents['whole']))
    const whole = new FailureExamples(folder)
    const more: readonly Omit<ErrorFault, 'kind'>[] = [{}, { message: 'said' }, { message: '' }, { extra: { b: 2 } }, { extra: {} }, { displacedBy: {} }, { displacedBy: { label: 'L' } }, { displacedBy: { platform: 'p', client: 'c' }, message: 'm', extra: { b: 2 } }]
    for (const choice of [{ error: 'ONE' }, { code: 2 }, { condition: 'maintenance' }, { condition: 'internal' }, { error: 'NONE' }, { error: 'NONE', condition: 'maintenance' }, { code: 99, condition: 'maintenance' }] satisfies readonly Omit<ErrorFault, 'kind'>[]) {
      await told.table(`failures of ${JSON.stringify(choice)}`, async (given: Omit<ErrorFault, 'kind'>) => {
        const failure = await faultFailure({ kind: 'error', ...choice, ...given }, shop, 'bare', 77, whole)
        return failure === null ? null : [failure instanceof Failure, failure.error, failure.condition, failure.details]
      }, each(...more))
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  const rule = (system: string, operationId: string): FaultRule => ({ id: 'r', system, operationId, fault: { kind: 'drop' }, times: null, probability: 1, matched: 0, fired: 0 })
  await told.table('applies', (system: string, operation: string) => ['liveLogin', 'liveGetUser', '*'].map((one) => applies(rule(system, operation), live, one)), [['*', '*'], ['live', '*'], ['edu', '*'], ['*', 'liveLogin'], ['live', 'liveLogin'], ['edu', 'liveLogin'], ['', '']])
  await told.table('chance', (seed: string, id: string, matched: number) => chance(seed, { id, matched }).fraction(), [['1', 'a', 0], ['1', 'a', 1], ['1', 'b', 0], ['2', 'a', 0], ['1', 'a', 10], ['1', 'a', 1]])
  await told.isThatOf('faults-errors')
})
