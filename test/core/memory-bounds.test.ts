/** The bounds of an engine in one process, each exactly, and what waits for the disk. */
import { describe, expect, test } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import { type Attempt, type Commit, CONTROL, type SandboxLog } from '../../src/core/engine/engine.js'
import { fileEngine } from '../../src/core/engine/file/engine.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { Pieces } from '../../src/core/engine/memory/pieces.js'
import { Shelf } from '../../src/core/engine/memory/shelf.js'
import { nameFile, NO_FILES } from '../../src/core/files.js'
import type { Change } from '../../src/core/store/types.js'
import { isInPages, LARGE, pagesOf } from '../../src/plain/pages.js'
import { control, picture, put, rule, scopeOf, Server } from '../support/engine-server.js'
import { foldersOfTheFile } from '../support/folders.js'
import { entryOf } from '../support/two-processes.js'
import { Draw, WrittenDown } from '../support/written-down.js'

const newFolder = foldersOfTheFile()

const content = (...ids: readonly number[]) => ({ control, origin: { boot: 5, scale: 0 }, stores: { shop: { items: { put: ids.map((id) => ({ id })), deleted: [] } } } })
/** Changes that rest on all commits up to one, in the first generation. */
const attempt = (base: number, changes: readonly Change[], reads: readonly string[] = []): Attempt => ({ generation: 1, base, reads, changes, files: NO_FILES, namesFiles: false, request: null, scope: scopeOf('shop') })
const versions = (commits: readonly Commit[]) => commits.map(({ version }) => version)
const started = async (engine = memoryEngine(), total = 64 * 1024 * 1024, more = {}) => {
  const server = new Server(engine, total)
  await server.start({ most: 30, ...more })
  return server
}
/** What a commit of this change takes up in the history. */
const text = 'x'.repeat(1000)
const weightOfOne = async () => {
  const server = await started()
  await server.commit('one', [put(1, { text })])
  return server.budget.used('history')
}

test('an engine that has not been started has nothing to lose, and one that has no room for a sandbox has it for the first', async () => {
  const early = new Server(memoryEngine(), 1_000_000)
  await early.engine.stop()
  await early.engine.keep?.('none')
  expect(() => early.adopt()).toThrow('the engine has not been started')
  const small = new Server(memoryEngine(), 30_000)
  await small.start()
  small.open('one')
  small.busy.add('one')
  expect(() => small.open('two')).toThrow(/^Sandboxes and their records may take up 0 MiB, another one would be more, and all of them were changed, made by name or are in use\./)
  const two = new Server(memoryEngine(), 8 * 10 * 1024)
  await two.start()
  for (const name of ['one', 'two']) two.open(name)
  expect(await two.engine.names()).toEqual(['one', 'two'])
  two.open('three')
  expect(await two.engine.names()).toEqual(['two', 'three'])
})

describe('what can be gone back to', () => {
  test('is what one sandbox may keep, and not a byte more', async () => {
    const bytes = 64 * await weightOfOne()
    const kept = async (total: number) => {
      const server = await started(memoryEngine(), total)
      for (let i = 0; i < 7; i++) await server.commit('one', [put(1, { text })])
      return versions((await server.open('one').load()).commits)
    }
    expect([await kept(5 * bytes), await kept(5 * bytes - 64)]).toEqual([[3, 4, 5, 6, 7], [4, 5, 6, 7]])
  })

  test('is ten thousand commits, however little they wrote', async () => {
    const server = await started()
    const log = server.open('one')
    for (let base = 0; base < 10_004; base++) await log.commit(attempt(base, [put(1, {})]))
    const { commits, version, isWhole } = await log.load()
    expect([commits.length, commits[0]?.version, version, isWhole]).toEqual([10_000, 5, 10_004, false])
  })

  test('is the same after a step back; files that only the part before named are gone', async () => {
    const server = await started(memoryEngine(), 5 * 64 * await weightOfOne())
    const file = picture(1, 50)
    const { hash } = nameFile(file)
    await server.commit('one', [put(2, { hash, text: 'x'.repeat(900) })], { files: new Map([[hash, file]]), namesFiles: true })
    await server.commit('one', [put(2, { text }, { id: 2, hash })], { namesFiles: true })
    for (let i = 0; i < 5; i++) await server.commit('one', [put(1, { text })])
    await server.open('one').replace(content(), { version: 5, entry: 0 })
    expect([versions((await server.open('one').load()).commits), server.budget.used('files')]).toEqual([[3, 4, 5], 0])
  })

  test('is the same after a step back and a restart, with what each change touched', async () => {
    const total = 5 * 64 * await weightOfOne()
    const folder = newFolder()
    const before = await started(fileEngine(folder), total)
    for (let i = 0; i < 7; i++) await before.commit('one', [put(1, { text })])
    await before.open('one').replace(content(), { version: 5, entry: 0 })
    await before.engine.stop()
    const after = await started(fileEngine(folder), total)
    expect(versions((await after.open('one').load()).commits)).toEqual([3, 4, 5])
    expect([await after.commit('one', [put(3, {})], { base: 4, reads: ['items/1'] }), await after.commit('one', [put(3, {})], { base: 4, reads: ['items/2'] })]).toEqual(['conflict', 'committed'])
    await after.engine.stop()
  })

  test('is folded in a folder as it is in memory, thousand commits at a time', async () => {
    const folder = newFolder()
    const total = 5 * 64 * await weightOfOne()
    const server = await started(fileEngine(folder), total)
    const log = server.open('one')
    const told: unknown[] = []
    for (let base = 0; base < 1010; base++) told.push(log.commit(attempt(base, [put(1, { text: `${text}${String(base)}` })])))
    await Promise.all(told)
    await server.engine.stop()
    const again = await started(fileEngine(folder), total)
    const { version, commits, content: { stores } } = await again.open('one').load()
    await again.engine.stop()
    expect([version, versions(commits).at(-1), JSON.stringify(stores).length > 1000]).toEqual([1010, 1010, true])
  })
})

describe('an engine on a folder', () => {
  /** @returns a log, and all that happens in the order in which it does */
  const waiting = async (folder: string) => {
    const server = await started(fileEngine(folder))
    const happened: string[] = []
    const log: SandboxLog = server.engine.open('one', {
      initial: () => content(), committed: ({ version }) => happened.push(`told of ${String(version)}`), turnedOver: () => happened.push('turned over'),
      journalled: () => undefined, announced: () => undefined, lost: () => undefined, ended: () => undefined, listens: false, idle: false,
    })
    const commit = (base: number, reads: readonly string[]) => log.commit(attempt(base, [put(1, {})], reads))
    const note = async (what: string, work: unknown) => {
      happened.push(`${what}: ${JSON.stringify(await work)}`)
    }
    return { server, log, happened, commit, note }
  }

  test('says that something is so when it cannot be lost, in the order in which it came', async () => {
    const { server, log, happened, commit, note } = await waiting(newFolder())
    const load = async () => versions((await log.load()).commits)
    const first = commit(0, [])
    const all = [note('first', first), note('stale', commit(0, ['items/1'])), note('loaded', load()), note('second', commit(1, []))]
    await first
    all.push(note('loaded then', load()), note('stale then', commit(0, ['items/1'])))
    await Promise.all(all)
    const order = [['told of 1', 'told of 2'], ['told of 1', 'first: "committed"'], ['told of 1', 'stale: "conflict"'], ['told of 2', 'second: "committed"'], ['told of 2', 'loaded: [1,2]'], ['told of 2', 'loaded then: [1,2]'], ['told of 2', 'stale then: "conflict"']]
    expect(happened).toHaveLength(8)
    expect(order.filter(([one = '', other = '']) => !happened.includes(other) || happened.indexOf(one) > happened.indexOf(other))).toEqual([])
    await server.engine.stop()
  })

  test('knows after a restart what was read, how many calls there were, and what it holds beyond what it may', async () => {
    const folder = newFolder()
    const before = await started(fileEngine(folder), 1_000_000)
    await before.commit('one', [put(1, {})])
    await before.commit('one', [put(2, { text: 'x'.repeat(60_000) })])
    const log = before.open('one')
    for (let i = 0; i < 3; i++) {
      await log.begin()
      await log.append({ ...entryOf(`/${String(i)}`), version: 1 }, 1)
    }
    await before.engine.stop()
    const after = await started(fileEngine(folder), 400_000)
    expect(after.budget.used('records')).toBeGreaterThan(after.budget.limitOfOne('records'))
    expect([(await after.open('one').look()).requests, await after.commit('one', [put(3, {})], { base: 1, reads: ['items/2'] }), await after.commit('one', [put(3, {})], { base: 1, reads: ['items/1'] }).catch(String)]).toEqual([3, 'conflict', expect.stringContaining('NoRoom')])
    await after.engine.stop()
  })
})

test('a journal that was kept is as long as it may be now', async () => {
  const folder = newFolder()
  const before = await started(fileEngine(folder))
  for (let i = 0; i < 5; i++) await before.open('one').append(entryOf(`/${String(i)}`), 1)
  await before.engine.stop()
  const after = await started(fileEngine(folder), undefined, { journalLimit: 2 })
  const log = after.open('one')
  expect([(await log.entries()).map(({ id, url }) => [id, url]), await log.status()]).toEqual([[[4, '/3'], [5, '/4']], { size: 2, limit: 2, last: 5 }])
  await after.engine.stop()
})

test('a rule that came with other content is counted once, and no more when it goes', async () => {
  const server = await started()
  const log = server.open('one')
  const nothing = server.budget.used('records')
  await log.replace({ ...content(), control: { ...control, faults: [rule('f1', 90)] } })
  expect(server.budget.used('records')).toBeGreaterThan(nothing)
  await server.commit('one', [{ collection: 'control', key: 'fault/f1', before: { ...rule('f1', 90) }, after: null }], { scope: scopeOf(CONTROL) })
  expect(server.budget.used('records')).toBe(nothing)
})

test('content of thousands of records takes the place of all that there was', async () => {
  const server = await started()
  await server.commit('one', [put(1, {})])
  const log = server.open('one')
  expect(await log.replace(content(...Array.from({ length: 2001 }, (_, id) => id)))).toBe(2)
  const loaded = await log.load()
  expect([loaded.content.stores['shop']?.['items']?.put.length, loaded.commits, server.happened().at(-1)]).toEqual([2001, [], 'one is turned over, 0'])
})

describe('the bytes of files', () => {
  test('are those alone, and keep nothing alive that they came with; large ones lie in pages of their own', () => {
    const shelf = new Shelf(new Budget(), null)
    const parts = [5, LARGE - 1, LARGE, LARGE + 1].flatMap((length) => [Buffer.alloc(length + 10).subarray(3, 3 + length), new Uint8Array(length), pagesOf(length)])
    const seen = parts.map((bytes, i) => {
      shelf.hold(String(i), bytes)
      const own = shelf.get(String(i))
      return own === undefined ? null : [own.length === bytes.length, own.buffer.byteLength === own.length, own === bytes, isInPages(own)]
    })
    const [copied, asItIs, moved, inPages] = [[true, true, false, false], [true, true, true, false], [true, true, false, true], [true, true, true, true]]
    expect(seen).toEqual([copied, asItIs, inPages, copied, asItIs, inPages, moved, moved, inPages, moved, moved, inPages])
  })

  test('go when nobody holds them, those that were there at the start too', () => {
    const budget = new Budget()
    const told: string[] = []
    const shelf = new Shelf(budget, { putFile: (hash) => told.push(`put ${hash}`), dropFile: (hash) => told.push(`drop ${hash}`) }, new Map([['a', new Uint8Array(5)], ['b', new Uint8Array(7)]]))
    shelf.hold('a', undefined)
    shelf.hold('none', undefined)
    shelf.hold('c', new Uint8Array(11))
    shelf.hold('c', new Uint8Array(11))
    expect([budget.used('files'), ['a', 'b', 'c', 'none'].map((hash) => shelf.isHeldByOne(hash)), told.splice(0)]).toEqual([23, [true, false, false, false], ['put c']])
    shelf.tidy()
    expect([budget.used('files'), shelf.get('b'), told.splice(0)]).toEqual([16, undefined, ['drop b']])
    shelf.release('none')
    shelf.release('c')
    shelf.part()
    shelf.release('c')
    expect([budget.used('files'), told]).toEqual([5, []])
  })
})

test('bytes outside the heap come and go in pieces', async () => {
  const told = new WrittenDown()
  const pieces = new Pieces()
  const draw = new Draw(6)
  const held: { readonly piece: ReturnType<Pieces['room']>; readonly name: number }[] = []
  const known: unknown[] = []
  const nameOf = (piece: ReturnType<Pieces['room']>) => {
    if (!known.includes(piece)) known.push(piece)
    return known.indexOf(piece)
  }
  const first = pieces.room(1)
  pieces.release(first)
  const larger = pieces.room(5000)
  told.note('one that is too small goes for a larger one', [first.bytes.length, larger.bytes.length, pieces.bytes])
  pieces.release(larger)
  for (let i = 0; i < 160; i++) {
    const [current] = held.slice(-1)
    const left = current === undefined ? 0 : current.piece.bytes.length - current.piece.used
    if (draw.below(3) > 0) {
      const needed = draw.of([1, 500, 2048, 5000, LARGE - 1, LARGE, LARGE + 1, 30_000, 70_000, left, left + 1])
      const piece = pieces.room(needed)
      piece.used += needed
      held.push({ piece, name: nameOf(piece) })
      told.note(`room for ${String(needed)}`, [nameOf(piece), piece.bytes.length, piece.used, piece.wanted, pieces.bytes, isInPages(piece.bytes)])
    } else {
      const [one] = held.splice(draw.below(held.length), 1)
      if (one === undefined) continue
      pieces.release(one.piece)
      told.note(`release ${String(one.name)}`, [one.piece.used, one.piece.wanted, pieces.bytes])
    }
  }
  for (const { piece } of held) pieces.release(piece)
  told.note('all released', pieces.bytes)
  await told.isThatOf('memory-pieces')
})
