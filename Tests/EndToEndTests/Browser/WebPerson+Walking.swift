import Jansson
import Testing

extension WebPerson {
  /// The control of a field in the window in front.
  func field(_ label: String) throws -> String {
    let path = "\(Self.front)//*[@data-field][label[normalize-space(.)=\(Self.literal(label))]]"
    _ = try browser.element(path)
    return "\(path)//*[self::input or self::select or self::textarea or self::output][1]"
  }

  func elementJSON(_ path: String) throws -> JSONValue {
    ["element-6066-11e4-a52e-4f735466cecf": JSONValue(try browser.element(path))]
  }

  /// Replaces what stands in the field that has focus.
  func replace(with text: String) throws {
    try browser.keys([Browser.Key.control.rawValue, "a"])
    try browser.press(.delete)
    try browser.write(text)
  }

  /// How a thing with focus is called; what the page's reader would say.
  private static let name = """
    const name = (e) => (e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent ?? '').trim();
    const at = document.activeElement;
    """

  /// Walks with one key until what has focus is called so.
  func walk(_ key: Browser.Key, to title: String, _ what: String) throws {
    for _ in 0..<60 {
      if try browser.run("\(Self.name) return name(at)").string == title { return }
      try browser.press(key)
    }
    throw TestTrouble("the keyboard does not reach \(what) «\(title)»")
  }

  /// Tab through the window in front, arrows inside of a group, until what has focus is called so.
  func reach(_ title: String, _ what: String) throws {
    try settle()
    try browser.run("window.front = document.querySelector('.window.active')")
    var seen: [String] = []
    for _ in 0..<160 {
      let place = try browser.run(
        """
        \(Self.name)
        if (at.closest('.window') !== window.front) return '';
        if (name(at) === arguments[0]) return 'here';
        const group = at.closest('[role=toolbar], [role=tablist]');
        return group && [...group.children].some((e) => name(e) === arguments[0]) ? 'beside' : 'at ' + name(at).slice(0, 40);
        """, JSONValue(title)
      ).string
      if place == "here" { return }
      try browser.press(place == "beside" ? .right : .tab)
      seen.append(place ?? "")
    }
    throw TestTrouble("the keyboard does not reach \(what) «\(title)»: \(seen.prefix(40))")
  }

  /// Looks for rows by the search of the window in front.
  func search(_ text: String) throws {
    try browser.wait("document.querySelector('.window.active .search:not([hidden])')", "a search")
    switch hand {
    case .mouse:
      try browser.click("\(Self.front)//label[contains(@class,'search')]//input")
    case .keyboard: try browser.keys([Browser.Key.control.rawValue, "f"])
    }
    try replace(with: text)
    // The page asks 200 ms after the last letter; what came before that was found for a part of the text.
    try browser.run("window.typedAt = performance.now()")
    try browser.wait(
      """
      performance.now() - window.typedAt > 400 && !document.querySelector('.window.active .coming')
        && document.querySelector('.window.active .count')?.textContent.startsWith('Найдено')
      """, "the search's end")
  }

  /// Goes to a row that shows and selects it: a row with a mark is marked, any other chosen.
  func select(row text: String) throws {
    try browser.wait(
      "[...document.querySelectorAll('.window.active .rows .row')].some((r) => r.textContent.includes(\(JSONValue(text).text())))",
      "a row with «\(text)»")
    switch hand {
    case .mouse:
      try browser.click(
        "(\(Self.front)//*[@role='row'][contains(normalize-space(.), \(Self.literal(text)))]/*[@role='gridcell'])[1]")
    case .keyboard:
      try enterRows(until: "at.textContent.includes(\(JSONValue(text).text()))")
      let isSelected = try browser.run(
        "return document.querySelector('.window.active .rows .row:has(.at)').ariaSelected === 'true'")
      if isSelected.bool == false { try browser.press(.space) }
    }
    try browser.wait(
      """
      [...document.querySelectorAll('.window.active .row[aria-selected=true]')]
        .some((r) => r.textContent.includes(\(JSONValue(text).text())))
      """, "the row «\(text)» selected")
    try settle()
  }

  /// Into the grid, and down until the row (`at`) is the one.
  func enterRows(until condition: String) throws {
    for _ in 0..<80 where try browser.run("return document.activeElement.role").string != "grid" {
      try browser.press(.tab)
    }
    try browser.keys([Browser.Key.control.rawValue, Browser.Key.home.rawValue])
    for _ in 0..<200 {
      let script = """
        const cell = document.getElementById(document.activeElement.getAttribute('aria-activedescendant'));
        const at = cell?.parentElement; return Boolean(at && \(condition));
        """
      if try browser.run(script).bool == true { return }
      try browser.press(.down)
    }
    throw TestTrouble("the keyboard does not reach a row where \(condition)")
  }

  /// Presses a heading of the table, such as a date.
  func press(heading title: String) throws {
    switch hand {
    case .mouse:
      try browser.click("\(Self.front)//*[@role='columnheader'][normalize-space(.)=\(Self.literal(title))]")
    case .keyboard:
      try enterRows(until: "true")
      try walkGrid(.up, until: "cell?.role === 'columnheader'")
      try walkGrid(.home, until: "true")
      try walkGrid(.right, until: "cell?.textContent.trim() === \(JSONValue(title).text())")
      try browser.press(.enter)
    }
    try settle()
  }

  /// Presses one key in the grid until the cell with focus is the one.
  func walkGrid(_ key: Browser.Key, until condition: String) throws {
    for _ in 0..<60 {
      let script = """
        const cell = document.getElementById(document.activeElement.getAttribute('aria-activedescendant'));
        return Boolean(\(condition));
        """
      if try browser.run(script).bool == true { return }
      try browser.press(key)
    }
    throw TestTrouble("the keyboard does not reach a cell where \(condition)")
  }

  /// A mark in a row's cell under a heading, or a button of the row.
  func press(cell heading: String, ofRow text: String) throws {
    try browser.wait(
      "[...document.querySelectorAll('.window.active [role=columnheader]')].some((e) => e.textContent.trim() === \(JSONValue(heading).text()))",
      "a heading «\(heading)»")
    let column =
      try browser.run(
        """
        return [...document.querySelectorAll('.window.active [role=columnheader]')]
          .findIndex((e) => e.textContent.trim() === arguments[0])
        """, JSONValue(heading)
      ).int ?? 0
    switch hand {
    case .mouse:
      try browser.click(
        "(\(Self.front)//*[@role='row'][contains(., \(Self.literal(text)))]/*)[\(column + 1)]//*[self::input or self::button or self::a]"
      )
    case .keyboard:
      try enterRows(until: "at.textContent.includes(\(JSONValue(text).text()))")
      try walkGrid(.right, until: "[...cell.parentElement.children].indexOf(cell) === \(column)")
      try browser.press(.enter)
    }
    try settle()
  }
}
