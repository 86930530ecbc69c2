/** What is written into the folder of an engine `file`, group by group, and what is read out of one: drawn and tabled work on its disk, its journals and its keeper. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { afterEach, test, vi } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import type { Commit, House } from '../../src/core/engine/engine.js'
import { Disk, type Write } from '../../src/core/engine/file/disk.js'
import { clearFolder, readFolder } from '../../src/core/engine/file/folder.js'
import { KeptJournal } from '../../src/core/engine/file/journal.js'
import { FileKeeper } from '../../src/core/engine/file/keeper.js'
import { keys, startingWith, type StoredJournal } from '../../src/core/engine/file/layout.js'
import { readFiles, readSandboxes } from '../../src/core/engine/file/read.js'
import { MemoryJournal } from '../../src/core/engine/memory/journal.js'
import { unpack } from '../../src/core/engine/memory/rows.js'
import { others, Pace } from '../../src/core/slices.js'
import { foldersOfTheFile } from '../support/folders.js'
import { entryOf } from '../support/two-processes.js'
import { Draw, WrittenDown } from '../support/written-down.js'

const newFolder = foldersOfTheFile()

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** What the database was asked for, since this was last asked. */
type Asked = () => Promise<readonly string[]>

/** @returns what looks on while the database is asked */
function watch(): Asked {
  const [batch, clear] = [vi.spyOn(ClassicLevel.prototype, 'batch'), vi.spyOn(ClassicLevel.prototype, 'clear')]
  return async () => {
    // What is swept is swept behind what was written.
    await others()
    await Promise.allSettled([...batch.mock.results, ...clear.mock.results].map(({ value }) => value as unknown))
    await others()
    const groups = (batch.mock.calls as unknown as readonly (readonly [readonly Write[], { readonly sync: boolean }])[]).map(([writes, { sync }]) => `${sync ? 'for good' : 'soon'}: ${writes.map(told).join(', ')}`) // as `Disk` calls it
    const swept = (clear.mock.calls as unknown as readonly (readonly [{ readonly gte: string; readonly lt: string }])[]).map(([{ gte, lt }]) => `sweeps from ${gte} to ${lt}`) // as `Disk` calls it
    batch.mockClear()
    clear.mockClear()
    return [...groups, ...swept].map((text) => text.replace(/0{6,}/g, '~'))
  }
}

/** @returns a write as people read it; of entries their numbers */
function told(write: Write): string {
  if (write.type === 'del') return `- ${write.key}`
  if (typeof write.value === 'string') return `${write.key} ${write.value}`
  return `${write.key} ${write.key.includes('/j/') ? unpack(write.value).map(({ id }) => id).join(' ') : write.value.toString()}`
}

const put = (key: string, value: unknown): Write => ({ type: 'put', key, value: JSON.stringify(value) })

test('what is queued goes out in groups, of which only those are for good that somebody waits for', async () => {
  const text = new WrittenDown()
  const asked = watch()
  const disk = await Disk.open(newFolder())
  const draw = new Draw(4)
  for (let i = 0; i < 24; i++) {
    const writers = Array.from({ length: 1 + draw.below(4) }, (_, n) => ({ key: `k${String(draw.below(6))}`, value: i * 10 + n, way: draw.of(['for good', 'soon', 'as usual', 'nothing']) }))
    const written = writers.map(({ key, value, way }) => (way === 'as usual' ? disk.write([put(key, value), put('last', value)]) : disk.write(way === 'nothing' ? [] : [put(key, value)], way !== 'soon')))
    text.note(`${String(i)} at once`, writers.map(({ way }) => way).join(', '))
    await Promise.all(written)
    // Nobody waits for it, and it is there when it is asked for next.
    if (i % 5 === 4) await Promise.all([disk.write([put('a', i)], false), others().then(() => disk.write([put('b', i)])), others().then(() => disk.write([put('c', i)], false))])
    text.note('asks for', await asked())
  }
  vi.spyOn(ClassicLevel.prototype, 'batch').mockImplementationOnce(() => {
    throw new Error('the disk is broken')
  })
  await text.try('a group that cannot be written', () => Promise.allSettled([disk.write([put('lost', 1)]), disk.write([put('lost', 2)], false)]))
  await text.try('the next one', () => disk.write([put('found', 1)]))
  await text.try('what is there', () => disk.keys(startingWith('')))
  await text.try('a value', async () => [await disk.read('found'), await disk.read('lost'), await disk.read('last')])
  void disk.write([put('at the end', 1)])
  await disk.close()
  text.note('and at last', await asked())
  await text.isThatOf('folder-groups')
})

test('a folder that cannot be opened tells why', async () => {
  const text = new WrittenDown()
  const locked = Object.assign(new Error('locked'), { code: 'LEVEL_LOCKED' })
  const causes: readonly (readonly [string, unknown])[] = [
    ['another stub', new Error('no', { cause: locked })], ['no error of its own', new Error('no', { cause: { code: 'LEVEL_LOCKED' } })], ['another cause', new Error('no', { cause: Object.assign(new Error('broken'), { code: 'LEVEL_CORRUPTION' }) })],
    ['a cause without code', new Error('no', { cause: new Error('worn out') })], ['a text', new Error('no', { cause: 'a text' })], ['null', new Error('no', { cause: null })], ['no cause', new Error('no')], ['no error', 'nothing'],
  ]
  for (const [what, error] of causes) {
    for (const owner of what === 'another stub' ? [null, '{"process":4711}', '{"process":"x"}', '', 'process'] : [null]) {
      const folder = newFolder()
      if (owner !== null) writeFileSync(join(folder, 'owner.json'), owner)
      vi.spyOn(ClassicLevel.prototype, 'open').mockRejectedValueOnce(error)
      await text.try(`${what}, ${String(owner)}`, () => Disk.open(folder).catch((refused: unknown) => String(refused).replace(folder, 'F')))
    }
  }
  await text.isThatOf('folder-refusals')
})

test('the journal of one generation stands in the folder as it does in memory, whatever goes when', async () => {
  const text = new WrittenDown()
  for (const [seed, limit] of [[1, 5], [2, 9], [3, 30]] as const) {
    text.part(`of ${String(limit)} entries`)
    const draw = new Draw(seed)
    let memory = new MemoryJournal(limit, 1e6)
    let journal = new KeptJournal('s', 1)
    const folder = new Map<string, Write & { readonly type: 'put' }>()
    const flush = () => {
      const writes = journal.flush()
      for (const write of writes) if (write.type === 'put') folder.set(write.key, write); else folder.delete(write.key)
      return writes.map((write) => told(write).replace(/^(- )?d\/s\/0+1\//, '$1').replace(/0{6,}/g, '~'))
    }
    text.note('before it is known where entries come from', flush())
    journal.follow(memory)
    for (let i = 0; i < 70; i++) {
      const kind = draw.below(10)
      if (kind < 5) {
        const many = 1 + draw.below(4)
        for (let n = 0; n < many; n++) {
          const gone = memory.add(entryOf(`/${String(i)}`), i)
          if (gone.length > 0) journal.drop(gone)
        }
        text.note(`${String(many)} more`, memory.count)
      } else if (kind === 5) {
        const gone = memory.dropOldest()
        journal.drop(gone)
        text.note('the oldest goes', gone.join(' '))
      } else if (kind === 6) {
        const [by, rest] = [2 + draw.below(4), draw.below(2)]
        const gone = memory.remove(({ id }) => id % by === rest)
        journal.remove(gone)
        text.note('some go', gone.join(' '))
      } else if (kind < 9) text.note('writes', flush())
      else {
        // The process ends, and another reads the folder.
        const last = (folder.get('d/s/0000000000000001/journal')?.value ?? null) as string | null // written by `put`
        const gone = last === null ? { oldest: 0, gone: [], last: 0 } : JSON.parse(last) as StoredJournal // written by `flush`
        const read = new KeptJournal('s', 1)
        const entries = [...folder].filter(([key]) => key.includes('/j/')).sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, { value }]) => (typeof value === 'string' ? [] : read.recall(unpack(value), gone)))
        text.note('is read', [entries.map(({ id }) => id).join(' '), gone.last])
        const kept = new MemoryJournal(limit, 1e6, entries, Math.max(gone.last, entries.at(-1)?.id ?? 0))
        if (kept.size > 0 || gone.last > 0) [memory, journal] = [kept, read]
        journal.follow(memory)
        text.note('has', memory.heads().map(({ id }) => id).join(' '))
      }
    }
    text.note('at last', flush())
    text.note('and nothing more', flush())
  }
  const empty = new KeptJournal('s', 1)
  text.note('nothing is read', [empty.recall([], { oldest: 3, gone: [1], last: 9 }), empty.flush()])
  await text.isThatOf('folder-journal')
})

const content = (id: number) => ({ control: { clock: { offset: 0, frozenAt: null }, requests: 0, seed: 's', era: 0, systems: {}, faults: [], nextFault: 1 }, origin: { boot: 5, scale: 0 }, stores: { shop: { items: { put: [{ id }], deleted: [9] } } } })
const base = (version: number, newest = version) => ({ version, newest, isWhole: version === 0, content: content(version) })
const commitOf = (version: number, key = version): Commit => ({ version, system: 'shop', request: version % 2 === 0 ? null : version, changes: [{ collection: 'items', key, before: null, after: version % 3 === 0 ? null : { id: key } }], touched: () => new Set([`items/${String(key)}`]) })
const storedOf = ({ touched, ...commit }: Commit) => ({ ...commit, touched: [...touched()] })

test('a keeper writes down what the engine does, and reads it again', async () => {
  const text = new WrittenDown()
  const asked = watch()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const folder = newFolder()
  const problems: string[] = []
  const house = (seed: string): House => ({ identity: async () => ({ seed }), keyOf: (_system, _collection, doc) => Number(doc['id']), fileOf: () => undefined, boot: 77, most: 4, journalLimit: 6, pace: new Pace(), budget: new Budget(1e6), report: (problem) => problems.push(problem) })
  const step = async (what: string, work: () => unknown) => {
    await text.try(what, work)
    // Whoever waits for this waits for all that was queued before.
    if (keeper.complaint === null) await keeper.commit('clock', clock, commitOf(++ticks))
    const lines = (await asked()).map((line) => line.replace(/,? ?d\/clock\/.*?"touched":\[[^\]]*\]\}/, ''))
    for (const line of lines) text.note('  asks', line)
  }
  const later = () => { vi.advanceTimersByTime(100) }
  const journals: Record<string, MemoryJournal> = {}
  const journalOf = (name: string) => (journals[name] ??= new MemoryJournal(3, 1e6))
  const tell = (name: string) => {
    const gone = journalOf(name).add(entryOf('/x'), 1)
    if (gone.length > 0) keeper.drop(name, gone)
    keeper.appended(name)
  }
  const generations = () => ['a', 'b', 'c'].map((name) => keeper.firstGeneration(name)).join(' ')
  let [clock, ticks] = [0, 0]
  let keeper = new FileKeeper(folder, false)

  text.part('before it has been started')
  keeper.madeUp(3)
  await text.try('another house', () => keeper.adopt(house('2')))
  await text.try('a commit', () => keeper.commit('a', 1, commitOf(1)))
  await text.try('stops', () => keeper.stop())
  text.note('it asks', await asked())

  for (const [round, seed, adopts] of [[1, '1', false], [2, '1', false], [3, '2', false], [4, '2', true], [5, '2', false]] as const) {
    text.part(`round ${String(round)}`)
    keeper = new FileKeeper(folder, adopts)
    await text.try('starts', async () => {
      const { boot, namesMadeUp, sandboxes, files } = await keeper.start(house(seed)).catch((error: unknown) => { throw new Error(String(error).replaceAll(folder, 'F')) })
      for (const [name, kept] of sandboxes) journals[name] = new MemoryJournal(3, 1e6, kept.entries, kept.lastEntry)
      for (const name of sandboxes.keys()) keeper.follow(name, journalOf(name))
      return [boot, namesMadeUp, [...sandboxes].map(([name, kept]) => [name, kept.generation, kept.base.version, kept.base.newest, kept.base.isWhole, kept.commits.map(({ version }) => version).join(' '), kept.entries.map(({ id }) => id).join(' '), kept.lastEntry]), [...files].map(([hash, bytes]) => [hash, Buffer.from(bytes).toString()])]
    })
    text.note('  asks', await asked())
    if (round === 3) continue
    await text.try('a clock begins', () => keeper.keep('clock', { generation: ++clock, base: base(ticks), commits: [], lastEntry: 0 }, new MemoryJournal(1, 1e3)))
    if (round > 3) {
      await step('names are made up', () => { keeper.madeUp(round) })
      await step('another house', () => keeper.adopt(house('2')))
      await keeper.stop()
      continue
    }
    const old = 2 * round - 1
    await step('a begins', () => keeper.keep('a', { generation: old, base: base(0), commits: [], lastEntry: 0 }, journalOf('a')))
    await step('b begins, with commits', () => keeper.keep('b', { generation: round, base: base(2, 4), commits: [3, 4].map((version) => storedOf(commitOf(version))), lastEntry: 2 }, journalOf('b')))
    await step('both are used', () => Promise.all([keeper.commit('b', round, commitOf(5)), keeper.commit('a', old, commitOf(1)), keeper.commit('b', round, commitOf(6))]))
    await step('a little later', later)
    await step('entries', () => { for (let i = 0; i < 4; i++) tell('a'); tell('b') })
    await step('a little later', later)
    await step('one is dropped', () => { keeper.drop('a', journalOf('a').dropOldest()) })
    await step('some are removed', () => { keeper.remove('a', journalOf('a').remove(({ id }) => id % 2 === 0)) })
    await step('none is removed', () => { keeper.remove('a', []) })
    await step('nothing new', () => { keeper.appended('a') })
    await step('a little later', later)
    await step('nobody', () => { keeper.appended('nobody'); keeper.drop('nobody', [1]); keeper.remove('nobody', [1]); keeper.follow('nobody', journalOf('a')) })
    await step('a few are folded', () => { keeper.fold('a', old, 999, () => base(999)) })
    await step('many are folded', () => { keeper.fold('b', round, 1002, () => base(1002)) })
    await step('and none twice', () => { keeper.fold('b', round, 1003, () => base(1003)) })
    await step('files', () => { keeper.putFile('h1', Buffer.from('--one--').subarray(2, 5)); keeper.putFile('h2', Buffer.from('two')); keeper.dropFile('h2') })
    await step('names are made up', () => { keeper.madeUp(1); keeper.madeUp(2) })
    await step('a is reset, with an entry', () => { tell('a'); return keeper.keep('a', { generation: old + 1, base: base(7), commits: [storedOf(commitOf(8))], lastEntry: 5 }, journalOf('a')) })
    await step('c begins, and is gone with all that is new', async () => {
      const kept = keeper.keep('c', { generation: 1, base: base(0), commits: [], lastEntry: 0 }, journalOf('c'))
      tell('c')
      keeper.commit('c', 1, commitOf(1)).catch(() => undefined)
      keeper.delete('c', 1)
      text.note('  leaving', generations())
      return kept
    })
    text.note('  leaving', generations())
    await step('a little later', later)
    await step('c comes and goes twice', async () => {
      keeper.delete('c', 4)
      text.note('  leaving', generations())
      keeper.keep('c', { generation: 5, base: base(0), commits: [], lastEntry: 0 }, journalOf('c')).catch(() => undefined)
      // The first is on its way out yet.
      await keeper.commit('a', old + 1, commitOf(9))
      keeper.delete('c', 5)
      await others()
      text.note('  leaving', generations())
    })
    text.note('  leaving', generations())
    const held: (() => void)[] = []
    for (let i = 0; i < 3; i++) vi.spyOn(ClassicLevel.prototype, 'clear').mockImplementationOnce(() => new Promise((resolve) => held.push(resolve)))
    await step('b goes, comes and goes while it is being removed', async () => {
      keeper.delete('b', round)
      await keeper.commit('a', old + 1, commitOf(10))
      await others()
      text.note('  leaving', generations())
      keeper.keep('b', { generation: round + 1, base: base(0), commits: [], lastEntry: 0 }, journalOf('b')).catch(() => undefined)
      keeper.delete('b', round + 1)
      await keeper.commit('a', old + 1, commitOf(11))
      await others()
      held.shift()?.()
      await others()
      text.note('  leaving', generations())
      for (const go of held) go()
      await others()
      text.note('  leaving', generations())
    })
    later()
    await asked()
    keeper.appended('a')
    later()
    text.note('nothing new, and nobody else', await asked())
    await step('entries at the end', () => { tell('a'); tell('b') })
    await step('another house', () => keeper.adopt(house('1')))
    if (round === 1) {
      tell('b')
      await text.try('stops', () => keeper.stop())
      for (const line of await asked()) text.note('  asks', line)
      await text.try('a commit', () => keeper.commit('a', 2, commitOf(50)))
      await text.try('stops once more', () => keeper.stop())
      continue
    }
    vi.spyOn(ClassicLevel.prototype, 'batch').mockImplementationOnce(() => {
      throw new Error('the disk is full')
    })
    await text.try('cannot write', async () => (await Promise.allSettled([keeper.commit('a', 4, commitOf(60)), keeper.commit('b', 2, commitOf(61))])).map((one) => (one.status === 'rejected' ? String(one.reason).replace(folder, 'F') : one.status)))
    text.note('complains', [keeper.complaint, ...problems.splice(0)].map((said) => said?.replace(folder, 'F')))
    await text.try('writes no more', () => keeper.commit('a', 4, commitOf(62)).catch((error: unknown) => String(error).replace(folder, 'F')))
    keeper.delete('b', 2)
    await text.try('stops', () => keeper.stop())
    for (const line of await asked()) text.note('  asks', line)
  }
  await text.isThatOf('folder-keeper')
})

test('a folder is read whole, or it is told what is missing', async () => {
  const text = new WrittenDown()
  const head = (generation: number, used: number, lastEntry = 0) => ({ generation, used, lastEntry })
  const house = put('house', { format: 4, identity: { seed: '1' }, boot: 5, namesMadeUp: 1 })
  const commits = (...versions: readonly number[]) => versions.map((version) => put(keys.commit('a', 2, version), storedOf(commitOf(version, version % 4))))
  const memory = new MemoryJournal(9, 1e6)
  for (let i = 0; i < 5; i++) memory.add(entryOf(`/${String(i)}`), i)
  const entries = memory.packed(0)?.bytes ?? Buffer.alloc(0)
  const whole = [house, put(keys.head('a'), head(2, 4, 2)), put(keys.base('a', 2), base(3)), ...commits(4, 5, 6)]
  const folders: readonly (readonly [string, readonly Write[]])[] = [
    ['empty', []], ['a house', [house]], ['whole', whole], ['without a base', whole.filter(({ key }) => !key.endsWith('base'))], ['with a gap', [...whole, ...commits(8)]], ['without the first', whole.filter(({ key }) => !key.endsWith('4'))],
    ['with folded ones', [...whole, ...commits(1, 3)]], ['with a newer base', [house, put(keys.head('a'), head(2, 4, 2)), put(keys.base('a', 2), base(3, 6)), ...commits(5, 6, 7, 8)]], ['with a gap behind it', [house, put(keys.head('a'), head(2, 4, 2)), put(keys.base('a', 2), base(3, 6)), ...commits(5, 8)]],
    ['with a journal', [...whole, { type: 'put', key: keys.entries('a', 2, 1), value: entries, valueEncoding: 'buffer' }]], ['with some gone', [...whole, { type: 'put', key: keys.entries('a', 2, 1), value: entries, valueEncoding: 'buffer' }, put(keys.journal('a', 2), { oldest: 2, gone: [4], last: 8 })]],
    ['with remnants', [...whole, put(keys.base('a', 1), base(1)), put(keys.base('a', 3), base(9)), put(keys.commit('gone', 1, 1), {}), put(keys.head('b'), head(1, 2)), put(keys.base('b', 1), base(0)), put(keys.head('ab'), head(1, 9)), put(keys.base('ab', 1), base(0)), { type: 'put', key: keys.file('h'), value: Buffer.from('bytes'), valueEncoding: 'buffer' }]],
    ['of something else', [put('house', 'mine')]],
  ]
  for (const [what, writes] of folders) {
    text.part(what)
    const folder = newFolder()
    const disk = await Disk.open(folder)
    await disk.write(writes)
    await text.try('is read', async () => {
      const { sandboxes, uses } = await readSandboxes(disk)
      return [uses, [...sandboxes].map(([name, kept]) => [name, kept.generation, kept.base.version, kept.commits.map(({ version }) => version).join(' '), kept.entries.map(({ id }) => id).join(' '), kept.lastEntry])]
    })
    text.note('stands there', (await disk.keys(startingWith(''))).map((key) => key.replace(/0{6,}/g, '~')).join(' '))
    text.note('files', await readFiles(disk))
    await text.try('of one that is open', () => readFolder(folder, () => 1).catch((error: unknown) => String(error).replace(folder, 'F').replace(/process \d+/, 'process N')))
    await disk.close()
    await text.try('is told', async () => {
      const { house: of, sandboxes } = await readFolder(folder, (_system, _collection, doc) => Number(doc['id'])).catch((error: unknown) => { throw new Error(String(error).replaceAll(folder, 'F')) })
      return [of, sandboxes.map(({ name, generation, commits: many, entries: also, content: { stores } }) => [name, generation, many, also, stores])]
    })
    await text.try('is cleared', () => clearFolder(folder).catch((error: unknown) => String(error).replace(folder, 'F')))
  }
  await text.isThatOf('folder-reading')
})
