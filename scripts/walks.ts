/** How long the ways through the house are: which files and functions of `src` run for one login, one kick and one pushed message (docs/architecture.md). */
import { once } from 'node:events'
import { Session } from 'node:inspector/promises'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { startServer } from '../src/server.js'
import { loadSystems } from '../src/systems/load.js'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))
/** What a call leaves to be done after its answer is done by then. */
const SETTLED = 100

/** In nobody's source: what keeps the names of functions, and what V8 makes of the fields of a class. */
const MADE_BY_TOOLS = ['__name', '<instance_members_initializer>']

const inspector = new Session()
inspector.connect()
await inspector.post('Profiler.enable')
const server = await startServer({ systems: await loadSystems([]) })

/** Plays the work once to have everything loaded, and once to count. */
async function walk(name: string, prepare: () => Promise<unknown>, work: () => Promise<unknown>): Promise<void> {
  await prepare()
  await work()
  await prepare()
  await pause(SETTLED)
  await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await work()
  await pause(SETTLED)
  const { result } = await inspector.post('Profiler.takePreciseCoverage')
  await inspector.post('Profiler.stopPreciseCoverage')
  const files = result.flatMap(({ url, functions }) => {
    const path = url.startsWith('file:') ? fileURLToPath(url) : url
    // The function without a name at the very beginning is the module itself.
    const ran = functions.filter(({ functionName, ranges: [range] }) => range !== undefined && range.count > 0 && !MADE_BY_TOOLS.includes(functionName) && (functionName !== '' || range.startOffset > 0))
    return !path.startsWith(SRC) || path.includes('/generated/') || ran.length === 0 ? [] : [{ path: path.slice(SRC.length), ran: ran.map(({ functionName }) => functionName || '(closure)') }]
  })
  console.log(`${name}: ${String(files.length)} files, ${String(files.reduce((sum, { ran }) => sum + ran.length, 0))} functions`)
  if (process.argv.includes('--list')) for (const { path, ran } of files.sort((a, b) => (a.path < b.path ? -1 : 1))) console.log(`  ${path}: ${ran.join(', ')}`)
}

async function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  await answer.arrayBuffer()
  return answer
}

await walk(
  'login',
  () => fetch(`${server.url}/live/auth/code?mobile=13800003001`).then((answer) => answer.arrayBuffer()),
  () => post('/live/auth/login', { mobile: '13800003001', auth_code: '123456' }),
)

await walk(
  'kick',
  () => post('/edu/rest/s/login', { phone: '13800001001', passwd: 'abc12345' }, { client: '1.0.2.3', platform: 'ios', u: '1', w: '1' }),
  () => post('/__admin/sandboxes/default/sessions/kick', { system: 'edu', user: '13800001001', realm: 's', by: { label: 'iPhone' } }),
)

/** A socket of a user of im that has been told what waited for it. */
async function connect(phone: string): Promise<WebSocket> {
  const [cookie = ''] = (await post('/im/android/login/', { phone, password: 'abc12345' })).headers.getSetCookie()
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/im/android/websocket/`, { headers: { cookie: cookie.split(';', 1) } })
  await once(socket, 'open')
  const answered = once(socket, 'message')
  socket.send(JSON.stringify({ status: 1, pushId: '', message: 'start' }))
  await answered
  return socket
}

const [sender, receiver] = [await connect('13800004001'), await connect('13800004002')]
const info = [{ category: '0', content: 'hello' }]
await walk('push', () => Promise.resolve(), async () => {
  const arrived = [once(sender, 'message'), once(receiver, 'message')]
  sender.send(JSON.stringify({ status: 1, pushId: '', message: [{ chatId: 'c-1', fromId: 'u-4001', toId: 'u-4002', type: '1', info, createTime: '' }] }))
  await Promise.all(arrived)
})

for (const socket of [sender, receiver]) socket.terminate()
inspector.disconnect()
await server.close()
