/** Bodies that are under way take up so much memory, however many come at once; and whoever sends has an answer. */
import { connect, type Socket } from 'node:net'
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
