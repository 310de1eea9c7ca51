import Jansson
import Testing

extension WebPerson {
  struct Message: Equatable {
    let title: String
    let text: String
    let level: String
  }

  /// Waits for a message in front.
  func message() throws -> Message {
    try browser.wait("document.querySelector('.window.active.dialog .message')", "a message")
    let seen = try browser.run(
      """
      const win = document.querySelector('.window.active.dialog');
      return {title: win.querySelector('h2').textContent, text: win.querySelector('.message').textContent,
        level: win.dataset.level ?? ''};
      """)
    return Message(
      title: seen["title"]?.string ?? "", text: seen["text"]?.string ?? "", level: seen["level"]?.string ?? "")
  }

  /// The title of the window in front, once it has that title.
  func expectWindow(_ title: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let path = "\(Self.front)[.//h2[normalize-space(.)=\(Self.literal(title))]]"
    do { _ = try browser.element(path) } catch {
      Issue.record("the window in front is not «\(title)»: \(error)", sourceLocation: sourceLocation)
      throw error
    }
  }

  var shortcuts: [String] {
    get throws { try strings("#desktop .shortcut") }
  }

  /// Waits until the desktop has exactly these shortcuts.
  func expectShortcuts(_ titles: [String]) throws {
    _ = try awaited(within: 20) { try shortcuts == titles ? true : nil }
    #expect(try shortcuts == titles)
  }

  /// Buttons that the window in front shows, in order; those that cannot be pressed in brackets.
  var buttons: [String] {
    get throws {
      try strings(
        ".window.active .content button:not(.sign):not([role]):not(.chip)",
        "(b) => b.getAttribute('aria-disabled') ? `(${b.textContent})` : b.textContent")
    }
  }

  var tabs: [String] {
    get throws { try strings(".window.active [role=tab]") }
  }

  var headings: [String] {
    get throws { try strings(".window.active [role=columnheader] span") }
  }

  /// The rows that show in the window in front, cell by cell.
  func rows() throws -> [[String]] {
    try settle()
    let rows = try browser.run(
      """
      return [...document.querySelectorAll('.window.active .rows .row')].map((row) => [...row.children].map((cell) => {
        const box = cell.querySelector('input[type=checkbox]');
        return box ? (box.checked ? '[x]' : '[ ]') : cell.textContent;
      }));
      """)
    return (rows.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
  }

  /// Waits until a row of the window in front has all these texts.
  func expectRow(_ texts: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    let found = try awaited(within: 20) { () -> Bool? in
      try rows().contains { row in texts.allSatisfy { text in row.contains { $0.contains(text) } } } ? true : nil
    }
    let seen = try rows()
    #expect(found == true, "no row with \(texts): \(seen)", sourceLocation: sourceLocation)
  }

  func value(of label: String) throws -> String {
    try browser.run("return arguments[0].value ?? arguments[0].textContent", elementJSON(try field(label))).string ?? ""
  }

  func strings(_ selector: String, _ read: String = "(e) => e.textContent") throws -> [String] {
    let script = """
      return [...document.querySelectorAll(arguments[0])].filter((e) => e.getClientRects().length).map(\(read));
      """
    return (try browser.run(script, JSONValue(selector)).array ?? []).compactMap(\.string)
  }
}
