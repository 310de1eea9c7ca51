--- What a person does to the elements of a window. Each sends one request; the host decides what comes of it.
local session = require('esh.session')
local words = require('esh.words')

local M = {}

function M.press(window, button, row)
  if not button.enabled then
    return vim.notify(button.why or button.label, vim.log.levels.INFO)
  end
  session.act('window/press', { window = window.id, button = button.id, row = row })
end

function M.tab(window, tab)
  session.act('window/select', { window = window.id, tab = tab.id })
end

--- Selects a row; in a table for several it joins or leaves those that are selected.
function M.select(window, tbl, row)
  local selected, rest = tbl.selected or {}, {}
  for _, id in ipairs(selected) do
    if id ~= row.id then table.insert(rest, id) end
  end
  local joins = #rest == #selected
  local rows = tbl.selection == 'multiple' and rest or {}
  if joins then table.insert(rows, row.id) end
  session.act('window/select', { window = window.id, table = tbl.id, rows = rows })
end

local function set(window, field, value)
  session.act('window/set', { window = window.id, values = { [field.id] = value } })
end

--- An answer of the wire has no nil: an emptied input is sent as null where the field is not text.
local function typed(field, text)
  if text == '' and field.type ~= 'text' and field.type ~= 'password' then return vim.NIL end
  if field.type == 'number' then return tonumber((text:gsub(',', '.'))) or text end
  return text
end

local editors = {
  checkbox = function(window, field) set(window, field, not field.value) end,
  reference = function(window, field)
    session.act('window/press', { window = window.id, button = 'pick:' .. field.id })
  end,
  select = function(window, field)
    vim.ui.select(field.options or {}, {
      prompt = field.label, format_item = function(option) return option.title end,
    }, function(option) if option then set(window, field, option.value) end end)
  end,
  password = function(window, field)
    set(window, field, vim.fn.inputsecret(field.label .. ': '))
  end,
}

local function input(window, field)
  local now = field.display or field.value
  vim.ui.input({ prompt = field.label .. ': ', default = now ~= nil and tostring(now) or '' }, function(text)
    if text then set(window, field, typed(field, text)) end
  end)
end

function M.field(window, field)
  if field.type == 'label' then return end
  if not field.enabled then return vim.notify(field.hint or field.label, vim.log.levels.INFO) end
  (editors[field.type] or input)(window, field)
end

local function edit(window, tbl, row, column, value)
  session.act('window/edit', { window = window.id, table = tbl.id, row = row.id, values = { [column.id] = value } })
end

--- A cell: a link is opened, an editable one edited, any other selects its row.
function M.cell(window, tbl, row, column)
  local value = row.cells[column.id]
  if column.editable and not vim.tbl_contains(row.locked or {}, column.id) then
    if column.type == 'boolean' then return edit(window, tbl, row, column, not value) end
    return vim.ui.input({ prompt = column.title .. ': ', default = value ~= nil and tostring(value) or '' },
      function(text) if text then edit(window, tbl, row, column, typed(column, text)) end end)
  end
  if column.type == 'link' and value then return M.url(value) end
  if tbl.selection ~= 'none' then M.select(window, tbl, row) end
end

--- Opens an address outside, by `setup{open_url = …}` or the desktop's own opener.
function M.url(address)
  if not address:match('^https?://') then return vim.notify(words.link:format(address), vim.log.levels.WARN) end
  if M.open_url then return M.open_url(address) end
  vim.fn.jobstart({ 'xdg-open', address }, { detach = true })
end

return M
