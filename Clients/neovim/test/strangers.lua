-- What two plugins bring that this one has never heard of: a shortcut with a badge, a registry, a window to read, and in
-- somebody else's registry a column, a button and a form. Run by the project's tests, with a host that has both.
local steps = dofile(debug.getinfo(1, 'S').source:sub(2):match('^(.*/)') .. 'steps.lua')
local desktop = require('esh.desktop')
local see, keys, act, answers = steps.see, steps.keys, steps.act, steps.answers

steps.run(function()
  local seen = {}
  vim.cmd('Esh')
  see('Объявления · новых: 1')
  seen.badge = steps.line('Объявления')
  act('Объявления')
  see('Каникулы')
  act('Каникулы')
  see('▸ Каникулы')
  act('<Прочитать>')
  see('С понедельника')
  desktop.show()
  steps.gone('новых')
  seen.after = steps.line('Объявления')

  vim.cmd('EshOpen Реестры Ученики')
  see('(Шкафчик)')
  answers['Поиск: '] = os.getenv('ESH_PUPIL')
  keys('s')
  see('Поиск «')
  act(os.getenv('ESH_PUPIL'))
  see('▸ ' .. os.getenv('ESH_PUPIL'))
  act('<Шкафчик>')
  see('Номер')
  answers['Номер: '] = '4217'
  vim.fn.search('Номер')
  keys('<Tab><CR>')
  see('4217')
  act('<Сохранить>')
  see('<Добавить>')
  see('4217')
  seen.row = steps.line('4217')
  return seen
end)
