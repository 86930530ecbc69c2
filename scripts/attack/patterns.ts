/** Texts that make a backtracking matcher run for ever, and bodies that are deep, long, compressed or many. Every one must be answered in a moment. */
import { gzipSync } from 'node:zlib'
import type { Call, Send } from './send.js'
import { Tally } from './tally.js'

/** Real milliseconds that a call may take, on a machine that does other things as well. */
const MOMENT = 3000

const patterns = ['^(a+)+$', '^([0-9A-F]+)+!$', '(a|a)*$', '(a|aa)+$', '(.*)*x', '([a-zA-Z]+)*$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(x+x+)+y', '[', '(', '\\', '*a*a*a*a*a*b', '?'.repeat(200), `${'*a'.repeat(100)}b`, 'a{1,10000}{1,10000}', '(?=a)*', '\u0000']
const SUBJECT = 'a'.repeat(30_000)
const JSON_BODY = { 'content-type': 'application/json' }

const deep = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)

/** @returns what came of it */
export async function attackPatterns(send: Send): Promise<Tally> {
  const tally = new Tally('patterns, depth, size and compression')
  // Something long to match against: a path and a record.
  await send({ method: 'GET', path: `/@patterns/live/${SUBJECT.slice(0, 7000)}` })
  await send({ method: 'POST', path: '/__admin/sandboxes/patterns/db/live/users', headers: JSON_BODY, body: JSON.stringify({ id: 900, mobile: null, nickname: SUBJECT.slice(0, 5000), bio: SUBJECT, avatar: '', gender: null }) })
  for (const call of [...ofPatterns(), ...ofBodies(), ...ofSecrets()]) {
    const answer = await send(call, MOMENT)
    const told = JSON.stringify({ ...call, body: typeof call.body === 'string' ? call.body.slice(0, 80) : undefined })
    tally.add(told, answer, answer.kind === 'cut')
    const health = await send({ method: 'GET', path: '/__admin/health' }, MOMENT)
    if (health.kind !== 'answer') tally.fail('off', told, 'after it the server did not answer in a moment')
  }
  return tally
}

function ofPatterns(): Call[] {
  return patterns.flatMap((pattern) => {
    const text = encodeURIComponent(pattern)
    return [
      { method: 'GET', path: `/__admin/sandboxes/patterns/db/live/users?bio_like=${text}` },
      { method: 'GET', path: `/__admin/sandboxes/patterns/db/edu/users?passwd_like=${text}` },
      { method: 'GET', path: `/__admin/sandboxes/patterns/db/live/users?q=${text}` },
      { method: 'GET', path: `/__admin/sandboxes/patterns/requests?path=${text}` },
      { method: 'GET', path: `/__admin/sandboxes/patterns/requests/count?path=${text}` },
      { method: 'GET', path: `/im/android/user_search/${text}/0/` },
    ]
  })
}

/** Bodies in which very many secrets seem to begin; who reads the journal does not see them. */
function ofSecrets(): Call[] {
  const bodies = ['token=[', 'token:{', '"token":[', 'token="', "token='\\", 'token=\\"', '\\u0074oken=['].flatMap((piece) => Array.from({ length: 10 }, () => piece.repeat(Math.floor(65_000 / piece.length))))
  return [
    ...bodies.map((body) => ({ method: 'POST', path: '/@secrets/job/login', headers: { 'content-type': 'text/plain' }, body })),
    { method: 'GET', path: '/__admin/sandboxes/secrets/requests?limit=100' },
    { method: 'DELETE', path: '/__admin/sandboxes/secrets' },
  ]
}

function ofBodies(): Call[] {
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, 'a'))
  const depths = [100, 10_000, 200_000]
  const bodies = [...depths.flatMap((depth) => [deep(depth, '[', ']'), `{"fault":${deep(depth, '{"a":', '1}').replace('1}', '1')}}`, `{"packet":${deep(depth, '[', ']')},"user":"u-4001"}`])]
  const targets = [
    ['POST', '/live/auth/login'],
    ['POST', '/edu/rest/s/login'],
    ['POST', '/trid/index.php?r=user/register'],
    ['POST', '/__admin/sandboxes/patterns/faults'],
    ['POST', '/__admin/sandboxes/patterns/sockets/im/packets'],
    ['PUT', '/__admin/sandboxes/patterns/snapshot'],
    ['POST', '/__admin/sandboxes/patterns/db/live/users'],
  ] as const
  const long = (count: number) => `{"faults":[${'1,'.repeat(count)}1],"put":[${'{},'.repeat(count / 4)}{}]}`
  const snapshots = [`{"faults":[${'1,'.repeat(2_000_000)}1]}`, `{"systems":{"live":{"store":{"users":{"put":[${'{},'.repeat(1_000_000)}`]
  return targets.flatMap(([method, path]) => [
    ...(path.endsWith('/snapshot') ? snapshots.map((body) => ({ method, path, headers: JSON_BODY, body })) : []),
    { method, path, headers: JSON_BODY, body: long(250_000) },
    { method, path, headers: JSON_BODY, body: `{${Array.from({ length: 50_000 }, (_, i) => `"f${String(i)}":1`).join(',')}}` },
    ...bodies.map((body) => ({ method, path, headers: JSON_BODY, body })),
    { method, path, headers: { ...JSON_BODY, 'content-encoding': 'gzip' }, body: bomb },
    { method, path, headers: JSON_BODY, body: `"${'\u0001'.repeat(900_000)}"` },
    { method, path, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1&'.repeat(200_000) },
    { method, path, headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: `${'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(5000)}--x--\r\n` },
  ])
}
