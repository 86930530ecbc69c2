/** Steps of a call that can be taken by themselves, kinds of faults, and what is read of Redis: inputs around every bound, with what comes of them. */
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openPort, prefixOf } from '../../src/core/engine/redis/address.js'
import { withoutSecrets } from '../../src/core/engine/redis/client.js'
import { entryFrom, headFrom } from '../../src/core/engine/redis/entries.js'
import { headOf, sinceFrom } from '../../src/core/engine/redis/head.js'
import { commitsFrom, contentFrom, docsFrom, docsOf, fieldFor, houseKeysOf, joinNames, keysOf, startOf } from '../../src/core/engine/redis/layout.js'
import { asAway, loadLibrary, tell } from '../../src/core/engine/redis/library.js'
import { heardBy } from '../../src/core/engine/redis/port.js'
import { fieldsFrom, itemsFrom, listFrom, numberFrom, textFrom } from '../../src/core/engine/redis/reply.js'
import { redirectFrom, slotOf, slotsFrom, tagOf } from '../../src/core/engine/redis/slots.js'
import { Failure } from '../../src/core/failure.js'
import { FailureExamples } from '../../src/core/faults/examples.js'
import { errorFor } from '../../src/core/faults/error.js'
import { fire } from '../../src/core/faults/fire.js'
import { callEffect, canStrike, type Fault, faultKinds, frameEffect, misfitOf, namingOf, roleOf } from '../../src/core/faults/kinds.js'
import { isOver } from '../../src/core/faults/rule.js'
import { Ids } from '../../src/core/ids.js'
import type { FieldRow } from '../../src/core/contract.js'
import { clientOf, readAddress, urlBelow } from '../../src/core/pipeline/address.js'
import { corsHeaders, preflight, readableByPages } from '../../src/core/pipeline/cors.js'
import { convert } from '../../src/core/pipeline/fields.js'
import { outage } from '../../src/core/pipeline/mishaps.js'
import { decode, parseQuery } from '../../src/core/pipeline/query.js'
import { rawReply } from '../../src/core/pipeline/raw.js'
import { compileRouter } from '../../src/core/pipeline/router.js'
import { fieldsAtFault, firstBrokenRule } from '../../src/core/pipeline/rules.js'
import type { ControlState } from '../../src/core/sandbox-state.js'
import type { System } from '../../src/core/system.js'
import { openapiFolder } from '../../src/paths.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { atOnce } from '../../src/core/slices.js'
import { Draw, shown, WrittenDown } from '../support/written-down.js'

const systems: readonly System[] = [edu, im, job, live, trid]
const each = <T>(...values: readonly T[]) => values.map((value) => [value] as const)

test('addresses, queries, paths, fields and parts of files', async () => {
  const told = new WrittenDown()
  const queries = ['', 'a', 'a=', 'a=1', 'a=1&a=2', '&&a=1&', '=1', 'a=b=c', 'a+b=c+d', 'a=%41', 'a=%4', 'a=%ff', 'a=%E5%91%A8', '%61=1', 'a=1&b', '__proto__=1', 'toString=1&a=2', 'a=%2B', 'a;b=1', 'a=+', 'a=1&a', 'é=1']
  await told.table('parseQuery', (text: string) => {
    const query = parseQuery(text)
    return [query.all, query.names, query.decodable, query.get('a') ?? 'none']
  }, each(...queries))
  await told.table('decode', decode, each('', 'a', '%41', '%', '%zz', '%ff', '%E5%91%A8', 'a+b'))
  const all: ReadonlyMap<string, System> = new Map(systems.map((system) => [system.id, system]))
  const alone: ReadonlyMap<string, System> = new Map([['live', live]])
  const urls = ['/', '', '/live', '/live/', '/live/users?a=1?b', '/@box/live/x', '/@box', '/@box/', '/@/live', '/@b@x/live', '/@default/live/a', '/@a%20b/live', '/@.x/live', `/@${'x'.repeat(64)}/live/a`, `/@${'x'.repeat(65)}/live/a`, '/nothing/x', '/Live/x', '//live/x', '/users/me', '?a=1', '/@box?x']
  for (const [name, served] of [['all', all], ['one', alone]] as const) {
    await told.table(`readAddress, ${name}`, (url: string, header?: string) => {
      const address = readAddress({ url, headers: header === undefined ? {} : { 'understudy-sandbox': header } }, served)
      return 'problem' in address ? address : [address.sandbox, address.system.id, address.isNamed, address.path, address.search, urlBelow(address)]
    }, [...urls.map((url) => [url] as const), ['/live/a', 'box'], ['/live/a', 'no box'], ['/live/a', ''], ['/@one/live/a', 'two'], ['/live/a', 'default']])
  }
  await told.table('clientOf', (forwarded: string | undefined, remoteAddress: string | undefined) => clientOf({ headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, remoteAddress } as Parameters<typeof clientOf>[0]), [[undefined, '1.2.3.4'], [undefined, undefined], ['', '1.2.3.4'], [' 5.6.7.8 , 9.9.9.9', '1.2.3.4'], ['x'.repeat(64), undefined], ['x'.repeat(65), undefined], [', a', '1.2.3.4']])
  for (const { id, contract } of systems) {
    const router = compileRouter(contract)
    const draw = new Draw(6)
    const paths = Object.values(contract.operations).flatMap((row) => {
      const path = row.path.replace(/\{\w+\}/g, () => draw.of(['1', 'abc', '%41', 'a%2Fb', '%', '20260131', '-1', '周']))
      return [[row.method, path, row.select?.value], [draw.of(['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']), draw.of([`${path}/`, `${path}//`, path, path.toUpperCase(), `${path}/x`, path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)]), draw.of([row.select?.value ?? 'none', 'none', 'other'])]] as const
    })
    await told.table(`routes of ${id}`, (method: string, path: string, value: string | undefined) => {
      const match = router(method, path, () => value)
      return match instanceof Failure ? [match.details.cause, match.details.allow] : [match.operation, match.parameters]
    }, paths)
  }
  const types = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'unknown'] as const
  const values: readonly unknown[] = ['1', '-1', '01', '1.5', '-1.', '1e3', '123456789012345', '1234567890123456', 'true', 'false', 'True', '', 'x', 5, true, null, ['1']]
  for (const type of types) await told.table(`convert ${type}`, (value: unknown) => ([{ in: 'query', type }, { in: 'body', type, numberAsText: true }] satisfies readonly FieldRow[]).flatMap((field) => [convert(value, field, true), convert(value, field, false)]), values.map((one) => [one] as const))
  const row = Object.values(edu.contract.operations).find(({ errors }) => errors.length > 3)
  if (row === undefined) throw new Error('edu has operations with errors')
  const rowWith = { ...row, errors: ['E1', 'E2', 'E3', 'E4'], fields: { a: { in: 'query' as const, type: 'string' as const, errors: { required: 'E2', default: 'E3' } }, b: { in: 'query' as const, type: 'string' as const } }, rules: { minProperties: 'E1', required: 'E4' } }
  const violation = (keyword: string, instancePath = '', params: Readonly<Record<string, unknown>> = {}, schemaPath = '#/x') => ({ keyword, instancePath, params, schemaPath })
  const broken = [violation('required', '', { missingProperty: 'a' }), violation('required', '', { missingProperty: 'b' }), violation('required', '/a', { missingProperty: 'b' }), violation('type', '/a'), violation('type', '/b/c'), violation('minLength', '/b', { limit: 1 }), violation('minLength', '/b', { limit: 2 }), violation('minProperties'), violation('anyOf'), violation('anyOf', '/b'), violation('type', '/a', {}, '#/anyOf/0/type'), violation('type', '/a', {}, '#/oneOf/1'), violation('dependentRequired', '', { missingProperty: 'b' })]
  for (const [missing, invalid] of [['E1', 'E2'], [null, null], ['E9', 'E4'], ['E4', 'E1']] as const) {
    await told.table(`firstBrokenRule ${String(missing)} ${String(invalid)}`, (...violations: typeof broken) => [firstBrokenRule(violations, rowWith, (condition) => (condition === 'missingField' ? missing : invalid)), fieldsAtFault(violations)], [[], ...broken.map((one) => [one]), ...broken.map((one, i) => [one, ...broken.slice(i + 3, i + 5)]), broken])
  }
  const bytes = Buffer.from('0123456789')
  const etag = String(rawReply({}, { mediaType: 'a/b', bytes }, 200).headers['etag'])
  const ranges = ['bytes=0-0', 'bytes=0-9', 'bytes=0-10', 'bytes=9-', 'bytes=10-', 'bytes=-1', 'bytes=-10', 'bytes=-11', 'bytes=-0', 'bytes=5-4', 'bytes=-', 'bytes=a-b', 'bytes=0-1,2-3', 'items=0-1', ' bytes=1-2 ', 'bytes=3-3']
  await told.table('ranges', (range: string) => rawReply({ range }, { mediaType: 'a/b', bytes }, 200), each(...ranges))
  await told.table('conditions', (headers: Readonly<Record<string, string>>) => rawReply(headers, { mediaType: 'a/b', bytes, fileName: 'a 周.txt' }, 201), each<Readonly<Record<string, string>>>({ 'if-none-match': etag }, { 'if-none-match': `W/${etag}` }, { 'if-none-match': `"x" , ${etag}` }, { 'if-none-match': ' * ' }, { 'if-none-match': '"x"' }, { range: 'bytes=1-2', 'if-range': etag }, { range: 'bytes=1-2', 'if-range': '"x"' }, {}))
  told.note('of nothing', rawReply({ range: 'bytes=0-' }, { mediaType: 'a/b', bytes: new Uint8Array() }, 200))
  const asks = { origin: 'http://a', 'access-control-request-method': 'PUT' }
  await told.table('pages of other origins', (method: string, headers: Readonly<Record<string, string>>) => [preflight({ method, headers }), readableByPages({ method, headers }, { status: 404, headers: { a: 'b' }, body: 'x' })], [['OPTIONS', asks], ['GET', asks], ['OPTIONS', { origin: 'http://a' }], ['OPTIONS', { 'access-control-request-method': 'PUT' }], ['OPTIONS', { ...asks, 'access-control-request-headers': 'x-a', 'access-control-request-private-network': 'true' }], ['OPTIONS', { ...asks, 'access-control-request-private-network': 'no' }], ['GET', {}]])
  told.note('corsHeaders', systems.map((system) => corsHeaders('http://a', system)))
  told.note('outages', systems.map((system) => ['internal', 'database', 'network', 'sms', ...system.outages].map((name) => outage(system, [name])?.condition ?? null)))
  await told.isThatOf('pipeline-parts')
})

test('kinds of faults, and which rules act', async () => {
  const told = new WrittenDown()
  for (const { kind, schema, flags } of faultKinds) {
    told.part(`${kind} ${schema}`)
    for (const { name, value, description, expected, read } of flags) told.note(`--${name}`, [value, description, expected ?? null, ['', '5', '-5', '1.5', '2s', '1s-3s', '800-2500', '1-2-3', 'x', '5-x', '503', '1'.repeat(15), '1'.repeat(16), 'API_BAD_REQUEST'].map((one) => read(one))])
  }
  const faults: readonly Fault[] = [{ kind: 'latency', min: 5 }, { kind: 'latency', min: 5, max: 5 }, { kind: 'latency', min: 5, max: 500 }, { kind: 'latency', min: 500, max: 5 }, { kind: 'slow', milliseconds: 9 }, { kind: 'slow', milliseconds: 9, chunks: 3 }, { kind: 'drop' }, { kind: 'drop', carriedOut: true }, { kind: 'drop', carriedOut: false }, { kind: 'reset' }, { kind: 'malformed' }, { kind: 'status', status: 503 }, { kind: 'status', status: 204, body: 'x' }, { kind: 'status', status: 500, body: 'x', contentType: 'text/html' }, { kind: 'status', status: 500, body: '' },
    { kind: 'error', error: 'API_BAD_REQUEST' }, { kind: 'error', code: 4011 }, { kind: 'error', condition: 'unauthenticated' }, { kind: 'error', error: 'NO_SUCH' }, { kind: 'error', condition: 'internal' }, { kind: 'error', condition: 'maintenance', message: 'm' }, { kind: 'error', condition: 'networkError', extra: { a: 1 } }, { kind: 'error', error: 'API_BAD_REQUEST', code: 4000 }, { kind: 'error' }, { kind: 'error', error: 'API_BAD_REQUEST', message: 'm', extra: { b: 2 }, displacedBy: { label: 'L' } }]
  const examples = new FailureExamples(join(openapiFolder, 'bundled'))
  const spoilt = { status: 200, headers: {}, body: '{"a":"周周"}' }
  await told.table('effects', async (fault: Fault) => {
    const struck = { system: live, operation: 'liveLogin', chance: (purpose: string) => new Ids(`seed/${purpose}`) }
    const [call, frame] = [await callEffect(fault, { ...struck, now: 7, examples }), frameEffect(fault, struck)]
    const { end } = call
    return [roleOf(fault), misfitOf(fault), canStrike(fault, live, 'liveLogin'), canStrike(fault, live, 'liveListChannels'), namingOf(fault)?.known(fault, live, 'liveLogin') ?? null, { ...call, ...(end instanceof Failure ? { end: [end.error, end.condition, end.details] } : {}) }, frame, call.spoil?.(spoilt) ?? null, call.spoil?.({ ...spoilt, status: 204 }) ?? null, frame.spoil?.('{"a":1}') ?? null]
  }, faults.map((fault) => [fault] as const))
  for (const system of systems) {
    const operations = Object.entries(system.contract.operations)
    const draw = new Draw(8)
    const choices = Object.entries(system.contract.errors).flatMap(([error, { code, condition }]) => [{ error }, { code }, { condition }])
    await told.table(`errorFor ${system.id}`, (operation: string, choice: Parameters<typeof errorFor>[2]) => errorFor(system, operation, choice), Array.from({ length: 60 }, () => [draw.of(operations)[0], draw.of(choices)] as const))
  }
  const rule = (id: string, fault: Fault, more: Partial<ControlState['faults'][number]> = {}) => ({ id, system: '*', operationId: '*', fault, times: null, probability: 1, matched: 0, fired: 0, ...more })
  await told.table('isOver', (times: number | null, until: string | undefined, now: number) => isOver({ ...rule('a', { kind: 'drop' }), times, ...(until === undefined ? {} : { until }) }, now), [[null, undefined, 5], [0, undefined, 5], [1, undefined, 5], [-1, undefined, 5], [null, '1970-01-01T00:00:00.005Z', 4], [null, '1970-01-01T00:00:00.005Z', 5], [1, 'never', 5]])
  let state: ControlState = { clock: { offset: 0, frozenAt: null }, requests: 0, seed: '7', era: 0, systems: {}, nextFault: 9, faults: [
    rule('slow', { kind: 'latency', min: 1 }), rule('often', { kind: 'status', status: 500 }, { probability: 0.5 }), rule('twice', { kind: 'drop' }, { times: 2 }), rule('edu', { kind: 'status', status: 501 }, { system: 'edu' }), rule('login', { kind: 'error', error: 'API_INVALID_AUTH_CODE' }, { operationId: 'liveLogin' }), rule('named', { kind: 'error', error: 'API_USER_NOT_FOUND' }), rule('more', { kind: 'latency', min: 2 }, { probability: 0.2 }), rule('never', { kind: 'reset' }, { probability: 0 }), rule('late', { kind: 'malformed' }, { until: '1970-01-01T00:00:00.010Z' }),
  ] }
  const draw = new Draw(3)
  for (let now = 0; now < 40; now++) {
    const [system, operation] = draw.of([[live, 'liveLogin'], [live, 'liveGetUser'], [edu, 'eduLogin']] as const)
    const { state: after, fired } = fire(state, system, operation, now)
    told.note(`${String(now)} ${operation}`, [fired.map(({ id }) => id), after.faults.map(({ matched, fired: times, times: left }) => `${String(matched)}/${String(times)}/${String(left)}`).join(' '), after === state])
    state = after
  }
  await told.isThatOf('pipeline-faults')
})

test('what Redis says, and where it is', async () => {
  const told = new WrittenDown()
  await told.table('tagOf, slotOf', (key: string) => [tagOf(key), slotOf(key)], each('', 'foo', '{foo}bar', 'x{foo}', '{}foo', '{', '{foo', 'foo}', '{a}{b}', '{{a}}', '周', '{周}x', '123456789'))
  await told.table('slotsFrom', (reply: unknown) => slotsFrom(reply, 'asked').map((one, i) => `${String(i)} ${one}`), each<unknown>([], [[0, 1, ['h', 1]]], [[0, 1, ['', '7']], [3, 3, ['::1', 2]], [16383, 16390, ['[::1]', 3]]], 'no', [5], [['a', 1, []]], [[0, 0, ['?', 1]]], [[0, 0, [null, 1]]]))
  await told.table('redirectFrom', (message: string) => redirectFrom(new Error(message), 'asked'), each('MOVED 5 h:1', 'ASK 5 h:1', 'MOVED 5 :1', 'MOVED 5 ?:1', 'MOVED 5 ::1:7', 'MOVED x h:1', 'MOVED 5 h:1 more', 'ERR', 'ask 5 h:1'))
  const replies: readonly unknown[] = [null, undefined, 5, '5', '', 'x', 1.5, [], ['a', 'b'], ['a', 'b', 'c'], ['a', 5], {}, 9_007_199_254_740_992, 'x'.repeat(200), [['1-2', ['h', '{}']]], [['7', []]]]
  for (const [name, read] of Object.entries({ listFrom, textFrom, numberFrom, fieldsFrom, itemsFrom, sinceFrom })) await told.table(name, (reply: unknown) => read(reply), replies.map((one) => [one] as const))
  await told.table('headOf', (reply: unknown) => headOf(reply), each<unknown>(['5', null], ['5', '1', '2', '3', '4', '5', '6', '1', null], [5, '1', 2, '3', '4', '5', '6', '0', [['3-1', []]]], ['5', '1', '2', '3', '4', '5', '6', '0', 'back'], ['5', '1', 'x', '3', '4', '5', '6', '0', 'more'], ['x'], 'no', []))
  const item = { place: [1, 9] as const, fields: new Map([['h', '{"url":"/"}'], ['r', '4'], ['e', '{"requestBody":null}']]) }
  told.note('entries', [headFrom(item), entryFrom(item)])
  await told.table('prefixOf, withoutSecrets', (url: string) => [prefixOf(url), withoutSecrets(url)], each('redis://h', 'redis://u:p@h:1/2?prefix=a.b-c_1', 'redis://h?prefix=', 'redis://h?x=1&prefix=é', 'rediss://:p@h,g:2/1?a=b', 'redis://u@h?prefix=a b', 'h'))
  told.note('keys', [keysOf('p', 'box'), houseKeysOf('p'), fieldFor('live', 'users', 1), fieldFor('', 'a"b', 'k'), joinNames([]), joinNames(['a"b', 'c\nd'])])
  const content = { control: { clock: { offset: 1, frozenAt: null }, requests: 3, seed: 's', era: 2, systems: { live: { smsSource: 'fixed', settings: {}, outages: [], maintenance: null } }, faults: [], nextFault: 4 }, origin: { boot: 5, scale: 0 }, stores: { live: { users: { put: [{ id: 1 }, { id: 2 }], deleted: [7] } } } } as const
  const docs = docsOf(content, (_system, _collection, doc) => Number(doc['id']))
  const placed = atOnce(docsFrom(docs.flatMap(([field, json], i) => [field, `${String(docs.length - i)}:${json}`])))
  told.note('docs', [startOf(content), docs, placed, atOnce(contentFrom(placed, { seed: 's', requests: 9, origin: content.origin }, 6)), atOnce(commitsFrom(placed, 8)).map(({ version, system, changes, request }) => [version, system, changes, request])])
  await told.table('heardBy', (wait?: number) => heardBy(new Map([['a', '1'], ['b', '2']]), wait), [[], [5], [0]])
  await told.table('tell', tell, each<unknown>(new Error('m'), new Error(''), 'text', 5, null, new AggregateError([new Error('a'), 'b']), new AggregateError([])))
  const library = await loadLibrary()
  await told.table('what errors mean', (message: string) => {
    const meant = asAway(new library.ErrorReply(message), library)
    return meant instanceof Error ? [meant.constructor.name, meant.message] : meant
  }, each('LOADING Redis is loading the dataset in memory', 'BUSY Redis is busy running a script', 'BUSYKEY Target key name already exists.', 'READONLY You can\'t write against a read only replica.', 'ERR unknown command \'BUSY\'', 'ERR CLUSTERDOWN is no word of mine', 'OOM command not allowed', 'ERR Error: -OOM command not allowed', 'NOSCRIPT No matching script', 'MOVED 1 127.0.0.1:1', 'ASK 1 127.0.0.1:1', 'ERR user_script:1: wrong', 'WRONGTYPE user_script:1: wrong', 'NOPERM no permission', ''))
  await told.isThatOf('redis-replies')
})

/** A server that speaks the protocol of Redis and answers each command as it is told to. */
async function scripted(answer: (command: readonly string[]) => string) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let text = ''
    socket.on('error', () => undefined).on('data', (piece) => {
      text += piece.toString('latin1')
      for (;;) {
        const [head, count = '0'] = /^\*(\d+)\r\n/.exec(text) ?? []
        if (head === undefined) return
        const words: string[] = []
        let at = head.length
        for (let i = 0; i < Number(count); i++) {
          const [size, length = '0'] = /^\$(\d+)\r\n/.exec(text.slice(at)) ?? []
          if (size === undefined || text.length < at + size.length + Number(length) + 2) return
          words.push(text.slice(at + size.length, at + size.length + Number(length)))
          at += size.length + Number(length) + 2
        }
        text = text.slice(at)
        // Answers come in two parts, cut where it is least convenient.
        const said = /^(?:CLIENT|HELLO|SELECT|AUTH|PING|QUIT)/i.test(words[0] ?? '') ? '+OK\r\n' : answer(words)
        socket.write(said.slice(0, -1))
        socket.write(said.slice(-1))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const count = () => new Promise<number>((resolve, reject) => {
    server.getConnections((error, connections) => { if (error === null) resolve(connections); else reject(error) })
  })
  return { port, count, close: () => new Promise<void>((resolve) => {
    for (const socket of sockets) socket.destroy()
    server.close(() => { resolve() })
  }) }
}

test('answers of a server that is Redis, or is none', async () => {
  const told = new WrittenDown()
  const bulk = (text: string) => `$${String(Buffer.byteLength(text))}\r\n${text}\r\n`
  const said = ['+OK\r\n', ':5\r\n', '$-1\r\n', '*-1\r\n', '*0\r\n', bulk('text'), '*2\r\n:1\r\n*1\r\n$1\r\na\r\n', '-MOVED 5 other:1\r\n', '-ASK 5 other:1\r\n', '-LOADING Redis is loading\r\n', '-READONLY you cannot write\r\n', '-NOAUTH Authentication required.\r\n', "-OOM command not allowed when used memory > 'maxmemory'.\r\n", '-ERR script: -OOM command not allowed\r\n', '-CLUSTERDOWN The cluster is down\r\n', '-TRYAGAIN Multiple keys\r\n', '-MASTERDOWN Link\r\n', '-NOREPLICAS Not enough\r\n', '-BUSY Redis is busy\r\n', '-BUSYKEY Target exists\r\n', '-NOPERM this user has no permissions\r\n', '-WRONGTYPE Operation against\r\n', '-ERR unknown command\r\n', '-ERR Error compiling script (new function): user_script:1\r\n', '-ERR user_script:5: oh script: abc\r\n', '-NOSCRIPT No matching script.\r\n', '-MISCONF Redis is configured\r\n']
  let next = '+OK\r\n'
  let info = bulk('# Cluster\r\ncluster_enabled:0\r\n')
  const server = await scripted(([command = '']) => (command === 'INFO' ? info : next))
  const hidden = (text: unknown) => String(text).replaceAll(String(server.port), 'PORT')
  const problems: string[] = []
  const url = `redis://127.0.0.1:${String(server.port)}`
  const port = await openPort(url, (problem) => problems.push(hidden(problem)))
  try {
    for (const answer of said) {
      next = answer
      await told.try(shown(answer), () => port.send('', ['GET', 'a']).catch(hidden))
      if (answer.startsWith('-')) await told.try(`${shown(answer)}, to a script`, () => port.run({ source: 'return 1', sha: 'sha' }, ['k'], ['v']).catch(hidden))
    }
    for (let i = 0; i < 22; i++) {
      next = `-NEW${String(i)} reason\r\n`
      await port.send('', ['GET', 'a']).catch(() => undefined)
    }
    told.note('told', problems)
    told.note('where', [hidden(port.where), port.trouble, port.ears, port.nodes().length])
    await told.try('several hosts', () => openPort(`${url},127.0.0.1:${String(server.port)}`, () => undefined).catch(hidden))
    info = ':5\r\n'
    await told.try('no words about a cluster', async () => {
      const other = await openPort(url, () => undefined)
      await other.close()
      return 'by itself'
    })
    info = bulk('# Cluster\r\ncluster_enabled:1\r\n')
    next = '-LOADING Redis is loading\r\n'
    await told.try('a cluster that does not say who is in charge of what', () => openPort(url, () => undefined).catch(hidden))
    info = '-NOPERM this user has no permissions\r\n'
    await told.try('no permission to ask', () => openPort(url, () => undefined).catch(hidden))
    // The first one, that is closed below.
    await vi.waitFor(async () => { expect(await server.count()).toBe(1) })
    await told.try('nobody', () => openPort('redis://127.0.0.1:1', () => undefined).catch((error: unknown) => String(error).replace(/\n.*/s, '')))
  } finally {
    await port.close()
    await server.close()
  }
  await told.isThatOf('redis-answers')
})
