/** What the core reads before anybody calls: fixtures, worlds and what is added to them, houses, schemas; and what it does not show of what it has read. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import { addBulk, type Bulk } from '../../src/core/bulk.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { guess } from '../../src/core/guess.js'
import { houseOf, keyOfRecords } from '../../src/core/house.js'
import { cut, keep } from '../../src/core/journal.js'
import { weigh } from '../../src/core/engine/weigh.js'
import { judge } from '../../src/core/judge.js'
import { misfitOf, resolved } from '../../src/core/records.js'
import { checking, createAjv } from '../../src/core/schemas.js'
import { hidePairs, hideParts, isNoSecret, maskBody } from '../../src/core/secret-pairs.js'
import { isForeignSecret, isSecret, maskForm } from '../../src/core/secrets.js'
import { activeOrFailure, type Found } from '../../src/core/sessions.js'
import { SmsCodes, smsCollection, type SmsPolicy, type SmsRecords } from '../../src/core/sms.js'
import type { Doc } from '../../src/core/store/types.js'
import type { System } from '../../src/core/system.js'
import { isRecordMap, loadWorld, serve } from '../../src/core/world.js'
import type { SchemaObject } from '../../src/plain/map-schema.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { foldersOfTheFile } from '../support/folders.js'
import { sandboxesOn, shopOf } from '../support/sandboxes.js'
import { WrittenDown } from '../support/written-down.js'

const newFolder = foldersOfTheFile()
const each = <T>(...values: readonly T[]) => values.map((value) => [value] as const)

const bulk: Bulk = { collection: 'users', make: (count) => Promise.resolve({ users: Array.from({ length: count }, (_, i) => ({ id: 100 + i, mobile: `139000000${String(10 + i)}`, nickname: 'bulk', bio: '', avatar: '', gender: null })), channels: [] }) }
const user = (id: number, more: object = {}) => ({ id, mobile: `1380000300${String(id)}`, nickname: `n${String(id)}`, bio: '', avatar: '', gender: null, ...more })

test('worlds, as they stand in their files', async () => {
  const told = new WrittenDown()
  await told.table('isRecordMap', isRecordMap, each<unknown>(null, undefined, 5, 'text', {}, [], { users: [] }, { users: [{}] }, { users: [null] }, { users: [5] }, { users: {} }, { users: [{}], other: [{}, 'x'] }, { users: [[]] }))
  await told.table('addBulk', (content: unknown, count: number, by: Bulk | null) => addBulk({ bulk: by }, content, count), [[{ users: [user(1)] }, 2, bulk], [{ users: [user(1)] }, 0, bulk], [{ users: [user(1)] }, 2, null], [{}, 1, bulk], [{ users: 'none' }, 1, bulk], [null, 1, bulk], ['text', 1, bulk], [undefined, 1, bulk], [[], 1, bulk]])
  const own: System = { ...live, bulk }
  const folder = newFolder()
  mkdirSync(join(folder, 'live', 'scenarios'), { recursive: true })
  const plain = (error: unknown): never => { throw new Error(String(error).replaceAll(folder, 'F')) }
  const told1 = (world: Awaited<ReturnType<typeof loadWorld>>) => [...world.collections].map(([name, { source }]) => [name, [...source.scan()].map((doc) => doc['id'])]).filter(([, ids]) => ids?.length !== 0)
  for (const content of ['null', '5', '[]', '{}', '{"users":[]}', '{"users":{}}', '{"users":[5]}', JSON.stringify({ users: [user(1)] }), JSON.stringify({ users: [user(1), user(1)] }), JSON.stringify({ users: [user(1), user(2, { mobile: '13800003001' })] }), JSON.stringify({ usres: [] }), JSON.stringify({ users: [user(1, { nickname: 5 })] }), JSON.stringify({ users: [user(1, { bio: { $boot: 'x' } })] }), '{', '']) {
    writeFileSync(join(folder, 'live', 'world.json'), content)
    for (const areChecked of [false, true]) for (const scale of [0, 2]) await told.try(`${content} ${areChecked ? 'checked before' : ''} ${String(scale)}`, () => loadWorld(own, { folder, areChecked }, { boot: 5, scale }).then(told1, plain))
  }
  writeFileSync(join(folder, 'live', 'world.json'), JSON.stringify({ users: [user(1)] }))
  for (const scenario of [null, '{}', '{"description":{"en":"a","zh":"b"}}', '{"description":"a"}', '{"description":{},"put":{"users":[{"id":1}]}}', '{"description":{},"put":{"usres":[]}}', '{"description":{},"put":5}', '[]', '{']) {
    if (scenario !== null) writeFileSync(join(folder, 'live', 'scenarios', 'one.json'), scenario)
    for (const areChecked of [false, true]) await told.try(`scenario ${String(scenario)} ${areChecked ? 'checked before' : ''}`, () => serve(own, { folder, areChecked }, { boot: 5, scale: 0 }).then(({ world }) => told1(world), plain))
  }
  const { world, worldAt } = await serve(own, { folder, areChecked: true }, { boot: 5, scale: 0 })
  const worlds = [world]
  for (const [boot, scale] of [[5, 0], [5, 1], [6, 0], [5, 1], [6, 1], [6, 0], [5, 0]] as const) {
    const found = await worldAt({ boot, scale })
    if (!worlds.includes(found)) worlds.push(found)
    told.note(`world at ${String(boot)} ${String(scale)}`, [worlds.indexOf(found), told1(found)])
  }
  await told.table('resolved', (content: unknown) => resolved(live, content, 5, 'F'), each<unknown>({ users: [{ $boot: 'x' }] }, { $boot: 'x' }, [{ $boot: 'x' }], [[{ id: 1, at: { $boot: 'x' } }]], { users: { id: { $boot: 'x' } } }, { users: [{ id: [1], at: [{ $boot: 'x' }] }] }, { none: [{ id: 1, at: { $boot: 'x' } }] }, null))
  const validators = (errors: readonly unknown[] | null) => ({ ...live, validators: { ...live.validators, records: { users: Object.assign(() => false, { errors }) as never } } })
  await told.table('misfitOf without a reason', (errors: readonly unknown[] | null) => misfitOf(validators(errors), 'users', {}), each<readonly unknown[] | null>([], null))
  writeFileSync(join(folder, 'live', 'world.json'), '{}')
  mkdirSync(join(folder, 'edu'))
  writeFileSync(join(folder, 'edu', 'world.json'), '{"a":[]}')
  const house = (systems: readonly System[], seed: string, scale: number) => houseOf({ systems: new Map(systems.map((system) => [system.id, system])), seed, scale, fixtures: folder, boot: 5, most: 6, journalLimit: 7, budget: new Budget(1e8), report: () => undefined })
  const identity = async (...given: Parameters<typeof house>) => Object.entries(await house(...given).identity()).map(([name, value]) => (name.startsWith('contract') ? `${name}: ${String(value.length)}` : `${name}: ${value}`))
  told.note('identity', [await identity([live, edu], '7', 0), await identity([edu, live], '8', 3), await identity([], '', 0)])
  await told.try('identity without fixtures', () => identity([{ ...live, id: 'gone' }], '7', 0).catch(plain))
  const { boot, most, journalLimit, keyOf, fileOf } = house([live, edu], '7', 0)
  told.note('house', [boot, most, journalLimit])
  await told.table('keyOf', keyOf, [['live', 'users', { id: 1 }], ['live', 'users', { id: 'a' }], ['live', 'users', {}], ['live', 'none', { id: 3 }], ['none', 'users', { id: 4 }], ['live', 'smsCodes', { key: 'k', id: 1 }], ['live', 'sessions', { id: 's' }], ['live', 'sequences', { id: 1, key: 'k', name: 'n' }]])
  await told.table('keyOfRecords', keyOfRecords([live]), [['live', 'users', { id: null }], ['edu', 'users', { id: 1 }]])
  await told.table('fileOf', fileOf, [['edu', 'files', { id: 1, hash: 'h' }], ['edu', 'none', { id: 1, hash: 'h' }], ['none', 'files', { hash: 'h' }], ['live', 'users', { id: 1, hash: 'h' }]])
  await told.table('checking', (schema: SchemaObject) => checking(schema), each<SchemaObject>({ discriminator: { propertyName: 'kind', mapping: { a: '#/components/schemas/A' } } }, { oneOf: [{}], discriminator: 5 }, { const: '#/components/schemas/X', pattern: '#/components/schemas/X', $ref: '#/components/schemas/X' }, { title: 't', description: 'd', default: 1, example: 2, examples: [3], xml: {}, externalDocs: {}, deprecated: true, readOnly: true, writeOnly: true, minimum: 4 }, { allOf: [{ $ref: '#/components/schemas/X', description: 'd' }], items: { title: 't', minimum: 1 } }))
  await told.table('what Ajv is asked for', (document: SchemaObject) => { const { unevaluated, dynamicRef } = createAjv(document, {}).opts; return [unevaluated, dynamicRef] }, each<SchemaObject>({}, { unevaluatedItems: false }, { a: [{}, { unevaluatedProperties: false }] }, { a: [{ unevaluatedProperties: false }, {}] }, { a: [{ b: { $dynamicRef: '#x' } }, 'text', null] }, { a: 'unevaluatedItems', b: ['$dynamicRef'] }))
  await told.table('guess', (word: string, known: string) => guess(word, [known]), [['x'.repeat(64), 'x'.repeat(64)], ['x'.repeat(64), 'x'.repeat(65)], ['x'.repeat(63), 'x'.repeat(65)], ['x'.repeat(65), 'x'.repeat(64)], ['x'.repeat(62), 'x'.repeat(64)]])
  await told.isThatOf('readings-worlds')
})

test('what is not shown', async () => {
  const told = new WrittenDown()
  const words = ['token', 'tokens', 'tokenizer', 'author', 'auth', 'Auth', '-auth', 'auth-', 'my_auth', 'auth_my', 'userAuth', 'auth auth', 'token-', 'token_at', 'token_at_', 'tokenAt', 'api key', 'api-key', 'apiKey', 'apikey', 'key api', 'api', 'key', 'session id', 'sessionId', 'session', 'id session', 'sid', 'my_sid', 'side', 'session_expires', 'jwt', 'jwt_type', 'jwtSet', 'jwtSets', 'sms_code', 'smsCode', 'sms code', 'verify code', 'sess id', 'sessid', 'access key', 'passw', 'compass', 'passphrase', 'password2', '2password', 'a.password', 'PASSWORD', 'passWord', 'pwd', 'cookie', 'cookies', 'set-cookie', 'cookie_set', 'authorization', '', '_', 'expire', 'token expire', 'expires token']
  await told.table('isSecret, isForeignSecret', (key: string) => [isSecret(key), isForeignSecret(key)], each(...words))
  await told.table('isNoSecret', isNoSecret, each('', '1', '12', '123', '1234', 'true', 'false', 'null', 'True', 'trues', 'a1', '1a', '[', '{', 'a[', '(', '[1'))
  const pairs = ['token=T', 'token=1', 'token=12', 'token=123', 'token=1234', 'token=true', 'token=[1', 'token=', 'token=""', "token=''", 'token="12"', "token='T\"U' x", 'token="T\'U" x', 'token="T\\"U" x', "token='T\\'U' x", 'token: T x', 'token : "T', "token  =  'T", 'token    =    T', 'token     = T', 'token=T;a=b', 'token=T,a', 'token=T a', 'token=T<b', 'token=T>b', 'token=T&token=U', 'token%3dT', 'token%3AT', '{\\"token\\":\\"T\\",\\"a\\":1}', '{\\\\"token\\\\":\\\\"T\\\\"}', 'x-token=T', 'xtoken=T', 'to\\u006ben=T', '\\u0074oken=T', 'é token=T', 'token\n=T', 'token==T', 'a.token=T', 'token=T\\n', '"token":"T\\u0041","b":"token"', 'token=T"', "token='", 'token="']
  await told.table('hidePairs', (text: string) => hidePairs(text, isSecret), each(...pairs))
  const between: string[] = []
  hidePairs(pairs.join('\n'), (name, what) => between.push(`${name}|${what}`) < 0)
  told.note('names that are looked at', between.join(' '))
  const part = (head: string, value: string) => `--B\r\ncontent-disposition: form-data; ${head}\r\n\r\n${value}\r\n--B--`
  const parts = [part('name="token"', 'T'), part('name=token', 'T'), part('name="api key"', 'T'), part('name=api key', 'T'), part('name="a"; filename="token"', 'T'), part('filename="a"; name="token"', 'T'), part('NAME="TOKEN"', 'T'), part('name=""', 'T'), part('name="token', 'T'), part('name=token;x', 'T'), part('name="token"', ''), part('name="token"', 'T\r'), part('name="token"', 'T\n\n'), part('name="token"', 'T\r\n\r\nU'), '--B\nname="token"\n\nT--B', '--B\r\nname="token"\r\nT--B', '--B\r\nname="token"\r\n\r\nT\r--B', '--B', 'token=T', `${part('name=x', 'T')}${part('name=token', 'U')}`, part('xname="token"', 'T'), part('x-name="token"', 'T')]
  await told.table('hideParts', (text: string) => hideParts(text, 'multipart/form-data; boundary=B', isSecret), each(...parts))
  const types = ['multipart/form-data;boundary=B', 'multipart/form-data;  boundary="B"', 'multipart/x; a=b; boundary=B; c', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=""', 'x multipart/form-data; boundary=B', 'text/plain; a=multipart/x; boundary=B', 'multipart; boundary=B', 'multipart/; boundary=B', 'MULTIPART/FORM-DATA; Boundary=B', 'multipart/form-data boundary=B', 'multipart/form-data; xboundary=B', 'multipart/form-data; boundary=b']
  await told.table('hideParts by type', (type: string) => hideParts(part('name=x_token', 'T,a'), type, isSecret), each(...types))
  const forms = ['application/x-www-form-urlencoded', 'APPLICATION/x-www-form-urlencoded;charset=x', 'text/plain; application/x-www-form-urlencoded', 'application/json', '', ...types.slice(0, 2)]
  await told.table('maskBody', maskBody, forms.flatMap((type) => ['token=a,b;c"d&e=f', 'token=12&a', '{"token":"T"', '"token=T"', '5', '{"a":{"token":5}}', part('name=x_token', 'T,a')].map((text) => [text, type] as const)))
  await told.table('maskForm', maskForm, each('token', 'token=', 'token=1', 'a=token', 'a&token=1', '%74oken=1', 'to%6ben=1', 'to%6Ben=1&token=2', 'to%zzken=1', 'a=1&&token=2&', 'token=1=2', 'a%3dtoken=1', '=token', 'auth=1', 'author=1'))
  const long = (length: number) => ({ collection: 'items', key: 1, before: null, after: { id: 1, text: 'x'.repeat(1024), list: Array.from({ length }, () => 'y'.repeat(10)) } })
  const plain = { collection: 'items', key: 1, before: null, after: { id: 1, text: 'x' } }
  const weight = weigh(plain)
  /** So many that those that are kept weigh as much as may be kept, or a little more. */
  const exact = (more: number) => {
    const count = Math.floor(65_536 / weight) - 1
    return [...Array.from({ length: count }, () => plain), { ...plain, after: { id: 1, text: 'x'.repeat((65_536 - count * weight - weight) / 2 + 1 + more) } }]
  }
  told.note('what a change weighs', weight)
  await told.table('cut', (url: number, violations: readonly string[], changes: readonly (typeof plain)[]) => {
    const short = cut({ url: 'u'.repeat(url), violations, changes })
    return short === null ? null : [short.url?.slice(16_380), short.violations?.map((one) => one.slice(-24)), short.changes?.length, short.changesLeftOut, short.changes?.map(({ after }) => JSON.stringify(after).length).slice(-2)]
  }, [[1, [], []], [16_384, [], []], [16_385, [], []], [1, ['v'.repeat(1024)], []], [1, ['a', 'v'.repeat(1025)], []], [1, Array.from({ length: 100 }, () => 'v'), []], [1, Array.from({ length: 101 }, () => 'v'), []], [1, [], [plain, plain]], ...[-1, 0, 1, 2].map((more) => [1, [], exact(more)] as const), [1, [], Array.from({ length: 3 }, () => long(1000))], [1, [], Array.from({ length: 300 }, () => plain)], [1, [], Array.from({ length: 330 }, () => ({ ...plain, after: { id: 1, text: 'z'.repeat(2000) } }))]])
  await told.table('keep', (body: string | Uint8Array) => { const kept = keep(body); return kept === null ? null : [kept.size, kept.encoding, kept.content.length, kept.content.slice(-3)] }, each<string | Uint8Array>('', new Uint8Array(), 'text', '周', Buffer.from('周'), new Uint8Array([1, 255]), 'x'.repeat(65_536), 'x'.repeat(65_537), '周'.repeat(21_845), '周'.repeat(21_846), Buffer.alloc(65_537, 65)))
  const session = (displacedBy: Doc | null) => ({ id: 's', displacedBy }) as never
  await told.table('activeOrFailure', (state: Found['state'], displacedBy: Doc | null) => { const found = activeOrFailure({ state, session: session(displacedBy), expiresAt: null }); return found instanceof Error ? [found.message, found.condition, found.details] : found.state }, [['active', null], ['expired', null], ['displaced', null], ['displaced', { platform: 'ios' }], ['unknown', null]])
  await told.isThatOf('readings-secrets')
})

test('what an answer means by its code alone, and how long a code by SMS is good', async () => {
  const told = new WrittenDown()
  for (const system of [edu, im, job, live, trid]) {
    const { contract } = system
    told.part(system.id)
    const byCode = new Map<unknown, string[]>()
    for (const [name, { code }] of Object.entries(contract.errors)) byCode.set(code, [...(byCode.get(code) ?? []), name])
    const codes = [...byCode].filter(([, names], i) => names.length > 1 || i < 3)
    for (const operation of Object.keys(contract.operations).slice(0, 3)) {
      for (const [code, names] of codes) {
        for (const status of [200, contract.errors[names.at(-1) ?? '']?.status[0] ?? 0]) {
          const body = { [contract.dialect.code]: code, msg: 'm', desc: 'd', message: 'm' }
          told.note(`${operation} ${String(code)} ${String(status)}`, [judge(system, operation, { status, body }), judge(system, operation, { status, body, forced: true, anyStatus: true })].map((departures) => departures.map(({ kind, message }) => `${kind}: ${message.slice(0, 60)}`)))
        }
      }
    }
    await told.table(`bodies of ${system.id}`, (body: unknown) => judge(system, Object.keys(contract.operations)[0] ?? null, { status: 200, body }), each<unknown>(undefined, null, 5, 'text', [], {}, { [contract.dialect.code]: 'none' }, { [contract.dialect.code]: 'x'.repeat(198) }, { [contract.dialect.code]: 'x'.repeat(199) }, Object.create({ [contract.dialect.code]: contract.dialect.success })))
  }
  const policy: SmsPolicy = { validity: 100, interval: 0, singleUse: true, refusedNumbers: [] }
  for (const [label, given] of [['once', policy], ['often', { ...policy, singleUse: false }], ['for ever', { ...policy, validity: null }]] as const) {
    told.part(`codes that are good ${label}`)
    for (const which of ['newest', 'each'] as const) {
      for (const at of [20, 99, 100, 101, 109, 110, 119, 120, 121]) {
        const { store } = await shopOf<SmsRecords>({ state: { smsCodes: smsCollection }, records: { smsCodes: [] } })
        const within = (now: number, work: (codes: SmsCodes) => Promise<unknown>) => store.transact((tx) => work(new SmsCodes(given, { source: 'sequence', operatorFails: false }, tx, now)))
        for (const now of [0, 10, 20]) await within(now, (codes) => codes.send('11'))
        const record = (await store.export())['smsCodes']?.put[0]
        const earlier = (record?.['earlier'] ?? []) as readonly { readonly code: string }[] // as `SmsCodes` keeps them
        const tries: string[] = []
        for (const code of [String(record?.['code']), ...earlier.map((one) => one.code), 'none']) {
          for (const time of ['once', 'again']) {
            const outcome = await within(at, (codes) => codes.redeem(code, '11', which)).then(() => 'is good', (error: unknown) => String(error))
            const kept = (await store.export())['smsCodes']?.put[0]
            const used = [kept?.['used'], ...((kept?.['earlier'] ?? []) as readonly { readonly used?: boolean }[]).map((one) => one.used)] // likewise
            tries.push(`${code} ${time} ${outcome}, ${used.map((one) => (one === true ? 'x' : '-')).join('')}`)
          }
        }
        told.note(`${which} at ${String(at)}`, tries)
      }
    }
  }
  await told.isThatOf('readings-codes')
})

test('sandboxes of one server, together', async () => {
  const told = new WrittenDown()
  const engine = Object.assign(memoryEngine(), { complaint: (): string | null => 'the disk is full' })
  const sandboxes = await sandboxesOn(engine, { systems: { shop: { state: { items: { key: 'id' } }, records: { items: [{ id: 1 }] } } } })
  const [a, b] = [sandboxes.open('a'), sandboxes.open('b')]
  const content = await a.content()
  const at = (boot: number) => ({ content: { ...content, origin: { boot, scale: 0 } }, files: new Map<string, Uint8Array>() })
  told.note('none is called', sandboxes.idle)
  a.enter()
  told.note('one is', sandboxes.idle)
  b.enter()
  told.note('both are', sandboxes.idle)
  a.leave()
  b.leave()
  await told.try('complaint', () => sandboxes.complaint())
  engine.complaint = () => null
  await told.try('no complaint', () => sandboxes.complaint())
  const list = async () => (await sandboxes.list()).map(({ name, entries, control }) => [name, entries, control.requests])
  await told.try('list', list)
  Object.assign(engine, { overview: (name: string) => (name === 'a' ? null : { control: content.control, entries: 7 }) })
  await told.try('list, of which one has gone', list)
  await told.try('find', async () => [(await sandboxes.find('a')) === a, await sandboxes.find('z'), sandboxes.peek('b') === b, sandboxes.peek('z'), (await sandboxes.glance('a')) === a, (await sandboxes.glance('z')).name, await sandboxes.count(), await sandboxes.freeName(), await sandboxes.freeName()])
  const names = Array.from({ length: 40 }, (_, i) => `other-${String(i)}`)
  for (const [i, name] of names.entries()) {
    const outcome = await sandboxes.replace(sandboxes.open(name), at(1000 + i)).then(() => 'taken', (error: unknown) => String(error))
    if (outcome === 'taken' && i < 39) continue
    told.note(`${name} of another server`, outcome)
    break
  }
  await told.try('one of this server', () => sandboxes.replace(a, at(0)))
  await told.try('one of a known server', () => sandboxes.replace(a, at(1000)))
  await told.try('one of a new server', () => sandboxes.replace(b, at(5000)))
  await told.try('one that had another', () => sandboxes.replace(sandboxes.open('other-0'), at(5000)))
  const heard: string[] = []
  for (const name of ['a', 'b']) sandboxes.open(name).journal.subscribe(({ type }) => heard.push(`${name} ${type}`))
  told.note('somebody listens', sandboxes.idle)
  await told.try('deleted', () => sandboxes.delete('b'))
  await told.try('deleted twice', () => sandboxes.delete('b'))
  sandboxes.end()
  told.note('the end', [heard, sandboxes.peek('a'), sandboxes.idle])
  const again = sandboxes.open('a')
  sandboxes.part()
  told.note('parted', [sandboxes.peek('a'), sandboxes.open('a') === again])
  await told.isThatOf('readings-sandboxes')
})

test('a text of many names is gone through once, wherever values seem to begin and end', () => {
  // One that was read to its end for each name would take half a minute each.
  for (const piece of ['token=[', 'token={', 'token:[', '"token":{', "token=['", 'token=[[', 'token= {"', 'x=[token=', '\\u0074oken=[', 'token%3d[', 'token="', "token='", 'token=\\"', "token='\\", 'token="\\']) {
    const text = piece.repeat(100_000)
    expect([piece, hidePairs(text, isSecret).length <= text.length]).toEqual([piece, true])
  }
}, 20_000)
