/** The push channel, and the stream of calls: nothing of what they say changes unnoticed. */
import { request } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import { createStub } from '../src/stub.js'
import { text } from './support/push.js'
import { inShort, Transcript } from './support/transcript.js'
import { Caller } from './support/transcript-http.js'
import { readLine } from './support/transcript-lines.js'
import { Lines } from './support/transcript-sockets.js'
import { ask, tellJournal, tellSnapshot } from './support/transcript-state.js'

const START = Date.UTC(2026, 0, 5, 4)
const problems: string[] = []
const stub = await createStub({ systems: ['im', 'live'], time: { now: () => START }, sockets: { perSandbox: 3, frame: 8 * 1024 }, report: (problem) => problems.push(problem) })
afterAll(async () => {
  await stub.close()
  expect(problems).toEqual([])
})

function begin(name: string): { readonly transcript: Transcript; readonly caller: Caller } {
  const transcript = new Transcript(name)
  const caller = new Caller(transcript, stub.url)
  transcript.replace(/"duration":[\d.e-]+/g, '"duration":0')
  transcript.replace(/"sec-websocket-key":"[^"]+"/g, '"sec-websocket-key":"KEY"')
  transcript.replace(/"sec-websocket-accept":"[^"]+"/g, '"sec-websocket-accept":"ACCEPT"')
  return { transcript, caller }
}

const packet = (message: unknown, status: unknown = 1, pushId: unknown = '') => JSON.stringify({ status, pushId, message })
const START_PACKET = packet('start')

/** Packets of all kinds, right and wrong. */
const packets: readonly string[] = [
  packet(''), packet('', 0), packet('', 1, 'p-4001'), packet('', 1, 'p-9999'), packet('hello'), packet('start', 2), packet('restart', 1, 'p-4001'), packet('restart', 1, 'p-4002'), packet('restart'), packet(null), packet(7), packet({}), packet([]), packet([{}]), packet('ok'), packet('ok', 0), packet('ok', '1'), packet('start', 1, 7), packet('', -1), packet('', 1.5),
  packet([text('u-4001', 'u-4002', 'x')]), packet([text('u-4001', 'u-4002', 'a'), text('u-4001', 'u-4002', 'b')]), packet([text('u-4001', 'u-4001', 'myself')]), packet([text('u-4002', 'u-4001', 'not mine')]), packet([text('u-4001', 'nobody', 'x')]), packet([text('u-4001', 'u-4002', '')]), packet([{ ...text('u-4001', 'u-4002', 'x'), type: '9' }]), packet([{ ...text('u-4001', 'u-4002', 'x'), more: 1 }]),
  packet([{ ...text('u-4001', 'u-4002', 'x'), info: [] }]), packet([{ ...text('u-4001', 'u-4002', 'x'), info: [{ category: '4', content: 'x' }] }]), ...['0', '2', '3', '4', '5', '6', '7'].map((type) => packet([{ ...text('u-4001', 'u-4002', type), type }])),
  packet({ fromId: 'u-4002', toId: 'u-4001', chatId: 'c-1', content: 'ok' }), packet({ fromId: 'u-4001', toId: 'u-4001', chatId: 'c-1', content: 'ok' }), packet({ fromId: 'x', toId: 'y', chatId: 'z', content: 'ok' }), packet({ fromId: 'u-4002', toId: 'u-4001', chatId: 'c-1', content: 'no' }), packet({ fromId: 'u-4002' }),
  '', ' ', '{', '[]', 'null', '"start"', '7', '{}', '{"status":1}', '{"status":1,"pushId":"","message":"start","x":1}', '{"__proto__":1,"status":1,"pushId":"","message":""}', `${'['.repeat(101)}${']'.repeat(101)}`, '['.repeat(5000), packet([text('u-4001', 'u-4002', 'x'.repeat(4000))]),
]

const faults: readonly string[] = ['{"kind":"error","error":"ERROR_NET"}', '{"kind":"error","code":6004}', '{"kind":"error","error":"FAILURE_STATUS","message":"no","extra":{"a":1}}', '{"kind":"error","condition":"maintenance"}', '{"kind":"error","error":"NOPE"}', '{"kind":"malformed"}', '{"kind":"latency","min":1}', '{"kind":"slow","milliseconds":1}', '{"kind":"status","status":503}', '{"kind":"drop"}', '{"kind":"drop","carriedOut":true}', '{"kind":"reset"}', '{"kind":"error","error":"ERROR_REPEAT_LOGIN"}']

test('what the push channel says is as it was', async () => {
  const { transcript, caller } = begin('sockets')
  const lines = new Lines(transcript, `${stub.url.replace('http', 'ws')}/@S/im/android/websocket/`)
  const control = (line: string) => caller.tell('control', readLine(line))
  const logIn = async (phone: string): Promise<{ cookie: string }> => {
    const { headers } = await caller.tell('log in', { method: 'POST', path: '/@S/im/android/login/', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ phone, password: 'abc12345' }) })
    return { cookie: headers[headers.indexOf('set-cookie') + 1]?.split(';', 1)[0] ?? '' }
  }
  await control('POST /sandboxes/S/clock/freeze')
  for (const headers of [{}, { cookie: 'sessionid=00000000000000000000000000000000' }, { cookie: 'sessionid=x' }]) await lines.open('nobody', headers, false)
  await lines.open('lost', {}, false, 'more/')
  for (const fault of ['{"kind":"status","status":503,"body":"x"}', '{"kind":"drop"}']) {
    await control(`POST /sandboxes/S/faults {"system":"im","operationId":"imPushOpen","times":1,"fault":${fault}}`)
    await lines.open('refused', await logIn('13800004003'), false)
  }
  const [alice, bob] = [await lines.open('alice', await logIn('13800004001')), await lines.open('bob', await logIn('13800004002'))]
  for (const early of [packet('hello'), packet('', 1, 'p-4001'), packet([text('u-4001', 'u-4002', 'x')]), packet('restart', 1, 'p-9999'), '{']) await lines.say(alice, early)
  for (const line of [alice, bob]) await lines.say(line, START_PACKET)
  await control('GET /sandboxes/S/sockets')
  for (const one of packets) await lines.say(alice, one)
  await lines.say(alice, new Uint8Array([0x7b, 0x7d]))
  for (const one of [packet('ok'), packet({ fromId: 'u-4001', toId: 'u-4002', chatId: 'c-1', content: 'ok' }), START_PACKET]) await lines.say(bob, one)
  await tellSnapshot(caller, 'S', 'after packets')
  const last = await tellJournal(caller, 'S', 'after packets')

  for (const sent of ['{"system":"im","user":"alice","packet":{"fromId":"u-4002","chatId":"c-1","type":"1","info":[{"category":"0","content":"hi"}]}}', '{"system":"im","user":"nobody","packet":{}}', '{"system":"live","user":"1","packet":{}}', '{"system":"im","user":"alice","packet":{}}', '{"system":"im","user":"alice","socket":"nope","packet":{}}', '{"system":"im","user":"u-4003","packet":{"fromId":"u-4002","chatId":"c-1","type":"1","info":[{"category":"0","content":"hi"}]}}']) {
    await control(`POST /sandboxes/S/sockets/packets ${sent}`)
    await lines.hear('that')
  }
  for (const outage of ['network', 'internal', 'database']) {
    await control(`PUT /sandboxes/S/outages {"system":"im","out":["${outage}"]}`)
    await lines.say(alice, packet([text('u-4001', 'u-4002', outage)]))
  }
  await control('PUT /sandboxes/S/outages {"out":[]}')
  await control('PUT /sandboxes/S/maintenance {"system":"im"}')
  await lines.say(alice, packet(''))
  await control('DELETE /sandboxes/S/maintenance')
  await lines.close(alice, 4000, 'enough')

  for (const fault of faults) {
    const again = await lines.open('alice', await logIn('13800004001'))
    await lines.say(again, START_PACKET)
    await control(`POST /sandboxes/S/faults {"system":"im","operationId":"imPushFrame","times":1,"fault":${fault}}`)
    await lines.say(again, packet([text('u-4001', 'u-4002', 'struck')]))
    await control('DELETE /sandboxes/S/faults')
    await lines.close(again)
  }
  const other = await lines.open('alice', await logIn('13800004001'))
  await lines.say(other, START_PACKET)
  await control('POST /sandboxes/S/sessions/kick {"system":"im","user":"alice"}')
  await lines.say(other, packet('hello'))
  await lines.close(other)
  const large = await lines.open('alice', await logIn('13800004001'))
  await lines.say(large, 'x'.repeat(8 * 1024))
  await lines.say(large, 'x'.repeat(8 * 1024 + 1))
  const many = [await lines.open('first', await logIn('13800004001')), await lines.open('second', await logIn('13800004001'))]
  await lines.open('one too many', await logIn('13800004003'), false)
  for (const line of many) await lines.close(line)
  await tellJournal(caller, 'S', 'at the end', last)
  await tellSnapshot(caller, 'S', 'at the end')
  await control('POST /sandboxes/S/reset')
  await lines.close(bob)
  caller.close()
  await transcript.hold()
})

test('what the stream of calls says is as it was', async () => {
  const { transcript, caller } = begin('streams')
  const calls = ['GET /@T/live/auth/code?mobile=13800003001', 'POST /@T/live/auth/login {"mobile":"13800003001","auth_code":"123456"}', 'GET /@T/live/nope', 'GET /@T/im/android/user_contacts/']
  for (const filter of ['', '?system=live', '?operationId=liveLogin', '?status=404', '?error=API_INVALID_AUTH_CODE', '?unmatched=true', '?after=1', '?secrets=true', '?system=lvie', '?nope=1']) {
    await ask(caller, '/sandboxes/T/clock/freeze', 'POST', {})
    await caller.send(readLine(calls[0] ?? ''))
    const { ended } = await listen(`${stub.url}/__admin/sandboxes/T/requests/stream${filter}`)
    for (const call of calls) await caller.send(readLine(call))
    for (const move of ['DELETE /sandboxes/T/requests', 'POST /sandboxes/T/reset', 'DELETE /sandboxes/T']) await caller.send(readLine(move))
    const { head, pieces } = await ended
    transcript.add(`stream ${filter}`, head, ...pieces.map((piece) => inShort(transcript.plain(piece), 1500)))
  }
  caller.close()
  await transcript.hold()
})

interface Heard {
  readonly head: string
  readonly pieces: readonly string[]
}

/** Listens to a stream. @returns, once it has begun, what it will have said when it ends */
function listen(url: string): Promise<{ readonly ended: Promise<Heard> }> {
  return new Promise((begin) => {
    request(url, { headers: { 'last-event-id': '0' } }, (answer) => {
      let all = ''
      answer.on('data', (piece: Buffer) => (all += piece.toString()))
      const ended = new Promise<Heard>((end) => {
        answer.on('end', () => { end({ head: `${String(answer.statusCode)} ${String(answer.headers['content-type'])} ${String(answer.headers['last-event-id'])}`, pieces: all.split('\n\n') }) })
      })
      begin({ ended })
    }).end()
  })
}
