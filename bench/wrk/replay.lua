-- Sends the requests of a file in turn, again and again: a Lua table of {method, path, headers, body}.
local texts = {}
local n = 0

function init(args)
  local base = args[2] or ''
  for i, request in ipairs(dofile(args[1])) do
    texts[i] = wrk.format(request.method, base .. request.path, request.headers, request.body)
  end
end

function request()
  n = n % #texts + 1
  return texts[n]
end
