/** `understudy doctor` on machines on which something is the matter. */
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { certificate, LEAST_NODE, node, proxies, variables } from '../src/cli/doctor/checks.js'
import { generated } from '../src/cli/doctor/generated.js'
import { holderOf } from '../src/cli/doctor/holder.js'
import { machineTime } from '../src/core/clock.js'
import { localCertificates } from '../src/hosts/node/certificates.js'
import { addSettingFlags } from '../src/cli/config/settings.js'
import { Command } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { createStub } from '../src/index.js'
import { understudy } from './support/cli.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-doctor-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('says what is well and what is not, for people and for programs, and ends with 1 if anything is wrong', async () => {
  const env = { UNDERSTUDY_PORT: '0', UNDERSTUDY_CONFIG_DIR: folder }
  const [well, words] = await Promise.all([understudy(['doctor', '--json'], { cwd: folder, env }), understudy(['doctor'], { cwd: folder, env })])
  const findings = JSON.parse(well.stdout) as { about: string; state: string; text: string }[]
  expect(findings.map(({ about }) => about)).toEqual(expect.arrayContaining(['Node.js', 'configuration', 'port 0', 'variables', 'proxy', 'network', 'certificate', 'generated']))
  expect(findings.filter(({ state, about }) => state === 'bad' && about !== 'generated')).toEqual([])
  expect(words.stdout).toMatch(/^✓ +Node\.js +\d/m)
  expect(words.stdout).not.toContain('\u001b')
  // What was found well is not generated once more.
  if (well.code === 0) {
    const steps: string[] = []
    expect(await generated((step) => { steps.push(step) })).toMatchObject([{ state: 'good' }])
    expect(steps).toEqual([])
  }

  writeFileSync(join(folder, 'understudy.config.json'), '{ "prot": 1 }')
  const ill = await understudy(['doctor', '--json'], { cwd: folder, env })
  expect(ill.code).toBe(1)
  expect(JSON.parse(ill.stdout)).toContainEqual({ about: 'configuration', state: 'bad', text: expect.stringContaining('Did you mean "port"?') as unknown })
}, 120_000)

test('a taken port is told with its holder, and a stub is known as one', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo // a TCP server that listens has one
  const holder = await holderOf(port)
  if (process.platform === 'linux') expect(holder).toContain(`process ${String(process.pid)} (`)
  other.close()
  await using stub = await createStub({ systems: ['live'] })
  const asked = await understudy(['doctor', '--json', '--port', new URL(stub.url).port], { cwd: tmpdir() })
  expect(JSON.parse(asked.stdout)).toContainEqual({ about: `port ${new URL(stub.url).port}`, state: 'bad', text: expect.stringContaining('taken by another stub') as unknown })
  expect(await holderOf(Number(new URL(stub.url).port))).toContain('another stub')
})

describe('it notices', () => {
  test('a Node.js that is too old, by what package.json says', () => {
    expect(manifest.engines.node).toBe(`>=${LEAST_NODE.join('.')}`)
    expect(node('20.18.3')).toMatchObject({ state: 'bad', text: '20.18.3 is too old; 20.19 or newer is needed' })
    for (const version of ['20.19.0', '22.1.0', '24.0.0']) expect(node(version)).toMatchObject({ state: 'good' })
  })

  test('a proxy that this machine is not spared from', () => {
    expect(proxies({ HTTP_PROXY: 'http://proxy:3128' })).toMatchObject([{ state: 'note', text: expect.stringContaining('add localhost,127.0.0.1 to NO_PROXY') as unknown }])
    expect(proxies({ https_proxy: 'http://proxy:3128', no_proxy: 'localhost, 127.0.0.1' })).toMatchObject([{ state: 'good' }])
    expect(proxies({})).toMatchObject([{ state: 'good', text: 'none' }])
  })

  test('a variable that nobody reads', () => {
    const flags = addSettingFlags(new Command())
    expect(variables(flags, { UNDERSTUDY_PROT: '1' })).toEqual({ about: 'variables', state: 'note', text: 'nobody reads UNDERSTUDY_PROT. Did you mean "UNDERSTUDY_PORT"?' })
    expect(variables(flags, { UNDERSTUDY_PORT: '1', UNDERSTUDY_LIVE_URL: 'x', HOME: '/' })).toMatchObject({ state: 'good', text: 'UNDERSTUDY_LIVE_URL, UNDERSTUDY_PORT' })
  })

  test('a certificate that is none', async () => {
    expect(await certificate(join(folder, 'nowhere'))).toMatchObject({ state: 'good', text: 'none yet; --https makes one' })
    writeFileSync(join(folder, 'ca.pem'), 'no certificate')
    expect(await certificate(folder)).toMatchObject({ state: 'note', text: expect.stringContaining('without a key') as unknown })
    writeFileSync(join(folder, 'ca-key.pem'), 'no key')
    expect(await certificate(folder)).toMatchObject({ state: 'bad', text: expect.stringContaining('holds no certificate') as unknown })
    rmSync(join(folder, 'ca.pem'))
    rmSync(join(folder, 'ca-key.pem'))
  })

  test('a key that is another certificate\'s, and one that others may read', async () => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')]
    for (const place of [one, other]) await localCertificates(place, ['localhost'], machineTime().now())
    expect(await certificate(one)).toMatchObject({ state: 'good' })
    chmodSync(join(one, 'ca-key.pem'), 0o644)
    expect(await certificate(one)).toMatchObject({ state: 'bad', text: expect.stringContaining('ca-key.pem is open to others (mode 0644)') as unknown })
    copyFileSync(join(other, 'ca-key.pem'), join(one, 'ca-key.pem'))
    expect(await certificate(one)).toMatchObject({ state: 'bad', text: expect.stringContaining(`is not the key of the certificate in ${join(one, 'ca.pem')}; delete both`) as unknown })
  })
})
