/** The stream of calls across a connection that does not last: between test and stub stands a wire that can be cut. */
import { type AddressInfo, connect as dial, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connect, createStub, type JournalEntry, type Stub } from '../src/index.js'

let stub: Stub
let closing: (() => void)[] = []

beforeAll(async () => {
  stub = await createStub({ systems: ['live'] })
})
afterEach(() => {
  for (const close of closing) close()
  closing = []
})
afterAll(() => stub.close())

/** @returns a way to the stub, `cut` breaks every connection on it, `mend` lets new ones through again */
async function wire() {
  const ends = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) {
      near.resetAndDestroy()
      return
    }
    const far = dial(Number(new URL(stub.url).port), '127.0.0.1')
    for (const end of [near, far]) {
      ends.add(end)
      end.on('error', () => undefined).on('close', () => ends.delete(end))
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    isCut = true
    for (const end of ends) end.resetAndDestroy()
  }
  closing.push(() => {
    server.close()
    cut()
  })
  const mend = () => {
    isCut = false
  }
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, cut, mend } // a TCP server that listens has one
}

/** A call of an app, straight to the stub. */
const call = async (sandbox: string, path: string) => {
  await fetch(`${stub.url}/@${sandbox}/live${path}`)
}

/** @returns the calls up to the one with this URL, calling `/first` until somebody listens */
async function upTo(url: string, calls: AsyncGenerator<JournalEntry>, sandbox?: string): Promise<JournalEntry[]> {
  const seen: JournalEntry[] = []
  const listening = { yet: sandbox === undefined }
  const next = calls.next().finally(() => (listening.yet = true))
  while (!listening.yet) await call(sandbox ?? '', '/first')
  for (let step = await next; step.done !== true; step = await calls.next()) {
    seen.push(step.value)
    if (step.value.request.url === url) break
  }
  return seen
}

describe('a stream whose connection breaks', () => {
  test('goes on where it broke off, and tells what came meanwhile once', async () => {
    const { url, cut, mend } = await wire()
    const { name, requests } = await (await connect(url)).sandbox('broken-once')
    const calls = requests.stream()
    const seen = await upTo('/first', calls, name)
    cut()
    await call(name, '/meanwhile')
    await call(name, '/back')
    mend()
    seen.push(...(await upTo('/back', calls)))
    await call(name, '/after')
    seen.push(...(await upTo('/after', calls)))
    expect(seen.slice(-3).map(({ request }) => request.url)).toEqual(['/meanwhile', '/back', '/after'])
    const from = seen[0]?.id ?? 0
    expect(seen.map(({ id }) => id)).toEqual(seen.map((_, i) => from + i))
    await calls.return(undefined)
  })

  test('says so when the stub does not come back', async () => {
    const { url, cut } = await wire()
    const { name, requests } = await (await connect(url)).sandbox('broken-for-good')
    const calls = requests.stream()
    await upTo('/first', calls, name)
    cut()
    await expect(upTo('/never', calls)).rejects.toThrow('nothing answers at')
  })

  test('is left at any time while it is broken', async () => {
    const { url, cut } = await wire()
    const { name, requests } = await (await connect(url)).sandbox('broken-and-left')
    const leave = new AbortController()
    const calls = requests.stream({}, { signal: leave.signal })
    await upTo('/first', calls, name)
    cut()
    const left = upTo('/never', calls)
    leave.abort()
    await expect(left).rejects.toMatchObject({ name: 'AbortError' })
  })
})
