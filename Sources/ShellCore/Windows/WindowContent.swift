import Jansson
import ShellProtocol

/// What a window shows, as its plugin described it: elements are kept as the descriptions of `shell_plugin.h`,
/// with the members that only the host needs, and turned into what clients see by `ElementView`.
struct WindowContent {
  enum Kind: String { case registry, form, picker, dialog }
  enum Part: String, CaseIterable { case fields, tabs, tables, buttons }

  var kind: Kind
  var title: LocalizedText
  var isModal = false
  var level: String?
  var text: LocalizedText?
  private var parts: [Part: [JSONValue]] = [:]

  init(_ kind: Kind, title: LocalizedText) {
    self.kind = kind
    self.title = title
  }

  /// Reads a plugin's description; nil when it has no title or no known kind.
  init?(description: JSONValue) {
    guard let kind = Kind(rawValue: description["kind"]?.string ?? "form"),
      let title = LocalizedText(description["title"])
    else { return nil }
    self.init(kind, title: title)
    isModal = description["modal"]?.bool ?? false
    level = description["level"]?.string
    text = LocalizedText(description["text"])
    for part in Part.allCases {
      parts[part] = (description[part.rawValue]?.array ?? []).filter { $0["id"]?.string != nil }
    }
  }

  subscript(part: Part) -> [JSONValue] {
    get { parts[part] ?? [] }
    set { parts[part] = newValue }
  }

  func element(_ part: Part, _ id: String) -> JSONValue? {
    self[part].first { $0["id"]?.string == id }
  }

  /// Merges members into one element; adds it when there is none of that id.
  mutating func merge(_ part: Part, _ change: JSONValue) {
    guard let id = change["id"]?.string else { return }
    if let index = self[part].firstIndex(where: { $0["id"]?.string == id }) {
      self[part][index] = self[part][index].merging(change)
    } else {
      self[part].append(change)
    }
  }

  /// Sets members of one element that is there; does nothing when it is not.
  mutating func update(_ part: Part, _ id: String, _ change: JSONValue) {
    guard element(part, id) != nil else { return }
    merge(part, change.setting("id", JSONValue(id)))
  }

  /// Applies a patch of `shell_plugin.h`.
  mutating func apply(_ patch: JSONValue) {
    if let title = LocalizedText(patch["title"]) { self.title = title }
    if let text = LocalizedText(patch["text"]) { self.text = text }
    if let level = patch["level"]?.string { self.level = level }
    for part in Part.allCases {
      for change in patch[part.rawValue]?.array ?? [] { merge(part, change) }
      let removed = Set((patch["removed"]?[part.rawValue]?.array ?? []).compactMap(\.string))
      if !removed.isEmpty { self[part].removeAll { removed.contains($0["id"]?.string ?? "") } }
    }
  }

  /// Values of fields, and of the tables whose rows the window keeps, by id.
  var values: [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for table in self[.tables] { values[table["id"]?.string ?? ""] = WindowRows(table)?.values }
    for field in self[.fields] { values[field["id"]?.string ?? ""] = field["value"] ?? .null }
    return values
  }

  /// The description as a plugin gets it back, values included.
  func description(selected: [String: [String]]) -> JSONValue {
    let tables = self[.tables].map { table in
      let rows = selected[table["id"]?.string ?? ""] ?? []
      return table.setting("selected", JSONValue(rows.map { JSONValue($0) }))
    }
    return [
      "kind": JSONValue(kind.rawValue), "title": title.json, "fields": JSONValue(self[.fields]),
      "tabs": JSONValue(self[.tabs]), "tables": JSONValue(tables), "buttons": JSONValue(self[.buttons]),
    ]
  }
}

extension LocalizedText {
  var json: JSONValue { ["ru": JSONValue(ru), "en": JSONValue(en)] }
}

extension JSONValue {
  /// The value with one member, a text of both languages, as somebody reads it.
  func read(in locale: Locale, _ member: String) -> JSONValue {
    guard let text = self[member], text.isObject, let words = LocalizedText(text) else { return self }
    return setting(member, JSONValue(words.text(locale)))
  }

  /// A text of both languages as somebody reads it; anything else as it is.
  func read(in locale: Locale) -> JSONValue {
    guard isObject, let words = LocalizedText(self) else { return self }
    return JSONValue(words.text(locale))
  }

  /// A flag of a description; `fallback` when it is not said.
  func flag(_ name: String, default fallback: Bool) -> Bool { self[name]?.bool ?? fallback }
}
