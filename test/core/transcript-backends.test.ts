/** What goes on to a real backend, what comes back, what is hidden and what is refused: inputs around every bound, with what comes of them. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { test } from 'vitest'
import { newsOf } from '../../src/core/backends/adopt.js'
import { compressionsIn, decompress } from '../../src/core/backends/compression.js'
import { ForwardError, take } from '../../src/core/backends/forward.js'
import { decodedIn, guisesOf, headerGuises, mayHold, unpackedBody } from '../../src/core/backends/guises.js'
import { incomingHeaders, outgoingHeaders } from '../../src/core/backends/headers.js'
import { hereOf } from '../../src/core/backends/outward.js'
import { AnswerRoom, type Guest } from '../../src/core/backends/room.js'
import { SecretTexts } from '../../src/core/backends/secret-texts.js'
import { type BackendInput, backendMisfits, modeOf, namesOf, placeOf, readBackend } from '../../src/core/backends/setting.js'
import { isLeft, maskTokens, shortestToken, swapped } from '../../src/core/backends/tokens.js'
import { secretsIn, veilOver } from '../../src/core/backends/veil.js'
import { exampleOf, shownBody, veiled } from '../../src/core/pipeline/witness.js'
import { hideParts, maskBody } from '../../src/core/secret-pairs.js'
import { isForeignSecret, isSecret, maskDeep, maskForm, maskPhones, maskUrl, replacePhones } from '../../src/core/secrets.js'
import type { System } from '../../src/core/system.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { Draw, WrittenDown } from '../support/written-down.js'

const each = <T>(...values: readonly T[]) => values.map((value) => [value] as const)

test('settings of backends, and why some are none', async () => {
  const told = new WrittenDown()
  const url = 'https://staging.example/api'
  const users = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`u${String(i)}`, 'p']))
  const inputs: readonly object[] = [
    { url }, { url: `${url}/` }, { url: `${url}///` }, { url: 'http://a:8080' }, { url: 'HTTP://A.example:80/X' }, { url: 'https://a.example:443' }, { url: 'ftp://a' }, { url: 'a' }, { url: '' }, { url: 'https://' }, { url: 'https://u@a' }, { url: 'https://:p@a' }, { url: 'https://a/?q=1' }, { url: 'https://a/#f' }, { url: 'https://a?' },
    { url, mode: 'stub' }, { url, mode: 'real-or-stub' }, { url, mode: 'compare' }, { url, mode: 'reel' }, { url, mode: '' }, { url, mode: 'toString' }, { url, mode: 'COMPARE' },
    { url, timeout: 0 }, { url, timeout: 1 }, { url, timeout: 1.5 }, { url, timeout: 600_000 }, { url, timeout: 600_001 }, { url, timeout: -1 }, { url, timeout: Number.NaN }, { url, timeout: '5' },
    { url, sameData: true }, { url, sameData: false }, { url, sameData: 1 },
    { url, operations: { liveLogin: 'stub', auth: 'real' } }, { url, operations: { liveLogn: 'stub' } }, { url, operations: { liveLogin: 'stbu' } }, { url, operations: { zzzzzz: 'stub' } }, { url, operations: {} },
    { url, credentials: {} }, { url, credentials: { a: 'b' } }, { url, credentials: { a: '' } }, { url, credentials: { '': 'b' } }, { url, credentials: { a: 1 } }, { url, credentials: null }, { url, credentials: [] }, { url, credentials: { a: 'x'.repeat(200) } }, { url, credentials: { a: 'x'.repeat(201) } }, { url, credentials: { ['x'.repeat(200)]: 'a' } }, { url, credentials: { ['x'.repeat(201)]: 'a' } },
    { url, tiemout: 5 }, { url, zzzzzzzz: 5 }, { url: 'a', mode: 'b', timeout: 0, sameData: 0, credentials: 0, other: 0, operations: { x: 'y' } },
  ]
  // What people write need not be what the types say.
  const asInput = (input: object) => input as BackendInput
  for (const system of [live, im]) await told.table(`readBackend of ${system.id}`, (input: object) => readBackend(system, asInput(input)), each(...inputs))
  await told.table('all misfits', (input: object) => backendMisfits(live, asInput(input)).map(({ field, message }) => `${field}: ${message}`), each(...inputs.slice(-3)))
  await told.table('how many users', (count: number) => backendMisfits(live, { url, credentials: users(count) }).map(({ message }) => message), each(999, 1000, 1001))
  for (const system of [live, im, trid]) told.note(`namesOf ${system.id}`, namesOf(system))
  const backend = readBackend(live, { url, mode: 'compare', operations: { liveLogin: 'stub', auth: 'real-or-stub', users: 'real' } })
  await told.table('modeOf', (name: string, tag: string | null) => modeOf(backend, name, tag), [['liveLogin', 'auth'], ['liveLogout', 'auth'], ['liveGetMe', 'users'], ['liveListChannels', 'channels'], ['socket', null], ['toString', 'valueOf'], ['users', null]])
  await told.table('placeOf', (whole: string) => placeOf({ url: whole }), each('https://a', 'https://a/', 'https://a/b/c', 'http://a:1/b'))
  await told.table('hereOf', hereOf, [['/live/users/me?x=1', '/users/me'], ['/@box/live/users/me', '/users/me'], ['/users/me', '/users/me'], ['/live/x', '/y'], ['/', '/'], ['', '']])
  await told.isThatOf('backends-settings')
})

test('headers that go on and come back', async () => {
  const told = new WrittenDown()
  const names = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings', 'host', 'content-length', 'expect', 'prefer', 'origin', 'referer', 'accept-encoding', 'vary', 'alt-svc', 'strict-transport-security', 'clear-site-data', 'service-worker-allowed', 'nel', 'report-to', 'understudy-sandbox', 'understudy-hops', 'sec-fetch-mode', 'sec-websocket-key', 'access-control-allow-origin', 'authorization', 'cookie', 'x-understudy', 'x-understudy-a', 'x-access-control-a', 'x-sec-fetch-a', 'content-type', 'content-encoding', 'etag', 'range', 'date', 'content-security-policy', 'link', 'refresh']
  const seam = { backend: 'https://staging.example/api', here: '/@box/live', isEncrypted: false }
  const json = { 'content-type': 'application/json' }
  await told.table('each header out', (name: string) => outgoingHeaders({ [name]: 'a value' }, [], ['me']), each(...names))
  await told.table('each header in', (name: string) => incomingHeaders({ ...json, [name]: 'a value' }, seam), each(...names))
  await told.table('named by Connection', (connection: string) => [outgoingHeaders({ connection, 'x-one': '1', 'x-two': '2' }, [], []), incomingHeaders({ ...json, connection, 'x-one': '1', 'x-two': '2' }, seam)], each('close', 'keep-alive', 'X-One', 'close, x-one ,X-TWO', 'keep-alive, x-two', ''))
  await told.table('hidden', (value: string | readonly string[], hidden: readonly string[]) => outgoingHeaders({ 'x-a': value }, hidden, ['a', 'b']), [['Bearer s3cret', ['s3cret']], ['s3cre', ['s3cret']], [['a', 's3cret'], ['s3cret']], ['a', []], ['one', ['two', 'one']]])
  await told.table('types that a page may make something of', (type: string | readonly string[] | null, policy: string | readonly string[] | null) => incomingHeaders({ ...(type === null ? {} : { 'content-type': type }), ...(policy === null ? {} : { 'content-security-policy': policy }) }, seam)['content-security-policy'] ?? 'none', [
    ...['application/json', 'APPLICATION/JSON', 'application/json; charset=utf-8', 'application/json;charset=utf-8', 'application/json;  charset=utf-8', 'application/json; charset=utf-8; a=b', 'application/problem+json', 'application/vnd.x-1+json', 'application/json2', 'text/json', 'xapplication/json', 'application/json ', 'text/html', ''].map((type) => [type, null] as const),
    [null, null], [['application/json', 'text/html'], null], ['text/html', "default-src 'self'"], ['text/html', ['a', 'b']], ['application/json', 'a'],
  ])
  const seams = [seam, { ...seam, isEncrypted: true, here: '' }, { backend: 'https://staging.example', here: '/live', isEncrypted: false }]
  const locations = ['https://staging.example/api/users?a=1#f', 'https://staging.example/api', 'https://staging.example/api/', 'https://staging.example/apis', 'https://staging.example/', 'http://staging.example/api/x', 'https://other.example/api/x', '//staging.example/api/x', '/api/x', '/x', 'x', '../x', '?a=1', '#f', '', 'HTTPS://STAGING.example/api/x', 'mailto:a', 'https:/api/x', 'https:x', 'https:api/x', 'http:api/x', 'h:x', 'x:/api', '1:/api/x', 'https://staging.example/api//evil.example', '/api/\xe5\x91\xa8', 'https://[', '/api/a b', '/api/%2e%2e/x', 'javascript:alert(1)', '/api\\x']
  const cookies = ['a=1', 'a=1; Path=/', 'a=1; Path=/api', 'a=1; path=/api/users', 'a=1; Path=/other', 'a=1; Path=x', 'a=1; Path=', 'a=1; Domain=staging.example', 'a=1; Secure', 'a=1; SECURE ; HttpOnly', 'a=1; Partitioned', 'a=1; SameSite=None', 'a=1; samesite = none; Secure', 'a=1; SameSite=Lax', 'a=1; Max-Age=5; Expires=Wed, 01 Jan 2031 00:00:00 GMT', 'a="b;c"; Path=/api/', '', '; Path=/', 'a=b=c; X=y=z']
  for (const [i, one] of seams.entries()) {
    await told.table(`locations, seam ${String(i)}`, (location: string) => incomingHeaders({ ...json, location }, one)['location'], each(...locations))
    await told.table(`cookies, seam ${String(i)}`, (cookie: string) => incomingHeaders({ ...json, 'set-cookie': cookie }, one)['set-cookie'], each(...cookies))
  }
  told.note('several', incomingHeaders({ ...json, location: ['/api/a', '/api/b'], 'set-cookie': ['a=1', 'b=2; Path=/api'] }, seam))
  await told.isThatOf('backends-headers')
})

test('texts in other forms, and what is compressed', async () => {
  const told = new WrittenDown()
  await told.table('mayHold', mayHold, [['', 0], ['', 1], ['abc', 3], ['abc', 4], ['ab c', 3], ['ab-c', 4], ['ab_c/d+e%f\\', 11], ['a.b.c', 2], ['..abc', 3], ['abc..', 3], ['周abc', 3], ['a~bcd', 3], ['a~bcd', 4]])
  const texts = ['', 'plain', '%41%42', '%2541', '%252541', '%zz%4', 'a\\u0041b', '\\n', '\\"x\\"', '%5Cu0041', 'YWJjZGVmZ2hp', 'YWJjZGVmZ2g', 'c2VjcmV0LXNlY3JldA==', 'Basic dXNlcjpwYXNzd29yZA==', '%59WJjZGVmZ2hp', 'a/b+c-d_e/f+g', '\\U0041', '\\u004']
  await told.table('guisesOf', guisesOf, each(...texts))
  await told.table('decodedIn', decodedIn, each(...texts, 'x'.repeat(11), 'x'.repeat(12)))
  await told.table('headerGuises', headerGuises, each(...texts))
  await told.table('how far is decoded', (before: number) => guisesOf(`${' '.repeat(before)}%41`).map((form) => [form.length, form.at(-1)]), each(1024 * 1024 - 3, 1024 * 1024 - 2, 1024 * 1024))
  await told.table('compressionsIn', compressionsIn, each('', 'identity', 'gzip', 'GZIP', ' gzip , br', 'x-gzip,deflate', 'gzip,,br', 'zstd', 'gzip, zstd', 'toString', 'identity, identity', 'gzip;q=1'))
  const packed = { gzip: gzipSync('some text'), deflate: deflateSync('some text'), raw: deflateRawSync('some text'), br: brotliCompressSync('some text') }
  await told.table('decompress', (bytes: Uint8Array, names: string, most: number) => decompress(bytes, compressionsIn(names) ?? [], most).then((plain) => Buffer.from(plain).toString()), [
    [packed.gzip, 'gzip', 9], [packed.gzip, 'gzip', 8], [packed.gzip, 'x-gzip', 9], [packed.deflate, 'deflate', 9], [packed.raw, 'deflate', 9], [packed.br, 'br', 9], [packed.br, 'br', 8], [Buffer.from('some text'), '', 0], [gzipSync(packed.br), 'br, gzip', 9999], [gzipSync(packed.br), 'gzip, br', 9999], [packed.gzip.subarray(0, 15), 'gzip', 99], [Buffer.alloc(0), 'gzip', 99], [Buffer.from('text'), 'gzip', 99], [Buffer.from('text'), 'deflate', 99], [Buffer.from('xext'), 'deflate', 99],
  ])
  const many = (times: number) => Array.from({ length: times }).reduce<Buffer>((bytes) => gzipSync(bytes), Buffer.from('deep'))
  await told.table('unpackedBody', (encoding: string | undefined, body: Uint8Array | null) => unpackedBody(encoding === undefined ? {} : { 'content-encoding': encoding }, body).then((text) => text.length > 99 ? text.length : text), [
    [undefined, packed.gzip], ['gzip', null], ['gzip', packed.gzip], ['identity', packed.gzip], ['zstd', packed.gzip], ['gzip', Buffer.from('no')], ['gzip, gzip, gzip, gzip, gzip', many(5)], ['gzip, gzip, gzip, gzip, gzip, gzip', many(6)], ['gzip', gzipSync(Buffer.alloc(1024 * 1024, 'x'))], ['gzip', gzipSync(Buffer.alloc(1024 * 1024 + 1, 'x'))], ['gzip', gzipSync(Buffer.from([0xe5, 0x91]))],
  ])
  const pieces = (...lengths: readonly number[]) => (async function* body() {
    for (const length of lengths) {
      if (length < 0) throw new ForwardError('reset', 'it broke off')
      yield Buffer.alloc(length, 'x')
    }
  })()
  await told.table('take', async (lengths: readonly number[], limit: number, most: number) => {
    let counted = 0
    const { bytes, rest } = await take(pieces(...lengths), limit, (length) => {
      counted += length
      if (counted > most) throw new ForwardError('tooLarge', `more than ${String(most)}`)
    })
    return [bytes.length, rest === null, rest === null ? null : (await rest.next()).done]
  }, [[[], 5, 99], [[5], 5, 99], [[6], 5, 99], [[3, 3, 3], 5, 99], [[3, 2], 5, 99], [[3, -1], 5, 99], [[6, -1], 5, 99], [[3, 3], 99, 6], [[3, 3], 99, 5]])
  await told.isThatOf('backends-forms')
})

test('what is hidden', async () => {
  const told = new WrittenDown()
  const keys = ['token', 'access_token', 'accessToken', 'ACCESS-TOKEN', 'token_expire', 'tokenExpires', 'tokenAt', 'token_type', 'token_set', 'auth', 'auth_code', 'authCode', 'authorization', 'author', 'cookie', 'set-cookie', 'cookies', 'passwd', 'password', 'passwordAt', 'pwd', 'passphrase', 'secret', 'secrets', 'apikey', 'api_key', 'apiKey', 'api keys', 'key', 'sessionid', 'session_id', 'sessionId', 'session', 'sessid', 'sid', 'side', 'jwt', 'jwtAt', 'x-jwt', 'accesskey', 'access_key', 'verify_code', 'smsCode', 'sms_code', 'code', 'passwort', 'name', '', 'tokens', 'mytokens', 'user.password.hash']
  await told.table('isSecret, isForeignSecret', (key: string) => [isSecret(key), isForeignSecret(key)], each(...keys))
  const values: readonly unknown[] = ['text', { token: 'T', tokens: ['A', { b: 'C' }], n: { password: { deep: 'D' } }, code: 5, passwordAt: 'x' }, [{ cookie: '' }], { token: 5, secret: null, pwd: true }, null, 7]
  await told.table('maskDeep', (value: unknown) => maskDeep(value), values.map((value) => [value] as const))
  await told.table('maskForm', maskForm, each('', 'a=1', 'token=1', 'a=1&token=2&b=3', 'token=', 'token', 'x_token=1&auth=2', 'Token=a=b', '&token=1', 'token%5B%5D=1', 'pass%77ord=1&user%5Ftoken=2&%=3&%zz=4', 'note=token'))
  await told.table('maskUrl', maskUrl, each('/a', '/a?token=1', '/a?b=1', '/token=1', '/a?', '/a?token=1?token=2'))
  const broken = ['{"token":"T","a":1}', '{"a":1}', '{ "a" : 1 }', '{"token":"T"', '{"a":"b","token" : "cut', '{"tok\\u0065n":"T"', '"token":""', 'no', `{"${'x'.repeat(100)}token":"T"`, '["token"]', `${'['.repeat(101)}{"token":"T"}${']'.repeat(101)}`]
  await told.table('maskBody of JSON', maskBody, [...broken, '{"token":"[T"', '{"token":["T"', '{"token":123', '{"token":1234', '{"token":"123"', "{'token':'T'}", '{token:"T"}', '"{\\"token\\":\\"T\\"}"', '"{\\"token\\":\\"T\\"', 'token=T', 'name: x, token: T'].map((text) => [text, 'application/json'] as const))
  await told.table('maskBody of forms', maskBody, [['token=a,b;c"d&e=f', 'application/x-www-form-urlencoded'], ['token=a,b;c"d&e=f', 'Application/X-WWW-Form-UrlEncoded; charset=utf-8'], ['{"token":"T"}', 'application/x-www-form-urlencoded'], ['pass%77ord=T', 'application/x-www-form-urlencoded'], ['%', 'application/x-www-form-urlencoded']])
  const part = (head: string, text: string, end = '\r\n') => `--B\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}${end}`
  const inParts = [`${part('name="token"', 'T')}${part('name="a"', 'b')}${part('name=password', 'P\r\nQ\r\n')}--B--\r\n`, part('name="token"', 'cut', ''), part('name="token"; filename="x"\r\nContent-Type: a/b', 'T'), part('name="filename"', 'T'), part('filename="token"; name="a"', 'T'), part('name="token"', ''), `preamble\n--B\nContent-Disposition: form-data; NAME="token"\n\nT\n--B--`]
  await told.table('hideParts', hideParts, inParts.map((text) => [text, 'multipart/form-data; boundary=B', isSecret] as const))
  await told.table('hideParts of other types', hideParts, ['multipart/form-data; boundary="B"', 'Multipart/Mixed; charset=utf-8; BOUNDARY=B; x=y', 'multipart/form-data', 'multipart/form-data; boundary=C', 'text/plain; boundary=B'].map((type) => [inParts[1] ?? '', type, isSecret] as const))
  const phones = ['13800001001', '12800001001', '+8613800001001', '008613800001001', '86 13800001001', '86-138-0000-1001', '138 0000 1001', '138-00001001', '1380000 1001', '138.0000.1001', '(138) 0000-1001', '138) 0000 1001', '138\u20130000\u20131001', '138\u00a00000\u00a01001', '113800001001', '138000010012', 'a13800001001b', '%2B8613800001001', '%3D13800001001', '１３８００００１００１', '０１３８００００１００１', '1２３', '123 4567 8901', '138  0000  1001', '138   0000 1001', '138    0000 1001', '13800001001,13900001002', '1380000100', '198 12345678', '128 12345678']
  await told.table('phones', (text: string) => [maskPhones(text), replacePhones(text, (phone) => phone.split('').reverse().join(''))], each(...phones))

  const none = { url: '/', headers: [], bodies: [] }
  const looked = 'SECRET-one SECRET-two SECRET-three c2VjcmV0LW9uZS1pcw== short'
  const exchanges = [
    none, { ...none, url: '/a?token=SECRET-one&x=SECRET-two' }, { ...none, headers: [{ authorization: 'Bearer SECRET-one' }] }, { ...none, headers: [{ authorization: 'SECRET-one ' }] }, { ...none, headers: [{ authorization: `Basic ${Buffer.from('user:SECRET-two').toString('base64')}` }] }, { ...none, headers: [{ authorization: Buffer.from('key=SECRET-two').toString('base64') }] }, { ...none, headers: [{ cookie: 'a=SECRET-one; b="SECRET-two"; SECRET-three' }] }, { ...none, headers: [{ 'set-cookie': ['a=SECRET-one; Path=SECRET-two', 'b=SECRET-three'] }] }, { ...none, headers: [{ 'x-name': 'SECRET-one', 'x-token': undefined }, { 'x-token': 'SECRET-two' }] },
    { ...none, bodies: ['{"token":"SECRET-one","a":{"session":["SECRET-two",{"b":"SECRET-three"}]}}'] }, { ...none, bodies: ['token=SECRET-one&b=SECRET-two', 'SECRET-three'] }, { ...none, bodies: ['{"token":"SECRET-one"'] }, { ...none, bodies: ['"SECRET-one"', '[{"jwt":"SECRET-two"}]', '{"token":"short"}', '{"token":5}'] },
  ]
  await told.table('secretsIn', (exchange: Parameters<typeof secretsIn>[0]) => secretsIn(exchange).hide(looked), exchanges.map((one) => [one] as const))
  await told.table('SecretTexts', (text: string, looked2: string) => new SecretTexts([text]).hide(looked2), [
    ['1234567', '1234567'], ['12345678', 'x12345678y'], ['lowercase', 'lowercase'], ['x'.repeat(15), 'x'.repeat(15)], ['x'.repeat(16), 'x'.repeat(16)], ['Lowercase', 'Lowercase Lowercas'], ['a b/c~d&e', 'a%20b%2Fc~d%26e a+b%2Fc~d%26e a%2520b%252Fc~d%2526e a%20b%2fc~d%26e'], ['a b/c~d&e', 'a b~1c~0d&e a b\\/c~d&e a b/c~d\\u0026e a b/c~d&amp;e'], ['say "it\'s" <b>', 'say \\"it\'s\\" <b> say &quot;it\'s&quot; &lt;b&gt; say &quot;it&#39;s&quot; &lt;b&gt; say &quot;it&#x27;s&quot; &lt;b&gt; say &#34;it&#39;s&#34; &lt;b&gt;'],
    ['12345678', Buffer.from('a12345678').toString('base64')], ['x'.repeat(128 * 1024), `-${'x'.repeat(128 * 1024)}-`], ['1'.repeat(128 * 1024 + 1), `-${'1'.repeat(128 * 1024 + 1)}-`], ['周杰伦的密码是一', '周杰伦的密码是一 %E5%91%A8'],
  ])
  const numbered = (count: number, length = 8) => Array.from({ length: count }, (_, i) => `${String(i).padStart(5, '0')}${'X'.repeat(length - 5)}`)
  await told.table('how many are known', (count: number, length: number) => {
    const texts = numbered(count, length)
    const secrets = new SecretTexts(texts)
    return texts.map((text, i) => [i, secrets.hide(`-${text}-`) === '-***-'] as const).filter(([i, isHidden], at, all) => at === 0 || isHidden !== all[at - 1]?.[1] || i === all.length - 1)
  }, [[2000, 8], [2001, 8], [256, 1024], [257, 1024]])

  const veil = veilOver([new SecretTexts(['KNOWN-secret'])])
  const draw = new Draw(11)
  const parts = ['token=', 'token: ', '"password":"', "'pwd':'", 'abc', 'name=', 'x.key=', 'api-key=', '%3D', 'session%3a', '12', '1234', ' ', '&', '"', "'", ',', ';', '\\"', 'Bearer ', 'Basic%20', 'eyJhbGciOiJI.eyJz', '13800001001', 'KNOWN-secret', 'true', 'null', '[', '{', '<', '>', '\n']
  const drawn = Array.from({ length: 160 }, () => Array.from({ length: 2 + draw.below(5) }, () => draw.of(parts)).join(''))
  const said = ['', 'KNOWN-secret', 'Bearer abc.def', 'bearer+abc', 'Basic%20YWJj', 'basic  x', 'bearer     x', 'xBearer abc', 'eyJhbGciOiJIUzI1NiJ9.e30.x', 'eyJshort', 'xeyJhbGciOiJIUzI1NiJ9', 'token=abc&b=c', 'token = abc', 'token:abc', 'token%3Dabc', 'token:"a b"', "token:'a b'", 'token:\\"a b\\"', 'mykey=abc', 'key=abc', 'my_key: abc', 'token=12', 'token=1234', 'token=true', 'token=[1]', 'token="a\\"b"c', 'call 13800001001', 'sessionid=x;y']
  await told.table('veil.text', veil.text, each(...said, ...drawn))
  await told.table('veil.value', (value: unknown, name?: string) => veil.value(value, name), [['a', 'token'], ['a'], [{ token: 1234, n: 12, 'Bearer abc': 1, list: ['token=abc', 5] }], [{ session: { a: 'b', n: 123, m: 1234, yes: true } }], [null], [['x'], 'pwd'], ['', 'token']])
  await told.table('veil.body', veil.body, each('{"token":"abc","n":13800001001}', '{ "a" : "b" }', '{"a":"token=abc"}', 'token=abc', '{"token":"abc"', ' [1, "KNOWN-secret"]', '"13800001001"', '{"KNOWN-secret":1}', '{}', ''))
  const finding = (pointer: string, message: string) => ({ kind: 'type' as const, pointer, message })
  const token = 'a1b2'.repeat(8)
  await told.table('veiled findings', (pointer: string, message: string) => veiled(live, finding(pointer, message), veil), [['/a', 'm'], [`/${token}`, `got ${token}`], ['/KNOWN-secret', 'KNOWN-secret 13800001001'], [`/${'x'.repeat(300)}`, 'y '.repeat(2500)]])
  await told.table('examples', (body: string | null, message: string, url: string) => exampleOf(live, { at: 5, method: 'GET', url, status: 200, message, body }, veil), [[null, 'm', '/a?token=x'], ['', 'x'.repeat(301), `/${'y'.repeat(300)}`], [`{"token":"${token}"}`, token, `/${token}`]])
  await told.table('shownBody', (length: number, unit: string) => shownBody(unit.repeat(Math.ceil(length / unit.length)), live, veil)?.length ?? null, [[0, 'a'], [1999, 'a '], [2001, 'a '], [256 * 1024, 'a '], [256 * 1024 + 1, 'a '], [256 * 1024 + 1, 'token=a '], [262_144, 'token=a ']])
  await told.isThatOf('backends-hidden')
})

test('tokens, news of sessions and the room for answers', async () => {
  const told = new WrittenDown()
  for (const system of [edu, im, job, live, trid] as readonly System[]) {
    const { access, refresh } = system.sessions
    told.part(system.id)
    for (const length of new Set([access.length, refresh?.length ?? access.length])) for (const off of [-1, 0, 1]) told.note(`maskTokens ${String(length)} ${String(off)}`, maskTokens(system, `<${'Az0'.repeat(200).slice(0, length + off)}>`))
    told.note('shortestToken', [shortestToken(system, { shortest: Number.POSITIVE_INFINITY }), shortestToken(system, { shortest: 3 })])
    for (const error of [null, undefined, ...Object.keys(system.contract.errors)]) {
      const news = newsOf(system, { operation: Object.keys(system.contract.operations)[0] ?? '', request: { method: 'GET', headers: {}, query: () => undefined, field: () => undefined, pathParameters: {}, hasBody: false }, body: {}, headers: {}, error })
      if (news !== null) told.note(`news of ${String(error)}`, news)
    }
  }
  const swaps = new Map([['aaa', 'bbb'], ['ccc', 'aaa']])
  await told.table('swapped', (text: string) => swapped(text, swaps), each('', 'aaa', 'xaaay aaa', 'ccc', 'cccaaa'))
  await told.table('isLeft', (...texts: readonly string[]) => isLeft(texts, swaps), [[], ['aa'], ['x', 'xaaax'], ['ccc'], ['bbb']])
  const room = new AnswerRoom(200_000)
  const guests: Guest[] = []
  const draw = new Draw(5)
  for (let i = 0; i < 80; i++) {
    const what = draw.below(5)
    const at = draw.below(Math.max(1, guests.length))
    if (what === 0 || guests.length === 0) {
      guests.push(room.enter())
      told.note(`${String(guests.length)} enter`, null)
    } else if (what === 1) {
      guests[at]?.leave()
      told.note(`leaves ${String(at)}`, null)
    } else {
      const bytes = draw.of([1000, 40_000, 65_536, 65_537, 100_000])
      await told.try(`${String(at)} takes ${String(bytes)}`, () => guests[at]?.take(bytes))
    }
  }
  await told.table('edges of the room', (most: number, first: number, second: number) => {
    const small = new AnswerRoom(most)
    const [one, two] = [small.enter(), small.enter()]
    one.take(first)
    two.take(second)
    return 'there is room'
  }, [[100_000, 34_464, 65_536], [100_000, 34_465, 65_536], [100_000, 34_463, 65_537], [100_000, 34_464, 65_537], [100_000, 200_000, 65_536]])
  await told.isThatOf('backends-tokens')
})
