--- A window of the host as text. Knows the shape of windows and nothing of what is in them.
local act = require('esh.act')
local canvas = require('esh.canvas')
local words = require('esh.words')

local M = {}

local levels = { info = 'EshInfo', warning = 'EshWarning', error = 'EshError', system = 'EshError' }

--- Elements are shown when visible and on no tab or on the selected one.
local function shown(window)
  local selected
  for _, tab in ipairs(window.tabs) do
    if tab.selected then selected = tab.id end
  end
  return function(element)
    return element.visible ~= false and (not element.tab or element.tab == selected)
  end
end

local function date(value)
  local year, month, day = value:match('^(%d%d%d%d)-(%d%d)-(%d%d)')
  return year and ('%s.%s.%s'):format(day, month, year) or value
end

function M.cell(column, value)
  if value == nil then return '' end
  if type(value) == 'boolean' then return value and words.yes or words.no end
  if column.type == 'date' then return date(tostring(value)) end
  return (tostring(value):gsub('%s*\n%s*', ' '))
end

local function button(page, window, element, row, label)
  local text = element.enabled and '<' .. label .. '>' or '(' .. label .. ')'
  page:put(text, element.enabled and 'EshButton' or 'EshDisabled', {
    key = 'button:' .. element.id .. (row and ':' .. row or ''),
    act = function() act.press(window, element, row) end,
  }):put(' ')
end

local function buttons(page, window, fits)
  local any = false
  for _, element in ipairs(window.buttons) do
    if fits(element) then
      button(page, window, element, nil, element.label)
      any = true
    end
  end
  if any then page:newline() end
end

local function field(page, window, element)
  page:put(element.label, 'EshLabel')
  if element.required then page:put(words.required, 'EshRequired') end
  page:put(element.label ~= '' and ': ' or '')
  local text = element.display or M.cell({ type = element.type }, element.value)
  if element.type == 'checkbox' then
    text = element.value and '[x]' or '[ ]'
  elseif element.type == 'password' then
    text = element.value and element.value ~= '' and '••••' or ''
  elseif element.type == 'select' then
    for _, option in ipairs(element.options or {}) do
      if option.value == element.value then text = option.title end
    end
  end
  local group = element.type ~= 'label' and (element.enabled and 'EshValue' or 'EshDisabled') or nil
  page:put(text == '' and '____' or text, group,
    { key = 'field:' .. element.id, act = function() act.field(window, element) end })
  if element.error then page:put('  ' .. element.error, 'EshError') end
  if element.hint and not element.error then page:put('  ' .. element.hint, 'EshHint') end
  page:newline()
end

local function widths(tbl, rows)
  local result = {}
  for index, column in ipairs(tbl.columns) do
    local width = vim.fn.strdisplaywidth(column.title)
    for _, row in ipairs(rows.rows) do
      width = math.max(width, vim.fn.strdisplaywidth(M.cell(column, row.cells[column.id])))
    end
    result[index] = math.min(width, 48)
  end
  return result
end

--- `text` cut or filled to `width` cells of the screen.
local function fit(text, width)
  local have = vim.fn.strdisplaywidth(text)
  if have > width then
    text = vim.fn.strcharpart(text, 0, width - 1) .. '…'
    have = vim.fn.strdisplaywidth(text)
  end
  return text .. (' '):rep(width - have)
end

local function headings(page, window, tbl, rows, width, view)
  page:put('  ')
  for index, column in ipairs(tbl.columns) do
    local sort = rows.sort and rows.sort[1]
    local arrow = sort and sort.column == column.id and (sort.descending and '↓' or '↑') or ' '
    local spot = { key = 'heading:' .. tbl.id .. ':' .. column.id }
    if column.button then
      spot.act = function()
        for _, element in ipairs(window.buttons) do
          if element.id == column.button then act.press(window, element) end
        end
      end
    elseif column.sortable then
      spot.act = function() view.sort(tbl, column.id) end
    end
    page:put(fit(column.title, width[index]), 'EshHeading', spot.act and spot):put(arrow .. ' ')
  end
  page:newline()
end

local function row_line(page, window, tbl, row, width)
  local picked = vim.tbl_contains(tbl.selected or {}, row.id)
  page:put(picked and '▸ ' or '  ')
  for index, column in ipairs(tbl.columns) do
    local group = picked and 'EshSelected' or ((row.emphasis or column.emphasis) == 'bold' and 'EshBold') or nil
    page:put(fit(M.cell(column, row.cells[column.id]), width[index]), group, {
      key = 'cell:' .. tbl.id .. ':' .. row.id .. ':' .. column.id,
      act = function() act.cell(window, tbl, row, column) end,
    }):put('  ')
  end
  for _, id in ipairs(row.actions or {}) do
    for _, element in ipairs(window.buttons) do
      if element.id == id and element.visible then button(page, window, element, row.id, element.label) end
    end
  end
  page:newline()
end

local function grid(page, window, tbl, rows, view)
  if tbl.title then page:put(tbl.title, 'EshLabel'):newline() end
  if rows.search then page:put(words.found:format(rows.search, rows.total), 'EshHint'):newline() end
  local width = widths(tbl, rows)
  headings(page, window, tbl, rows, width, view)
  for _, row in ipairs(rows.rows) do row_line(page, window, tbl, row, width) end
  if rows.loaded and #rows.rows == 0 then page:put('  ' .. words.none, 'EshHint'):newline() end
  if rows.next then
    page:put(words.more:format(rows.total - #rows.rows), 'EshHint',
      { key = 'more:' .. tbl.id, act = function() view.more(tbl) end }):newline()
  end
end

--- `view = {rows = {table id: rows}, sort = function(table, column), more = function(table)}`.
function M.window(window, view)
  local page, fits = canvas.new(), shown(window)
  page:put(window.title, 'EshTitle'):newline()
  if window.text then page:paragraph(window.text, levels[window.level or '']) end
  for _, tab in ipairs(window.tabs) do
    if tab.visible then
      page:put('[' .. tab.title .. ']', tab.selected and 'EshTabSelected' or 'EshTab',
        { key = 'tab:' .. tab.id, act = function() act.tab(window, tab) end }):put(' ')
    end
  end
  if #window.tabs > 0 then page:newline() end
  for _, element in ipairs(window.fields) do
    if fits(element) then field(page, window, element) end
  end
  for _, tbl in ipairs(window.tables) do
    if fits(tbl) then
      page:newline()
      buttons(page, window, function(element)
        return fits(element) and not element.row and element.table == tbl.id
      end)
      grid(page, window, tbl, view.rows[tbl.id], view)
    end
  end
  page:newline()
  buttons(page, window, function(element) return fits(element) and not element.row and not element.table end)
  page:put(words.keys, 'EshHint')
  return page
end

M.shown = shown

return M
