--- The desktop as a buffer: shortcuts, «Пуск» as a tree, and the windows that are open.
local canvas = require('esh.canvas')
local session = require('esh.session')
local window = require('esh.window')
local words = require('esh.words')

local M = {}

--- The number that an item shows, behind its title.
local function badge(page, item)
  if item.badge then page:put(' · ' .. words.badge:format(item.badge), 'EshHeading') end
  return page
end

local function tree(page, nodes, depth, trail)
  for _, node in ipairs(nodes) do
    local path = vim.list_extend(vim.deepcopy(trail), { node.id })
    if node.children then
      page:put(('  '):rep(depth)):put(node.title, 'EshLabel'):newline()
      tree(page, node.children, depth + 1, path)
    else
      page:put(('  '):rep(depth)):put(node.title, 'EshButton', {
        key = 'item:' .. table.concat(path, '/'), act = function() M.open_path(path) end,
      })
      badge(page, node):newline()
    end
  end
end

function M.open_path(path)
  session.act('startMenu/open', { path = path })
end

local function draw()
  local page, desktop = canvas.new(), session.desktop
  page:put(session.user and session.user.displayName or 'ESh', 'EshTitle'):newline():newline()
  page:put(words.shortcuts, 'EshHeading'):newline()
  for _, shortcut in ipairs(desktop.shortcuts) do
    page:put('  '):put(shortcut.title, 'EshButton', {
      key = 'shortcut:' .. shortcut.id, act = function() session.act('shortcut/open', { id = shortcut.id }) end,
    })
    badge(page, shortcut):newline()
  end
  page:newline():put(words.start_menu, 'EshHeading'):newline()
  tree(page, desktop.startMenu, 1, {})
  if next(session.windows) then
    page:newline():put(words.windows, 'EshHeading'):newline()
    for id, open in pairs(session.windows) do
      page:put('  '):put(open.title, 'EshButton', {
        key = 'window:' .. id, act = function() vim.api.nvim_set_current_buf(window.buffers[id]) end,
      }):newline()
    end
  end
  page:newline():put(words.keys, 'EshHint')
  return page
end

function M.redraw()
  if M.buffer and vim.api.nvim_buf_is_valid(M.buffer) and session.desktop then draw():show(M.buffer) end
end

function M.show()
  if not M.buffer or not vim.api.nvim_buf_is_valid(M.buffer) then
    M.buffer = window.scratch('esh://desktop', 'esh')
    window.common_keys(M.buffer)
  end
  M.redraw()
  vim.api.nvim_set_current_buf(M.buffer)
end

function M.hide()
  if M.buffer and vim.api.nvim_buf_is_valid(M.buffer) then vim.api.nvim_buf_delete(M.buffer, { force = true }) end
  M.buffer = nil
end

--- Completion of :EshOpen: the titles at the place that the words before have led to, blanks written as `\ `.
function M.complete(lead, line)
  local nodes = session.desktop and session.desktop.startMenu or {}
  local given = vim.split(line:gsub('\\ ', '\1'), '%s+')
  for index = 2, #given - 1 do
    local title = given[index]:gsub('\1', ' ')
    for _, node in ipairs(nodes) do
      if node.title == title or node.id == title then nodes = node.children or {} end
    end
  end
  local found = {}
  for _, node in ipairs(nodes) do
    local title = node.title:gsub(' ', '\\ ')
    if vim.startswith(title, lead) then table.insert(found, title) end
  end
  return found
end

return M
