/// The terminal's own words. Everything else on the screen comes from the host, in the session's language.
package struct Words: Sendable {
  private let isRussian: Bool

  /// `locale`: `ru` or `en`; any other counts as English.
  package init(locale: String) { isRussian = locale == "ru" }

  private func word(_ russian: String, _ english: String) -> String { isRussian ? russian : english }

  var shortcuts: String { word("Ярлыки", "Shortcuts") }
  var startMenu: String { word("Пуск", "Start") }
  var windows: String { word("Окна", "Windows") }
  var yes: String { word("Да", "Yes") }
  var no: String { word("Нет", "No") }
  var noRows: String { word("Записей нет", "No rows") }
  var search: String { word("Поиск", "Search") }
  package var login: String { word("Логин", "Login") }
  package var password: String { word("Пароль", "Password") }
  var leave: String { word("Выйти из ESh?", "Leave ESh?") }
  var sessionEnded: String { word("Сеанс завершён", "The session has ended") }
  func badge(_ count: Int) -> String { word("новых: \(count)", "\(count) new") }
  func more(_ count: Int) -> String { word("… ещё \(count)", "… \(count) more") }
  func found(_ text: String, _ total: Int) -> String {
    word("Поиск «\(text)»: \(total)", "Search \"\(text)\": \(total)")
  }
  func link(_ address: String) -> String { word("Ссылка: \(address)", "Link: \(address)") }

  var keys: String {
    word(
      "Enter действие · Tab дальше · / поиск · F10 Пуск · F6 окно · Esc закрыть · F1 клавиши",
      "Enter act · Tab next · / search · F10 Start · F6 window · Esc close · F1 keys")
  }

  var help: [String] {
    isRussian
      ? [
        "Enter, пробел     нажать кнопку, открыть, изменить поле, выбрать запись",
        "Tab, Shift+Tab    к следующему и предыдущему; стрелки — к соседнему",
        "PgUp, PgDn        листать; внизу таблицы читается следующая страница",
        "Home, End         в начало и в конец окна",
        "/                 поиск в таблице; пустой показывает все записи",
        "F10 или m         «Пуск» и ярлыки;  F6 или w  следующее окно",
        "F5                прочитать записи заново;  Ctrl+L  перерисовать",
        "Esc или q         закрыть окно;  на «Пуске» — выйти",
      ]
      : [
        "Enter, Space      press a button, open, change a field, select a row",
        "Tab, Shift+Tab    to the next and the one before; arrows: to the neighbour",
        "PgUp, PgDn        scroll; at a table's end its next page is read",
        "Home, End         to the window's start and end",
        "/                 search the table; an empty one shows all rows",
        "F10 or m          Start menu and shortcuts;  F6 or w  next window",
        "F5                read the rows again;  Ctrl+L  redraw",
        "Esc or q          close the window;  on the Start page: leave",
      ]
  }
}
