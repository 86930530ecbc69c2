/** What is carried out inside Redis about the journal of a sandbox. */
import { enter, prelude, script } from './scripts.js'

/** KEYS meta, journal. ARGV most entries, most bytes, then generation, requests, what an entry is chosen by and the rest of it for each. */
export const APPEND = script(`${prelude}${enter}
local meta = redis.call('HMGET', KEYS[1], 'gen', 'ver', 'entry', 'filled', 'old')
if not meta[1] then return 1 end
local entry, filled, old = enter(KEYS[2], 1, meta[1], meta[2], meta[3], meta[4], meta[5])
if entry ~= meta[3] then redis.call('HSET', KEYS[1], 'entry', entry, 'filled', filled, 'old', old) end
return 1
`)

/** KEYS meta, journal. ARGV the ids of those that are wanted; all when there are none. Answers entries of the journal. */
export const ENTRIES = script(`
local floor = redis.call('HGET', KEYS[1], 'floor')
if not floor then return {} end
local all = redis.call('XRANGE', KEYS[2], floor, '+')
if #ARGV == 0 then return all end
local wanted, found = {}, {}
for _, id in ipairs(ARGV) do wanted[id] = true end
for _, item in ipairs(all) do
  if wanted[string.match(item[1], '%d+$')] then found[#found + 1] = item end
end
return found
`)

/** KEYS meta, journal. Answers of all entries what they are chosen by. */
export const HEADS = script(`
local floor = redis.call('HGET', KEYS[1], 'floor')
if not floor then return {} end
local heads = {}
for i, item in ipairs(redis.call('XRANGE', KEYS[2], floor, '+')) do heads[i] = {item[1], {'r', item[2][4], 'h', item[2][6]}} end
return heads
`)

/** KEYS meta, journal. Answers how many entries are kept, and the id of the last. */
export const STATUS = script(`
local meta = redis.call('HMGET', KEYS[1], 'old', 'entry')
if not meta[1] then return {0, '0'} end
return {redis.call('XLEN', KEYS[2]) - tonumber(meta[1]), meta[2]}
`)

/** KEYS meta, log, journal. ARGV header, then the places of entries. Answers how many there were. */
export const REMOVE = script(`${prelude}
local meta = redis.call('HMGET', KEYS[1], 'gen', 'ver')
if not meta[1] then return 0 end
local removed = 0
for i = 2, #ARGV do
  local item = redis.call('XRANGE', KEYS[3], ARGV[i], ARGV[i])[1]
  if item then
    redis.call('HINCRBY', KEYS[1], 'filled', -fill(item))
    removed = removed + redis.call('XDEL', KEYS[3], item[1])
  end
end
local version = tonumber(meta[2]) + 1
mark(KEYS[2], version, meta[1], ARGV[1])
redis.call('HSET', KEYS[1], 'ver', text(version))
return removed
`)
