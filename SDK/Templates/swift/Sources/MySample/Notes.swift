import PluginKit

/// What can be done with notes. A form's button and a script run the same commands.
enum Notes {
  private static let dayMs: Int64 = 86_400_000

  /// mySample.add {text, pupil?, days?}: adds a note, and schedules its reminder in the same transaction.
  static func add(_ call: Call) throws -> Outcome {
    let text = try call.string("text")
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw PluginError.invalid("text", Text("Напишите что-нибудь", en: "Write something"))
    }
    let now = call.host.nowMs
    let id = try call.write { transaction in
      var name = JSONValue.null
      if let pupil = call.params["pupil"]?.string {
        name = try Self.name(of: pupil, transaction)
      }
      let id = try transaction.first(
        "INSERT INTO my_sample_notes (id, text, pupil, name, added) VALUES (hex(randomblob(8)), ?, ?, ?, ?) RETURNING id",
        [JSONValue(text), call.params["pupil"] ?? .null, name, JSONValue(now)])?["id"]?.string
      guard let id else { throw PluginError("mySample.lost", Text("Заметка не записана", en: "The note is lost")) }
      if let days = call.params["days"]?.int64 {
        try transaction.schedule("mySample.remind", key: id, dueAtMs: now + days * dayMs)
      }
      try count(call.params["pupil"], transaction)
      try transaction.audit("mySample.add", object: id, new: ["text": JSONValue(text)])
      return id
    }
    return Outcome(result: ["id": JSONValue(id)])
  }

  /// mySample.done {notes}: they are gone, with their reminders.
  static func done(_ call: Call) throws -> Outcome {
    let notes = (call.params["notes"]?.array ?? []).compactMap(\.string)
    try call.write { transaction in
      for id in notes {
        let gone = try transaction.first(
          "DELETE FROM my_sample_notes WHERE id = ? RETURNING pupil", [JSONValue(id)])
        guard let gone else { throw PluginError.notFound("note", id) }
        try transaction.unschedule("mySample.remind", key: id)
        try count(gone["pupil"], transaction)
        try transaction.audit("mySample.done", object: id)
      }
    }
    return .done
  }

  /// The job of one note: it is shown in bold from now on, and whoever listens is told.
  static func remind(_ call: Call) throws {
    let id = call.params["key"]?.string ?? ""
    try call.write { transaction in
      try transaction.query("UPDATE my_sample_notes SET is_due = 1 WHERE id = ?", [JSONValue(id)])
      if transaction.changes > 0 { try transaction.emit("mySample.v1.due", ["note": JSONValue(id)]) }
      transaction.finishJob()
    }
  }

  /// Notes about a pupil who has left are of no use any more. The event says who; how things stand is read.
  static func enrolmentChanged(_ call: Call) throws {
    let pupil = call.params["payload"]?["pupilId"] ?? .null
    try call.write { transaction in
      let state = try transaction.first("SELECT state FROM school_v1_pupils WHERE id = ?", [pupil])?["state"]
      guard state != "studying" else { return }
      let notes = try transaction.rows("DELETE FROM my_sample_notes WHERE pupil = ? RETURNING id", [pupil])
      for note in notes { try transaction.unschedule("mySample.remind", key: note["id"]?.string ?? "") }
      try count(pupil, transaction)
    }
  }

  static func name(of pupil: String, _ transaction: Transaction) throws -> JSONValue {
    let found = try transaction.first("SELECT full_name FROM school_v1_pupils WHERE id = ?", [JSONValue(pupil)])
    guard let name = found?["full_name"] else { throw PluginError.notFound("pupil", pupil) }
    return name
  }

  private static func count(_ pupil: JSONValue?, _ transaction: Transaction) throws {
    guard let pupil, pupil != .null else { return }
    try transaction.query(
      """
      INSERT INTO my_sample_counts (pupil, notes) SELECT ?1, count(*) FROM my_sample_notes WHERE pupil = ?1
      ON CONFLICT (pupil) DO UPDATE SET notes = excluded.notes
      """, [pupil])
  }
}
