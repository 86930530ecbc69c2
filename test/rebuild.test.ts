/** A second `npm start`, and `npm pack`, build anew beside a stub that runs: what that one has not loaded yet it still finds. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startLiveBackend } from './backends/live.js'
import { beginProcess } from './support/cli.js'
import { copyRepository } from './support/repository.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'understudy-rebuild-')))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const build = () => execFileSync(process.execPath, ['scripts/build.js', '--js'], { cwd: folder, stdio: 'pipe' })
/** @returns what was packed of `dist`, but for the types */
const pack = () => [...execFileSync('npm', ['pack', '--json', '--silent'], { cwd: folder, encoding: 'utf8' }).matchAll(/"path": "(dist\/[^"]+)"/g)].map(([, path]) => path ?? '').filter((path) => !/\.d\.c?ts$/.test(path))

test('a stub goes on answering with all its parts while another version is built in its place', async () => {
  copyRepository(folder)
  build()
  const built = readdirSync(join(folder, 'dist'))
  const stub = beginProcess('npm', ['start', '--ignore-scripts', '--silent', '--', '--port', '0'], { cwd: folder })
  const url = `http://localhost:${(await stub.says(/http:\/\/[^:\s]+:(\d+)/))[1] ?? ''}`
  // Every file that these parts are in gets another name.
  for (const file of ['hosts/multipart.ts', 'control/json-server.ts', 'docs/pages.ts', 'pages/console.ts']) appendFileSync(join(folder, 'src', file), '\nexport const another = process.pid\n')
  build()
  expect(readdirSync(join(folder, 'dist'))).not.toEqual(built)
  const form = new FormData()
  form.append('upload', new Blob(['hello']), 'a.txt')
  expect(await (await fetch(`${url}/edu/upload`, { method: 'POST', body: form })).json()).toMatchObject({ code: 900 })
  for (const path of ['/docs/live', '/__console/', '/__admin/sandboxes/a/db/live/users?nickname=x', '/__admin/openapi.json', '/live/auth/code?mobile=13800003001']) expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200])
  // Were the stub still there, this would never end: it has what npm writes to.
  stub.child.kill('SIGTERM')
  expect((await stub.ended).stderr).toBe('')
}, 240_000)

test('a stub goes on answering while it is packed, and nothing of an earlier build is packed', async () => {
  const stub = beginProcess('npm', ['start', '--ignore-scripts', '--silent', '--', 'live', '--port', '0'], { cwd: folder })
  const url = `http://localhost:${(await stub.says(/http:\/\/[^:\s]+:(\d+)/))[1] ?? ''}`
  const real = await startLiveBackend()
  await fetch(`${url}/__admin/sandboxes/default/backends/live`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ url: real.url }) })
  const first = pack()
  // Every part has another name now, as those of the stub that runs had before the first time.
  appendFileSync(join(folder, 'src/core/drift/whole.ts'), '\nexport const another = process.pid\n')
  const second = pack()
  expect(second).not.toEqual(first)
  expect(second.length).toBe(first.length)
  expect(second.filter((path) => path.startsWith('dist/.'))).toEqual([])
  // An answer that departs from the contract is looked at by what nothing has loaded before.
  real.depart({ kind: 'missingField', at: '/auth/code' })
  const answer = await fetch(`${url}/live/auth/code?mobile=13800003001`)
  expect([answer.status, await answer.json()]).toEqual([200, { code: 2000 }])
  expect((await fetch(`${url}/__console/`)).status).toBe(200)
  await real.close()
  stub.child.kill('SIGTERM')
  expect((await stub.ended).stderr).toBe('')
}, 240_000)

test('two builds at the same moment are both whole, and those that were broken off leave nothing in the way', async () => {
  const built = () => readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).sort()
  const clear = () => {
    rmSync(join(folder, 'dist'), { recursive: true })
  }
  clear()
  build()
  const alone = built()
  clear()
  // Long ago one was broken off while it built, and one while it put in place what it had built.
  for (const name of ['dist.next-broken', 'dist.lock']) {
    mkdirSync(join(folder, name))
    utimesSync(join(folder, name), 1, 1)
  }
  const builds = [1, 2].map(() => beginProcess(process.execPath, ['scripts/build.js', '--js'], { cwd: folder }))
  expect(await Promise.all(builds.map(({ ended }) => ended))).toMatchObject([{ code: 0 }, { code: 0 }])
  expect(readdirSync(folder).filter((name) => name.startsWith('dist'))).toEqual(['dist'])
  expect(built()).toEqual(alone)
}, 240_000)

test('one who is killed when the old build is away and the new one not yet there takes nothing from a stub that runs', () => {
  const files = () => readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })
  build()
  const before = files()
  renameSync(join(folder, 'dist'), join(folder, 'dist.old'))
  appendFileSync(join(folder, 'src/core/drift/whole.ts'), '\nexport const third = process.pid\n')
  build()
  const after = files()
  expect(before.filter((file) => !after.includes(file))).toEqual([])
  expect(after.length).toBeGreaterThan(before.length)
  // Nor does what only brings back.
  renameSync(join(folder, 'dist'), join(folder, 'dist.old'))
  execFileSync(process.execPath, ['scripts/build.js', '--packed'], { cwd: folder, stdio: 'pipe' })
  expect(files()).toEqual(after)
}, 240_000)
