/** A sandbox that is reset while somebody is at work in it. */
import { expect, test } from 'vitest'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { smsCollection } from '../../src/core/sms.js'
import { sandboxesOn } from '../support/sandboxes.js'

const systems = { first: { state: { smsCodes: smsCollection }, records: {} }, second: { state: { smsCodes: smsCollection }, records: {} } }
const sandboxes = await sandboxesOn(memoryEngine(), { systems })
const users = ['code 1', 'code 2']

test('a transaction that was begun before a reset is refused, and one of the sandbox itself runs again', async () => {
  const sandbox = sandboxes.open('begun')
  const old = await sandbox.begin()
  const add = (place: Pick<typeof old, 'store'>, name: string, between: () => Promise<void>) =>
    place.store('first').transact(async (tx) => {
      await tx.put('smsCodes', { key: name, phone: name, code: '1', sentAt: 0, expiresAt: null, used: false, earlier: [] })
      await between()
    })
  await expect(add(old, users[0] ?? '', () => sandbox.reset())).rejects.toThrow('reset meanwhile')
  expect(old.isOver).toBe(true)
  await expect(old.change((state) => state)).rejects.toThrow('reset meanwhile')
  let runs = 0
  await add(sandbox, users[1] ?? '', async () => {
    if (runs++ === 0) await sandbox.reset()
  })
  expect(runs).toBe(2)
  const { value } = await sandbox.store('first').transact((tx) => tx.list('smsCodes'))
  expect(value.map(({ key }) => key)).toEqual([users[1]])
})

test('a snapshot is of one moment', async () => {
  const sandbox = sandboxes.open('moments')
  const mark = (system: string, n: number) => sandbox.store(system).transact((tx) => tx.put('smsCodes', { key: 'k', phone: 'k', code: String(n), sentAt: n, expiresAt: null, used: false, earlier: [] }))
  const end = new AbortController()
  const writer = (async () => {
    for (let n = 1; !end.signal.aborted; n++) for (const system of ['first', 'second']) await mark(system, n)
  })()
  for (let i = 0; i < 200; i++) {
    const { stores } = await sandbox.content()
    const [first, second] = ['first', 'second'].map((system) => Number(stores[system]?.['smsCodes']?.put[0]?.['sentAt'] ?? 0))
    expect([0, 1]).toContain((first ?? 0) - (second ?? 0)) // the first is written first
  }
  end.abort()
  await writer
})
