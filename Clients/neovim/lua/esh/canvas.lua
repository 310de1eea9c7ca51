--- Lines of text with spots: places that can be acted upon.
--- A spot is `{line, from, to, key, act}`: line from 0, byte columns, a key that stays the same when the text is drawn
--- anew, and what <CR> does there.
local M = {}
M.__index = M

local namespace = vim.api.nvim_create_namespace('esh')

function M.new()
  return setmetatable({ lines = { '' }, spots = {}, marks = {} }, M)
end

--- Adds text to the current line. `group` is a highlight group; with a `spot` the text can be acted upon.
function M:put(text, group, spot)
  text = tostring(text):gsub('\r?\n', ' ')
  local line = #self.lines
  local from = #self.lines[line]
  self.lines[line] = self.lines[line] .. text
  if group then table.insert(self.marks, { line - 1, from, from + #text, group }) end
  if spot then
    table.insert(self.spots, { line = line - 1, from = from, to = from + #text, key = spot.key, act = spot.act })
  end
  return self
end

function M:newline()
  table.insert(self.lines, '')
  return self
end

--- Text of several lines, as a message has.
function M:paragraph(text, group)
  for _, line in ipairs(vim.split(text, '\n', { plain = true })) do self:put(line, group):newline() end
end

function M:spot_at(line, column)
  for _, spot in ipairs(self.spots) do
    if spot.line == line and column >= spot.from and column < math.max(spot.to, spot.from + 1) then return spot end
  end
end

--- The spot that follows or precedes a place, going around at the ends.
function M:next_spot(line, column, step)
  local best
  for _, spot in ipairs(self.spots) do
    local ahead = spot.line > line or (spot.line == line and spot.from > column)
    local behind = spot.line < line or (spot.line == line and spot.from < column)
    if step > 0 and ahead then return spot end
    if step < 0 and behind then best = spot end
  end
  return best or self.spots[step > 0 and 1 or #self.spots]
end

--- Shows the canvas in `buffer`; cursors stay on the spot that they were on, wherever it is now.
function M:show(buffer)
  local before = vim.b[buffer].esh_drawn and M.drawn[buffer]
  local cursors = {}
  for _, view in ipairs(vim.fn.win_findbuf(buffer)) do
    local place = vim.api.nvim_win_get_cursor(view)
    cursors[view] = { place = place, spot = before and before:spot_at(place[1] - 1, place[2]) }
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, self.lines)
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].modified = false
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  for _, mark in ipairs(self.marks) do
    vim.api.nvim_buf_add_highlight(buffer, namespace, mark[4], mark[1], mark[2], mark[3])
  end
  M.drawn[buffer] = self
  vim.b[buffer].esh_drawn = true
  for view, cursor in pairs(cursors) do self:restore(view, cursor) end
end

function M:restore(view, cursor)
  local line, column = cursor.place[1], cursor.place[2]
  if cursor.spot then
    for _, spot in ipairs(self.spots) do
      if spot.key == cursor.spot.key then
        line, column = spot.line + 1, spot.from
        break
      end
    end
  end
  line = math.min(line, #self.lines)
  vim.api.nvim_win_set_cursor(view, { line, math.min(column, #self.lines[line]) })
end

--- Buffer number to what it shows.
M.drawn = {}

return M
