import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Box, createStub } from '../src/index.js'
import { begin, understudy } from './support/cli.js'

const MOBILE = '13800003001'
const stub = await createStub({ systems: ['edu', 'live', 'trid'] })
const folder = await mkdtemp(join(tmpdir(), 'understudy-ctl-'))
afterAll(async () => {
  await stub.close()
  await rm(folder, { recursive: true })
})

/** A sandbox, and `understudy ctl …` on it. */
async function stage() {
  const box = await stub.sandbox()
  const env = { UNDERSTUDY_URL: stub.url, UNDERSTUDY_SANDBOX: box.name }
  const run = (line: string) => understudy(['ctl', ...line.split(' ')], { env, cwd: folder })
  /** What a move that goes well prints. */
  const ctl = async (line: string) => {
    const { code, stdout, stderr } = await run(line)
    expect([code, stderr], line).toEqual([0, ''])
    return stdout
  }
  const json = async (line: string) => JSON.parse(await ctl(`${line} --json`)) as unknown
  return { box, env, run, ctl, json }
}

const sendCode = (box: Box) => box.client('live').GET('/auth/code', { params: { query: { mobile: MOBILE } } })
const login = (box: Box) => box.client('live').POST('/auth/login', { body: { mobile: MOBILE, auth_code: '123456' } })

/** Asks for a code and logs in. */
async function enter(box: Box) {
  await sendCode(box)
  await login(box)
}

describe('ctl', () => {
  test('clock', async () => {
    const { box, ctl, json, run } = await stage()
    expect(await ctl('clock freeze 2026-01-31T08:30:00Z')).toBe('2026-01-31T08:30:00.000Z (frozen)\n')
    expect(await ctl('clock advance 2h')).toBe('2026-01-31T10:30:00.000Z (frozen)\n')
    expect(await ctl('clock advance PT1M')).toBe('2026-01-31T10:31:00.000Z (frozen)\n')
    expect(await json('clock')).toEqual(await box.clock.now())
    expect(await ctl('clock set 2026-02-01T00:00:00+08:00')).toBe('2026-01-31T16:00:00.000Z (frozen)\n')
    expect(await ctl('clock resume')).not.toContain('frozen')
    expect(await run('clock advance soon')).toMatchObject({ code: 1, stderr: expect.stringContaining('write it like 2h, 90s, 30d, 1h30m or PT10M1S') as unknown })
  })

  test('what is wrong is said in terms of flags and arguments, not of the control plane', async () => {
    const { run, box } = await stage()
    for (const [line, complaint] of [
      ['clock set yesterday', '<moment> must be a moment in ISO 8601 with a zone, such as 2026-01-31T08:30:00Z'],
      ['clock freeze now', '[moment] must be a moment in ISO 8601 with a zone, such as 2026-01-31T08:30:00Z'],
      ['clock advance 90y', '"90y" is more than the 50 years that a clock advances at once.'],
      ['faults add live liveLogin --drop --times 0', '--times must be >= 1'],
      ['faults add live liveLogin --drop --probability 3', '--probability must be <= 1'],
      ['faults add live liveLogin --status 42', '--status must be >= 200'],
      ['faults add live liveLogin --latency 3h', '--latency must be <= 600000'],
      ['maintenance live on --http 99', '--http must be >= 200'],
      ['maintenance live on --status ä', '--status must be ASCII characters, without spaces at its ends'],
      ['requests --limit 0', '--limit must be >= 1'],
      ['requests --system lvie', 'No system is called "lvie". This server plays edu, live, trid. Did you mean "live"?'],
      ['settings edu httpStatus=alwys200', 'httpStatus of edu cannot be "alwys200". It allows mapped, always200. Did you mean "always200"?'],
      ['outages live databse', 'live does not know the outage "databse". There are internal, database. Did you mean "database"?'],
      ['ban live 13800003001', 'live knows no bans; those that do: edu.'],
      ['kick live 1380000300', 'live has no user "1380000300". Give the id or one of these fields of the user: mobile, nickname. "understudy ctl users" lists them all.'],
      ['maintenance live on --status ', '--status must not be empty'],
      ['requests --error API_INVALID_AUTHCODE', 'no system has an error "API_INVALID_AUTHCODE". Did you mean "API_INVALID_AUTH_CODE"?'],
      ['requests --follow --system live --error NOPE', 'live has no error "NOPE".'],
      ['--sandbox a/b sms', '--sandbox must be letters, digits, ".", "_" and "-", 64 at the most, a letter or digit first'],
    ]) expect(await run(line ?? ''), line).toMatchObject({ code: 1, stdout: '', stderr: `error: ${String(complaint)}\n` })
    expect(await run('expire edu 13800001001')).toMatchObject({ code: 1, stderr: expect.stringMatching(/Say which by --realm or by the id\.\n$/) as unknown })
    expect(await run('rewind 99999')).toMatchObject({ code: 1, stderr: expect.stringMatching(/"understudy ctl history" lists it\.\n$/) as unknown })
    expect(await run('clock advance -2h')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: a clock does not go back by a duration; "understudy ctl clock set <moment>" sets it back\n/) as unknown })
    expect(await run('clock advance --by')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: unknown option '--by'/) as unknown })
    expect(await run('faults add --latency soon')).toMatchObject({ code: 1, stderr: expect.stringContaining('write it like 800, 2s, 800-2500 or 1s-3s.') as unknown })
    expect(await box.faults.list()).toEqual([])
  })

  test('a sandbox whose name is nearly that of another is not made by mistake', async () => {
    const { run, ctl } = await stage()
    await ctl('--sandbox alice clock')
    expect(await run('--sandbox alcie clock advance 2h')).toMatchObject({ code: 1, stderr: 'error: there is no sandbox "alcie" yet. Did you mean "alice"? If not, --new makes it.\n' })
    expect((await stub.sandboxes()).map(({ name }) => name)).not.toContain('alcie')
    expect(await ctl('--sandbox alcie --new reset')).toBe('alcie is as new\n')
    expect(await ctl('--sandbox alcie reset')).toBe('alcie is as new\n')
    for (const name of ['phone-1', 'phone-2', 'alice', 'alcie']) await ctl(`--sandbox ${name} delete`)
  })

  test('sms', async () => {
    const { box, ctl, json } = await stage()
    expect(await ctl(`sms ${MOBILE}`)).toBe('no SMS yet\n')
    expect(await ctl('sms --source sequence --system live')).toMatch(/^live +sequence +up$/m)
    await sendCode(box)
    expect(await ctl('sms --system live')).toMatch(new RegExp(`^PHONE +CODE.*\n${MOBILE} +100001 +valid +\\S+Z +\\S+Z +live\n$`))
    expect(await json(`sms ${MOBILE}`)).toEqual(await box.sms.list({ phone: MOBILE }))
    expect(await ctl('sms --operator down')).toMatch(/^trid +fixed +down$/m)
  })

  test('records', async () => {
    const { box, ctl, json, run } = await stage()
    expect(await ctl('records live')).toMatch(/^users +id +3$/m)
    expect(await ctl('records live users --limit 2')).toMatch(/^(\{"id":\d.*\}\n){2}2 of 3\n$/)
    expect(await ctl(`records live users --search ${MOBILE}`)).toMatch(/^\{.*\}\n1 of 1\n$/)
    expect(await json('records live users --where id_gte=2 --where id_ne=3')).toEqual({ records: [await box.db('live').get('users', 2)], total: 1 })
    expect(await ctl('records live users --page 9')).toBe('0 of 3\n')
    expect(await run('records live users --where id')).toMatchObject({ code: 1, stderr: expect.stringContaining('field=value') as unknown })
    expect(await run('records live user')).toMatchObject({ code: 1, stderr: expect.stringContaining('live has no collection "user"') as unknown })
  })

  test('sessions, users, kick, expire, revoke', async () => {
    const { box, ctl, json } = await stage()
    expect(await ctl('sessions live')).toBe('no sessions\n')
    await enter(box)
    expect(await ctl(`sessions live ${MOBILE} --state active`)).toMatch(/^live +1 +active +- +\S+Z +never +\*\*\*$/m)
    expect(await ctl('sessions --secrets live')).toMatch(/ [0-9a-f]{32}$/m)
    expect(await ctl('users live')).toMatch(new RegExp(`^live +1 +- +${MOBILE}, \\S+ +free$`, 'm'))
    expect(await json(`expire live ${MOBILE} --which both`)).toMatchObject([{ state: 'expired' }])
    await enter(box)
    expect(await json(`kick live ${MOBILE} --platform ios --device iPhone`)).toMatchObject([{ state: 'displaced', displacedBy: { platform: 'ios', label: 'iPhone', client: null } }])
    await enter(box)
    expect(await ctl(`revoke live ${MOBILE}`)).toMatch(/^live +1 +revoked/m)
  })

  test('users by words, by who is logged in, and a page at a time', async () => {
    const { box, run, ctl, json } = await stage()
    const all = await box.sessions.users()
    expect(await json('users')).toEqual(all)
    expect(await json(`users --query ${MOBILE}`)).toEqual(await box.sessions.users(undefined, { q: MOBILE }))
    expect(await ctl('users live -q nobody-like-that')).toBe('no users\n')
    expect(await ctl('users live --logged-in only')).toBe('no users\n')
    await box.sessions.issue({ system: 'live', user: MOBILE, device: { label: 'iPhone' } })
    expect(await ctl('users live --logged-in only')).toMatch(new RegExp(`^SYSTEM +ID +REALM +NAMES +STATE +SINCE +DEVICE\nlive +1 +- +${MOBILE}, .* free +\\S+Z +iPhone\n$`))
    expect((await ctl('users live --logged-in first')).split('\n')[2]).toMatch(/ free +- +-$/)
    expect(await ctl('users --limit 2')).toMatch(new RegExp(`\n${String(all.length - 2)} more: --offset 2\n$`))
    expect(await json(`users --offset 2 --limit 1`)).toEqual(all.slice(2, 3))
    expect(await ctl(`users --offset ${String(all.length - 1)}`)).not.toContain('more')
    expect(await run('users --limit 0')).toMatchObject({ code: 1, stdout: '', stderr: 'error: --limit must be >= 1\n' })
    expect(await run(`users -q ${'x'.repeat(201)}`)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: --query must /) as unknown })
    expect(await run('users --logged-in yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('Allowed choices are only, first') as unknown })
  })

  test('login', async () => {
    const { box, ctl, json, run } = await stage()
    const header = (await ctl(`login live ${MOBILE} --device iPhone`)).trim()
    expect(header).toMatch(/^authorization: \S+$/)
    const me = await fetch(`${box.baseUrl('live')}/users/my`, { headers: { authorization: header.replace('authorization: ', '') } })
    expect(await me.json()).toMatchObject({ code: 2000 })
    expect(await ctl('login trid 13800005001')).toMatch(/^[\w-]+\n$/)
    expect(await json('login edu 13800001001 --realm s')).toMatchObject({ session: { realm: 's', state: 'active' }, headers: { auth: expect.any(String) as unknown } })
    expect(await run('login live nobody')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: live has no user "nobody"/) as unknown })
  })

  test('ban, unban', async () => {
    const { ctl, run } = await stage()
    expect(await ctl('ban edu 13800001001 --realm s')).toMatch(/^edu +\w+ +s +.*13800001001.* banned$/m)
    expect(await ctl('unban edu 13800001001 --realm s')).toMatch(/ free$/m)
    const { code, stdout, stderr } = await run('ban edu 13800001001')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^error: Several users of edu .*\n$/)
  })

  test('maintenance', async () => {
    const { box, ctl, run } = await stage()
    expect(await ctl('maintenance live on --status upgrading --http 502')).toMatch(/^live +on +upgrading +502$/m)
    expect((await sendCode(box)).response.status).toBe(502)
    expect(await ctl('maintenance')).toMatch(/^trid +off +- +-$/m)
    expect(await ctl('maintenance live off')).toMatch(/^live +off/m)
    expect((await ctl('maintenance all on')).match(/ on /g)).toHaveLength(3)
    expect((await ctl('maintenance all off')).match(/ off /g)).toHaveLength(3)
    expect(await run('maintenance live')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: say whether maintenance of live is on or off\n/) as unknown })
    expect(await run('maintenance live up')).toMatchObject({ code: 1, stderr: expect.stringContaining('it is on or off') as unknown })
  })

  test('outages, settings', async () => {
    const { ctl, json, run } = await stage()
    expect(await ctl('outages trid database')).toMatch(/^trid +database +\S/m)
    expect(await ctl('outages all none')).toMatch(/^trid +nothing +\S/m)
    expect(await json('outages')).toHaveLength(3)
    expect(await run('outages trid')).toMatchObject({ code: 1 })
    expect(await ctl('settings edu httpStatus=always200 accessTokenGraceMs=500')).toMatch(/^edu +httpStatus +always200\nedu +accessTokenGraceMs +500$/m)
    expect(await ctl('settings')).toMatch(/^edu +accessTokenGraceMs +500$/m)
    // To look changes nothing; to go back to the defaults has to be said.
    expect(await ctl('settings edu')).toMatch(/^edu +httpStatus +always200\nedu +accessTokenGraceMs +500$/m)
    expect(await ctl('settings edu')).not.toMatch(/^trid/m)
    expect(await ctl('settings')).toMatch(/^edu +accessTokenGraceMs +500$/m)
    expect(await ctl('settings edu --reset')).toMatch(/^edu +httpStatus +mapped$/m)
    expect(await run('settings --reset')).toMatchObject({ code: 1, stderr: expect.stringContaining('--reset takes a system') as unknown })
    expect(await run('settings nope')).toMatchObject({ code: 1, stderr: expect.stringContaining('"nope"') as unknown })
    expect(await run('settings edu httpStatus')).toMatchObject({ code: 1, stderr: expect.stringContaining('write it like name=value') as unknown })
  })

  test('faults', async () => {
    const { box, ctl, run } = await stage()
    expect(await ctl('faults')).toBe('no faults\n')
    expect(await ctl('faults add live liveLogin --error API_INVALID_AUTH_CODE --times 1')).toMatch(/^fault-1 +live +liveLogin +error error=API_INVALID_AUTH_CODE +1 +1 +0 of 0$/m)
    await enter(box)
    await ctl('faults add --latency 1-2 --probability 0.5')
    await ctl('faults add trid --status 502')
    expect(await ctl('faults')).toMatch(/^fault-1 .* 0 +1 +1 of 1\nfault-2 +\* +\* +latency min=1 max=2 +for ever +0.5 .*\nfault-3 +trid +\* +status status=502 /m)
    expect(await ctl('faults remove fault-2')).not.toContain('fault-2')
    expect(await ctl('faults clear')).toBe('no faults\n')
    expect(await run('faults add live')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: say what goes wrong with one of --error, --code, /) as unknown })
    expect(await run('faults add live --drop --reset')).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be used with') as unknown })
    const { stderr } = await run('faults add live liveLogin --error SMS_CODE_INVALID')
    expect(stderr).toMatch(/^error: .*SMS_CODE_INVALID.*API_INVALID_AUTH_CODE.*\n$/)
  })

  test('faults add says of each flag what goes wrong by it', async () => {
    const { stdout } = await understudy(['ctl', 'faults', 'add', '--help'])
    for (const [flag, what] of [['error <name>', 'answer with this error of the system'], ['latency <time>', 'wait first: 800'], ['status <', 'answer with a bare HTTP status'], ['drop', 'close the connection without an answer'], ['reset', 'break the connection in the middle of the answer'], ['malformed', 'answer with broken JSON'], ['slow <', 'let the answer trickle']]) expect(stdout).toMatch(new RegExp(`--${String(flag)}.* {2,}.*${String(what)}`))
  })

  test.each([
    ['--code 4011', { kind: 'error', code: 4011 }],
    ['--condition smsCodeInvalid', { kind: 'error', condition: 'smsCodeInvalid' }],
    ['--latency 800', { kind: 'latency', min: 800 }],
    ['--drop', { kind: 'drop', carriedOut: false }],
    ['--reset', { kind: 'reset' }],
    ['--malformed', { kind: 'malformed' }],
    ['--slow 3000', { kind: 'slow', milliseconds: 3000, chunks: 10 }],
  ])('faults add %s', async (flags, fault) => {
    const { json } = await stage()
    expect(await json(`faults add live * ${flags}`)).toMatchObject({ system: 'live', operationId: '*', fault, times: null })
  })

  test('requests', async () => {
    const { box, ctl, json } = await stage()
    expect(await ctl('requests')).toBe('no calls\n')
    await box.faults.next('live', 'liveLogin', { error: 'API_INVALID_AUTH_CODE' })
    await enter(box)
    const [first, second] = (await ctl('requests')).split('\n')
    expect(first).toMatch(/^#1 \S+Z live liveSendCode GET \/auth\/code\?mobile=\d+ → 200 \([\d.]+ ms\)$/)
    expect(second).toMatch(/^#2 \S+Z live liveLogin POST \/auth\/login → 200 API_INVALID_AUTH_CODE \(fault fault-1, [\d.]+ ms\)$/)
    expect(await json('requests --operation liveLogin --limit 1')).toMatchObject([{ id: 2, operationId: 'liveLogin' }])
    expect(await ctl('requests --unmatched')).toBe('no calls\n')
    expect(await ctl('requests clear')).toBe('2 forgotten\n')
  })

  test('requests say who answered where a real backend could have, and why it did not', async () => {
    const { box, ctl, json } = await stage()
    const staging = await stub.sandbox()
    await ctl(`backend live ${staging.baseUrl('live')}`)
    await sendCode(box)
    await ctl('backend live http://127.0.0.1:1 --mode real-or-stub')
    await sendCode(box)
    const [first, second] = (await ctl('requests')).split('\n')
    expect(first).toMatch(/ \(by the real backend, /)
    expect(second).toMatch(/ \(by the stub, refused: nothing listens there \(ECONNREFUSED\), /)
    expect(await json('requests')).toMatchObject([{ source: 'stub', sourceReason: expect.stringMatching(/^refused: /) as unknown }, { source: 'real', sourceReason: null }])
  })

  test('backend --operation goes for what it names and leaves the rest; --same-data is said and taken back', async () => {
    const { box, ctl, run } = await stage()
    const staging = await stub.sandbox()
    expect(await ctl(`backend live ${staging.baseUrl('live')} --mode stub --operation auth=real --operation liveGetMe=compare`)).toMatch(/ stub +auth=real liveGetMe=compare /)
    await ctl('backend live --operation liveGetMe=stub --same-data')
    expect(await box.backends.get('live')).toMatchObject({ mode: 'stub', operations: { auth: 'real', liveGetMe: 'stub' }, sameData: true })
    expect(await ctl('backend live --no-same-data')).not.toContain('same data')
    await sendCode(box)
    expect([await staging.requests.count(), (await box.requests.list())[0]?.source]).toEqual([1, 'real'])
    expect(await run('backend live --operation auth')).toMatchObject({ code: 1, stderr: expect.stringContaining('write it like name=mode') as unknown })
    expect(await run('backend live --operation liveGetMee=real')).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean "liveGetMe"?') as unknown })
  })

  test('drift --clear forgets what was found, of one system or of all', async () => {
    const { box, ctl } = await stage()
    await ctl('backend live http://127.0.0.1:1')
    await ctl('backend trid http://127.0.0.1:1')
    await sendCode(box)
    await box.fetch('/trid/index.php?r=user/sms-validation-request', { method: 'POST', body: '{"type":"sms_validation_request","tel":"13800005009","time":"1"}' })
    expect(await ctl('drift')).toMatch(/liveSendCode +noAnswer.*\ntridSendSms +noAnswer/s)
    expect(await ctl('drift live --clear')).toBe('1 forgotten\n')
    expect(await ctl('drift')).not.toContain('liveSendCode')
    expect(await ctl('drift --clear')).toBe('1 forgotten\n')
    expect(await ctl('drift')).toBe('no real backend was asked\n')
  })

  test('a snapshot with sessions of a real backend in it says so, and one without does not; a kick is this side\'s', async () => {
    const { box, run, json } = await stage()
    const staging = await stub.sandbox()
    await enter(box)
    expect(await run('snapshot plain.json')).toEqual(expect.objectContaining({ code: 0, stderr: '' }))
    expect(await json('sessions live')).not.toContainEqual(expect.objectContaining({ real: true }))
    await box.backends.set('live', { url: staging.baseUrl('live') })
    await enter(box)
    const { code, stdout, stderr } = await run('snapshot real.json')
    expect([code, stdout]).toEqual([0, 'saved in real.json\n'])
    expect(stderr).toBe('warning: the snapshot has the tokens of 1 session of a real backend in it, as they are, for a restore needs them; keep it as you keep a password\n')
    expect(JSON.parse((await run('snapshot')).stdout)).toMatchObject({ format: 'understudy-snapshot' })
    expect(await json(`kick live ${MOBILE}`)).toContainEqual(expect.objectContaining({ real: true, state: 'displaced' }))
    expect((await staging.sessions.list({ system: 'live', state: 'active' })).length).toBe(1)
  })

  test('requests --follow, until the sandbox is gone', async () => {
    const { box, env } = await stage()
    const follower = begin(['ctl', 'requests', '--follow'], { env })
    // Nobody tells when it has begun to listen, so it is called until it says something.
    const heard = follower.says(/liveSendCode/).then(() => true)
    while (!(await Promise.race([heard, sendCode(box).then(() => false)])));
    await box.delete()
    const { code, stdout } = await follower.ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/^#\d+ \S+Z live liveSendCode GET /)
  })

  test('snapshot, restore, reset', async () => {
    const { box, ctl, json, run } = await stage()
    await sendCode(box)
    expect(await ctl('snapshot bug.json')).toBe('saved in bug.json\n')
    expect(JSON.parse(await readFile(join(folder, 'bug.json'), 'utf8'))).toMatchObject({ format: 'understudy-snapshot', requests: 1 })
    expect(await ctl('reset')).toBe(`${box.name} is as new\n`)
    expect(await box.sms.list({ system: 'live' })).toEqual([])
    expect(await ctl('restore bug.json')).toMatch(new RegExp(`^${box.name} `, 'm'))
    expect(await box.sms.latest(MOBILE)).toMatchObject({ code: '123456' })
    expect(await json('snapshot')).toMatchObject({ format: 'understudy-snapshot' })

    expect(await run('restore nowhere.json')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: nowhere.json cannot be read: ENOENT.*\n$/) as unknown })
    await writeFile(join(folder, 'broken.json'), '{')
    expect(await run('restore broken.json')).toMatchObject({ code: 1, stderr: 'error: broken.json is no snapshot: it is not JSON\n' })
    await writeFile(join(folder, 'other.json'), '{"format":"something"}')
    expect(await run('restore other.json')).toMatchObject({ code: 1, stderr: 'error: other.json is no snapshot; "understudy ctl snapshot <file>" saves one\n' })
    await writeFile(join(folder, 'half.json'), '{"format":"understudy-snapshot","name":"x"}')
    expect(await run('restore half.json')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: half\.json cannot be restored: "name" is no field of the body.+\n$/) as unknown })
  })

  test('scenario, sandboxes, delete', async () => {
    const { box, ctl, run } = await stage()
    expect(await ctl('scenario')).toMatch(/^live +busy-channels +\S/m)
    expect(await ctl('scenario busy-channels --system live')).toMatch(/^live +busy-channels/m)
    expect(await ctl('sandboxes')).toMatch(new RegExp(`^${box.name} `, 'm'))
    expect(await ctl('delete')).toBe(`${box.name} is gone\n`)
    expect(await run('scenario no-such-thing')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .*busy-channels.*\n$/) as unknown })
  })

  test('--url, --sandbox and --token say where', async () => {
    await using open = await createStub({ systems: ['live'], adminToken: 'open-sesame' })
    const refused = await understudy(['ctl', 'sandboxes', '--url', open.url])
    expect(await open.sandboxes()).toEqual([])
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: .*asks for its admin token.*\n$/) as unknown })
    const env = { UNDERSTUDY_URL: open.url, UNDERSTUDY_ADMIN_TOKEN: 'open-sesame' }
    expect(await understudy(['ctl', 'sandboxes'], { env })).toMatchObject({ code: 0, stdout: 'no sandboxes\n' })
    const { code, stdout } = await understudy(['ctl', '--url', open.url, '--token', 'open-sesame', 'clock', 'freeze', '2026-01-31T08:30:00Z', '--sandbox', 'alice', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ frozen: true })
    expect(await (await open.sandbox('alice')).clock.now()).toMatchObject({ now: '2026-01-31T08:30:00.000Z' })
  })

  test('says in one line that no stub answers, or that there is no such move', async () => {
    const closed = await createStub({ systems: ['live'] })
    await closed.close()
    expect(await understudy(['ctl', 'reset', '--url', closed.url])).toEqual({
      code: 1, signal: null, stdout: '', stderr: `error: nothing answers at ${closed.url}; start a stub there with "understudy start", or give the URL of one that runs\n`,
    })
    for (const [line, complaint] of [
      ['clock adv 2h', '"ctl clock" has no move "adv"; it has advance, set, freeze, resume; did you mean "ctl clock advance"?'],
      ['faults lear', '"ctl faults" has no move "lear"; it has add, remove, clear; did you mean "ctl faults clear"?'],
      ['faults list', '"ctl faults" has no move "list"; it has add, remove, clear; "ctl faults" alone shows what there is'],
    ]) expect((await understudy(['ctl', ...String(line).split(' ')])).stderr.split('\n')[0]).toBe(`error: ${String(complaint)}`)
    expect(await understudy(['ctl', 'rest'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: unknown command 'rest'/) as unknown })
  })
})
