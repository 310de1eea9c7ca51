-- A walk through the plugin as a person would take it, with real keys; prints what was seen as one JSON object.
-- Run by the project's tests, or by hand:
--   ESH=esh ESH_DATA=FOLDER ESH_LOGIN=admin ESH_PASSWORD=… nvim --headless --clean -u NONE -c 'luafile test/walk.lua'
local here = debug.getinfo(1, 'S').source:sub(2):match('^(.*)/test/[^/]*$')
vim.opt.runtimepath:prepend(here)
vim.cmd('runtime plugin/esh.lua')

local session = require('esh.session')
local said, answers, offered = {}, {}, {}
vim.notify = function(message) table.insert(said, message) end
vim.ui.input = function(options, done) done(answers[options.prompt]) end
vim.ui.select = function(items, options, done)
  offered = {}
  for index, item in ipairs(items) do
    offered[index] = options.format_item(item)
    if offered[index] == answers[options.prompt] then return done(item) end
  end
  done(nil)
end

local function text() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') end
local function see(what)
  assert(vim.wait(20000, function() return text():find(what, 1, true) ~= nil end, 5), 'never saw: ' .. what)
end
local function gone(what)
  assert(vim.wait(20000, function() return text():find(what, 1, true) == nil end, 5), 'still there: ' .. what)
end
local function keys(what)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(what, true, false, true), 'x', false)
end
-- Puts the cursor on what can be acted upon and says `on`, and acts.
local function act(on)
  for _, spot in ipairs(require('esh.canvas').drawn[vim.api.nvim_get_current_buf()].spots) do
    if vim.fn.getline(spot.line + 1):sub(spot.from + 1, spot.to):find(on, 1, true) then
      vim.api.nvim_win_set_cursor(0, { spot.line + 1, spot.from })
      return keys('<CR>')
    end
  end
  error('nothing to act upon says: ' .. on)
end

require('esh').setup({
  command = { os.getenv('ESH'), 'serve', '--stdio', '--data', os.getenv('ESH_DATA') },
  data = os.getenv('ESH_DATA'), login = os.getenv('ESH_LOGIN'), password = os.getenv('ESH_PASSWORD'),
})

local function walk()
  local seen = {}
  vim.cmd('Esh')
  see('Ярлыки')
  seen.person = vim.fn.getline(1)
  seen.menu = require('esh.desktop').complete('', 'EshOpen ')

  vim.cmd('EshRegistries')
  assert(vim.wait(20000, function() return #offered > 0 end, 5), 'no registries')
  seen.registries = offered
  offered = {}
  vim.cmd('EshCommands')
  assert(vim.wait(20000, function() return #offered > 0 end, 5), 'no commands')
  seen.commands = #offered

  vim.cmd([[EshOpen Реестры Выпускники\ и\ отчисленные]])
  see('Выпускники и отчисленные')
  keys('q')
  gone('<Восстановить')
  vim.cmd('EshOpen Реестры Родители')
  see('… ещё')
  seen.first_page = #vim.api.nvim_buf_get_lines(0, 0, -1, false)
  keys(']]')
  assert(vim.wait(20000, function() return vim.fn.line('$') > seen.first_page end, 5), 'no second page')
  keys('q')
  gone('Родители')

  vim.cmd('EshOpen Реестры Ученики')
  see('(Отчислить)')
  act('(Изменить)')
  seen.why = said[#said]
  answers['Поиск: '] = os.getenv('ESH_PUPIL')
  keys('s')
  see('Поиск «')
  act(os.getenv('ESH_PUPIL'))
  see('▸ ' .. os.getenv('ESH_PUPIL'))
  act('<Изменить>')
  see('Отчество')
  seen.form = vim.fn.getline(1)
  answers['Дата рождения: '] = '31.02.2012'
  act(vim.fn.matchstr(text(), 'Дата рождения: \\zs[0-9.]\\+'))
  assert(vim.wait(20000, function() return vim.fn.search('31.02.2012  \\S', 'n') > 0 end, 5), 'a bad date is not marked')
  seen.bad_date = vim.fn.matchstr(text(), '31.02.2012  \\zs[^\n]*')
  answers['Дата рождения: '] = '28.02.2012'
  act('31.02.2012')
  see('28.02.2012')
  gone(seen.bad_date)
  answers['Почта: '] = 'walk@example.org'
  vim.fn.search('Почта')
  keys('<Tab><CR>')
  see('walk@example.org')
  act('<Сохранить>')
  see('<Добавить>')
  seen.title = vim.fn.getline(1)

  vim.cmd('EshLogout')
  assert(vim.wait(20000, function() return session.connection == nil end, 5), 'still connected')
  seen.said = said
  return seen
end

local ok, seen = xpcall(walk, debug.traceback)
if ok then
  io.stdout:write(vim.json.encode(seen) .. '\n')
else
  io.stderr:write(tostring(seen) .. '\n' .. vim.inspect(said) .. '\n' .. text() .. '\n')
end
vim.cmd(ok and 'qall!' or 'cquit 1')
