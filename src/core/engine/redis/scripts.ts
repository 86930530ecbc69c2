/**
 * What is carried out inside Redis, each script in one step. Scripts and not functions: several versions of the stub may use one Redis,
 * and would fight over the names of functions. A script names all keys that it uses, and they share one hash tag, so that it runs on a
 * cluster as well.
 *
 * Numbers of generations and versions are microseconds since 1970 where a sandbox begins, and count up from there: a sandbox that comes
 * into being again under an old name never has a number that was used before.
 */
import { createHash } from 'node:crypto'

export interface Script {
  readonly source: string
  readonly sha: string
}

/** @returns a script with the name under which Redis knows it */
export const script = (source: string): Script => ({ source, sha: createHash('sha1').update(source).digest('hex') })

/** Commits that one may have missed; whoever has missed more loads the sandbox anew. */
const MOST_MISSED = 1000
/** So many characters of what others have committed come with an answer: many who ask at once are told of the same commits. What is more is asked for, once for all of them. */
const LITTLE = 8 * 1024
/** So many come at once when they are asked for, or one commit. */
const PART = 256 * 1024
/** Entries of an ended generation that stay for those who are still listening to it. */
const STALE_ENTRIES = 100
/** Milliseconds for which a deleted sandbox is remembered, so that those who listen hear of it. */
const REMEMBERED = 60_000

/** Stands for what came since, where Redis has come back with less than it had. */
export const BACK = 'back'
/** Stands for what came since, where that is too much to come along: {@link NEWS} tells it. */
export const MORE = 'more'

/** Lua has one kind of number; those beyond 10^14 it writes with an exponent unless it is told otherwise. */
export const prelude = `
local function text(number) return string.format('%.0f', number) end
local function micros() local t = redis.call('TIME') return t[1] * 1000000 + t[2] end
local function size(item) return #item[2][8] + #item[2][10] + #item[2][12] end
local function fill(item) return #item[2][6] + #item[2][8] end
local function misses(known, newest) return newest - known > ${String(MOST_MISSED)} end
local function since(log, known, newest, most, part)
  if known > newest then return '${BACK}' end
  if misses(known, newest) then return false end
  local items, bytes = {}, 0
  for version = known + 1, newest do
    local item = redis.call('XRANGE', log, text(version), text(version))[1]
    if not item then return false end
    bytes = bytes + size(item)
    if bytes > most then
      if not part then return '${MORE}' end
      if #items > 0 then return items end
    end
    items[#items + 1] = item
  end
  return items
end
local function little(items)
  local bytes = 0
  for _, item in ipairs(items) do bytes = bytes + size(item) end
  return bytes > ${String(LITTLE)} and '${MORE}' or items
end
local function now() return text(math.floor(micros() / 1000)) end
local function head()
  local meta = redis.call('HMGET', KEYS[1], 'gen', 'born', 'ver', 'req', 'entry', 'kept', 'named')
  return meta, {now(), meta[1], meta[2], meta[3], meta[4], meta[5], meta[6], meta[7]}
end
local function came(log, meta, part)
  if meta[1] == ARGV[1] then return since(log, tonumber(ARGV[2]), tonumber(meta[3]), part and ${String(PART)} or ${String(LITTLE)}, part) end
  if ARGV[1] ~= '' and tonumber(ARGV[1]) > tonumber(meta[1]) then return '${BACK}' end
  return {}
end
local function mark(log, version, generation, header)
  redis.call('XADD', log, text(version) .. '-0', 'g', generation, 'i', '', 's', '', 'n', '', 'h', header, 'a', '[]', 'p', '')
end
local function write(docs, place, from)
  for i = from, #ARGV, 3 do
    local at = ARGV[i + 2]
    if at == '' then place = place + 1 at = text(place) end
    redis.call('HSET', docs, ARGV[i], at .. ':' .. ARGV[i + 1])
  end
  return place
end
`

/**
 * Puts lines into the journal, those of a generation that is over left out. From the argument on: most entries, most bytes, then
 * generation, requests, what an entry is chosen by and the rest of it for each. The oldest go, one always stays. Takes what the fields
 * of the same names say, and returns what `entry`, `filled` and `old` are to say from now on.
 */
export const enter = `
local function enter(journal, from, gen, ver, entry, filled, old)
  local id, full, stale = tonumber(entry), tonumber(filled or '0'), tonumber(old)
  for i = from + 2, #ARGV, 4 do
    if ARGV[i] == gen then
      id = id + 1
      redis.call('XADD', journal, gen .. '-' .. text(id), 'v', ver, 'r', ARGV[i + 1], 'h', ARGV[i + 2], 'e', ARGV[i + 3])
      full = full + #ARGV[i + 2] + #ARGV[i + 3]
    end
  end
  local last = text(id)
  if last == entry then return entry, filled or '0', old end
  local length, limit, most = redis.call('XLEN', journal), tonumber(ARGV[from]), tonumber(ARGV[from + 1])
  while length > 1 and (length > limit or full > most) do
    for _, item in ipairs(redis.call('XRANGE', journal, '-', '+', 'COUNT', math.min(100, math.max(1, length - limit)))) do
      redis.call('XDEL', journal, item[1])
      full = full - fill(item)
      length = length - 1
      if stale > 0 then stale = stale - 1 end
    end
  end
  return last, text(full), text(stale)
end
`

/**
 * KEYS meta, log, journal. ARGV generation and version that are known here, 1 to count a request, then lines of the journal that come along,
 * as for {@link APPEND}. Answers the head, and what came since.
 */
export const LOOK = script(`${prelude}${enter}
local meta = redis.call('HMGET', KEYS[1], 'gen', 'born', 'ver', 'req', 'entry', 'kept', 'named', 'filled', 'old')
if not meta[1] then return {now()} end
local requests, entry = meta[4], meta[5]
if ARGV[3] == '1' then requests = text(requests + 1) end
if ARGV[4] then
  local filled, old
  entry, filled, old = enter(KEYS[3], 4, meta[1], meta[3], entry, meta[8], meta[9])
  redis.call('HSET', KEYS[1], 'req', requests, 'entry', entry, 'filled', filled, 'old', old)
elseif ARGV[3] == '1' then redis.call('HSET', KEYS[1], 'req', requests) end
return {now(), meta[1], meta[2], meta[3], requests, entry, meta[6], meta[7], came(KEYS[2], {meta[1], meta[2], meta[3]})}
`)

/** KEYS meta, log. ARGV generation and version that are known here. Answers the head, and the first of what came since. */
export const NEWS = script(`${prelude}
local meta, answer = head()
if not meta[1] then return {answer[1]} end
answer[9] = came(KEYS[2], meta, true)
return answer
`)

/** KEYS meta, docs, log, journal, files. ARGV start, era, requests, 1 if it was made by its name, then field, value, '' for each record. Answers 1 when it came into being. */
export const CREATE = script(`${prelude}
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('UNLINK', KEYS[2], KEYS[4], KEYS[5])
redis.call('PERSIST', KEYS[3])
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
local version = micros()
if last then version = math.max(version, tonumber(string.match(last[1], '^%d+')) + 1) end
local place = write(KEYS[2], 0, 5)
redis.call('HSET', KEYS[1], 'gen', text(version), 'born', text(version), 'floor', text(version), 'ver', text(version), 'start', ARGV[1], 'era', ARGV[2],
  'req', ARGV[3], 'named', ARGV[4], 'place', text(place), 'entry', '0', 'kept', '0', 'old', '0', 'whole', '1', 'bytes', '0', 'filled', '0', 'files', '0')
return 1
`)

/**
 * KEYS meta, docs, log, files. ARGV generation, base, id, system, names read, names touched, header, most commits, most bytes, most characters
 * of files, how many files, then hash and file for each, and field and value for each record; the value '' forgets a record. Answers the
 * verdict, the version, and what came in between. Files that nothing names any more go when there is no room for others; history goes for them.
 */
export const COMMIT = script(`${prelude}
local function look(text, named)
  for token in string.gmatch(text, '%x+') do if #token == 64 then named[token] = true end end
end
local function filled(named, drops)
  local size = 0
  for _, hash in ipairs(redis.call('HKEYS', KEYS[4])) do
    if named[hash] then size = size + redis.call('HSTRLEN', KEYS[4], hash)
    elseif drops then redis.call('HDEL', KEYS[4], hash) end
  end
  return size
end
local meta = redis.call('HMGET', KEYS[1], 'gen', 'ver', 'place', 'bytes', 'files')
if meta[1] ~= ARGV[1] then return {'over'} end
local base, newest = tonumber(ARGV[2]), tonumber(meta[2])
local between = {}
if base > newest then return {'conflict', meta[2], '${BACK}'} end
if base < newest then
  if misses(base, newest) then return {'conflict', meta[2], false} end
  between = redis.call('XRANGE', KEYS[3], text(base + 1), '+')
  if #between ~= newest - base then return {'conflict', meta[2], false} end
  local reads = {}
  for name in string.gmatch(ARGV[5], '[^\\n]+') do reads[name] = true end
  for _, item in ipairs(between) do
    if item[2][6] == ARGV[4] then
      for name in string.gmatch(item[2][8], '[^\\n]+') do
        if reads[name] then return {'conflict', meta[2], little(between)} end
      end
    end
  end
end
local first, more, stock = 12 + 2 * tonumber(ARGV[11]), 0, tonumber(meta[5] or '0')
for i = 12, first - 1, 2 do
  if redis.call('HEXISTS', KEYS[4], ARGV[i]) == 0 then more = more + #ARGV[i + 1] end
end
if more > 0 then
  local most = tonumber(ARGV[10]) - more
  if stock > most then
    local named = {}
    for i = 12, first - 1, 2 do named[ARGV[i]] = true end
    for _, value in ipairs(redis.call('HVALS', KEYS[2])) do look(value, named) end
    if most < 0 or filled(named, false) > most then return {'full'} end
    local past = {} for hash in pairs(named) do past[hash] = true end
    for _, item in ipairs(redis.call('XRANGE', KEYS[3], '-', '+')) do
      look(item[2][10] .. ' ' .. item[2][12], past)
    end
    stock = filled(past, true)
    if stock > most then
      redis.call('XTRIM', KEYS[3], 'MAXLEN', 0)
      redis.call('HSET', KEYS[1], 'whole', '0') meta[4] = '0'
      stock = filled(named, true)
    end
  end
  for i = 12, first - 1, 2 do redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1]) end
  redis.call('HSET', KEYS[1], 'files', text(stock + more))
end
local version, place, afters, places = newest + 1, tonumber(meta[3]), {}, {}
for i = first, #ARGV, 2 do
  local field, value = ARGV[i], ARGV[i + 1]
  local old = redis.call('HGET', KEYS[2], field)
  local at = old and string.match(old, '^%d+')
  places[#places + 1] = at or '-'
  if value == '' then
    redis.call('HDEL', KEYS[2], field)
    afters[#afters + 1] = 'null'
  else
    if not at then place = place + 1 at = text(place) end
    redis.call('HSET', KEYS[2], field, at .. ':' .. value)
    afters[#afters + 1] = value
  end
end
local after, placed = '[' .. table.concat(afters, ',') .. ']', table.concat(places, ',')
redis.call('XADD', KEYS[3], text(version) .. '-0', 'g', meta[1], 'i', ARGV[3], 's', ARGV[4], 'n', ARGV[6], 'h', ARGV[7], 'a', after, 'p', placed)
local bytes = tonumber(meta[4]) + #ARGV[6] + #ARGV[7] + #after
local length = redis.call('XLEN', KEYS[3])
while length > 1 and (length > tonumber(ARGV[8]) or bytes > tonumber(ARGV[9])) do
  local oldest = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
  redis.call('XDEL', KEYS[3], oldest[1])
  redis.call('HSET', KEYS[1], 'whole', '0')
  bytes = bytes - size(oldest)
  length = length - 1
end
redis.call('HSET', KEYS[1], 'ver', text(version), 'place', text(place), 'bytes', text(math.max(0, bytes)))
return {'committed', text(version), little(between)}
`)

/**
 * What became of a commit whose connection broke. KEYS meta, log. ARGV generation, base, id, system, names read, header. One that is not
 * there is made impossible: a mark that touches what it had read stands in its way, should it still arrive.
 */
export const RESOLVE = script(`${prelude}
local meta = redis.call('HMGET', KEYS[1], 'gen', 'ver')
if meta[1] ~= ARGV[1] then return {'over'} end
local base, newest = tonumber(ARGV[2]), tonumber(meta[2])
local later = redis.call('XRANGE', KEYS[2], text(base + 1), '+')
local found = false
for _, item in ipairs(later) do
  if item[2][4] == ARGV[3] then found = true end
end
if found then return {'found', meta[2], little(later)} end
if #later ~= newest - base then return {'unknown'} end
local version = newest + 1
redis.call('XADD', KEYS[2], text(version) .. '-0', 'g', meta[1], 'i', '', 's', ARGV[4], 'n', ARGV[5], 'h', ARGV[6], 'a', '[]', 'p', '')
redis.call('HSET', KEYS[1], 'ver', text(version))
return {'conflict', text(version), little(redis.call('XRANGE', KEYS[2], text(base + 1), '+'))}
`)

/**
 * KEYS meta, docs, log. ARGV generation and version that are known here, 1 to look back. Answers the head, and what came since; start, era
 * and whole; all records; and all of the log, to look back.
 */
export const LOAD = script(`${prelude}
local meta, answer = head()
if not meta[1] then return {answer[1]} end
answer[9] = came(KEYS[3], meta)
answer[10] = redis.call('HMGET', KEYS[1], 'start', 'era', 'whole')
answer[11] = redis.call('HGETALL', KEYS[2])
answer[12] = ARGV[3] == '1' and redis.call('XRANGE', KEYS[3], '-', '+') or {}
return answer
`)

/**
 * Begins a generation. KEYS meta, docs, log, journal, files. ARGV header, start, era, requests, version and entry that are kept or '' twice,
 * most characters of files, how many files, then hash and file for each, and field, value and place for each record. Answers the head.
 */
export const REPLACE = script(`${prelude}
local meta = redis.call('HMGET', KEYS[1], 'gen', 'ver', 'place', 'whole', 'floor')
if not meta[1] then return {now()} end
local version = tonumber(meta[2]) + 1
local generation = text(version)
local kept = ARGV[5] ~= '' and tonumber(ARGV[5])
if kept and meta[4] == '0' then
  local oldest = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
  if not oldest or tonumber(string.match(oldest[1], '^%d+')) > kept + 1 then kept = false end
end
local first, stock = 9 + 2 * tonumber(ARGV[8]), 0
for i = 9, first - 1, 2 do stock = stock + #ARGV[i + 1] end
if stock > tonumber(ARGV[7]) then return {'full'} end
if ARGV[5] == '' then
  redis.call('UNLINK', KEYS[5])
  redis.call('HSET', KEYS[1], 'files', text(stock))
end
for i = 9, first - 1, 2 do redis.call('HSET', KEYS[5], ARGV[i], ARGV[i + 1]) end
redis.call('UNLINK', KEYS[2])
local place = write(KEYS[2], tonumber(meta[3]), first)
if kept then
  local bytes = 0
  for _, item in ipairs(redis.call('XRANGE', KEYS[3], text(kept + 1), '+')) do
    bytes = bytes + size(item)
    redis.call('XDEL', KEYS[3], item[1])
  end
  redis.call('HSET', KEYS[1], 'bytes', text(math.max(0, redis.call('HGET', KEYS[1], 'bytes') - bytes)), 'kept', ARGV[6])
  local last = redis.call('XREVRANGE', KEYS[4], '+', meta[5], 'COUNT', 1)[1]
  while last and tonumber(string.match(last[1], '%d+$')) > tonumber(ARGV[6]) do
    redis.call('XDEL', KEYS[4], last[1])
    redis.call('HINCRBY', KEYS[1], 'filled', -fill(last))
    last = redis.call('XREVRANGE', KEYS[4], '+', meta[5], 'COUNT', 1)[1]
  end
else
  redis.call('UNLINK', KEYS[3])
  redis.call('XTRIM', KEYS[4], 'MAXLEN', ${String(STALE_ENTRIES)})
  local filled = 0
  for _, item in ipairs(redis.call('XRANGE', KEYS[4], '-', '+')) do filled = filled + fill(item) end
  redis.call('HSET', KEYS[1], 'start', ARGV[2], 'whole', ARGV[5] == '' and '1' or '0', 'bytes', '0', 'floor', generation, 'kept', '0', 'old', redis.call('XLEN', KEYS[4]), 'filled', text(filled))
end
mark(KEYS[3], version, generation, ARGV[1])
redis.call('HSET', KEYS[1], 'gen', generation, 'ver', generation, 'era', ARGV[3], 'req', ARGV[4], 'place', text(place))
local _, answer = head()
answer[9] = {}
return answer
`)

/**
 * KEYS meta, docs, journal. ARGV what the fields of control state look like. Answers start, era, requests, how many entries are kept, and
 * all control state.
 */
export const OVERVIEW = script(`
local meta = redis.call('HMGET', KEYS[1], 'start', 'era', 'req', 'old')
if not meta[1] then return false end
local cursor, docs = '0', {}
repeat
  local found = redis.call('HSCAN', KEYS[2], cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
  cursor = found[1]
  for _, part in ipairs(found[2]) do docs[#docs + 1] = part end
until cursor == '0'
return {meta[1], meta[2], meta[3], redis.call('XLEN', KEYS[3]) - tonumber(meta[4]), docs}
`)

/** KEYS meta, log. ARGV generation and version that are known here, header. Puts a sign into the log. Answers the head, and what came since. */
export const TELL = script(`${prelude}
local meta = head()
if not meta[1] then return {now()} end
local version = tonumber(meta[3]) + 1
mark(KEYS[2], version, meta[1], ARGV[3])
redis.call('HSET', KEYS[1], 'ver', text(version))
local answer
meta, answer = head()
answer[9] = came(KEYS[2], meta)
return answer
`)

/** KEYS meta, docs, log, journal, files. ARGV header. Answers whether there was one to delete. */
export const DELETE = script(`${prelude}
local meta = redis.call('HMGET', KEYS[1], 'gen', 'ver')
if not meta[1] then return 0 end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
mark(KEYS[3], tonumber(meta[2]) + 1, meta[1], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ${String(REMEMBERED)})
return 1
`)

/** KEYS meta, docs, log, journal, files. Answers 1 when it is a sandbox that nobody has changed or made by its name, and is gone now. */
export const EVICT = script(`${prelude}
local meta = redis.call('HMGET', KEYS[1], 'ver', 'born', 'named')
if meta[1] ~= meta[2] or meta[3] == '1' then return 0 end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
return 1
`)

/** KEYS meta. Says that a sandbox was made by its name, if there is one. */
export const NAME = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'named', '1')
return 1
`)
