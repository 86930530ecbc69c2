/** What is carried out inside Redis for all sandboxes and processes together. */
import { prelude, script } from './scripts.js'

/**
 * KEYS sandboxes, spare ones. ARGV 1 if they are about to come into being, names in the order of their use, and 1 for those that may make
 * room for others. What has gone since it was used does not come back by being noted.
 */
export const USE = script(`${prelude}
local time = micros()
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
if last then time = math.max(time, tonumber(last)) end
for i = 2, #ARGV, 2 do
  if ARGV[1] == '1' or redis.call('ZSCORE', KEYS[1], ARGV[i]) then
    redis.call('ZADD', KEYS[1], text(time + i), ARGV[i])
    if ARGV[i + 1] == '1' then redis.call('ZADD', KEYS[2], text(time + i), ARGV[i]) else redis.call('ZREM', KEYS[2], ARGV[i]) end
  end
end
return 1
`)

/** KEYS sandboxes, spare ones, dying ones. ARGV a name. It is listed no more; until `gone` it is on record that it is about to go. */
export const PART = script(`${prelude}
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], text(micros()), ARGV[1])
return 1
`)

/** KEYS dying ones. ARGV microseconds. Answers some that have been about to go for longer: whoever was at it is gone himself. */
export const STUCK = script(`${prelude}
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(micros() - ARGV[1]), 'LIMIT', 0, 100)
`)

/**
 * KEYS house, sandboxes, processes, dying ones. ARGV identity, id of the process, microseconds after which a silent one is gone. Answers
 * the time, identity and boot that count: those of the first process, as long as there is a process or a sandbox.
 */
export const JOIN = script(`${prelude}
local time = micros()
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', text(time - ARGV[3]))
local stored = redis.call('HMGET', KEYS[1], 'identity', 'boot')
local isDeserted = redis.call('ZCARD', KEYS[2]) == 0 and redis.call('ZCARD', KEYS[3]) == 0 and redis.call('ZCARD', KEYS[4]) == 0
if not stored[1] or isDeserted then
  stored = {ARGV[1], text(math.floor(time / 1000))}
  redis.call('HSET', KEYS[1], 'identity', stored[1], 'boot', stored[2])
end
if stored[1] == ARGV[1] then redis.call('ZADD', KEYS[3], text(time), ARGV[2]) end
return {now(), stored[1], stored[2]}
`)

/** KEYS processes. ARGV microseconds after which a silent one is gone, and the id of the process if it is one. Answers how many there are. */
export const BEAT = script(`${prelude}
local time = micros()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(time - ARGV[1]))
if ARGV[2] then redis.call('ZADD', KEYS[1], text(time), ARGV[2]) end
return redis.call('ZCARD', KEYS[1])
`)
