import PluginKit

/// The lines that bindings leave in the audit log. Phones are masked; accounts go by their logins.
enum BindingAudit {
  static func refused(_ transaction: Transaction, user: String, _ reason: String, phone: Phone?) throws {
    try write(
      transaction, "sferum.refuseBinding", user: user,
      new: ["reason": JSONValue(reason), "phone": JSONValue(phone?.masked)])
  }

  static func write(
    _ transaction: Transaction, _ action: String, user: String, old: JSONValue? = nil, new: JSONValue
  ) throws {
    try transaction.audit(
      action, object: "account:\(user)", old: old, new: new,
      words: AuditWords(
        title: titles[action], object: try account(user, transaction), changes: changes(old ?? .emptyObject, new)))
  }

  private static func account(_ user: String, _ transaction: Transaction) throws -> Text {
    let row = try transaction.first("SELECT login FROM school_v1_accounts WHERE id = ?", [JSONValue(user)])
    let name = row?["login"]?.string ?? user
    return Text("Учётная запись \(name)", en: "Account \(name)")
  }

  private static func changes(_ old: JSONValue, _ new: JSONValue) -> Text? {
    let lines = [("state", state), ("reason", reason), ("phone", Text("Телефон", en: "Phone"))].compactMap {
      name, label -> Text? in
      func word(_ value: JSONValue?) -> Text? { value?.string.map { words[$0] ?? Text($0, en: $0) } }
      switch (word(old[name]), word(new[name])) {
      case (let was?, let is_?):
        return Text("\(label.ru): \(was.ru) → \(is_.ru)", en: "\(label.en): \(was.en) → \(is_.en)")
      case (let one?, nil), (nil, let one?): return Text("\(label.ru): \(one.ru)", en: "\(label.en): \(one.en)")
      case (nil, nil): return nil
      }
    }
    guard !lines.isEmpty else { return nil }
    return Text(lines.map(\.ru).joined(separator: "\n"), en: lines.map(\.en).joined(separator: "\n"))
  }

  private static let state = Text("Состояние", en: "State")
  private static let reason = Text("Причина", en: "Reason")

  private static let titles = [
    "sferum.requestBinding": Text("Запросить привязку к Сферум", en: "Request a binding to Sferum"),
    "sferum.refuseBinding": Text("Отказать в привязке к Сферум", en: "Refuse a binding to Sferum"),
    "sferum.bind": Text("Привязать к Сферум", en: "Bind to Sferum"),
    "sferum.unbind": Text("Отвязать от Сферума", en: "Unbind from Sferum"),
    "sferum.endRequest": Text("Закончить запрос на привязку", en: "End a binding request"),
  ]

  private static let words = [
    "unbound": Text("не привязан", en: "not bound"), "requested": Text("запрос отправлен", en: "requested"),
    "bound": Text("привязан", en: "bound"), "declined": Text("отклонён", en: "declined"),
    "expired": Text("срок истёк", en: "expired"), "notFound": Text("номера нет на МАХ", en: "no such number on MAX"),
    "taken": Text("номер у другой учётной записи", en: "the number is another account's"),
    "failed": Text("отказ платформы", en: "refused by the platform"),
    "badPhone": Text("это не номер телефона", en: "that is no phone number"),
    "doubled": Text("в импорте номер у нескольких людей", en: "several people of the import have the number"),
    "unfit": Text("учётную запись нельзя привязать", en: "the account cannot be bound"),
  ]
}
