/** What a process hears of a sandbox in Redis, and what it tells whoever follows it there. */
import { expect, test } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import { type Attempt, type Commit, type Follower } from '../../src/core/engine/engine.js'
import { RedisFollowing } from '../../src/core/engine/redis/following.js'
import { RedisLine } from '../../src/core/engine/redis/line.js'
import { RedisReplica } from '../../src/core/engine/redis/replica.js'
import { NO_FILES } from '../../src/core/files.js'
import { Pace } from '../../src/core/slices.js'

const commit = (version: number): Commit => ({ version, system: 'shop', changes: [], request: null, touched: () => new Set() })
const attempt: Attempt = { generation: 1, base: 10, reads: ['items/1'], changes: [], files: NO_FILES, namesFiles: false, request: 1, scope: { system: 'shop', touched: () => new Set(), isOfWorld: () => false } }
const MOST = 32

test('behind commits that are missing nothing is told any more, those who wait in line begin anew, and what comes after that is told again', async () => {
  const told: string[] = []
  const follower: Follower = {
    initial: () => expect.fail(),
    committed: ({ version }) => told.push(String(version)),
    turnedOver: () => told.push('over'),
    journalled: () => told.push('journal'),
    announced: () => told.push('announced'),
    lost: () => told.push('lost'),
    ended: () => told.push('ended'),
    listens: false,
    idle: false,
  }
  const house = { identity: async () => ({}), keyOf: () => 0, fileOf: () => undefined, boot: 0, most: 10, journalLimit: 10, pace: new Pace(), budget: new Budget(), report: () => undefined }
  const line = new RedisLine()
  const following = new RedisFollowing({ follower, line, replica: new RedisReplica(house, () => undefined), gone: () => told.push('gone') })
  following.heed({ generation: 1, born: 0, version: 10, requests: 0, entry: 0, kept: 0, isNamed: false, since: null })
  for (let i = 0; i < MOST; i++) expect(line.enter(attempt, 10)).toBe(10)
  const waits = (async () => line.enter(attempt, 10))()
  following.tell(1, [commit(10), commit(11)])
  following.tell(1, [commit(13), commit(14)])
  expect([told, following.version, await waits]).toEqual([['11', 'lost'], 14, null])
  following.tell(1, [commit(15)])
  expect(told).toEqual(['11', 'lost', '15'])
})
