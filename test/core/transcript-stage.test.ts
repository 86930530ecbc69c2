/** A stage without a host: who is given a call, and what becomes of it where the sandbox is gone, cannot be had, or a real backend was asked meanwhile. */
import { expect, test } from 'vitest'
import { ForwardError, type Forwarder, type Incoming } from '../../src/core/backends/forward.js'
import { readBackend } from '../../src/core/backends/setting.js'
import { type Engine, NoRoom } from '../../src/core/engine/engine.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { Unreachable } from '../../src/core/engine/unreachable.js'
import type { Call, CallHeaders } from '../../src/core/stage/call.js'
import { isStreamed, type Outcome, whole } from '../../src/core/stage/outcome.js'
import { below, type Stage } from '../../src/core/stage/stage.js'
import type { System } from '../../src/core/system.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { madeUpAnswer, madeUpCall as call, madeUpStage as staged, nowhere } from '../support/made-up-stage.js'
import { WrittenDown } from '../support/written-down.js'

/** @returns what stands in an outcome; its body in full */
function seen({ reply, delivery, afterwards }: Outcome): unknown {
  const body = isStreamed(reply) ? 'a stream' : Buffer.from(reply.body).toString()
  return { status: reply.status, body: body.replace(/^\{"type".*"detail":/, '{'), headers: Object.fromEntries(Object.entries(reply.headers).filter(([name]) => !['content-type', 'date'].includes(name) && !name.startsWith('access-control'))), ...(delivery.kind === 'whole' ? {} : { delivery }), ...(afterwards === undefined ? {} : { afterwards: 'something' }) }
}

const page = { accept: 'text/html' }

test('who is given a call', async () => {
  const told = new WrittenDown()
  for (const systems of [[live], [trid, live]]) {
    const { stage, reports } = await staged(systems)
    const asked: unknown[] = []
    const answers = (name: string) => (one: Call) => { asked.push([name, one.method, one.url]); return whole({ status: 299, headers: { by: name }, body: '' }) }
    stage.mount(below('/docs'), answers('docs'))
    stage.mount(below('/docs/inner'), answers('inner'))
    stage.mount(below('/live/mounted'), answers('amid'))
    stage.mount(below('/thrown'), () => { throw new Error('a bug') })
    stage.mount(below('/rejected'), () => Promise.reject(new TypeError('another')))
    stage.mount(({ method, url, headers }) => method === 'GET' && (url === '/' || url === '/@default/') && (headers.accept ?? '').includes('text/html'), answers('page'))
    const go = async (method: string, url: string, headers: CallHeaders = {}) => {
      asked.length = 0
      const outcome = seen(await stage.play(call(method, url, headers)))
      return [...asked, ...reports.splice(0), outcome]
    }
    await told.table(`with ${systems.map(({ id }) => id).join(' and ')}`, go, [
      ...['/live/users/3001', '/users/3001', '/@box/users/3001', '/@box/live/users/3001', '/docs', '/docs/', '/docs?x', '/docs/inner', '/docsx', '/live/docs', '/live/mounted', '/live/mounted/x', '/@box/docs', '/@no%20box/live/users/1', '/@no%20box/users/1', '/nothing', '/liv/users/1', '/lve', '/thrown', '/rejected/x', '/', '/@default/', '/@box', '/trid/x'].map((url) => ['GET', url] as const),
      ...['GET', 'HEAD', 'POST'].flatMap((method) => ['/', '/@default/', '/nothing'].map((url) => [method, url] as const)), ['GET', '/', page], ['HEAD', '/', page], ['GET', '/nothing', page], ['OPTIONS', '/live/users/1'], ['GET', '/live/users/1', { 'understudy-sandbox': 'no box' }], ['GET', '/nothing', { origin: 'http://a.test' }],
    ])
    await stage.close()
  }
  await told.table('below', (prefix: string, url: string) => below(prefix)({ url }), [['/docs', '/docs'], ['/docs', '/docs/'], ['/docs', '/docs/a'], ['/docs', '/docs?a'], ['/docs', '/docsa'], ['/docs', '/doc'], ['/docs', '/x/docs'], ['/docs', ''], ['/docs', '/docs#a']])
  await told.isThatOf('stage-addresses')
})

test('sandboxes that cannot be had', async () => {
  const told = new WrittenDown()
  const memory = memoryEngine()
  let wrong: { readonly at: 'open' | 'begin' | 'commit'; readonly problem: Error } | null = null
  const engine: Engine = {
    name: 'made up', start: (house) => memory.start(house), has: (name) => memory.has(name), names: () => memory.names(), makeUpName: () => memory.makeUpName(), delete: (name) => memory.delete(name), stop: () => memory.stop(),
    open: (name, follower) => {
      if (wrong?.at === 'open') throw wrong.problem
      const log = memory.open(name, follower)
      return new Proxy(log, { get: (_, key) => {
        const member: unknown = Reflect.get(log, key, log)
        return typeof member !== 'function' ? member : (...given: readonly unknown[]): unknown => {
          if (wrong?.at === key) throw wrong.problem
          return Reflect.apply(member, log, given)
        }
      } })
    },
  }
  const { stage, reports } = await staged([live], { engine })
  const problems = [new NoRoom('There is no room for it.'), new Unreachable('Redis is gone'), new Error('a bug'), new TypeError('')]
  for (const [i, problem] of problems.entries()) {
    for (const at of ['open', 'begin', 'commit'] as const) {
      for (const [method, url, headers] of [['GET', 'users/3001'], ['GET', 'nothing', { origin: 'http://a.test' }], ['POST', 'users/3001'], ['OPTIONS', 'users/3001', { origin: 'http://a.test', 'access-control-request-method': 'PUT' }], ['GET', 'auth/code?mobile=13800003001']] as const) {
        await told.try(`${String(problem)}, at its ${at}: ${method} ${url}`, async () => {
          wrong = { at, problem }
          const outcome = seen(await stage.play(call(method, `/@${at}${String(i)}/live/${url}`, headers)))
          wrong = null
          return [...reports.splice(0), outcome]
        })
      }
    }
  }
  await told.try('nothing', async () => [seen(await stage.play(call('GET', '/@open0/live/users/3001'))), reports])
  told.note('there are', await memory.names())
  await stage.close()
  await told.isThatOf('stage-troubles')
})

test('sandboxes that are reset meanwhile', async () => {
  const told = new WrittenDown()
  let [runs, resets] = [0, 0]
  let after: () => unknown = () => ({ user: { id: 1 } })
  const house: { stage?: Stage } = {}
  const resetting = async () => {
    runs++
    if (runs <= resets) await house.stage?.sandboxes.open('default').reset()
  }
  const operations = { ...live.operations, liveListChannels: async () => { await resetting(); return after() } }
  const { liveListChannels } = live.contract.operations
  const system = { ...live, operations, contract: { ...live.contract, operations: { ...live.contract.operations, liveListChannels: { ...liveListChannels, auth: 'none', path: '/channels', errors: [], fields: {}, headers: [] } } } } as unknown as System
  const answer = (status: number, body: string) => madeUpAnswer(status, body, { 'content-type': 'application/json' })
  let forwards = 0
  let forwarded: () => Incoming = () => answer(200, '{"code":2000,"desc":"ok","odd":1}')
  const forwarder: Forwarder = { ...nowhere, forward: async () => { forwards++; await resetting(); return forwarded() } }
  const opened = await staged([system], { forwarder })
  house.stage = opened.stage
  const go = async () => {
    [runs, forwards] = [0, 0]
    const outcome = await opened.stage.play(call('GET', '/live/channels'))
    outcome.afterwards?.()
    return [{ runs, forwards }, ...opened.reports.splice(0), seen(outcome)]
  }
  for (const count of [0, 1, 2, 98, 99, 100, 101]) {
    resets = count
    await told.try(`reset ${String(count)} times`, () => go())
  }
  for (const [what, work] of [['fails', () => { throw new Error('a bug') }], ['answers what it must not', () => 5], ['answers nothing', () => ({})]] as const) {
    after = work
    for (const count of [0, 1]) {
      resets = count
      await told.try(`${what}, reset ${String(count)} times`, () => go())
    }
  }
  after = () => ({})
  for (const mode of ['real', 'real-or-stub', 'compare', 'stub'] as const) {
    const real = await staged([system], { forwarder, backends: new Map([['live', readBackend(system, { url: 'http://real.test', mode })]]) })
    house.stage = real.stage
    const cases: Readonly<Record<string, () => Incoming>> = { answers: () => answer(200, '{"code":2000,"desc":"ok","odd":1}'), 'has no such path': () => answer(404, 'Not found'), 'is not there': () => { throw new ForwardError('refused', 'r') }, 'breaks off': () => { throw new ForwardError('reset', 'r') }, 'is late': () => { throw new ForwardError('timeout', 't') } }
    for (const [what, work] of Object.entries(cases)) {
      forwarded = work
      for (const count of mode === 'compare' ? [0, 1] : [0, 1, 2]) {
        resets = count
        await told.try(`${mode}, the backend ${what}, reset ${String(count)} times`, async () => {
          [runs, forwards] = [0, 0]
          const outcome = await real.stage.play(call('GET', '/live/channels'))
          outcome.afterwards?.()
          return [{ runs, forwards }, ...real.reports.splice(0), seen(outcome)]
        })
      }
    }
    await real.stage.close()
  }
  await opened.stage.close()
  await told.isThatOf('stage-resets')
})

test('answers of real backends have half as much room as what is kept', async () => {
  for (const [last, reason] of [[1, 'none'], [3, 'tooLarge']] as const) {
    const waiting: (() => void)[] = []
    const sizes = [7, 7, last]
    const forwarder: Forwarder = { ...nowhere, forward: () => Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, whole: () => null, body: bodyOf(sizes.shift() ?? 0, waiting) }) }
    const { stage } = await staged([live], { forwarder, backends: new Map([['live', readBackend(live, { url: 'http://real.test', mode: 'real' })]]) })
    const ask = async () => stage.play(call('GET', '/live/auth/code?mobile=13800003001'))
    const asked = [ask(), ask()]
    await expect.poll(() => waiting.length).toBe(2)
    const third = ask()
    if (reason === 'none') await expect.poll(() => waiting.length).toBe(3)
    else await third
    for (const go of waiting) go()
    const outcomes = await Promise.all([...asked, third])
    expect(outcomes.map(({ reply }) => String(reply.headers['understudy-source-reason'] ?? 'none').replace(/:.*/, ''))).toEqual(['none', 'none', reason])
    await stage.close()
  }
})

/** So many MiB of blanks, and an object when it may end. */
async function* bodyOf(mebibytes: number, waiting: (() => void)[]): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < mebibytes; i++) yield Buffer.alloc(1024 * 1024, ' ')
  await new Promise<void>((resolve) => waiting.push(resolve))
  yield Buffer.from('{"code":2000,"desc":"ok"}')
}
