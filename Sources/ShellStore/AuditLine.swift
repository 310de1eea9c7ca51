import Jansson

/// One line of the audit log: who did what to what, from where.
package struct AuditLine: Equatable, Sendable {
  package var user: String?
  package var login: String?
  package var session: String?
  package var client: String?
  package var method: String?
  package var plugin: String?
  package var action: String
  package var object: String
  package var old: JSONValue?
  package var new: JSONValue?
  package var trace: String?
  /// The time zone in which people read the line; Greenwich's when nil.
  package var zone: String?
  /// What was done; the action's name when nil.
  package var title: Words?
  /// Kind and name of the object; its id is shown when nil.
  package var objectTitle: Words?
  /// «поле: было → стало», a line for each; made of `old` and `new` when nil.
  package var changes: Words?

  /// A text in both languages.
  package struct Words: Equatable, Sendable {
    package let ru: String
    package let en: String

    package init(ru: String, en: String) {
      self.ru = ru
      self.en = en
    }
  }

  package init(
    user: String? = nil, login: String? = nil, session: String? = nil, client: String? = nil,
    method: String? = nil, plugin: String? = nil, action: String, object: String, old: JSONValue? = nil,
    new: JSONValue? = nil, trace: String? = nil, zone: String? = nil, title: Words? = nil,
    objectTitle: Words? = nil, changes: Words? = nil
  ) {
    self.user = user
    self.login = login
    self.session = session
    self.client = client
    self.method = method
    self.plugin = plugin
    self.action = action
    self.object = object
    self.old = old
    self.new = new
    self.trace = trace
    self.zone = zone
    self.title = title
    self.objectTitle = objectTitle
    self.changes = changes
  }

  /// Old and new by the names of their members; nil when there are none.
  var namedChanges: Words? {
    let (old, new) = (old?.members ?? [], new?.members ?? [])
    let names = old.map(\.key) + new.map(\.key).filter { name in !old.contains { $0.key == name } }
    let lines = names.map { name -> String in
      let before = old.first { $0.key == name }.map { Self.plain($0.value) }
      let after = new.first { $0.key == name }.map { Self.plain($0.value) }
      return switch (before, after) {
      case (let before?, let after?): "\(name): \(before) → \(after)"
      case (let one?, nil), (nil, let one?): "\(name): \(one)"
      case (nil, nil): name
      }
    }
    let text = lines.joined(separator: "\n")
    return text.isEmpty ? nil : Words(ru: text, en: text)
  }

  private static func plain(_ value: JSONValue) -> String {
    if value.isNull { return "—" }
    if let list = value.array { return list.map(plain).joined(separator: ", ") }
    return value.string ?? value.text()
  }
}
