/** Networks by a name: those that everybody knows, and those that a team adds to its configuration. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { createStub, type NetworkRule } from '../src/index.js'
import { messageOf } from '../src/plain/message.js'
import { begin, understudy } from './support/cli.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-networks-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const LIFT: NetworkRule = { fault: { kind: 'status', status: 504 }, probability: 1, for: '30s' }
const code = { params: { query: { mobile: '13800003001' } } }

test('a network befalls every call, one at a time, ends by itself where it says so, and leaves other rules alone', async () => {
  await using stub = await createStub({ systems: ['live'], networks: { lift: [LIFT] } })
  const box = await stub.sandbox()
  const app = box.client('live')
  await box.clock.freeze('2030-01-01T00:00:00Z')
  expect(await box.network.status()).toMatchObject({ network: null, networks: [{ name: '3g' }, { name: 'subway' }, { name: 'offline' }, { name: 'lift', rules: [LIFT] }] })
  await box.faults.next('live', 'liveLogin', { error: 'API_INVALID_AUTH_CODE' })

  expect(await box.network.use('lift')).toMatchObject({ network: 'lift', until: '2030-01-01T00:00:30.000Z' })
  expect((await app.GET('/auth/code', code)).response.status).toBe(504)
  await box.network.use('offline')
  await expect(app.GET('/auth/code', code)).resolves.toHaveProperty('error')
  expect((await box.faults.list()).map(({ network = null }) => network)).toEqual([null, 'offline'])
  await box.restore(await box.snapshot())
  expect(await box.network.status()).toMatchObject({ network: 'offline', until: '2030-01-01T00:00:20.000Z' })
  await box.clock.advance('PT20S')
  expect(await box.network.status()).toMatchObject({ network: null })
  expect((await app.GET('/auth/code', code)).data).toMatchObject({ code: 2000 })

  await box.network.use('lift')
  const after = await box.network.off()
  expect([after.network, 'until' in after]).toEqual([null, false])
  expect((await app.GET('/auth/code', code)).data).toMatchObject({ code: 2000 })
  expect(await box.faults.list()).toHaveLength(1)
  await expect(box.network.use('lft')).rejects.toThrow('There is no network "lft". There are 3g, subway, offline, lift. Did you mean "lift"?')
})

test('3g lets every call wait, for as long as a phone on it would', async () => {
  await using stub = await createStub({ systems: ['live'] })
  const box = await stub.sandbox()
  await box.network.use('3g')
  expect(await box.faults.list()).toMatchObject([{ network: '3g', fault: { kind: 'latency', min: 300, max: 800 } }])
})

test('a team\'s own stand in the configuration, and are had by ctl as the others are', async () => {
  writeFileSync(join(folder, 'understudy.config.ts'), `
    import { defineConfig } from 'understudy'
    export default defineConfig({ systems: ['live'], port: 0, networks: { lift: [{ fault: { kind: 'latency', min: 1, max: 5 }, probability: 0.5 }], '3g': [{ fault: { kind: 'slow', milliseconds: 10 } }] } })
  `)
  const running = begin(['start'], { cwd: folder })
  onTestFinished(async () => {
    running.child.kill('SIGKILL')
    await running.ended
  })
  const [, url = ''] = await running.says(/control plane (http:\S+)\/__admin/)
  const ctl = async (...args: string[]) => {
    const { code: exit, stdout, stderr } = await understudy(['ctl', '--url', url, ...args], { cwd: folder })
    return [exit, stdout + stderr]
  }
  expect(await ctl('network')).toEqual([0, expect.stringMatching(/^NETWORK +EVERY CALL\n3g +slow milliseconds=10\nsubway .*\noffline .*\nlift +latency min=1 max=5 probability=0.5\n$/)])
  expect(await ctl('network', 'lift')).toEqual([0, expect.stringMatching(/lift .* now\n$/)])
  expect(await ctl('network', 'lifft')).toEqual([1, expect.stringContaining('Did you mean "lift"?')])
  expect(await ctl('network', 'off')).toEqual([0, expect.not.stringContaining(' now')])
  const shown = await understudy(['config', '--json'], { cwd: folder })
  const { settings } = JSON.parse(shown.stdout) as { settings: { key: string }[] }
  expect(settings.find(({ key }) => key === 'networks')).toMatchObject({ from: 'file', value: { lift: [{ probability: 0.5 }], '3g': [{ fault: { kind: 'slow' } }] } })
})

test('one may have 20 rules, and no more', async () => {
  const ofRules = (length: number) => ({ long: Array.from({ length }, (): NetworkRule => ({ fault: { kind: 'latency', min: 1 } })) })
  await using stub = await createStub({ systems: ['live'], networks: ofRules(20) })
  const box = await stub.sandbox()
  await box.network.use('long')
  const ids = (await box.faults.list()).map(({ id }) => id)
  expect(ids).toEqual(Array.from({ length: 20 }, (_, i) => `fault-${String(i + 1)}`))
  await expect(createStub({ systems: ['live'], networks: ofRules(21) })).rejects.toThrow('networks.long has to be a list of 1 to 20 rules')
})

test('there may be 50 of them, and no more', async () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${String(i)}`, [{ fault: { kind: 'latency', min: 1 } }] satisfies NetworkRule[]]))
  await using stub = await createStub({ systems: ['live'], networks: many(50) })
  await (await stub.sandbox()).network.use('n49')
  await expect(createStub({ systems: ['live'], networks: many(51) })).rejects.toThrow(/^networks has 51 of them; 50 is the most$/)
})

test('one counts to the rules that a sandbox may hold, which are 1000', async () => {
  await using stub = await createStub({ systems: ['live'], networks: { two: [{ fault: { kind: 'latency', min: 1 } }, { fault: { kind: 'latency', min: 1 } }] } })
  const box = await stub.sandbox()
  await box.faults.next('live', 'liveLogin', { error: 'API_INVALID_AUTH_CODE' })
  const snapshot = await box.snapshot()
  await box.restore({ ...snapshot, faults: snapshot.faults.flatMap((rule) => Array.from({ length: 998 }, (_, i) => ({ ...rule, id: `many-${String(i)}` }))) })
  await box.network.use('two')
  // The one that it takes the place of counts no more.
  await box.network.use('two')
  expect(await box.faults.list()).toHaveLength(1000)
  await box.network.off()
  await box.faults.next('live', 'liveLogin', { error: 'API_INVALID_AUTH_CODE' })
  await expect(box.network.use('two')).rejects.toThrow('A sandbox holds 1000 rules')
})

test('what is wrong with one is said with a guess', async () => {
  const { wrong, said } = { wrong: { Lift: [], 'a-b': [{ fault: { kind: 'latncy', min: 1 } }, { fault: { kind: 'drop', carriedout: true } }, { falt: { kind: 'drop' } }, { fault: { kind: 'latency', min: 5, max: 1 } }, { fault: { kind: 'reset' }, for: 'soon' }, { fault: { kind: 'reset' }, for: '0s' }, { fault: { kind: 'latency', min: '2s' } }] }, said: [
    'networks: "Lift" cannot be a name;', 'networks.Lift has to be a list of 1 to 20 rules', 'networks.a-b[0]: fault.kind must be one of', 'Did you mean "latency"?',
    'networks.a-b[1]: fault.carriedout is not known here. Did you mean "carriedOut"?', 'networks.a-b[2]: falt is not known here. Did you mean "fault"?', 'networks.a-b[3]: fault.max is below fault.min', 'networks.a-b[4]: for is "soon", which is no duration',
    'networks.a-b[5]: for is "0s", which is no time at all', 'networks.a-b[6]: fault.min must be a number, in milliseconds: 2000',
  ] }
  writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ networks: wrong }))
  const { code: exit, stderr } = await understudy(['config', '--config', 'wrong.json'], { cwd: folder })
  expect(exit).toBe(1)
  const thrown = await createStub({ systems: ['live'], networks: JSON.parse(JSON.stringify(wrong)) as Record<string, NetworkRule[]> }).then(() => '', messageOf)
  expect(thrown.split('\n')).toHaveLength(said.length - 1)
  for (const sentence of said) expect([stderr, thrown]).toEqual([expect.stringContaining(sentence), expect.stringContaining(sentence)])
})
