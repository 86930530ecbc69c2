/** What Docker would do with the Dockerfile, as far as it can be done without: build, start, ask for health, stop. */
import { deepStrictEqual, ok } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { buildIn, lintDockerfile, ownDockerfile, startIn, wordsOf } from './container.js'

/**
 * @param context a folder with the packed file
 * @param root an empty folder
 * @throws Error when the file breaks a rule, a command fails, the stub is not healthy, or does not end as it should
 */
export async function tryContainer(context: string, root: string): Promise<void> {
  const file = ownDockerfile()
  deepStrictEqual(lintDockerfile(file), [])
  mkdirSync(root)
  buildIn(file, context, root)
  const env = { UNDERSTUDY_PORT: String(await freePort()), UNDERSTUDY_ADMIN_TOKEN: 'container' }
  const [health = '', ...rest] = wordsOf(file, 'HEALTHCHECK')
  const check = () => spawnSync(health, rest, { env: { ...process.env, ...env } }).status
  deepStrictEqual(check(), 1, 'nothing answers yet')
  const child = startIn(file, root, env)
  await once(child.stdout ?? child, 'data')
  deepStrictEqual(check(), 0, 'the stub is healthy')
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  deepStrictEqual(await ended, [0, null])
  ok(!file.some(({ rest: text }) => text.includes('UNDERSTUDY_ADMIN_TOKEN=')), 'no token in the image')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  server.close()
  await once(server, 'close')
  return port
}
