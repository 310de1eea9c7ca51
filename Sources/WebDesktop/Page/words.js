/** The page's own words, in one table. Everything else that people read comes from the host, translated. */
import { locale } from './settings.js';

/** name: [Russian, English]; `{0}` stands for a value. */
const WORDS = {
  signIn: ['Вход', 'Sign in'], login: ['Логин', 'Login'], password: ['Пароль', 'Password'],
  enter: ['Войти', 'Sign in'], showPassword: ['Показать пароль', 'Show the password'],
  wrong: ['Неверный логин или пароль', 'Wrong login or password'],
  locked: ['Слишком много попыток. Повторите через {0} с', 'Too many attempts. Try again in {0} s'],
  ended: ['Сеанс завершён. Войдите снова', 'The session has ended. Sign in again'],
  noHost: ['Сервер не отвечает. Повторите позже', 'The server does not answer. Try later'],
  start: ['Пуск', 'Start'], desktop: ['Рабочий стол', 'Desktop'], taskbar: ['Панель задач', 'Task bar'],
  shortcuts: ['Ярлыки', 'Shortcuts'], windows: ['Открытые окна', 'Open windows'], account: ['Учётная запись', 'Account'],
  signOut: ['Выйти', 'Sign out'], theme: ['Оформление', 'Appearance'], auto: ['Как в системе', 'As the system'],
  light: ['Светлое', 'Light'], dark: ['Тёмное', 'Dark'], language: ['Язык', 'Language'], keys: ['Клавиши', 'Keys'],
  unsaved: ['Введённое не сохранено и будет потеряно. Продолжить?', 'What was typed is not saved and will be lost. Go on?'],
  close: ['Закрыть', 'Close'], minimize: ['Свернуть', 'Minimize'], maximize: ['Развернуть', 'Maximize'],
  restore: ['Восстановить', 'Restore'], move: ['Переместить', 'Move'], resize: ['Изменить размер', 'Resize'],
  windowMenu: ['Меню окна', 'Window menu'], moving: ['Стрелки перемещают окно, Enter — готово',
    'Arrow keys move the window, Enter ends'], sizing: ['Стрелки меняют размер, Enter — готово',
    'Arrow keys change the size, Enter ends'],
  search: ['Поиск', 'Search'], rows: ['Записей: {0}', 'Rows: {0}'], found: ['Найдено: {0}', 'Found: {0}'],
  chosen: ['выбрано: {0}', 'selected: {0}'], nothing: ['Записей нет', 'No rows'],
  nothingFound: ['Ничего не найдено', 'Nothing found'], walking: ['Переход к записи {0}…', 'Going to row {0}…'],
  stop: ['Остановить', 'Stop'], select: ['Выбор', 'Selection'], actions: ['Действия', 'Actions'],
  rowMenu: ['Действия с записью', 'Row actions'], onlySame: ['Только «{0}»', 'Only "{0}"'],
  copyCell: ['Копировать', 'Copy'], unfilter: ['Снять отбор', 'Remove the filter'],
  tooMany: ['Можно выбрать не больше 500 записей', 'At most 500 rows'],
  lockedCell: ['Значение нельзя изменить', 'This value cannot be changed'],
  yes: ['Да', 'Yes'], no: ['Нет', 'No'], pick: ['Выбрать', 'Choose'], clear: ['Очистить', 'Clear'],
  openCalendar: ['Календарь', 'Calendar'], dateHint: ['ДД.ММ.ГГГГ', 'DD.MM.YYYY'], timeHint: ['ЧЧ:ММ', 'HH:MM'],
  none: ['— не выбрано —', '— none —'], error: ['Ошибка', 'Error'], notices: ['Сообщения', 'Messages'],
  working: ['Выполняется…', 'Working…'], cancel: ['Отменить', 'Cancel'], cancelled: ['Отменено', 'Cancelled'],
  opened: ['Открыто в новой вкладке: {0}', 'Opened in a new tab: {0}'], openAgain: ['Открыть ещё раз', 'Open again'],
  badLink: ['Открываются только адреса http и https', 'Only http and https addresses are opened'],
  lostLine: ['Нет связи с сервером. Восстанавливаем…', 'No connection to the server. Restoring…'],
  back: ['Связь восстановлена', 'The connection is back'],
  stale: ['Связь прерывалась, и сервер этого окна больше не знает. Введённое сохранено здесь.',
    'The connection broke and the server no longer knows this window. What you typed is kept here.'],
  reopen: ['Открыть заново с введённым', 'Open again with what was typed'],
  notDone: ['Связь прервалась раньше, чем сервер получил «{0}»: ничего не изменено. Повторите.',
    'The connection broke before the server got "{0}": nothing was changed. Try again.'],
  doneAnyway: ['«{0}»: выполнено до обрыва связи', '"{0}": done before the connection broke'],
  nextConflict: ['Кто-то изменил это раньше. Окно обновлено: проверьте и повторите.',
    'Someone changed this first. The window was refreshed: check and try again.'],
  nextPlugin: ['Эта часть временно недоступна. Повторите позже или сообщите администратору.',
    'This part is unavailable. Try later or tell the administrator.'],
  nextBusy: ['Сервер занят. Повторите через {0} с.', 'The server is busy. Try again in {0} s.'],
  nextTime: ['Проверьте, выполнено ли действие, и повторите.', 'Check whether it was done, and try again.'],
  nextDefect: ['Сообщите администратору номер {0}.', 'Tell the administrator the number {0}.'],
  nextLost: ['Связь прервалась. Повторите, когда она восстановится.', 'The connection broke. Try again when it is back.'],
  nextGone: ['Этого уже нет: обновите список.', 'It is no longer there: refresh the list.'],
  helpText: ['Всё доступно без мыши. Tab переходит между частями окна, стрелки ходят внутри них.',
    'Everything works without a mouse. Tab moves between the parts of a window, arrows inside of them.'],
  kStart: ['меню «Пуск»', 'Start menu'], kNext: ['следующее и предыдущее окно', 'next and previous window'],
  kMenu: ['меню окна: переместить, размер, закрыть', 'window menu: move, resize, close'],
  kClose: ['закрыть окно', 'close the window'], kDesk: ['к ярлыкам', 'to the shortcuts'],
  kFind: ['поиск в окне', 'search in the window'], kEsc: ['закрыть меню, сообщение, выбор', 'close a menu, message, picker'],
  kArrows: ['ходить по таблице и её заголовкам', 'walk a table and its headings'],
  kSpace: ['выбрать строку, поставить отметку', 'select a row, set a mark'],
  kEnter: ['изменить ячейку или открыть меню строки; в поле — главная кнопка окна',
    'edit a cell or open a row menu; in a field: the main button'],
  kAll: ['выбрать загруженные строки', 'select the loaded rows'],
  kDelete: ['очистить поле с выбором', 'clear a field with a picker'], kHelp: ['эта справка', 'this help'],
};

const index = locale() === 'en' ? 1 : 0;

/** @param {keyof typeof WORDS} name */
export const word = (name, ...values) => (WORDS[name]?.[index] ?? name).replace(/\{(\d)\}/g, (_, n) => values[n]);

/** How a value of a table's or a field's type is read: `2025-04-05` → `05.04.2025`, true → «Да». */
export function readable(value, type) {
  if (value == null) return '';
  if (typeof value === 'boolean') return word(value ? 'yes' : 'no');
  if (type === 'date' && /^\d{4}-\d\d-\d\d$/.test(value)) return value.split('-').reverse().join('.');
  return type === 'number' && typeof value === 'number' ? count(value) : String(value);
}

export const count = (number) => number.toLocaleString(locale());
