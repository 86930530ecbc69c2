/** What can be said of the container files without Docker; `npm run check:package` carries the Dockerfile's commands out. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { lintDockerfile, ownDockerfile, readDockerfile } from '../scripts/container.js'
import { packageFile } from '../src/paths.js'

const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string } // our own file
const compose = parse(readFileSync(new URL('../compose.yaml', import.meta.url), 'utf8'), { merge: true }) as Record<'services' | 'configs' | 'volumes', Record<string, Record<string, unknown>>> // our own file

test('the Dockerfile keeps the rules, and builds from the packed file of this version', () => {
  expect(lintDockerfile(ownDockerfile())).toEqual([])
  expect(ownDockerfile().map(({ rest }) => rest)).toContain(`understudy-${version}.tgz /app/understudy.tgz`)
  expect(compose.services['stub-1']).toMatchObject({ image: `understudy:${version}` })
})

test.each([
  ['FROM node:22-slim', /^DL3006/],
  ['FROM node:22.21.1\nUSER root', /^DL3002/],
  ['WORKDIR app', /^DL3000/],
  ['RUN npm install --save-exact left-pad', /^DL3016.*left-pad/],
  ['ADD a /b', /^DL3020/],
  ['CMD node dist/cli.js', /^DL3025/],
])('a Dockerfile with %j is found fault with', (text, complaint) => {
  expect(lintDockerfile(readDockerfile(text))).toContainEqual(expect.stringMatching(complaint))
})

test('compose starts two stubs on one Redis behind a proxy, in an order in which each finds what it needs', () => {
  const { services, configs, volumes } = compose
  expect(Object.keys(services).sort()).toEqual(['proxy', 'redis', 'stub-1', 'stub-2'])
  for (const [name, service] of Object.entries(services)) {
    for (const needed of Object.keys(service['depends_on'] ?? {})) expect(Object.keys(services), name).toContain(needed)
    if (service['build'] === undefined) expect(service['image'], name).toMatch(/:\d+\.\d+\.\d+/)
  }
  for (const name of ['stub-1', 'stub-2']) expect(services[name]).toMatchObject({ environment: { UNDERSTUDY_ENGINE: 'redis://redis:6379' }, depends_on: { redis: { condition: 'service_healthy' } } })
  expect(services['redis']).toMatchObject({ command: expect.arrayContaining(['--appendonly', 'always', 'noeviction']) as unknown, volumes: ['sandboxes:/data'] })
  expect(Object.keys(volumes)).toEqual(['sandboxes'])
  expect(String(configs['proxy']?.['content'])).toContain('server stub-1:4010; server stub-2:4010;')
})
