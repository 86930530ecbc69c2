-- The work of one thread, chosen by the first argument: code, list, login (a code and a login each), session (code, login, list, logout).
-- A login comes so many numbers after its code that the code has arrived whatever the order of the connections.
local BEHIND = 256
local work, base
local n = 0
local step = 0
local keys = {}
local bad = 0
local total = 0

local alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
local function base64(text)
  local bits = text:gsub('.', function(c)
    local r, b = '', c:byte()
    for i = 8, 1, -1 do r = r .. (b % 2 ^ i - b % 2 ^ (i - 1) > 0 and '1' or '0') end
    return r
  end) .. '0000'
  local out = bits:gsub('%d%d%d?%d?%d?%d?', function(x)
    if #x < 6 then return '' end
    local c = 0
    for i = 1, 6 do c = c + (x:sub(i, i) == '1' and 2 ^ (6 - i) or 0) end
    return alphabet:sub(c + 1, c + 1)
  end)
  return out .. ({ '', '==', '=' })[#text % 3 + 1]
end

local function mobile(i) return string.format('139%08d', i % 20000) end
local function code(i) return wrk.format('GET', base .. '/auth/code?mobile=' .. mobile(i)) end
local function login(i)
  return wrk.format('POST', base .. '/auth/login', { ['Content-Type'] = 'application/json' }, '{"mobile":"' .. mobile(i) .. '","auth_code":"123456"}')
end
local function with(key, method, path) return wrk.format(method, base .. path, { Authorization = key }) end

function init(args)
  work, base = args[1], args[2] or ''
  if args[3] then keys[1] = base64(args[3]) end
end

function request()
  if work == 'code' then n = n + 1; return code(n) end
  if work == 'list' then return with(keys[1] or 'eA==', 'GET', '/channels/live') end
  step = step + 1
  if work == 'login' or #keys == 0 or step % 4 < 2 then
    if step % 2 == 1 or n < BEHIND then n = n + 1; return code(n) end
    return login(n - BEHIND)
  end
  if step % 4 == 2 then return with(keys[1], 'GET', '/channels/live') end
  return with(table.remove(keys), 'POST', '/auth/logout')
end

function response(status, headers, body)
  if work == 'session' then
    local key = body:match('"api_key":%s*"(%x+)"')
    if key and #keys < 4096 then keys[#keys + 1] = base64(key) end
  end
end
