-- Work over many sandboxes in turn: what is done (write: a code is sent in live; read: a page of job's list), how many sandboxes, and what their names begin with.
local work, sandboxes, name
local n = 0

function init(args) work, sandboxes, name = args[1], tonumber(args[2]), args[3] end

function request()
  n = n + 1
  local base = '/@' .. name .. n % sandboxes
  if work == 'read' then return wrk.format('GET', base .. '/job/api/job/list?pageNumber=1&pageSize=10') end
  return wrk.format('GET', base .. '/live/auth/code?mobile=' .. string.format('139%08d', math.floor(n / sandboxes) % 20000))
end
