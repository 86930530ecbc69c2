/** Bodies that are under way take up so much memory, however many come at once; and whoever sends has an answer. */
import { once } from 'node:events'
import { Agent, createServer, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import { kindOf, serveControl } from './support/control.js'

const MIB = 1024 * 1024
/** An eighth is for bodies: 4 MiB. */
const { server, admin, box, problems } = await serveControl(['edu'], { maxMemory: '32mb' })

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
})

const HEAD = '--x\r\nContent-Disposition: form-data; name="upload"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
const END = '\r\n--x--\r\n'

/** Begins an upload of a MiB and leaves off before its end. @returns a way to finish it, what it is answered so far, and in all */
function begin(path = '/@held/edu/upload') {
  const socket = connect(server.port, '127.0.0.1')
  open.push(socket)
  let answer = ''
  const over = new Promise<string>((resolve) => {
    socket.on('close', () => {
      resolve(answer)
    })
  })
  socket.on('error', () => undefined)
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text
  })
  const length = HEAD.length + MIB + END.length
  socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${String(length)}\r\nConnection: close\r\n\r\n${HEAD}`)
  socket.write(Buffer.alloc(MIB - 1000, 7))
  return { said: () => answer, finish: () => socket.write(Buffer.concat([Buffer.alloc(1000, 7), Buffer.from(END)])), over }
}

test('more than there is room for wait for one another, and all of them are answered', async () => {
  const uploads = Array.from({ length: 20 }, () => begin())
  // Whoever asks for little is answered meanwhile.
  expect((await admin('POST', '/sandboxes/held/reset')).status).toBe(204)
  for (const { finish } of uploads) finish()
  const answers = await Promise.all(uploads.map(({ over }) => over))
  for (const answer of answers) expect(answer).toContain('"code":900')
})

test('those of which nothing comes make room for those that come, and are told why', async () => {
  const held = Array.from({ length: 6 }, () => begin())
  const form = new FormData()
  form.append('upload', new Blob([new Uint8Array(MIB)], { type: 'image/png' }), 'b.png')
  // The first may be there before those that are held; one of the next finds no room and waits for it.
  for (let late = 0; held.every(({ said }) => said() === ''); late++) {
    expect(late).toBeLessThan(100)
    expect((await box('late').call('/edu/upload', { method: 'POST', body: form })).json).toMatchObject({ code: 900 })
  }
  for (const { finish } of held) finish()
  const answers = await Promise.all(held.map(({ over }) => over))
  const refused = answers.filter((one) => one.startsWith('HTTP/1.1 500'))
  // Nobody has to go for whom there is room.
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThan(6)
  for (const one of refused) expect(one).toMatch(/Understudy-Refused: So many bodies are under way that this one, of which nothing came for a while, had to make room/i)
  for (const one of answers) if (!refused.includes(one)) expect(one).toContain('"code":900')
  expect(problems).toEqual([])
}, 120_000)

test('a body that is larger than all of that is read when it is alone', async () => {
  const { text } = await box('alone').admin('GET', '/snapshot')
  const long = `${text.slice(0, -1)}${' '.repeat(40 * MIB)}}`
  expect((await box('alone').admin('PUT', '/snapshot', long)).status).toBe(200)
  expect(kindOf(await box('alone').admin('PUT', '/snapshot', `${long}${' '.repeat(30 * MIB)}`))).toBe('body-too-large')
}, 60_000)

test('a body full of little holds no more values than there is room for once it is read, whatever it is written in', async () => {
  const full = (lists: number) => `{"systems":{"edu":{"store":{"users":{"put":[${'[],'.repeat(lists)}[]]}}}}}`
  const refused = await box('alone').admin('PUT', '/snapshot', full(340_000))
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('it has more than 335,544 values')])
  // With fewer it is no snapshot either, which is another matter.
  expect((await box('alone').admin('PUT', '/snapshot', full(300_000))).text).not.toContain('335,544')
}, 60_000)

test('those that have come and wait for a backend take up their room as well: more are refused, and told why', async () => {
  const asked: ServerResponse[] = []
  const hanging = createServer((_request, response) => asked.push(response)).listen(0, '127.0.0.1')
  await once(hanging, 'listening')
  const { port } = hanging.address() as AddressInfo // it listens on TCP
  await box('real').admin('PUT', '/backends/edu', { url: `http://127.0.0.1:${String(port)}` })
  const uploads = Array.from({ length: 8 }, () => begin('/@real/edu/upload'))
  for (const { finish } of uploads) finish()
  await expect.poll(() => uploads.some(({ said }) => said() !== ''), { timeout: 50_000 }).toBe(true)
  for (const response of asked) response.end()
  hanging.on('request', (_request, response) => response.end())
  const answers = await Promise.all(uploads.map(({ over }) => over))
  const refused = answers.filter((one) => /Understudy-Refused: So many bodies wait for their answers that there is no room for this one/i.test(one))
  expect(refused.length).toBeGreaterThan(0)
  expect(asked.length).toBe(8 - refused.length)
  expect(asked.length).toBeGreaterThanOrEqual(4)
  hanging.close()
}, 60_000)

test('a connection that is kept holds nothing of what came over it', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void // V8's own, by the flag
  const agent = new Agent({ keepAlive: true })
  const send = (method: string, path: string, type: string, body: Buffer) => new Promise<number | undefined>((resolve, reject) => {
    const call = request({ port: server.port, method, path, agent, headers: { 'content-type': type, 'content-length': body.length } }, (response) => {
      response.resume().once('end', () => {
        resolve(response.statusCode)
      })
    })
    call.once('error', reject).end(body)
  })
  const upload = Buffer.concat([Buffer.from(HEAD), Buffer.alloc(4 * MIB, 7), Buffer.from(END)])
  const blanks = Buffer.alloc(8 * MIB, ' ')
  const held = () => {
    collect()
    return process.memoryUsage().arrayBuffers
  }
  const before = held()
  expect(new Set(await Promise.all(Array.from({ length: 20 }, () => send('POST', '/@kept/edu/upload', 'multipart/form-data; boundary=x', upload))))).toEqual(new Set([200]))
  // One picture is kept, whose content all have. V8 gives buffers back beside the thread, after its collection.
  const kept = () => expect.poll(() => held() - before, { timeout: 20_000 })
  await kept().toBeLessThan(20 * MIB)
  expect(new Set(await Promise.all(Array.from({ length: 20 }, () => send('PUT', '/__admin/sandboxes/kept/snapshot', 'application/json', blanks))))).toEqual(new Set([400]))
  await kept().toBeLessThan(20 * MIB)
  expect(Object.values(agent.freeSockets).flat().length).toBeGreaterThanOrEqual(20)
  agent.destroy()
}, 60_000)
