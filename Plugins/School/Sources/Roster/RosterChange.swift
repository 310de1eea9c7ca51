import PluginKit

/// One change of the roster: a command's transaction, and what every such command does in it besides its change.
struct RosterChange {
  let call: Call
  let transaction: Transaction
  /// In the organization's time zone.
  let today: CivilDate

  /// Runs a command's body in one write transaction; its answer is the command's result.
  static func run(_ call: Call, _ body: (RosterChange) throws -> JSONValue) throws -> Outcome {
    try outcome(call) { Outcome(result: try body($0)) }
  }

  /// The same for a command whose answer has effects too.
  static func outcome(_ call: Call, _ body: (RosterChange) throws -> Outcome) throws -> Outcome {
    try call.write { transaction in
      let today = try SchoolDay.today(transaction, nowMs: call.host.nowMs)
      return try body(RosterChange(call: call, transaction: transaction, today: today))
    }
  }

  /// Notes what happened to a record: a line in the audit log, under the command's name, and the record as touched.
  /// `name`: the record's, where it is gone by now.
  func note(
    _ record: String, name: Text? = nil, old: JSONValue? = nil, new: JSONValue? = nil, touching others: [String] = []
  ) throws {
    try SchoolAudit.note(call.name, object: record, name: name, old: old, new: new, transaction)
    try TouchedRecords.note([record] + others, transaction)
  }

  /// Whether what ends at that time of that day is over in the school.
  func isOver(_ date: String, _ ends: String) throws -> Bool {
    guard date == today.text else { return date < today.text }
    return ends <= (try time())
  }

  /// The time of day in the school.
  func time() throws -> String { try SchoolDay.time(transaction, nowMs: call.host.nowMs) }

  func emit(_ event: String, _ payload: JSONValue) throws { try transaction.emit(event, payload) }

  /// The date of the change: the argument, or today. Changes take effect at once, so the future is refused.
  func date(_ objections: inout Objections, argument: String = "date") -> CivilDate {
    guard let value = call.params[argument], !value.isNull, value.string?.isEmpty != true else { return today }
    guard let date = value.string.flatMap({ CivilDate(text: $0) }) else {
      objections.add(argument, Text("Нужна дата, например 2026-09-01", en: "Give a date such as 2026-09-01"))
      return today
    }
    if date > today {
      objections.add(
        argument,
        Text(
          "Дата не может быть позже сегодняшней (\(today.display)): изменение вступает в силу сразу",
          en: "The date cannot be later than today (\(today.text)): the change takes effect at once"))
    }
    return date
  }
}

extension Call {
  /// Today in the school, for a form.
  func schoolToday() throws -> CivilDate {
    try read { try SchoolDay.today($0, nowMs: host.nowMs) }
  }

  /// A text argument without blanks around it; nil when it is absent, null or empty.
  func text(_ argument: String) -> String? {
    guard let text = params[argument]?.string else { return nil }
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }
}
