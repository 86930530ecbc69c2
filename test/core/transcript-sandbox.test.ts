/** A sandbox on a made-up log: what of many changes is kept when others come first, and what a replica takes in while it is being made, left behind or lost. */
import { afterEach, test, vi } from 'vitest'
import { ControlChanges } from '../../src/core/control-changes.js'
import { applyControl, controlChanges } from '../../src/core/control-state.js'
import { type Attempt, type Awaitable, type Commit, CONTROL, type Engine, type Follower, type Loaded, type NewEntry, NoRoom, type SandboxLog, type Verdict } from '../../src/core/engine/engine.js'
import { MemoryJournal } from '../../src/core/engine/memory/journal.js'
import { NO_FILES } from '../../src/core/files.js'
import { Generation } from '../../src/core/generation.js'
import { Sandbox } from '../../src/core/sandbox.js'
import type { ControlState, SandboxContent } from '../../src/core/sandbox-state.js'
import { atOnce, others, Pace } from '../../src/core/slices.js'
import { type Change, type Doc, StoreError } from '../../src/core/store/types.js'
import { buildWorld } from '../../src/core/store/world.js'
import { Superseded } from '../../src/core/superseded.js'
import { entryOf } from '../support/two-processes.js'
import { Draw, outcomeOf, shown, WrittenDown } from '../support/written-down.js'

afterEach(() => {
  vi.restoreAllMocks()
})

const start: ControlState = { clock: { offset: 0, frozenAt: null }, requests: 3, seed: 's', era: 1, systems: {}, faults: [], nextFault: 1 }
const rule = (id: string, matched = 0) => ({ id, system: '*', operationId: '*', fault: { kind: 'drop' as const }, times: null, probability: 1, matched, fired: 0 })
const ruled = (...ids: readonly string[]): ControlState => ({ ...start, faults: ids.map((id) => rule(id)) })
const briefly = ({ clock, systems, faults, nextFault }: ControlState) => [clock.offset, Object.keys(systems).join(' '), faults.map(({ id, matched }) => `${id}${matched > 0 ? `:${String(matched)}` : ''}`).join(' '), nextFault]
const toldOf = (changes: readonly Change[]) => changes.map(({ key, before, after }) => `${String(key)} ${before === null ? 'new' : ''}${after === null ? 'gone' : ''}`.trim()).join(', ')

test('what a commit of the control state is made of, and makes of it', async () => {
  const told = new WrittenDown()
  const switches = { smsSource: 'fixed' as const, settings: {}, outages: [], maintenance: null }
  const states: readonly (readonly [string, ControlState, ControlState])[] = [
    ['nothing', start, start], ['requests', start, { ...start, requests: 4 }], ['seed', start, { ...start, seed: 't' }], ['era', start, { ...start, era: 2 }], ['clock', start, { ...start, clock: { offset: 5, frozenAt: 7 } }], ['next', start, { ...start, nextFault: 9 }],
    ['a system', start, { ...start, systems: { live: switches } }], ['another', { ...start, systems: { live: switches } }, { ...start, systems: { live: { ...switches }, im: switches } }], ['one left out', { ...start, systems: { live: switches } }, start],
    ['a rule', start, ruled('a')], ['two', ruled('a'), ruled('a', 'b')], ['counted', ruled('a', 'b'), { ...start, faults: [rule('a'), rule('b', 2)] }], ['gone', ruled('a', 'b', 'c'), ruled('a', 'c')], ['moved', ruled('a', 'b', 'c'), ruled('c', 'a', 'b')], ['all gone', ruled('a', 'b'), start], ['the last gone', ruled('a', 'b'), ruled('a')], ['others', ruled('a', 'b'), ruled('c', 'd')],
  ]
  for (const [what, before, after] of states) {
    await told.try(what, () => {
      const changes = controlChanges(before, after)
      const made = applyControl(before, changes)
      return [toldOf(changes), briefly(made), made === before, made.faults === before.faults]
    })
  }
  const commit = (key: string, after: Doc | null): Change => ({ collection: 'control', key, before: null, after })
  await told.table('applyControl', (...changes: readonly Change[]) => briefly(applyControl(ruled('a', 'b'), changes)), [
    [], [commit('clock', null)], [commit('clock', { offset: 2, frozenAt: null })], [commit('nextFault', null)], [commit('nextFault', { value: 7 })], [commit('system/x', null)], [commit('system/x', {})], [commit('fault/a', null)], [commit('fault/z', null)], [commit('fault/z', { ...rule('z') })], [commit('fault/a', { ...rule('a', 3) }), commit('fault/b', null), commit('fault/', { ...rule('') })],
  ])
  await told.isThatOf('sandbox-control')
})

/** What is made up to stand in the place of a log that answers as it is told to. */
type Answer = Verdict | 'fails' | 'throws'

test('changes of the control state are put in a row, whoever comes first and whatever the log says', async () => {
  const told = new WrittenDown()
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  for (const [round, isLate] of [[1, false], [2, true], [3, true]] as const) {
    told.part(isLate ? `a log that takes its time, ${String(round)}` : 'a log that answers at once')
    const draw = new Draw(round)
    const answers: Answer[] = []
    let happened: string[] = []
    const held = {
      control: start,
      isOver: false,
      commit: ({ reads, changes, files, namesFiles, request, scope }: Omit<Attempt, 'generation' | 'base'>): Awaitable<Verdict> => {
        const answer = answers.shift() ?? 'committed'
        happened.push(`${answer}: ${toldOf(changes)}; ${reads.join(' ')} ${String(files.size)} ${String(namesFiles)} ${String(request)} ${scope.system === CONTROL ? 'control' : scope.system} ${[...scope.touched(changes)].join(' ')} ${String(scope.isOfWorld('control', 'clock'))}`)
        const result = (): Verdict => {
          if (answer === 'fails' || answer === 'throws') throw new Error('the log is broken')
          if (answer === 'committed') held.control = applyControl(held.control, changes)
          if (answer === 'conflict') held.control = { ...held.control, nextFault: held.control.nextFault + 1 }
          return answer
        }
        if (!isLate || answer === 'throws') return result()
        return others().then(result)
      },
      end: () => {
        happened.push('ends')
      },
    }
    const row = new ControlChanges(held, new Pace())
    for (let i = 0; i < 28; i++) {
      happened = []
      answers.splice(0, answers.length, ...Array.from({ length: draw.below(3) }, () => draw.of<Answer>(['committed', 'conflict', 'conflict', 'conflict', 'over', 'fails', 'throws'])))
      held.isOver = draw.below(12) === 0
      held.control = ruled('x')
      const coming = Array.from({ length: 1 + draw.below(5) }, (_, n) => ({ name: 'abcde'.charAt(n), request: draw.below(4) === 0 ? null : 10 + n, cost: draw.of([0, 0, 0.5, 1, 2, 21, 45]), kind: draw.below(8), turns: draw.below(3) }))
      const done = coming.map(async ({ name, request, cost, kind, turns }) => {
        for (let turn = 0; turn < turns; turn++) await others()
        const author = { request, hasWritten: false }
        const outcome = await outcomeOf(() => row.add((state) => {
          now += cost
          happened.push(`${name} is carried out`)
          if (kind === 0) throw new Error(`${name} fails`)
          return kind === 1 ? state : { ...state, faults: [...state.faults, rule(name)] }
        }, author))
        happened.push(`${name}${author.hasWritten ? ' has written' : ''}: ${outcome instanceof Error ? shown(outcome) : (outcome as ControlState).faults.map(({ id }) => id).join('')}`) // as `add` gives it
      })
      await Promise.all(done)
      // Whoever carries them out rests.
      for (let turn = 0; turn < 4; turn++) await others()
      told.note(`${String(i)} ${coming.map(({ name, request, cost, kind, turns }) => `${name}${request === null ? '!' : ''} ${String(cost)}ms${kind === 0 ? ' fails' : kind === 1 ? ' same' : ''}${turns > 0 ? ` later ${String(turns)}` : ''}`).join(', ')}${held.isOver ? '; over' : ''}`, held.control.nextFault)
      for (const line of happened) told.note('  ', line)
    }
  }
  told.part('one whom others always come before')
  let commits = 0
  const control = { control: start, isOver: false, commit: (): Verdict => (++commits > 2000 ? 'committed' : 'conflict'), end: () => undefined }
  const author = { request: 1, hasWritten: false }
  await told.try('is given up', () => new ControlChanges(control, new Pace()).add((state) => ({ ...state, nextFault: 5 }), author))
  told.note('after so many', [commits, author.hasWritten])
  told.part('those who come one by one behind one that took long')
  for (const [gap, cost] of [[1, 0], [1, 60], [1, 99.5], [1, 100], [2, 0], [3, 0], [4, 0]] as const) {
    const sizes: number[] = []
    const counting = { control: start, isOver: false, commit: ({ changes }: Pick<Attempt, 'changes'>): Verdict => {
      sizes.push(changes.length)
      counting.control = applyControl(counting.control, changes)
      return 'committed'
    }, end: () => undefined }
    const line = new ControlChanges(counting, new Pace())
    const add = (name: string, took: number) => line.add((state) => {
      now += took
      return { ...state, faults: [...state.faults, rule(name)] }
    }, { request: 1, hasWritten: false })
    const all = [add('first', 5)]
    for (let n = 0; n < 6; n++) {
      for (let turn = 0; turn < gap; turn++) await others()
      now += cost
      all.push(add(String(n), 5))
    }
    await Promise.all(all)
    told.note(`${String(gap)} turns apart, ${String(cost)} ms`, sizes)
  }
  await told.isThatOf('sandbox-changes')
})

const state = { items: { key: 'id', unique: [['name']] }, pictures: { key: 'id', namesFiles: true } } as const
const worldOf = (boot: number) => buildWorld(state, { items: [{ id: 1, name: `w${String(boot)}` }], pictures: [{ id: 1, hash: 'of-world' }] }, boot, new Map([['of-world', Buffer.from('world')]]))
const world = worldOf(0)
const content = (more: Partial<SandboxContent> = {}): SandboxContent => ({ control: start, origin: { boot: 0, scale: 0 }, stores: { shop: { items: { put: [{ id: 2, name: 'two' }], deleted: [] }, pictures: { put: [{ id: 2, hash: 'kept' }, { id: 3, hash: 'lost' }, { id: 4, hash: null }, { id: 5, hash: 'of-world' }], deleted: [] } } }, ...more })
const commitOf = (version: number, system = 'shop'): Commit => {
  const changes = [system === CONTROL ? { collection: 'control', key: 'nextFault', before: null, after: { value: version } } : { collection: 'items', key: version, before: null, after: { id: version, name: `n${String(version)}` } }]
  return { version, system, request: version, changes, touched: () => new Set(changes.map(({ key }) => `items/${String(key)}`)) }
}
const loadedOf = (version: number, more: Partial<Loaded> = {}): Loaded => ({ generation: 1, requests: 3, version, content: content(), commits: [], isWhole: true, ...more })
const itemsOf = ({ stores, control }: SandboxContent) => [(stores['shop']?.['items']?.put ?? []).map(({ id }) => id).join(' '), control.nextFault, control.requests]

test('a replica takes commits in as they come, each once, and none when it is over', async () => {
  const told = new WrittenDown()
  const happened: string[] = []
  const log = { commit: (attempt: Attempt) => { happened.push(`commit of ${String(attempt.generation)} on ${String(attempt.base)}, of ${String(attempt.request)}`); return 'committed' as const } }
  const make = (loaded: Loaded, given: typeof log | null = log) => atOnce(Generation.make(loaded, new Map([['shop', world]]), given as SandboxLog | null, (system, changes) => happened.push(`told of ${system} ${toldOf(changes)}`), (hash) => (hash === 'kept' ? Buffer.from('kept') : undefined), new Pace())) // nothing else of a log is used
  const see = (generation: Generation) => [generation.number, generation.version, generation.isGone, generation.isOver, ...itemsOf(generation.content(9)), happened.splice(0)]
  const generation = make(loadedOf(7, { commits: [commitOf(6), commitOf(7, CONTROL)] }))
  told.note('is made', see(generation))
  for (const [version, system] of [[7, 'shop'], [8, 'shop'], [8, 'shop'], [10, 'shop'], [9, CONTROL], [10, 'shop'], [12, CONTROL], [3, 'shop']] as const) told.note(`commit ${String(version)} ${system}`, [generation.receive(commitOf(version, system)), ...see(generation)])
  told.note('files', await generation.files(content()))
  await told.try('another system', () => generation.store('other'))
  await told.try('files of another system', () => generation.files(content({ stores: { other: {} } })))
  const author = { request: 5, hasWritten: false }
  await told.try('a change', () => generation.change((before) => ({ ...before, nextFault: 20 }), author))
  told.note('  has', [...see(generation), author.hasWritten])
  await told.try('a transaction', () => generation.store('shop').transact((tx) => tx.put('items', { id: 30, name: 'thirty' }), author)) // a collection of the shop above
  told.note('  has', see(generation))
  const looked = make(loadedOf(7), null)
  await told.try('one that is only looked at', () => looked.change((before) => ({ ...before, nextFault: 20 }), author))
  await told.try('one that is only looked at, nothing', () => looked.change((before) => before, author))
  for (const end of ['lose', 'end'] as const) {
    const ended = make(loadedOf(7))
    ended[end]()
    told.note(end, [...see(ended), ended.receive(commitOf(8)), ended.receive(commitOf(11)), ended.version])
    await told.try('  a change', () => ended.change((before) => ({ ...before, nextFault: 20 }), author))
    await told.try('  a transaction', () => ended.store('shop').transact((tx) => tx.get('items', 1), author))
  }
  const order: string[] = []
  const queue = async (name: string) => {
    const leave = await generation.queue()
    order.push(`${name} comes`)
    await others()
    order.push(`${name} leaves`)
    leave()
  }
  await Promise.all(['a', 'b', 'c'].map(queue))
  told.note('one by one', order)
  await told.isThatOf('sandbox-replica')
})

/** A log that answers when it is told to. */
function madeUpLog(told: WrittenDown) {
  const happened: string[] = []
  const journal = new MemoryJournal(5, 1e6)
  const kept = { generation: 1, requests: 0, version: 0, content: content(), commits: [] as Commit[], files: new Map([['kept', Buffer.from('kept')]]) }
  let follower: Follower | null = null
  /** Whoever waits for the log to be loaded. */
  const loading: ((loaded: Loaded | Error) => void)[] = []
  const is = { late: false, elsewhere: false, broken: false }
  const loaded = (): Loaded => ({ ...kept, commits: [...kept.commits], isWhole: true })
  const answer = <T>(value: T): Awaitable<T> => (is.late ? others().then(() => value) : value)
  const log: SandboxLog = {
    begin: () => answer({ generation: kept.generation, requests: ++kept.requests }),
    look: () => answer({ generation: kept.generation, requests: kept.requests }),
    commit: (attempt) => {
      happened.push(`commit of ${String(attempt.generation)} on ${String(attempt.base)}`)
      if (attempt.generation !== kept.generation) return answer('over' as const)
      const commit: Commit = { version: ++kept.version, system: attempt.scope.system, request: attempt.request, changes: attempt.changes, touched: () => attempt.scope.touched(attempt.changes) }
      kept.commits.push(commit)
      follower?.committed(commit)
      return answer('committed' as const)
    },
    load: () => {
      happened.push('load')
      return is.late ? new Promise((resolve, reject) => loading.push((one) => { if (one instanceof Error) reject(one); else resolve(one) })) : loaded()
    },
    past: () => answer(loaded()),
    replace: (given, point, files = NO_FILES) => {
      happened.push(`replace ${shown(itemsOf(given))} era ${String(given.control.era)} at ${shown(point)} with ${[...files.keys()].join(' ')}`)
      Object.assign(kept, { generation: kept.generation + 1, requests: given.control.requests, content: given, commits: [] })
      follower?.turnedOver(point?.entry ?? 0)
      return answer(kept.generation)
    },
    file: (hash) => answer(kept.files.get(hash)),
    get isCalledElsewhere() { return is.elsewhere },
    append: (entry: NewEntry, generation) => {
      happened.push(`entry ${entry.url} of ${String(generation)} at ${String(entry.version)}`)
      if (is.broken) return others().then(() => { throw new Error('no way') })
      journal.add(entry, kept.requests)
      follower?.journalled(journal.latest())
      return answer(undefined)
    },
    heads: () => answer(journal.heads()),
    entries: (ids) => answer(journal.entries(ids?.filter((id) => id !== 2))),
    status: () => (is.broken ? Promise.reject(new Error('the log is gone')) : answer({ size: journal.size, limit: 5, last: journal.count })),
    remove: (fits) => answer(journal.remove(fits).length),
    attend: (isWanted) => happened.push(isWanted ? 'is wanted' : 'is wanted no more'),
    announce: (text) => { follower?.announced(text); return answer(undefined) },
    close: () => happened.push('is closed'),
  }
  const engine: Engine = { name: 'made up', start: () => ({ boot: 0 }), open: (_name, given) => { follower = given; return log }, has: () => true, names: () => ['box'], makeUpName: () => 'box-1', delete: () => true, stop: () => undefined }
  const reports: string[] = []
  const heard: string[] = []
  const system = { id: 'shop', state, settings: { speed: { default: 3 } } } as never // sandboxes ask a system for nothing else
  const served = new Map([['shop', { system, world, worldAt: ({ boot }: { readonly boot: number }) => Promise.resolve(worldOf(boot)) }]])
  const box = new Sandbox('box', { served, time: { now: () => 1000 }, origin: { boot: 0, scale: 0 }, worlds: new Map([['shop', world]]), engine, committed: (name, changes) => heard.push(`all hear of ${name} ${toldOf(changes)}`), report: (problem) => reports.push(problem), seed: 's', pace: new Pace() }, () => heard.push('it is gone'))
  const step = async (what: string, work: () => unknown) => {
    await told.try(what, work)
    for (const line of [...happened.splice(0), ...heard.splice(0), ...reports.splice(0)]) told.note('  ', line)
  }
  return { box, kept, journal, is, step, heard, release: (one: Loaded | Error = loaded()) => { for (const go of loading.splice(0)) go(one) }, loading, get follower() { if (follower === null) throw new Error('nobody follows'); return follower } }
}

test('a sandbox goes with its log, whatever comes while it looks away', async () => {
  const told = new WrittenDown()
  const made = madeUpLog(told)
  const { box, kept, is, step, heard, journal } = made
  const put = (id: number) => box.store('shop').transact((tx) => tx.put('items', { id, name: `n${String(id)}` })) // a collection of the shop above
  const seen = async () => [...itemsOf(await box.content()), box.origin, (await box.look()).version, (await box.store('shop').transact((tx) => tx.get('items', 1))).value]
  const entry = (url: string) => async () => {
    const turn = await box.begin()
    return [turn.request, turn.now, turn.boot, turn.ids('shop').hex(4), turn.tokens('shop').hex(4), turn.record({ ...entryOf(url), version: turn.version }) instanceof Promise]
  }
  told.note('before it is called', [box.origin, box.idle, box.real, made.follower.initial(), made.follower.listens, made.follower.idle])
  box.enter()
  box.enter()
  box.leave()
  told.note('one is under way', [box.idle, made.follower.idle])
  box.leave()
  told.note('none is', [box.idle, made.follower.idle])
  const blind = box.blind()
  await step('blind', async () => [blind.request, blind.state, blind.now, blind.isOver, itemsOf(blind.content()), await outcomeOf(() => blind.change((before) => ({ ...before, nextFault: 3 })))])
  await step('is looked at', seen)
  await step('a record', () => put(7))
  await step('an entry', entry('/1'))
  const ends: (() => void)[] = []
  await step('is watched', () => { ends.push(box.watch((system, changes) => heard.push(`watcher: ${system} ${toldOf(changes)}`)), box.hear((text) => heard.push(`hears ${text}`)), box.journal.subscribe((event) => heard.push(event.type))); return [made.follower.listens, box.idle] })
  await step('another record', () => put(8))
  await step('another entry', entry('/2'))
  await step('a third', entry('/3'))
  await step('announced', () => box.announce('hello'))
  await step('history, of which one is gone meanwhile', async () => { const { reach, happened } = await box.history(9); return [reach, happened.map((one) => (one.kind === 'call' ? one.entry.url : one.kind))] })
  await step('the newest of it', async () => (await box.history(1)).happened.length)
  await step('overview', () => box.overview())
  await step('a switch', () => box.control.change((before) => ({ ...before, nextFault: 4 })))
  await step('at its beginning', async () => itemsOf((await box.at(0))?.content() ?? content()))
  await step('at a call', async () => { const turn = await box.at(2); return [turn?.request, turn?.version, itemsOf(turn?.content() ?? content())] })
  await step('too far back', () => box.at(-3))
  await step('whole', async () => { const { content: all, files } = await box.whole(); return [itemsOf(all), files] })
  await step('back to nowhere', () => box.rewind(-3))
  await step('back', () => box.rewind(1))
  await step('is looked at', seen)
  await step('as it began', () => box.reset())
  await step('is looked at', seen)
  await step('other content, of another load', () => box.replace(content({ origin: { boot: 60, scale: 0 } }), new Map([['kept', Buffer.from('k')]])))
  await step('is looked at', seen)
  await step('content that cannot stand', () => box.replace(content({ stores: { shop: { items: { put: [{ id: 5, name: 'w0' }], deleted: [] } } } })))
  await step('content of an unknown collection', () => box.replace(content({ stores: { shop: { none: { put: [], deleted: [] } } } })))
  await step('as it began', () => box.reset())

  told.part('a log that takes its time')
  is.late = true
  kept.requests = 3
  const first = box.content()
  const second = box.look()
  await others()
  await others()
  made.follower.committed(commitOf(++kept.version))
  told.note('load is asked for', made.loading.length)
  made.release(loadedOf(kept.version - 1, { generation: kept.generation }))
  await step('a commit came meanwhile', async () => [itemsOf(await first), (await second).version])
  await step('one is missing', async () => { made.follower.committed(commitOf(kept.version + 2)); return (await Promise.race([Promise.resolve(box.look()), others().then(() => 'loads')])) === 'loads' })
  for (let turn = 0; turn < 3; turn++) await others()
  kept.version += 2
  made.release(loadedOf(kept.version, { generation: kept.generation }))
  await step('is looked at', async () => itemsOf(await box.content()))
  for (const [what, happens] of [['lost', () => { made.follower.lost() }], ['reset', () => { kept.generation++; made.follower.turnedOver(0) }], ['it has failed', null], ['gapped', () => { made.follower.committed(commitOf(kept.version + 9)) }]] as const) {
    made.follower.lost()
    const turn = Promise.resolve(box.look())
    for (let i = 0; i < 3; i++) await others()
    const of = loadedOf(kept.version, { generation: kept.generation })
    happens?.()
    made.release(happens === null ? new NoRoom('the log is gone') : of)
    await step(`${what} while it is loaded`, async () => { const one = await turn; return [one.isOver, one.version, itemsOf(one.content())] })
    const again = Promise.resolve(box.look())
    for (let i = 0; i < 3; i++) await others()
    told.note('  loads again', made.loading.length)
    made.release()
    await step('  is looked at', async () => { const one = await again; return [one.isOver, one.version] })
  }
  made.follower.lost()
  const foreign = Promise.resolve(box.look())
  for (let i = 0; i < 3; i++) await others()
  made.release(loadedOf(kept.version, { generation: ++kept.generation }))
  await step('a reset between counting and loading', async () => { const one = await foreign; return [one.isOver, one.version, one.record(entryOf('/foreign'))] })
  const turn = await box.look()
  made.follower.turnedOver(2)
  await step('a turn of before', async () => [turn.isOver, turn.record(entryOf('/late')), await outcomeOf(() => turn.change((before) => ({ ...before, nextFault: 9 }))), await outcomeOf(() => turn.transact('shop', (tx) => tx.get('items', 1)))])
  is.late = false
  told.part('the journal')
  journal.remove(() => true)
  await step('an entry', entry('/4'))
  await step('a long one', entry(`/${'x'.repeat(16 * 1024)}`))
  is.late = true
  const arrives = await Promise.resolve(box.look())
  for (const elsewhere of [false, true]) {
    is.elsewhere = elsewhere
    await step(`called elsewhere: ${String(elsewhere)}`, async () => { const pending = arrives.record(entryOf('/5')); await pending; return pending instanceof Promise })
    is.broken = true
    await step('one that is lost', async () => { const pending = arrives.record(entryOf('/6')); await others(); await others(); await pending; return pending instanceof Promise })
    is.broken = false
  }
  await step('heads, entries', async () => [(await box.journal.heads()).map(({ id }) => id), (await box.journal.read()).map(({ id }) => id), await box.journal.status(), (await box.journal.entry(4))?.url, (await box.journal.entry(40))?.url])
  for (const [limit, from] of [[0, 0], [1, 0], [9, 0], [9, 6], [2, 9]] as const) await step(`newest ${String(limit)} from ${String(from)}`, async () => { const { entries, total, oldest } = await box.journal.newest(({ id }) => id >= from, limit); return [entries.map(({ id }) => id), total, oldest] })
  for (const after of [null, 0, 4, 5, 90]) {
    await step(`followed from ${String(after)}`, async () => {
      const following = box.journal.follow(after)
      await arrives.record(entryOf('/meanwhile'))
      const feed = await following
      await arrives.record(entryOf('/before it starts'))
      feed.start((event) => heard.push(`feed: ${event.type === 'entry' ? String(event.head.id) : event.type}`))
      await arrives.record(entryOf('/then'))
      made.follower.journalled({ type: 'cleared' })
      feed.stop()
      await arrives.record(entryOf('/later'))
      return [feed.after, feed.missed.map(({ id }) => id)]
    })
  }
  is.broken = true
  await step('one that cannot be followed', () => box.journal.followBy(null, () => () => heard.push('hears no more'), (event) => event))
  is.broken = false
  await step('some are removed', () => box.journal.remove(({ id }) => id % 2 === 0))
  await step('all are', () => box.journal.remove())
  await step('nobody watches', () => { for (const end of ends) end(); return [box.journal.hasListeners, made.follower.listens] })
  await step('the end', () => { box.journal.subscribe((event) => heard.push(`last: ${event.type}`)); made.follower.ended(); box.journal.tell({ type: 'reset' }); return box.journal.hasListeners })
  await step('parts', () => { box.part() })
  told.note('errors', [new Superseded(), new StoreError('contention', 'c')])
  await told.isThatOf('sandbox-log')
})
