/** What an engine in one process keeps, and what it lets go of where it is full: drawn sequences of work on its logs, with all that each log and the ledger say after it. */
import { afterEach, expect, test, vi } from 'vitest'
import { budgetKinds } from '../../src/core/budget.js'
import { type Attempt, CONTROL, type Point } from '../../src/core/engine/engine.js'
import { fileEngine } from '../../src/core/engine/file/engine.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { type Files, nameFile, NO_FILES } from '../../src/core/files.js'
import { keep } from '../../src/core/journal.js'
import { JSON_HEADERS } from '../../src/core/reply.js'
import type { Change, Doc } from '../../src/core/store/types.js'
import { control, picture, put, rule, scopeOf, Server } from '../support/engine-server.js'
import { foldersOfTheFile } from '../support/folders.js'
import { entryOf } from '../support/two-processes.js'
import { Draw, WrittenDown } from '../support/written-down.js'

const newFolder = foldersOfTheFile()

afterEach(() => {
  vi.useRealTimers()
})

const ALL_KINDS: readonly number[] = Array.from({ length: 21 }, (_, i) => i)
/** Calls, and changes that come to little. */
const SMALL_KINDS: readonly number[] = [9, 9, 9, 21, 21, 21, 21, 2, 17]

/** The same work for every engine; what is drawn decides what is done. */
async function work(told: WrittenDown, server: Server, draw: Draw, steps: number, names: readonly string[], kinds = ALL_KINDS): Promise<void> {
  let nextId = 10
  for (let i = 0; i < steps; i++) {
    // Some are only looked at.
    const [isNew, old] = [draw.below(8) === 0, draw.of(names)]
    const name = isNew ? `new${String(i)}` : old
    const [drawn, id, size, which] = [draw.of(kinds), 1 + draw.below(12), draw.of([5, 500, 3000, 12_000, 40_000]), draw.below(6)]
    const kind = isNew ? 18 : drawn
    await told.try(`${String(i)} ${name} ${String(kind)} ${String(id)} ${String(size)} ${String(which)}`, async () => {
      const log = server.open(name)
      const { generation } = await log.look()
      const { version, commits } = await log.load()
      const attempt = (changes: readonly Change[], more: Partial<Attempt> & { readonly system?: string } = {}) => log.commit({ generation, base: version, reads: [], changes, files: NO_FILES, namesFiles: false, request: i, scope: scopeOf(more.system ?? 'shop'), ...more })
      const filed = async (given: Files, changes: readonly Change[]) => attempt(changes, { files: given, namesFiles: true })
      const bytes = picture(which, size)
      const { hash } = nameFile(bytes)
      const before = async (key: number): Promise<Doc | null> => {
        const { content } = await log.load()
        const records = new Map<number, Doc>((content.stores['shop']?.['items']?.put ?? []).map((doc) => [Number(doc['id']), doc]))
        for (const commit of commits) for (const change of commit.changes) if (change.collection === 'items') { if (change.after === null) records.delete(Number(change.key)); else records.set(Number(change.key), change.after) }
        return records.get(key) ?? null
      }
      switch (kind) {
        case 0: case 1: return attempt([put(id, { text: 'x'.repeat(size) })])
        case 2: return attempt([{ collection: 'items', key: id, before: await before(id), after: null }], { namesFiles: true })
        case 3: case 4: case 5: return filed(new Map([[hash, bytes]]), [{ ...put(id, { hash }), before: await before(id) }])
        case 6: return filed(new Map([[hash, bytes]]), [{ ...put(id, { hash }), before: await before(id) }, { ...put(id + 1, { hash }), before: await before(id + 1) }])
        case 7: case 8: case 9: {
          const { requests } = await log.begin()
          await log.append({ ...entryOf(`/${String(i)}`), version: which === 0 ? Math.max(0, version - 3) : version, requestBody: keep('y'.repeat(size / (kind === 9 ? 2 : 5))), ...(which === 1 ? { changes: [put(id, { text: 'v'.repeat(40) })] } : which === 2 ? { via: { source: 'real', reason: null } } : which === 3 ? { responseHeaders: JSON_HEADERS } : {}) }, which === 5 ? generation - 1 : generation)
          return requests
        }
        case 10: return log.replace({ control: { ...control, requests: i, era: which, faults: [rule('f1', 90), rule('f2', 5)] }, origin: { boot: 5, scale: 0 }, stores: { shop: { items: { put: [{ id, hash }], deleted: [2] } } } }, undefined, new Map([[hash, bytes]]))
        case 11: {
          const kept: Point = { version: draw.of([version, version - 1, version - 4, 0]), entry: draw.of([0, 2, i]) }
          return [kept.version - version, kept.entry, await log.replace({ control: { ...control, requests: which }, origin: { boot: 5, scale: 0 }, stores: { shop: { items: { put: [{ id: 1, text: 'z'.repeat(size) }], deleted: [] } } } }, kept)]
        }
        case 12: return log.remove((entry) => entry.id % 2 === which % 2)
        case 13: return attempt([{ collection: 'control', key: `fault/f${String(id)}`, before: null, after: id % 4 === 0 ? null : { ...rule(`f${String(id)}`, size / 8) } }, { collection: 'control', key: 'nextFault', before: null, after: { value: i } }], { system: CONTROL, request: which < 3 ? null : i })
        case 14: return [await attempt([put(nextId++, {})], { base: version - draw.below(4), reads: [`items/${String(id)}`, 'none'] }), await attempt([put(id, {})], { base: 0, reads: [] }), await attempt([put(id, {})], { system: 'other', base: version - draw.below(4), reads: [`items/${String(id)}`] })]
        case 15:
          await log.announce(`word ${String(i)}`)
          return attempt([put(id, {})], { generation: generation - 1 })
        case 16: {
          if (which === 1) return server.engine.keep?.(name)
          if (which === 2) return server.engine.makeUpName()
          return server.turnBusy(name)
        }
        case 17: return server.listening.delete(name) ? 'deaf' : Boolean(server.listening.add(name))
        case 18: return [(await log.file(hash))?.length, (await log.past()).commits.length, log.isCalledElsewhere]
        case 21: return attempt([put(1, { text: 'w'.repeat(size / 16) })])
        case 20: {
          if (which > 2) return version
          const isGone = await server.engine.delete(name)
          // A call that is under way goes on, and brings nothing back.
          await log.append(entryOf('/late'), generation)
          return [isGone, await log.look(), await attempt([put(id, { text: 'x'.repeat(size) })]), await log.remove(() => true), await log.replace({ control, origin: { boot: 5, scale: 0 }, stores: { shop: { items: { put: [{ id, hash }], deleted: [1] } } } }, undefined, new Map([[hash, bytes]]))]
        }
        default: return attempt([put(id, { text: 'x'.repeat(size / 2) }), put(id + 1, { text: '周'.repeat(size / 8) })], { system: 'other', reads: [`items/${String(id)}`] })
      }
    })
    await server.see(told, name)
  }
}

const FEW: readonly string[] = ['one', 'two', 'one', 'two', 'three', 'four']
const MANY: readonly string[] = Array.from({ length: 14 }, (_, i) => `m${String(i)}`)

test.each([['400000', 400_000, 3, 4, FEW], ['1000000', 1_000_000, 8, 4, FEW], ['full', 400_000, 2, 30, MANY], ['crowded', 700_000, 2, 30, MANY, SMALL_KINDS], ['journals', 700_000, 7, 30, MANY, [9, 9, 9, 17]], ['histories', 700_000, 5, 30, MANY, [21, 21, 21, 21, 21, 18]]] as const)('an engine in memory that may take up so much: %s', async (label, total, seed, most, names, kinds = ALL_KINDS) => {
  const told = new WrittenDown()
  const server = new Server(memoryEngine(), total)
  expect(() => server.open('early')).toThrow('the engine has not been started')
  told.note('starts', server.start({ most, journalLimit: most + 2 }))
  expect(() => server.start()).toThrow('an engine of this kind serves one server')
  await work(told, server, new Draw(seed), 180, names, kinds)
  await server.engine.stop()
  told.note('stopped', [server.engine.name, budgetKinds.map((kind) => server.budget.used(kind)).join(' '), server.happened(), await server.engine.names(), await server.engine.complaint?.()])
  await told.isThatOf(`memory-${label}`)
})

test('an engine on a folder, that is closed and opened again with more room and with less', async () => {
  // What is collected is written when the folder is closed.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const told = new WrittenDown()
  const folder = newFolder()
  const draw = new Draw(5)
  for (const [total, journalLimit] of [[1_000_000, 6], [400_000, 4], [400_000, 2], [1_000_000, 6]] as const) {
    const server = new Server(fileEngine(folder), total)
    told.part(`of ${String(total)} bytes`)
    told.note('starts', await server.start({ boot: total, journalLimit }))
    for (const name of await server.engine.names()) await server.see(told, name)
    await work(told, server, draw, 50, ['one', 'two', 'three'])
    // Files for which there is room only where history lets go of the ones before.
    const log = server.open('pictures')
    for (const which of [1, 2, 3, 4]) {
      const bytes = picture(which, 40_000)
      const hash = nameFile(bytes).hash
      const { generation } = await log.look()
      const { version } = await log.load()
      await told.try('a picture', () => log.commit({ generation, base: version, reads: [], changes: [{ collection: 'items', key: 5, before: which === 1 ? null : { id: 5, hash: nameFile(picture(which - 1, 40_000)).hash }, after: { id: 5, hash } }], files: new Map([[hash, bytes]]), namesFiles: true, request: null, scope: scopeOf('shop') }))
      await server.see(told, 'pictures')
    }
    await server.engine.stop()
    told.note('stopped', [budgetKinds.map((kind) => server.budget.used(kind)).join(' '), server.happened(), await server.engine.complaint?.()])
  }
  await told.isThatOf('memory-folder')
})
