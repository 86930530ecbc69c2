/** A world of a hundred thousand jobs: what it holds, and that a page of it costs no more than one of twelve. */
import { mkdtempSync, rmSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { resolveBoot } from '../src/core/store/boot.js'
import type { Transaction } from '../src/core/store/types.js'
import type { System } from '../src/core/system.js'
import { makeJobs } from '../src/systems/job/bulk.js'
import { job } from '../src/systems/job/index.js'
import type { Job } from '../src/generated/job/contract.js'
import { ad, caller, dataOf, enter, type Fields, payloadOf, STUDENT } from './support/job.js'
import { type Box, serve } from './support/serve.js'

const MANY = 100_000
const ALL = MANY + 12
/** What the list of jobs has asked of its transaction. */
const asked: string[] = []
const { box } = await serve(watched(job), { scale: MANY })

/** The same system, where the list of jobs is seen at work, and may only cut pages. */
function watched(system: System): System {
  const { jobListJobs } = system.operations
  if (jobListJobs === undefined) throw new Error('job lists jobs')
  const list = ({ input, tx }: { input: unknown; tx: Transaction<Job['records']> }) => {
    const pagesOnly = new Proxy(tx, {
      get: (target, name) => {
        asked.push(String(name))
        return name === 'page' ? target.page.bind(target) : undefined
      },
    })
    return jobListJobs({ input, tx: pagesOnly } as never) // of its work this operation asks for these two parts
  }
  return { ...system, operations: { ...system.operations, jobListJobs: list } }
}

const page = async (app: Box, query: Fields = {}) => payloadOf('jobListJobs', await caller(app).get('/api/job/list', query))

test('a hundred thousand jobs are listed behind those of the fixtures, newest first', async () => {
  const app = await box()
  const first = await page(app, { pageSize: 100 })
  expect(first.resultCount).toBe(ALL)
  expect(first.list.slice(0, 12).map(({ id }) => id)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  const times = first.list.map(({ postTime }) => postTime)
  expect(times).toEqual([...times].sort((a, b) => b - a))
})

test('all pages together hold every job once', async () => {
  const app = await box()
  const seen = new Set<number>()
  for (let pageNumber = 0; pageNumber * 100 < ALL; pageNumber++) for (const { id } of (await page(app, { pageNumber, pageSize: 100 })).list) seen.add(id)
  expect(seen.size).toBe(ALL)
  const last = await page(app, { pageNumber: 1000, pageSize: 100 })
  expect(last.list).toHaveLength(12)
  expect((await page(app, { pageNumber: 1001, pageSize: 100 })).list).toEqual([])
})

test('a page is cut out of a kept order: nothing is looked through', async () => {
  const app = await box()
  asked.length = 0
  expect(await page(app, { pageNumber: 6000, pageSize: 8 })).toMatchObject({ resultCount: ALL })
  expect(asked).toEqual(['page'])
})

test('a job of a made-up publisher can be looked at, as can the publisher, and he can log in', async () => {
  const app = await box()
  const [last] = (await page(app, { pageNumber: ALL - 1, pageSize: 1 })).list
  expect(last?.id).toBeGreaterThan(1_000_000)
  const publisher = payloadOf('jobGetUser', await caller(app).get(`/api/user/${String(last?.memberId)}`))
  expect(dataOf(await caller(app).get(`/api/job/${String(last?.id)}`))).toEqual(last)
  await enter(app, publisher.username)
})

test('new jobs come first in a large world too, in the sandbox where they were published', async () => {
  const [app, bystander] = [await box(), await box()]
  const { id } = payloadOf('jobPublishJob', await (await enter(app, STUDENT)).post('/api/u/job', ad))
  expect(await page(app)).toMatchObject({ resultCount: ALL + 1, list: [{ id }, { id: 12 }, {}, {}, {}, {}, {}, {}] })
  expect((await page(bystander)).resultCount).toBe(ALL)
})

test('made-up records keep the schemas of the fixtures', () => {
  const made = makeJobs(500)
  expect([made.users.length, made.jobs.length]).toEqual([25, 500])
  for (const [name, records] of Object.entries(made)) {
    const validate = job.validators.records[name]
    for (const record of records) {
      const resolved = resolveBoot(record, Date.UTC(2026, 0, 5))
      expect(validate?.(resolved), JSON.stringify([resolved, validate?.errors])).toBe(true)
    }
  }
})

test('a made-up job runs out 30 to 90 days after it was posted', () => {
  const days = makeJobs(500).jobs.map((one) => resolveBoot(one, Date.UTC(2026, 0, 5)) as Job['records']['jobs']).map(({ postedAt, expiresAt }) => (expiresAt - postedAt) / 86_400_000) // held against its schema above
  expect([Math.min(...days), Math.max(...days)]).toEqual([30, 90])
})

test('the same count gives the same records, and a larger one begins with them', () => {
  expect(makeJobs(50)).toEqual(makeJobs(50))
  expect(makeJobs(90).jobs.slice(0, 50)).toEqual(makeJobs(50).jobs)
})

const folder = mkdtempSync(join(tmpdir(), 'understudy-worlds-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

test('a world that was written to a file can be served from there', async () => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/fixtures.ts', 'job', '--jobs', '30', '--out', join(folder, 'job', 'world.json')])
  const { box: other } = await serve(job, { fixtures: folder })
  expect((await page(await other())).resultCount).toBe(42)
})

test('what cannot be made in bulk is refused in words', () => {
  const run = (...args: string[]) => () => execFileSync(process.execPath, ['--import', 'tsx', 'scripts/fixtures.ts', ...args], { stdio: 'pipe', encoding: 'utf8' })
  expect(run('live', '--channels', '5')).toThrow('live makes no records in bulk')
  expect(run('job')).toThrow('--jobs needs a count')
  expect(run('job', '--jobs', 'many')).toThrow('--jobs needs a count')
})
