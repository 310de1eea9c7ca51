--- A window of the host as a buffer: one buffer for each, with the keys that act on what is under the cursor.
local canvas = require('esh.canvas')
local draw = require('esh.draw')
local act = require('esh.act')
local rows = require('esh.rows')
local session = require('esh.session')
local words = require('esh.words')

local M = { buffers = {}, views = {} }

local function redraw(window)
  local buffer, view = M.buffers[window.id], M.views[window.id]
  if buffer and vim.api.nvim_buf_is_valid(buffer) then draw.window(window, view):show(buffer) end
end

--- Rows are read for tables that are on the screen, when they were never read or have changed.
local function read(window)
  local view, fits = M.views[window.id], draw.shown(window)
  for _, tbl in ipairs(window.tables) do
    local known = view.rows[tbl.id] or rows.new(window.id, tbl.id)
    view.rows[tbl.id] = known
    if fits(tbl) and known.revision ~= tbl.revision then
      known.revision = tbl.revision
      known:reload(function() redraw(window) end)
    end
  end
end

local function view_of(window)
  local view = { rows = {} }
  function view.sort(tbl, column)
    view.rows[tbl.id]:sort_by(column)
    view.rows[tbl.id]:reload(function() redraw(window) end)
  end
  function view.more(tbl)
    view.rows[tbl.id]:more(function() redraw(window) end)
  end
  return view
end

local function first_table(window)
  for _, tbl in ipairs(window.tables) do
    if draw.shown(window)(tbl) then return tbl end
  end
end

local function search(window)
  local tbl = first_table(window)
  if not tbl then return end
  local known = M.views[window.id].rows[tbl.id]
  vim.ui.input({ prompt = words.search, default = known.search or '' }, function(text)
    if not text then return end
    known.search = text ~= '' and text or nil
    known:reload(function() redraw(window) end)
  end)
end

local function choose_button(window)
  local fits = draw.shown(window)
  local ready = vim.tbl_filter(function(element) return fits(element) and element.enabled and not element.row end,
    window.buttons)
  vim.ui.select(ready, { prompt = words.button, format_item = function(element) return element.label end },
    function(element) if element then act.press(window, element) end end)
end

--- The keys of every buffer of the plugin: act, go on, go back.
function M.common_keys(buffer)
  local function map(key, run) vim.keymap.set('n', key, run, { buffer = buffer, nowait = true, silent = true }) end
  local function go(step)
    local place = vim.api.nvim_win_get_cursor(0)
    local spot = canvas.drawn[buffer]:next_spot(place[1] - 1, place[2], step)
    if spot then vim.api.nvim_win_set_cursor(0, { spot.line + 1, spot.from }) end
  end
  map('<CR>', function()
    local place = vim.api.nvim_win_get_cursor(0)
    local spot = canvas.drawn[buffer]:spot_at(place[1] - 1, place[2])
    if spot and spot.act then spot.act() end
  end)
  map('<Tab>', function() go(1) end)
  map('<S-Tab>', function() go(-1) end)
  map('g?', function() vim.cmd('help esh-keys') end)
  return map
end

local function keys(buffer, window)
  local map = M.common_keys(buffer)
  map('q', function() session.act('window/close', { window = window.id }) end)
  map('s', function() search(window) end)
  map('gb', function() choose_button(window) end)
  map('R', function()
    for _, known in pairs(M.views[window.id].rows) do known.revision = nil end
    read(window)
  end)
  map(']]', function()
    local tbl = first_table(window)
    if tbl then M.views[window.id].more(tbl) end
  end)
end

function M.scratch(name, filetype)
  local buffer = vim.api.nvim_create_buf(true, true)
  vim.api.nvim_buf_set_name(buffer, name)
  vim.bo[buffer].filetype = filetype
  vim.bo[buffer].bufhidden = 'hide'
  vim.bo[buffer].modifiable = false
  return buffer
end

function M.opened(window)
  local buffer = M.scratch(('esh://%s/%s'):format(window.id, window.title), 'esh')
  M.buffers[window.id], M.views[window.id] = buffer, view_of(window)
  keys(buffer, window)
  read(window)
  redraw(window)
  vim.api.nvim_set_current_buf(buffer)
  vim.wo.wrap = false
  vim.wo.cursorline = true
  -- A buffer wiped by hand closes the window at the host, too.
  vim.api.nvim_create_autocmd('BufWipeout', { buffer = buffer, callback = function()
    M.buffers[window.id] = nil
    if session.windows[window.id] then session.act('window/close', { window = window.id }) end
  end })
end

function M.changed(window)
  if not M.buffers[window.id] then return end
  read(window)
  redraw(window)
end

function M.refresh(registry)
  for id, window in pairs(session.windows) do
    if window.type == 'registry:' .. registry and M.buffers[id] then
      for _, known in pairs(M.views[id].rows) do known.revision = nil end
      read(window)
    end
  end
end

function M.closed(id)
  local buffer = M.buffers[id]
  M.buffers[id], M.views[id] = nil, nil
  if buffer and vim.api.nvim_buf_is_valid(buffer) then vim.api.nvim_buf_delete(buffer, { force = true }) end
end

function M.close_all()
  for id in pairs(vim.deepcopy(M.buffers)) do M.closed(id) end
end

return M
