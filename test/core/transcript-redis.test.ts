/** What a process knows of a sandbox in Redis: what it hears and whom it tells, who waits in line, what is on its way, and what stands there. Drawn by chance, without a Redis. */
import { afterEach, expect, test, vi } from 'vitest'
import { Budget, LEAST_MEMORY } from '../../src/core/budget.js'
import { type Attempt, type Commit, CONTROL, type Follower, type House, type NewEntry } from '../../src/core/engine/engine.js'
import { RedisFollowing } from '../../src/core/engine/redis/following.js'
import { commitsFrom, contentFrom, controlOf, docsFrom, filesFor, loggedCommits, LoggedCommit, overviewFrom, undo } from '../../src/core/engine/redis/layout.js'
import { RedisLine } from '../../src/core/engine/redis/line.js'
import { Outbox } from '../../src/core/engine/redis/outbox.js'
import { RedisReplica } from '../../src/core/engine/redis/replica.js'
import type { Item } from '../../src/core/engine/redis/reply.js'
import { BACK, MORE } from '../../src/core/engine/redis/scripts.js'
import { NO_FILES } from '../../src/core/files.js'
import { atOnce, Pace } from '../../src/core/slices.js'
import { Draw, WrittenDown } from '../support/written-down.js'

/** So many are on their way at a time. */
const MOST = 32
const MIB = 1024 * 1024
const LARGE = 'x'.repeat(MIB)

const houseWith = (budget: Budget): House => ({ identity: async () => ({}), keyOf: (_system, _collection, doc) => Number(doc['id']), fileOf: () => undefined, boot: 0, most: 10, journalLimit: 10, pace: new Pace(), budget, report: () => undefined })
const attemptOf = (more: Partial<Attempt> = {}): Attempt => ({ generation: 1, base: 10, reads: [], changes: [], files: NO_FILES, namesFiles: false, request: 1, scope: { system: 'shop', touched: () => new Set(), isOfWorld: () => false }, ...more })
const contentOf = (stores = {}) => ({ control: { clock: { offset: 0, frozenAt: null }, requests: 0, seed: '1', era: 1, systems: {}, faults: [], nextFault: 1 }, origin: { boot: 0, scale: 0 }, stores })
const turn = () => new Promise((resolve) => setImmediate(resolve))

afterEach(() => {
  vi.useRealTimers()
})

test('what is heard, and what is told of it', async () => {
  const told = new WrittenDown()
  const draw = new Draw(5)
  let heard: string[] = []
  let listens = false
  const follower: Follower = {
    initial: () => expect.fail(),
    committed: ({ version }) => heard.push(String(version)),
    turnedOver: (kept) => heard.push(`over ${String(kept)}`),
    journalled: (event) => heard.push(event.type === 'entry' ? `entry ${String(event.head.id)}` : event.type),
    announced: (text) => heard.push(`announced ${text}`),
    lost: () => heard.push('lost'),
    ended: () => heard.push('ended'),
    get listens() { return listens },
    idle: false,
  }
  const budget = new Budget()
  const [line, replica] = [new RedisLine(), new RedisReplica(houseWith(budget), () => undefined)]
  const following = new RedisFollowing({ follower, line, replica, gone: () => heard.push('gone') })
  const signs = [null, null, null, { sign: 'cleared' }, { sign: 'told', text: 'hello' }, { sign: 'turned', kept: 7 }, { sign: 'ended' }, { sign: 'barred' }]
  const logged = (version: number, generation: number, sign: object | null) => new LoggedCommit({ place: [version, 0], fields: new Map([['g', String(generation)], ['s', sign === null ? 'shop' : ''], ['n', sign === null ? '"items/1"' : ''], ['h', JSON.stringify(sign ?? { request: 1, changes: [['items', version, null]] })], ['a', JSON.stringify(sign === null ? [{ id: version, text: 'x'.repeat(90) }] : [])], ['p', '-']]) })
  const entry = (id: number, generation: number, version: number): Item => ({ place: [generation, id], fields: new Map([['v', String(version)], ['r', '1'], ['h', '{"url":"/"}'], ['e', '{}']]) })
  const commits = (generation: number, isPlain = false) => {
    let version = following.version + draw.of([-1, 1, 1, 1, 1, 2])
    return Array.from({ length: draw.below(4) }, () => logged((version += draw.of([1, 1, 1, 1, 1, 1, 2])) - 1, generation, isPlain ? null : draw.of(signs)))
  }
  const near = () => Math.max(1, following.generation + draw.of([0, 0, 0, 0, 0, 0, 0, -1, 1]))
  const head = (since: 'back' | 'more' | null | readonly LoggedCommit[], generation = near()) => ({ generation, born: draw.of([1, 1, 1, 1, following.generation]), version: following.version + draw.of([-1, 0, 0, 1, 3]), requests: 0, entry: draw.below(4), kept: draw.below(9), isNamed: false, since })
  const ids = () => Array.from({ length: draw.below(4) }, () => entry(1 + draw.below(9), near(), following.version + draw.below(5)))
  const steps: readonly (readonly [string, () => unknown])[] = [
    ['heed', () => { following.heed(head(draw.of([null, MORE, BACK, [], []]))) }],
    ['heed commits', () => { const generation = near(); following.heed(head(commits(generation, true), generation)) }],
    ['tell', () => { const generation = near(); following.tell(generation, commits(generation, draw.below(2) === 0)) }],
    ['hear commits', () => { following.hear(commits(near()), [], draw.below(2) === 0) }],
    ['hear entries', () => { following.hear([], ids(), draw.below(2) === 0) }],
    ['hear both', () => { following.hear(commits(near(), true), ids(), draw.below(2) === 0) }],
    ['hear a turn', () => { following.hear([logged(following.version + 1, following.generation + draw.of([0, 1, 1]), draw.of([{ sign: 'turned', kept: draw.below(9) }, { sign: 'ended' }, null]))], [], true) }],
    ['miss', () => { following.miss(near(), following.version + draw.of([-1, 0, 1, 2])) }],
    ['go back', () => { following.goBack(following.version - draw.below(3)) }],
    ['hear from', () => { following.hearFrom(head(null)) }],
    ['places', () => following.places()],
    ['lacks', () => [following.lacks(following.generation, following.version), following.lacks(following.generation, following.version + 1), following.lacks(following.generation + 1, following.version + 1)]],
    ['where it listens', () => following.places()],
    ['listens', () => (listens = draw.below(4) > 0)],
  ]
  told.note('known', [following.known, following.places(), following.isAsBorn, following.generation])
  for (let i = 0; i < 600; i++) {
    const [name, step] = draw.of(steps)
    heard = []
    // Who waits in line learns what becomes of what is known, and a replica that is there grows with what is told.
    const waits: string[] = []
    if (draw.below(4) === 0) {
      replica.expect()
      atOnce(replica.begin({ generation: 1, requests: 0, version: following.version, content: contentOf({ shop: { items: { put: [{ id: -1 }], deleted: [] } } }), commits: [], isWhole: true }))
    }
    for (let on = 0; on < MOST; on++) void line.enter(attemptOf({ base: following.version }), following.version)
    const wait = line.enter(attemptOf({ base: following.version, reads: ['items/1'] }), following.version)
    if (typeof wait !== 'number') void wait.then((base) => waits.push(`waits ${String(base)}`))
    const outcome = step()
    await Promise.resolve()
    line.leave(following.version)
    await Promise.resolve()
    for (let on = 0; on < MOST; on++) line.leave(following.version)
    told.note(`${String(i)} ${name}`, [outcome ?? null, heard.join(', '), waits.join(', '), following.known.join(' '), following.isAsBorn, budget.used('records')])
  }
  await told.isThatOf('redis-following')
})

test('who waits in line', async () => {
  const told = new WrittenDown()
  const draw = new Draw(2)
  const line = new RedisLine()
  const gone: string[] = []
  let known = 10
  const commit = (version: number, system: string, names: readonly string[]): Commit => ({ version, system, changes: [], request: null, touched: () => new Set(names) })
  const names = () => Array.from({ length: draw.below(3) }, () => `items/${String(draw.below(4))}`)
  for (let i = 0; i < MOST - 2; i++) void line.enter(attemptOf(), known)
  let onTheirWay = MOST - 2
  for (let i = 0; i < 300; i++) {
    gone.length = 0
    const kind = draw.below(10)
    let step = 'leave'
    if (kind < 5) {
      const attempt = attemptOf({ base: known - draw.of([0, 0, 0, 0, 1]), reads: names(), request: draw.of([1, 1, null]), scope: { system: draw.of(['shop', 'shop', 'shop', 'other', CONTROL]), touched: () => new Set(), isOfWorld: () => false } })
      step = `enter ${String(attempt.base)} ${attempt.scope.system} ${String(attempt.request)} ${attempt.reads.join(' ')}`
      const entered = line.enter(attempt, known)
      if (typeof entered === 'number') onTheirWay++
      const goesOn = (base: number | null) => { if (base !== null && typeof entered !== 'number') onTheirWay++; gone.push(`${String(i)} ${String(base)}`) }
      if (typeof entered === 'number') goesOn(entered)
      else void entered.then(goesOn, () => expect.fail())
    } else if (kind < 7) {
      const touched = names()
      const system = draw.of(['shop', 'shop', 'other'])
      step = `told ${String(++known)} ${system} ${touched.join(' ')}`
      line.told(commit(known, system, touched))
    } else if (kind === 7 && draw.below(8) === 0) {
      step = 'lose'
      line.lose()
    } else if (onTheirWay > 0) {
      onTheirWay--
      line.leave(known)
    }
    await turn()
    told.note(`${String(i)} ${step}`, [gone.join(', '), onTheirWay])
  }
  await told.isThatOf('redis-line')
})

const entryOf = (url: string): NewEntry => ({ at: 5, duration: 0.5, system: 'shop', operation: 'buy', method: 'GET', url, requestHeaders: { a: 'b' }, requestBody: null, status: 200, responseHeaders: { c: 'd' }, responseBody: null, user: 'u', error: 'E', faults: ['f'], violations: ['v'], changes: [{ collection: 'items', key: 1, before: null, after: { id: 1 } }], changesLeftOut: 2, preflight: true, via: 'real', version: 7 } as unknown as NewEntry) // of what the journal takes down each field has something

test('lines of a journal on their way: which go together, when, and who hears of it', async () => {
  const told = new WrittenDown()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let sent: string[] = []
  let fails: Error | null = null
  const outbox = new Outbox(async (lines) => {
    sent.push(`sent ${String(lines.length)}: ${lines.filter((_, i) => i % 4 === 2).map((line) => (JSON.parse(line) as { url: string }).url.slice(0, 20)).join(' ')}`)
    await Promise.resolve()
    if (fails !== null) throw fails
  })
  const add = (name: string, isUrgent = false, url = name) => {
    void outbox.add(entryOf(url), 3, 4, isUrgent).then(() => sent.push(`${name} arrived`), (error: unknown) => sent.push(`${name} lost: ${String(error)}, ${String(error instanceof Error ? error.cause : 'no error')}`))
  }
  const then = async (what: string) => {
    await turn()
    told.note(what, [sent.join('; '), vi.getTimerCount()])
    sent = []
  }
  add('a')
  await then('one is added')
  vi.advanceTimersByTime(6)
  add('b')
  await then('another, a little later')
  vi.advanceTimersByTime(3)
  await then('just before the window is over')
  vi.advanceTimersByTime(1)
  await then('when it is over')
  vi.advanceTimersByTime(100)
  await then('long after it')
  add('c', true)
  add('d', true)
  await then('two that somebody waits for')
  add('e')
  add('f', true)
  await then('one that can wait, and one that cannot')
  vi.advanceTimersByTime(10)
  await then('the window of the first is over')
  add('g', true)
  await then('one more that cannot')
  add('h')
  await outbox.ride(async (lines) => { sent.push(`rides ${String(lines.length)}`) })
  await then('one that rides along')
  vi.advanceTimersByTime(10)
  await then('its window is over')
  told.note('with nothing to take along', await outbox.ride(async (lines) => lines.length))
  add('i')
  await told.try('a ride that fails', () => outbox.ride(() => Promise.reject(new Error('broken'))))
  await then('who brought it')
  add('j')
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the case
  await told.try('a ride that fails without an error', () => outbox.ride(() => Promise.reject('cut')))
  await then('who brought it')
  fails = new Error('away')
  add('k')
  await told.try('what goes by itself and fails', () => outbox.flush())
  await then('who brought it')
  fails = null
  await told.try('nothing goes by itself', () => outbox.flush())
  await then('nobody')
  const [line] = await outbox.ride(async (lines) => [lines])
  const length = (url: string) => {
    void outbox.add(entryOf(url), 3, 4, false)
    let size = 0
    void outbox.ride(async (lines) => { for (const text of lines) size += text.length })
    return size
  }
  const frame = length('')
  told.note('a line', [line, await (async () => { void outbox.add(entryOf('/'), 3, 4, false); return outbox.ride(async (lines) => lines) })()])
  const room = 256 * 1024
  add('l', false, 'l'.repeat(room - frame))
  await then('as much as may wait')
  vi.advanceTimersByTime(10)
  await then('it goes in its time')
  add('m', false, 'm'.repeat(room - frame + 1))
  await then('a little more goes at once')
  add('n', false, 'n'.repeat(room - 2 * frame))
  add('o', false, '')
  await then('what came before does not count, what waits together does')
  add('p', false, '')
  await then('until it is more than may wait')
  void outbox.settle().then(() => sent.push('all is there'))
  add('q')
  await then('what waits when all is to be there')
  vi.advanceTimersByTime(9)
  await then('others may be on their way')
  vi.advanceTimersByTime(1)
  await then('no longer')
  await told.isThatOf('redis-outbox')
})

test('what stands in Redis, read and taken back', async () => {
  const told = new WrittenDown()
  const item = (version: number, fields: Readonly<Record<string, string>>) => [`${String(version)}-0`, Object.entries(fields).flat()]
  const log = [
    item(3, { g: '1', s: 'shop', n: '"items/1"\n"items#name=a\\nb"', h: '{"request":4,"changes":[["items",1,null],["items","two",{"id":"two"}]]}', a: '[{"id":1}]', p: '-,7' }),
    item(4, { g: '1', s: '', n: '', h: '{"sign":"barred"}', a: '[]', p: '' }),
    item(5, { g: '2', s: 'shop', n: '', h: '{"request":null,"changes":[["items",1,{"id":1}]]}', a: '[null]', p: '12' }),
    item(6, { g: '2', s: 'shop', n: '', h: '{"request":null,"changes":[]}', a: '[]', p: '' }),
    item(7, { g: '2', s: '', n: '', h: '{"sign":"turned","kept":5}', a: '[]', p: '' }),
    item(8, { g: '2', s: 'live', n: '', h: '{"request":9,"changes":[["items",1,{"id":1}],["items",1,{"id":1,"again":true}]]}', a: '[{"id":1,"again":true},{"id":1,"twice":true}]', p: '-,9' }),
  ]
  const commits = loggedCommits(log)
  await told.table('commits', (one: LoggedCommit) => [one.version, one.generation, one.system, one.request, one.changes, one.places, one.touched(), one.touched() === one.touched(), one.changes === one.changes, one.sign], commits.map((one) => [one] as const))
  await told.table('signs', (place: number) => {
    const sign = new LoggedCommit({ place: [4, 0], fields: new Map([['h', '{"sign":"told","text":"t"}']]) })
    return [place, sign.sign, sign.request, sign.changes, sign.places, sign.touched(), sign.system, sign.generation]
  }, [[4]])
  const hash = ['["shop","items",1]', '5:{"id":1}', '["shop","items","two"]', '3:null', '["live","items",1]', '9:{"id":1,"twice":true}', '["","control","clock"]', '1:{"offset":5,"frozenAt":null}', '["","control","nextFault"]', '2:{"value":4}', '["shopping","items",1]', '04:{"id":1,"a":"b:c"}', 'without a value']
  const docs = () => atOnce(docsFrom(hash))
  told.note('records', [docs(), controlOf(docs())])
  for (let count = 0; count <= commits.length; count++) {
    const back = docs()
    atOnce(undo(back, commits.slice(count)))
    told.note(`as before ${String(count)}`, [...back])
  }
  const start = { seed: 's', requests: 6, origin: { boot: 1, scale: 2 } }
  told.note('content', atOnce(contentFrom(docs(), start, 3)))
  const portions = (reply: unknown) => atOnce(commitsFrom(atOnce(docsFrom(reply)), 5)).map(({ version, system, changes, request, touched }) => [version, system, changes.length, changes[0], changes.at(-1), request, touched()])
  told.note('in portions', portions(hash))
  for (const count of [0, 99, 100, 101, 200, 201]) told.note(`${String(count)} in portions`, portions(Array.from({ length: count }, (_, i) => [`["shop","items",${String(i)}]`, `${String(500 - i)}:{"id":${String(i)}}`]).flat()))
  told.note('one after another', portions(['["a","items",1]', '1:{}', '["b","items",1]', '2:{}', '["a","items",2]', '3:null', '["","control","clock"]', '4:{}', '["a","items",3]', '5:{}']))
  told.note('a list shows', overviewFrom([JSON.stringify(start), '3', '8', 2, hash.slice(6, 10)]))
  await told.table('files', (total: number, sizes: readonly number[]) => filesFor(new Map(sizes.map((size, i) => [String(i).repeat(64), new Uint8Array(size).fill(i)])), houseWith(new Budget(total))), [[LEAST_MEMORY, []], [LEAST_MEMORY + 8, [0, 1, 2, 3, 4]], [LEAST_MEMORY + 16, [1]], [LEAST_MEMORY + 24, []]])
  await told.isThatOf('redis-layout')
})

test('what a replica takes up, and what is let go for it', async () => {
  const told = new WrittenDown()
  const budget = new Budget(LEAST_MEMORY)
  let madeRoom = 0
  let gives = 0
  const replica = new RedisReplica(houseWith(budget), () => {
    madeRoom++
    budget.give('records', gives)
  })
  const records = (count: number) => contentOf({ shop: { items: { put: Array.from({ length: count }, (_, id) => ({ id, text: LARGE })), deleted: [] } } })
  const change = (id: number, text = LARGE) => ({ collection: 'items', key: id, before: null, after: { id, text } })
  const commit = (version: number, id: number): Commit => ({ version, system: 'shop', changes: [change(id)], request: null, touched: () => new Set() })
  const loaded = (count: number, commits: readonly Commit[] = []) => ({ generation: 1, requests: 0, version: 10, content: records(count), commits, isWhole: true })
  const step = async (what: string, work: () => unknown) => {
    madeRoom = 0
    await told.try(what, work)
    told.note('  then', [madeRoom, Math.round(budget.used('records') / MIB * 2) / 2])
  }
  const begin = (...given: Parameters<typeof loaded>) => { replica.expect(); atOnce(replica.begin(loaded(...given))) }
  // Eight are the share of all, four that of one.
  await step('nothing that is expected', () => { atOnce(replica.begin(loaded(1))) })
  await step('one', () => { begin(1) })
  await step('what is told, is counted', () => { replica.receive(commit(11, 100)) })
  await step('what is deleted counts as nothing, to the byte', () => {
    const before = budget.used('records')
    replica.receive(commit(12, 101))
    const change = { collection: 'items', key: 101, before: null, after: null }
    replica.receive({ version: 13, system: 'shop', changes: [change, { ...change, key: 9 }], request: null, touched: () => new Set() })
    return budget.used('records') - before
  })
  await step('a change that fits', () => { replica.fit(attemptOf({ changes: [change(200)] })) })
  await step('one that does not, with nobody to go', () => { replica.fit(attemptOf({ changes: [1, 2, 3].map((id) => change(id)) })) })
  await step('a large change of the control state by a call', () => { replica.fit(attemptOf({ changes: [1, 2, 3, 4].map((id) => change(id)), scope: { system: CONTROL, touched: () => new Set(), isOfWorld: () => false } })) })
  budget.add('records', 5 * MIB)
  await step('one for which there is no more room', () => { replica.fit(attemptOf({ changes: [change(200)] })) })
  gives = MIB
  await step('one for which others go', () => { replica.fit(attemptOf({ changes: [change(200)] })) })
  gives = 0
  await step('another content, that does not fit', () => { replica.fitAll(records(5)) })
  await step('one that fits', () => { replica.fitAll(records(2)) })
  await step('as long as it is not there, nothing is counted', () => { replica.receive(commit(12, 100)) })
  await step('with others it is too much', () => { begin(4) })
  await step('what is told is not counted', () => { replica.receive(commit(13, 100)) })
  gives = MIB
  await step('if somebody makes room it is not', () => { begin(4) })
  await step('again', () => { begin(3) })
  await step('what came meanwhile', () => {
    replica.expect()
    for (const [version, id] of [[9, 400], [10, 401], [11, 402]] as const) replica.receive(commit(version, id))
    replica.expect()
    atOnce(replica.begin(loaded(0, [commit(10, 500)])))
  })
  await step('it was taken in once', () => { atOnce(replica.begin(loaded(3))) })
  await step('the end', () => { replica.end() })
  await step('what is told behind it', () => { replica.receive(commit(14, 100)) })
  await step('the end while it is counted', () => {
    replica.expect()
    const counting = replica.begin(loaded(1, [commit(10, 500), commit(10, 501), commit(10, 502)]))
    counting.next()
    replica.end()
    atOnce(counting)
  })
  await step('exactly as much as all may have', () => {
    gives = 0
    begin(1)
    budget.add('records', budget.limit('records') - budget.used('records'))
    const used = budget.used('records')
    begin(1)
    return budget.used('records') === used
  })
  await told.isThatOf('redis-replica')
})
