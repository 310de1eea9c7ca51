--- The rows of one table of one window: pages as they are asked for, by the host's cursors.
local session = require('esh.session')

local M = {}
M.__index = M

local page = 60

function M.new(window, id)
  return setmetatable({ window = window, id = id, rows = {}, total = 0, asked = 0 }, M)
end

function M:query(after, limit, done)
  self.asked = self.asked + 1
  local ticket = self.asked
  session.call('table/query', {
    window = self.window, table = self.id, search = self.search, sort = self.sort, after = after, limit = limit,
  }, function(answer)
    -- A later question has been asked meanwhile; its answer is the one to show.
    if ticket ~= self.asked then return end
    done(answer)
  end)
end

--- Reads from the start again, as far as had been read.
function M:reload(done)
  self:query(nil, math.min(500, math.max(page, #self.rows)), function(answer)
    self.rows, self.total, self.next, self.loaded = answer.rows, answer.total, answer.next, true
    done()
  end)
end

--- The next page, when there is one.
function M:more(done)
  if not self.next then return end
  self:query(self.next, page, function(answer)
    vim.list_extend(self.rows, answer.rows)
    self.total, self.next = answer.total, answer.next
    done()
  end)
end

--- Sorts by a column; again by the same one: the other way round.
function M:sort_by(column)
  local now = self.sort and self.sort[1]
  self.sort = { { column = column, descending = (now and now.column == column and not now.descending) or nil } }
end

return M
