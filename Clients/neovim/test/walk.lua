-- A walk through the plugin as a person would take it, with real keys; prints what was seen as one JSON object.
-- Run by the project's tests, or by hand:
--   ESH=esh ESH_DATA=FOLDER ESH_LOGIN=admin ESH_PASSWORD=… nvim --headless --clean -u NONE -c 'luafile test/walk.lua'
local steps = dofile(debug.getinfo(1, 'S').source:sub(2):match('^(.*/)') .. 'steps.lua')
local session = require('esh.session')
local see, gone, keys, act, text, answers = steps.see, steps.gone, steps.keys, steps.act, steps.text, steps.answers

steps.run(function()
  local seen = {}
  vim.cmd('Esh')
  see('Ярлыки')
  seen.person = vim.fn.getline(1)
  seen.menu = require('esh.desktop').complete('', 'EshOpen ')

  vim.cmd('EshRegistries')
  steps.wait(function() return #steps.offered > 0 end, 'no registries')
  seen.registries = steps.offered
  steps.offered = {}
  vim.cmd('EshCommands')
  steps.wait(function() return #steps.offered > 0 end, 'no commands')
  seen.commands = #steps.offered

  vim.cmd([[EshOpen Реестры Выпускники\ и\ отчисленные]])
  see('Выпускники и отчисленные')
  keys('q')
  gone('<Восстановить')
  vim.cmd('EshOpen Реестры Родители')
  see('… ещё')
  seen.first_page = #vim.api.nvim_buf_get_lines(0, 0, -1, false)
  keys(']]')
  steps.wait(function() return vim.fn.line('$') > seen.first_page end, 'no second page')
  keys('q')
  gone('Родители')

  vim.cmd('EshOpen Реестры Ученики')
  see('(Отчислить)')
  act('(Изменить)')
  seen.why = steps.said[#steps.said]
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
  steps.wait(function() return vim.fn.search('31.02.2012  \\S', 'n') > 0 end, 'a bad date is not marked')
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
  steps.wait(function() return session.connection == nil end, 'still connected')
  seen.said = steps.said
  return seen
end)
