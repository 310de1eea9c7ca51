import Jansson
import Testing

/// A person before the page, who does everything by mouse, or everything by keyboard. Names things by what is written
/// on them, in the window in front.
struct WebPerson {
  let browser: Browser
  let hand: Hand

  static let front = "//section[contains(@class,'window') and contains(@class,'active')]"

  /// Opens the page and signs in.
  func signIn(_ person: Person) throws {
    try browser.open()
    try typeCredentials(person.login, SchoolFolder.password)
    try browser.wait("document.querySelector('#taskbar .start')", "the desktop")
    // The hint at the first visit comes after the desktop, and lies over the corner.
    try browser.wait("localStorage.getItem('esh.welcomed')", "the hint at the first visit")
    try browser.run("document.querySelectorAll('.toast').forEach((toast) => toast.remove())")
  }

  func typeCredentials(_ login: String, _ password: String) throws {
    try browser.wait("document.querySelector('#login')", "the sign-in")
    switch hand {
    case .mouse:
      try browser.clear("//*[@id='login']")
      try browser.type(login, into: "//*[@id='login']")
      try browser.type(password, into: "//*[@id='password']")
      try browser.click("//form//button[@type='submit']")
    case .keyboard:
      try browser.wait("document.activeElement.closest('form')", "focus in the sign-in")
      try browser.run("document.getElementById('login').focus()")
      try replace(with: login)
      try browser.press(.tab)
      try replace(with: password)
      try browser.press(.enter)
    }
  }

  /// «Пуск» and down its menus.
  func openMenu(_ path: String...) throws {
    switch hand {
    case .mouse:
      try browser.click("//*[@id='taskbar']//button[contains(@class,'start')]")
      for title in path {
        try browser.click("//*[@role='menu']//button[normalize-space(.)=\(Self.literal(title))]")
      }
    case .keyboard:
      try browser.press(.f10)
      for (step, title) in path.enumerated() {
        try walk(.down, to: title, "an item of the menu")
        try browser.press(step == path.count - 1 ? .enter : .right)
      }
    }
    try browser.wait("!document.querySelector('.menu')", "the menu closed")
    try browser.wait("!document.querySelector('.start[aria-busy]')", "the item opened")
  }

  func openShortcut(_ title: String) throws {
    switch hand {
    case .mouse: try browser.click("//*[@id='desktop']//button[normalize-space(.)=\(Self.literal(title))]")
    case .keyboard:
      try browser.wait("document.querySelector('.shortcut')", "a shortcut")
      try browser.keys(["\u{E037}"])
      try walk(.down, to: title, "a shortcut")
      try browser.press(.enter)
    }
    try browser.wait("!document.querySelector('.shortcut[aria-busy]')", "the shortcut opened")
  }

  /// A button of the window in front, once it is enabled: what is selected enables it a moment later.
  func press(_ label: String, evenDisabled: Bool = false) throws {
    try settle()
    if !evenDisabled {
      _ = try browser.element(
        "\(Self.front)//button[normalize-space(.)=\(Self.literal(label)) and not(@aria-disabled)]")
    }
    switch hand {
    case .mouse: try browser.click("\(Self.front)//button[normalize-space(.)=\(Self.literal(label))]")
    case .keyboard:
      try reach(label, "a button")
      try browser.press(.enter)
    }
    try settle()
  }

  func fill(_ label: String, with text: String) throws {
    switch hand {
    case .mouse:
      let path = try field(label)
      try browser.click(path)
      try replace(with: text)
    case .keyboard:
      try reach(label, "a field")
      try replace(with: text)
    }
    try browser.press(.tab)
    try settle()
  }

  /// An option of a list.
  func choose(_ option: String, in label: String) throws {
    switch hand {
    case .mouse: try browser.click("\(try field(label))/option[normalize-space(.)=\(Self.literal(option))]")
    case .keyboard:
      try reach(label, "a list")
      try browser.press(.home)
      for _ in 0..<60 {
        let shown = try browser.run("return document.activeElement.selectedOptions?.[0]?.textContent")
        if shown.string == option { break }
        try browser.press(.down)
      }
    }
    try settle()
    let shown = try browser.run("return arguments[0].selectedOptions[0].textContent", elementJSON(try field(label)))
    #expect(shown.string == option)
  }

  func mark(_ label: String) throws {
    switch hand {
    case .mouse: try browser.click(try field(label))
    case .keyboard:
      try reach(label, "a mark")
      try browser.press(.space)
    }
    try settle()
  }

  func openTab(_ title: String) throws {
    switch hand {
    case .mouse: try browser.click("\(Self.front)//*[@role='tab'][normalize-space(.)=\(Self.literal(title))]")
    case .keyboard: try reach(title, "a tab")
    }
    let tab = "\(Self.front)//*[@role='tab'][@aria-selected='true'][normalize-space(.)=\(Self.literal(title))]"
    _ = try browser.element(tab)
    try settle()
  }

  /// Opens the picker of a field.
  func pick(_ label: String) throws {
    switch hand {
    case .mouse:
      let button = "\(Self.front)//button[@data-pick and contains(@aria-label, \(Self.literal(label)))]"
      try browser.click(button)
    case .keyboard:
      try reach(label, "a field with a picker")
      try browser.press(.enter)
    }
    try browser.wait("document.querySelector('.window.active.picker')", "a picker")
    try settle()
  }

  func closeWindow() throws {
    switch hand {
    case .mouse: try browser.click("\(Self.front)//header//button[contains(@class,'close')]")
    case .keyboard: try browser.keys([Browser.Key.shift.rawValue, Browser.Key.f8.rawValue])
    }
    try settle()
  }

  /// Waits until no window works and everything that was asked is answered.
  func settle() throws {
    try browser.wait("!document.querySelector('[aria-busy=\"true\"]')", "the end of the work", within: 30)
  }

  static func literal(_ text: String) -> String { text.contains("'") ? "\"\(text)\"" : "'\(text)'" }
}
