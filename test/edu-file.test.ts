import { describe, expect, test } from 'vitest'
import { edu } from '../src/systems/edu/index.js'
import { codeOf } from './support/edu.js'
import { type Box, serve } from './support/serve.js'

const { box } = await serve(edu)

const MIB = 1024 * 1024

interface Upload {
  readonly bytes?: Uint8Array<ArrayBuffer> | string
  readonly type?: string
  readonly fileName?: string
  readonly fields?: Readonly<Record<string, string>>
}

async function upload(app: Box, { bytes = 'hello', type = 'image/png', fileName = 'me.png', fields = {} }: Upload = {}) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('upload', new Blob([bytes], { type }), fileName)
  return app.call('/upload', { method: 'POST', body: form })
}

/** Downloads with the bytes as they are. */
async function download(app: Box, path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${app.url}${path}`, { headers: { ...headers } })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

const NOTES = Buffer.from('求导口诀：常为零，幂降次，对倒数，指不变。')

describe('uploads', () => {
  test('come back byte for byte with their media type, under a name made up with the extension', async () => {
    const app = await box()
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256)
    const { json } = await upload(app, { bytes })
    expect(json).toEqual({ code: 900, filePath: expect.stringMatching(/^\/file\/[0-9a-f]{24}\.png$/) as string })
    const found = await download(app, String(json?.['filePath']))
    expect([found.status, found.headers.get('content-type'), found.headers.get('content-length')]).toEqual([200, 'image/png', '70000'])
    expect(found.bytes.equals(Buffer.from(bytes))).toBe(true)
  })

  test('take a name of one\'s own; a taken one is 910 unless it is to be overwritten', async () => {
    const app = await box()
    expect((await upload(app, { fields: { path: 'me.png' } })).json).toEqual({ code: 900, filePath: '/file/me.png' })
    await expect(upload(app, { bytes: 'other', fields: { path: 'me.png' } })).toFailWith('NO_PERMISSION')
    await expect(upload(app, { bytes: 'other', fields: { path: 'me.png', overwrite: 'false' } })).toFailWith('NO_PERMISSION')
    expect((await download(app, '/file/me.png')).bytes.toString()).toBe('hello')
    expect(codeOf(await upload(app, { bytes: 'other', fields: { path: 'me.png', overwrite: 'true', userID: 'x', vendor: 'y' } }))).toBe(900)
    expect((await download(app, '/file/me.png')).bytes.toString()).toBe('other')
    await expect(upload(app, { fields: { path: 'me.png', overwrite: 'yes' } })).toFailWith('BAD_PARAMETER')
  })

  test.each(['', '.', '..', '.hidden', '-x', '../x', 'a/b', 'a\\b', 'a b', '/etc/passwd', '%2e%2e', 'x'.repeat(81), '名字.png', 'a\u0000b'])('the name %j is 904', async (path) => {
    await expect(upload(await box(), { fields: { path } })).toFailWith('BAD_PARAMETER')
  })

  test('of a form whose file nobody chose is 904; a file without a name, or without content, is one', async () => {
    const app = await box()
    const type = 'application/octet-stream'
    await expect(upload(app, { bytes: '', fileName: '', type })).toFailWith('BAD_PARAMETER')
    for (const one of [{ bytes: 'x', fileName: '', type }, { bytes: '', fileName: 'empty.png' }]) expect([one, codeOf(await upload(app, one))]).toEqual([one, 900])
  })

  test('a media type of 255 characters comes back, and one that is longer is none', async () => {
    const app = await box()
    for (const [type, told] of [[`image/${'x'.repeat(249)}`, `image/${'x'.repeat(249)}`], [`image/${'x'.repeat(250)}`, 'application/octet-stream']] as const) {
      const { json } = await upload(app, { type })
      expect((await download(app, String(json?.['filePath']))).headers.get('content-type')).toBe(told)
    }
  })

  test('what the client calls its file stays outside, but for a harmless extension', async () => {
    const app = await box()
    for (const [fileName, ending] of [['../../etc/passwd', ''], ['照片.JPG', '.jpg'], ['x.tar.gz', '.gz'], ['x.p h', ''], ['noext', ''], ['x.' + 'y'.repeat(20), '']] as const) {
      const path = String((await upload(app, { fileName })).json?.['filePath'])
      expect(path).toMatch(/^\/file\/[0-9a-f]{24}(\.[a-z]+)?$/)
      expect(path.slice('/file/'.length + 24)).toBe(ending)
    }
  })

  test('may have 5 MiB and not a byte more', async () => {
    const app = await box()
    const fields = { path: 'big.bin' }
    await expect(upload(app, { bytes: new Uint8Array(5 * MIB + 1), fields })).toFailWith('BAD_PARAMETER')
    expect((await download(app, '/file/big.bin')).status).toBe(404)
    expect(codeOf(await upload(app, { bytes: new Uint8Array(5 * MIB), fields }))).toBe(900)
    expect((await download(app, '/file/big.bin')).bytes).toHaveLength(5 * MIB)
    await expect(upload(app, { bytes: new Uint8Array(20 * MIB) })).toFailWith('BAD_PARAMETER')
  })

  test('without a file, or as something else than a form, are 904; an empty file with a name is a file', async () => {
    const app = await box()
    const raw = (body: string, type: string) => app.call('/upload', { method: 'POST', headers: { 'content-type': type }, body })
    expect(codeOf(await upload(app, { bytes: '', fileName: 'empty.txt' }))).toBe(900)
    await expect(upload(app, { bytes: '', fileName: '' })).toFailWith('BAD_PARAMETER')
    const onlyText = new FormData()
    onlyText.append('upload', 'just a text')
    await expect(app.call('/upload', { method: 'POST', body: onlyText })).toFailWith('BAD_PARAMETER')
    await expect(app.call('/upload', { method: 'POST', body: new FormData() })).toFailWith('BAD_PARAMETER')
    await expect(app.call('/upload', { method: 'POST' })).toFailWith('BAD_PARAMETER')
    await expect(raw('{}', 'application/json')).toFailWith('BAD_PARAMETER')
    await expect(raw('upload=x', 'application/x-www-form-urlencoded')).toFailWith('BAD_PARAMETER')
    await expect(raw('x', 'multipart/form-data')).toFailWith('BAD_PARAMETER')
    await expect(raw('not a form', 'multipart/form-data; boundary=b')).toFailWith('BAD_PARAMETER')
  })

  test('that break off in mid-file are 904, and the server goes on', async () => {
    const app = await box()
    const body = '--b\r\ncontent-disposition: form-data; name="upload"; filename="a.bin"\r\n\r\nabc'
    await expect(app.call('/upload', { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' }, body })).toFailWith('BAD_PARAMETER')
    expect(codeOf(await upload(app))).toBe(900)
  })

  test('of ten under one name at once, one is kept', async () => {
    const app = await box()
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => upload(app, { bytes: String(i), fields: { path: 'one.txt' } })))
    expect(answers.map(codeOf).sort()).toEqual([900, ...Array.from({ length: 9 }, () => 910)])
    const winner = answers.findIndex((answer) => codeOf(answer) === 900)
    expect((await download(app, '/file/one.txt')).bytes.toString()).toBe(String(winner))
  })

  test('stay in their sandbox', async () => {
    const [mine, other] = [await box(), await box()]
    await upload(mine, { fields: { path: 'mine.png' } })
    expect((await download(other, '/file/mine.png')).status).toBe(404)
  })
})

describe('downloads', () => {
  test.each([
    ['image/png', null],
    ['image/svg+xml', 'attachment'],
    ['text/html', 'attachment'],
    ['application/xhtml+xml', 'attachment'],
    ['application/javascript', 'attachment'],
    ['application/octet-stream', 'attachment'],
    ['x-made-up-video/mp4', 'attachment'],
    ['application/pdf', null],
    ['audio/mpeg', null],
    ['video/mp4', null],
    ['text/plain', null],
  ])('%s is shown in place or offered for saving', async (type, disposition) => {
    const app = await box()
    await upload(app, { type, fields: { path: 'a.file' } })
    const { headers } = await download(app, '/file/a.file')
    expect(headers.get('content-type')).toBe(type.startsWith('text/') ? `${type}; charset=utf-8` : type)
    expect(headers.get('content-disposition')).toBe(disposition === null ? null : "attachment; filename*=UTF-8''a.file")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('a text that is not UTF-8 is not said to be', async () => {
    const app = await box()
    await upload(app, { type: 'text/plain', bytes: Uint8Array.of(0xc7, 0xf3, 0xb5, 0xbc), fields: { path: 'gbk.txt' } })
    expect((await download(app, '/file/gbk.txt')).headers.get('content-type')).toBe('text/plain')
  })

  test('the files of the world are there', async () => {
    const app = await box()
    const [picture, notes] = [await download(app, '/file/default.png'), await download(app, '/file/notes.txt')]
    expect([picture.status, picture.headers.get('content-type'), picture.bytes.subarray(1, 4).toString()]).toEqual([200, 'image/png', 'PNG'])
    expect([notes.headers.get('content-type'), notes.bytes.equals(NOTES)]).toEqual(['text/plain; charset=utf-8', true])
  })

  test('who has the present version is told so, until it is overwritten', async () => {
    const app = await box()
    const etag = (await download(app, '/file/notes.txt')).headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    const again = await download(app, '/file/notes.txt', { 'if-none-match': etag })
    expect([again.status, again.bytes.length, again.headers.get('etag')]).toEqual([304, 0, etag])
    await upload(app, { bytes: 'new', type: 'text/plain', fields: { path: 'notes.txt', overwrite: 'true' } })
    const changed = await download(app, '/file/notes.txt', { 'if-none-match': etag })
    expect([changed.status, changed.bytes.toString()]).toEqual([200, 'new'])
  })

  test.each([
    ['bytes=0-14', 206, 'bytes 0-14/63', NOTES.subarray(0, 15)],
    ['bytes=60-', 206, 'bytes 60-62/63', NOTES.subarray(60)],
    ['bytes=-3', 206, 'bytes 60-62/63', NOTES.subarray(60)],
    ['bytes=60-999', 206, 'bytes 60-62/63', NOTES.subarray(60)],
    ['bytes=63-', 416, 'bytes */63', Buffer.alloc(0)],
    ['bytes=5-2', 200, null, NOTES],
    ['lines=1-2', 200, null, NOTES],
    ['bytes=0-1,4-5', 200, null, NOTES],
  ])('range %s', async (range, status, contentRange, bytes) => {
    const found = await download(await box(), '/file/notes.txt', { range })
    expect([found.status, found.headers.get('content-range')]).toEqual([status, contentRange])
    expect(found.bytes.equals(bytes)).toBe(true)
  })

  test('a part of another version is not sent', async () => {
    const found = await download(await box(), '/file/notes.txt', { range: 'bytes=0-1', 'if-range': '"another"' })
    expect([found.status, found.bytes.length]).toEqual([200, NOTES.length])
  })

  test('HEAD tells about the file without it', async () => {
    const app = await box()
    const head = await app.call('/file/notes.txt', { method: 'HEAD' })
    expect([head.status, head.text, head.headers.get('content-length'), head.headers.get('content-type')]).toEqual([200, '', '63', 'text/plain; charset=utf-8'])
  })

  test.each(['/file/none.png', '/file/..', '/file/.hidden', '/file/a%2Fb', '/file/%00', '/file/notes.txt%20', `/file/${'x'.repeat(81)}`, '/file/notes.txt?%zz', '/file/constructor'])('%s is 911', async (path) => {
    const { status, json } = await (await box()).call(path)
    expect([status, json]).toEqual([404, { code: 911, msg: '要获取的资源不存在' }])
  })

  test('neither headers nor login are asked for', async () => {
    const app = await box()
    await app.scenario('kicked-out', 'edu')
    expect((await app.call('/file/notes.txt', { headers: { auth: 'nonsense', platform: 'harmony' } })).status).toBe(200)
  })
})
