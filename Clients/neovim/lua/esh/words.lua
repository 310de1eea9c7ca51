--- The plugin's own words. Everything else on the screen comes from the host, in the session's language.
local words = {
  ru = {
    login = 'Логин: ', password = 'Пароль: ', search = 'Поиск: ', arguments = 'Аргументы (JSON): ',
    shortcuts = 'Ярлыки', start_menu = 'Пуск', windows = 'Окна', more = '… ещё %d (]])', none = 'Записей нет',
    yes = 'Да', no = 'Нет', badge = 'новых: %d', found = 'Поиск «%s»: %d', registry = 'Реестр', command = 'Команда', button = 'Кнопка',
    closed = 'ESh: соединение закрыто. %s Начните снова командой :Esh', nothing = 'Здесь нечего открывать',
    not_connected = 'Сначала войдите командой :Esh', required = ' *', ended = 'ESh: сеанс завершён (%s). Войдите снова: :Esh',
    bad_json = 'Аргументы должны быть объектом JSON', link = 'ESh открывает только http и https: %s',
    keys = '<CR> действие · <Tab> дальше · q закрыть · s поиск · ]] ещё · gb кнопки · R обновить · g? справка',
  },
  en = {
    login = 'Login: ', password = 'Password: ', search = 'Search: ', arguments = 'Arguments (JSON): ',
    shortcuts = 'Shortcuts', start_menu = 'Start', windows = 'Windows', more = '… %d more (]])', none = 'No rows',
    yes = 'Yes', no = 'No', badge = '%d new', found = 'Search "%s": %d', registry = 'Registry', command = 'Command', button = 'Button',
    closed = 'ESh: the connection is closed. %s Start again with :Esh', nothing = 'Nothing to open here',
    not_connected = 'Sign in first: :Esh', required = ' *', ended = 'ESh: the session has ended (%s). Sign in again: :Esh',
    bad_json = 'Arguments must be a JSON object', link = 'ESh opens only http and https: %s',
    keys = '<CR> act · <Tab> next · q close · s search · ]] more · gb buttons · R reload · g? help',
  },
}

local M = { locale = 'ru' }

return setmetatable(M, {
  __index = function(_, key) return (words[M.locale] or words.en)[key] end,
})
