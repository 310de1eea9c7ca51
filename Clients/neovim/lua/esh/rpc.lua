--- JSON-RPC 2.0, one JSON text a line, over a child's pipes or a Unix socket.
local M = {}

local uv = vim.loop

--- A reader that hands over whole lines, whatever pieces they came in.
local function line_reader(on_line)
  local pieces = {}
  return function(chunk)
    local from = 1
    while true do
      local stop = chunk:find('\n', from, true)
      if not stop then
        pieces[#pieces + 1] = chunk:sub(from)
        return
      end
      pieces[#pieces + 1] = chunk:sub(from, stop - 1)
      local line = table.concat(pieces)
      pieces, from = {}, stop + 1
      if line ~= '' then on_line(line) end
    end
  end
end

local Connection = {}
Connection.__index = Connection

--- `handlers.notification(method, params)` and `handlers.closed(reason)` run on the main loop.
local function connection(handlers)
  return setmetatable({ handlers = handlers, pending = {}, last = 0, open = true, complaints = {} }, Connection)
end

function Connection:take(line)
  local good, message = pcall(vim.json.decode, line, { luanil = { object = true, array = true } })
  if not good then return self:close('unreadable answer: ' .. line:sub(1, 80)) end
  if message.method then return self.handlers.notification(message.method, message.params or {}) end
  local waiting = self.pending[message.id]
  self.pending[message.id] = nil
  if waiting then waiting(message.error, message.result) end
end

--- Sends a request. `answer(error, result)` is called once: with the host's word, or with an error of code 0 when the
--- connection ends first.
function Connection:request(method, params, answer)
  if not self.open then return answer({ code = 0, message = 'not connected' }) end
  self.last = self.last + 1
  self.pending[self.last] = answer
  self:send({ jsonrpc = '2.0', id = self.last, method = method, params = params or vim.empty_dict() })
  return self.last
end

function Connection:notify(method, params)
  if self.open then self:send({ jsonrpc = '2.0', method = method, params = params or vim.empty_dict() }) end
end

function Connection:send(message)
  self.writer:write(vim.json.encode(message) .. '\n')
end

--- Ends the connection; requests in flight learn of it. Safe to call twice.
function Connection:close(reason)
  if not self.open then return end
  self.open = false
  for _, handle in ipairs({ self.writer, self.reader, self.errors }) do
    if handle and not handle:is_closing() then handle:close() end
  end
  local waiting = self.pending
  self.pending = {}
  for _, answer in pairs(waiting) do answer({ code = 0, message = reason or 'connection closed' }) end
  self.handlers.closed(reason)
end

function Connection:listen(reader)
  self.reader = reader
  local feed = line_reader(function(line)
    vim.schedule(function() if self.open then self:take(line) end end)
  end)
  reader:read_start(function(failure, chunk)
    if chunk then return feed(chunk) end
    vim.schedule(function() self:close(failure or table.concat(self.complaints, '\n')) end)
  end)
end

--- Starts `command` (a list) and speaks to it over its standard input and output. What it says on its standard error
--- is kept: the last lines become the reason when it ends by itself.
function M.spawn(command, handlers)
  local self = connection(handlers)
  local input, output, errors = uv.new_pipe(false), uv.new_pipe(false), uv.new_pipe(false)
  local handle, failure = uv.spawn(command[1], {
    args = vim.list_slice(command, 2), stdio = { input, output, errors },
  }, function() if self.process and not self.process:is_closing() then self.process:close() end end)
  if not handle then return nil, command[1] .. ': ' .. tostring(failure) end
  self.process, self.writer, self.errors = handle, input, errors
  errors:read_start(function(_, chunk)
    if not chunk then return end
    table.insert(self.complaints, (chunk:gsub('%s+$', '')))
    if #self.complaints > 5 then table.remove(self.complaints, 1) end
  end)
  self:listen(output)
  return self
end

--- Connects to a host that runs already. `connected(connection)` or `connected(nil, why)` runs on the main loop.
function M.connect(path, handlers, connected)
  local self, socket = connection(handlers), uv.new_pipe(false)
  socket:connect(path, vim.schedule_wrap(function(failure)
    if failure then
      socket:close()
      return connected(nil, failure)
    end
    self.writer = socket
    self:listen(socket)
    connected(self)
  end))
end

return M
