import PluginKit

/// The school's lines of the audit log: ids and values for scripts, and the same in words for people.
enum SchoolAudit {
  /// `name`: of a record that is gone by now.
  static func note(
    _ action: String, object: String, name: Text? = nil, old: JSONValue? = nil, new: JSONValue? = nil,
    _ transaction: Transaction
  ) throws {
    let subject = try name ?? RecordName.words(object, transaction).capitalized
    let changes = try AuditChanges(transaction: transaction).words(old, new)
    try transaction.audit(
      action, object: object, old: old, new: new, words: AuditWords(object: subject, changes: changes))
  }
}

/// Old and new values, field by field: «Кабинет: 12 → 14».
struct AuditChanges {
  let transaction: Transaction

  /// Nil when there is nothing to say.
  func words(_ old: JSONValue?, _ new: JSONValue?) throws -> Text? {
    let (before, after) = (old?.members ?? [], new?.members ?? [])
    let names = after.map(\.key) + before.map(\.key).filter { name in !after.contains { $0.key == name } }
    var lines: [Text] = []
    for name in names {
      if let line = try line(
        name, before.first { $0.key == name }?.value, after.first { $0.key == name }?.value)
      {
        lines.append(line)
      }
    }
    guard !lines.isEmpty else { return nil }
    return Text(lines.map(\.ru).joined(separator: "\n"), en: lines.map(\.en).joined(separator: "\n"))
  }

  private func line(_ name: String, _ old: JSONValue?, _ new: JSONValue?) throws -> Text? {
    let label = try label(name)
    switch (old, new) {
    case (let old?, let new?):
      let (was, is_) = (try value(name, old), try value(name, new))
      return Text("\(label.ru): \(was.ru) → \(is_.ru)", en: "\(label.en): \(was.en) → \(is_.en)")
    // What was never there and is not is no news.
    case (let one?, nil), (nil, let one?):
      if one.isNull || one.string == "" || one.array?.isEmpty == true { return nil }
      let word = try value(name, one)
      return Text("\(label.ru): \(word.ru)", en: "\(label.en): \(word.en)")
    case (nil, nil): return nil
    }
  }

  private func label(_ name: String) throws -> Text {
    if let known = AuditTerms.labels[name] { return known }
    return RecordName.isRecord(name) ? try RecordName.name(name, transaction) : Text(name, en: name)
  }

  /// Names in a list past this are counted.
  private static let mostNames = 20

  private func value(_ name: String, _ value: JSONValue) throws -> Text {
    if value.isNull { return AuditTerms.nothing[name] ?? Text("—", en: "—") }
    if let flag = value.bool { return flag ? Text("Да", en: "Yes") : Text("Нет", en: "No") }
    if let list = value.array {
      let shown = try list.prefix(Self.mostNames).map { try self.value(name, $0) }
      let rest = list.count > shown.count ? " … (\(list.count))" : ""
      return list.isEmpty
        ? Text("—", en: "—")
        : Text(shown.map(\.ru).joined(separator: ", ") + rest, en: shown.map(\.en).joined(separator: ", ") + rest)
    }
    if let members = value.members {
      let parts = try members.prefix(Self.mostNames).map { member -> Text in
        let (label, word) = (try label(member.key), try self.value(name, member.value))
        return Text("\(label.ru) — \(word.ru)", en: "\(label.en) — \(word.en)")
      }
      return Text(parts.map(\.ru).joined(separator: "; "), en: parts.map(\.en).joined(separator: "; "))
    }
    guard let text = value.string else { return Text(value.text(), en: value.text()) }
    if let term = AuditTerms.values[text] { return term }
    if AuditTerms.records.contains(name), RecordName.isRecord(text) { return try RecordName.name(text, transaction) }
    return text.isEmpty ? Text("—", en: "—") : Text(CivilDate.display(text), en: text)
  }
}
