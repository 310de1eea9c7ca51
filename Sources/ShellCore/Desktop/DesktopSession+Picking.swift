import Jansson
import ShellProtocol

extension DesktopSession {
  /// Opens the picker of a reference field.
  func pressPick(_ window: OpenWindow, _ fieldID: String, _ done: @escaping Pressed) {
    guard let field = window.content.element(.fields, fieldID), let picker = field["picker"] else {
      return done(.failure(.notFound("button", "pick:\(fieldID)")))
    }
    guard field.flag("enabled", default: true), field.flag("visible", default: true) else {
      return done(
        .failure(
          WireError(
            .refused, kind: "field.disabled",
            LocalizedText(ru: "Поле недоступно для изменения", en: "The field cannot be changed now"))))
    }
    openPicker(
      title: LocalizedText(picker["title"]) ?? LocalizedText(ru: "Выбор", en: "Select"),
      source: picker["table"]?.string ?? "", arguments: picker["arguments"] ?? .emptyObject, multiple: false,
      parent: window, picking: .field(fieldID, displayColumn: picker["display"]?.string ?? "")
    ) { [self] result in
      done(
        result.map { picker in
          Self.outcome([["type": "openWindow", "window": json(picker)]])
        })
    }
  }

  /// «Выбрать»: hands the selected rows to whoever opened the picker.
  func choose(_ picker: OpenWindow, _ request: Request, _ done: @escaping Pressed) {
    let rows = picker.selected["rows"] ?? []
    guard !rows.isEmpty else {
      return done(
        .failure(
          WireError(
            .refused, kind: "picker.empty",
            LocalizedText(ru: "Выберите хотя бы одну запись", en: "Select at least one row"))))
    }
    guard let parent = picker.parent.flatMap({ standing($0) }), let picking = picker.picking else {
      return done(.success(Self.outcome(close(picker))))
    }
    switch picking {
    case .field(let field, let column):
      let display = displayText(picker, row: rows[0], column: column)
      let closed = close(picker)
      set(parent, [(field, JSONValue(rows[0]))], display: display, request: request) { result in
        done(result.map { Self.outcome(closed + ($0["effects"]?.array ?? [])) })
      }
    case .press(let button, let arguments):
      let closed = close(picker)
      let chosen = arguments.setting("rows", JSONValue(rows.map { JSONValue($0) }))
      ask(parent, button, row: nil, arguments: chosen, request: request) { result in
        done(result.map { Self.outcome(closed + ($0["effects"]?.array ?? []), result: $0["result"]) })
      }
    }
  }

  private func displayText(_ picker: OpenWindow, row: String, column: String) -> String? {
    guard let table = picker.table("rows"), let source = table["source"]?.string,
      let loaded = shell.loadedTable(source)
    else { return nil }
    return shell.cell(loaded, row: row, column: column, arguments: table["arguments"] ?? .emptyObject, session: self)
  }
}
