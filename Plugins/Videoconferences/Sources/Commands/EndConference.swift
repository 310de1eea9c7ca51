import PluginKit

/// `videoconferences.finish {conference}`, `videoconferences.extend {conference, minutes?}`,
/// `videoconferences.removeConference {conference}` and the questions before them.
enum EndConference {
  static func register(in plugin: inout PluginDefinition) {
    plugin.command("videoconferences.finish") { call throws -> Outcome in
      try finish(call, try call.string("conference"))
    }
    plugin.command("videoconferences.extend") { call throws -> Outcome in try extend(call) }
    plugin.command("videoconferences.removeConference") { call throws -> Outcome in try remove(call) }
    plugin.command("videoconferences.askRemoval") { call throws -> Outcome in try askRemoval(call) }
    plugin.command("videoconferences.join") { call throws -> Outcome in try join(call, try call.string("conference")) }
  }

  private static func managed(_ call: Call, _ id: String, _ transaction: Transaction) throws -> Conference {
    let conference = try Conference.require(id, transaction)
    try ConferenceRights.require(ConferenceRights.manages, conference, try call.user(), transaction)
    return conference
  }

  /// «Закончить видеоконференцию»: before its time.
  static func finish(_ call: Call, _ id: String) throws -> Outcome {
    try call.write { transaction in
      let conference = try managed(call, id, transaction)
      guard conference.status == "active" else {
        throw PluginError(
          "conferences.notActive", Text("Видеоконференция не идёт сейчас", en: "The conference is not running"))
      }
      try transaction.query(
        """
        UPDATE videoconferences_conferences SET phase = 'finished', status = 'finished', link = NULL, finished_ms = :now,
          revision = revision + 1 WHERE id = :id
        """, ["now": JSONValue(call.host.nowMs), "id": JSONValue(conference.id)])
      try Push.schedule(transaction, nowMs: call.host.nowMs)
      try Bell.wind(transaction)
      try transaction.audit("videoconferences.finish", object: "conference:\(conference.id)")
      return Outcome(
        result: ["conference": JSONValue(conference.id)], effects: [.refresh(registry: "sferum", tab: "conferences")])
    }
  }

  /// Later by some minutes, at most until the next lesson of the group begins. Source: SPEC X5.
  private static func extend(_ call: Call) throws -> Outcome {
    let minutes = call.params["minutes"]?.int ?? 15
    return try call.write { transaction in
      let conference = try managed(call, try call.string("conference"), transaction)
      guard conference.status == "active", (1...240).contains(minutes) else {
        throw PluginError(
          "conferences.notActive", Text("Продлить можно видеоконференцию, которая идёт", en: "Only a running one"))
      }
      let wanted = later(conference.ends, by: minutes)
      let ends = try nextLesson(after: conference, transaction).map { min($0, wanted) } ?? wanted
      guard ends > conference.ends else {
        throw PluginError(
          "conferences.nextLesson",
          Text("Продлить нельзя: начинается следующий урок группы", en: "The group's next lesson begins then"))
      }
      let outcome = try SaveConference(call, ["conference": JSONValue(conference.id), "ends": JSONValue(ends)])
      return try outcome.extend(transaction, ends)
    }
  }

  /// When the next lesson of the group begins on the conference's day. The group is the lesson's, else the chat's.
  private static func nextLesson(after conference: Conference, _ transaction: Transaction) throws -> String? {
    try transaction.first(
      """
      SELECT min(starts) AS starts FROM school_v1_lessons
      WHERE group_id = coalesce((SELECT group_id FROM school_v1_lessons WHERE id = :lesson),
          (SELECT group_id FROM chats_v1_chats WHERE id = :chat))
        AND date = :date AND starts >= :ends AND cancelled = 0 AND id IS NOT :lesson
      """,
      [
        "lesson": JSONValue(conference.lessonID), "chat": JSONValue(conference.chatID),
        "date": JSONValue(conference.date), "ends": JSONValue(conference.ends),
      ])?["starts"]?.string
  }

  /// `08:45` and so many minutes; the day's last minute at most.
  private static func later(_ time: String, by minutes: Int) -> String {
    let parts = time.split(separator: ":").compactMap { Int($0) }
    let total = min((parts.first ?? 0) * 60 + (parts.last ?? 0) + minutes, 23 * 60 + 59)
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + "\(value)" }
    return "\(two(total / 60)):\(two(total % 60))"
  }

  private static func remove(_ call: Call) throws -> Outcome {
    try call.write { transaction in
      let conference = try removable(call, transaction)
      try Removal.run(
        conference, by: try call.user().json["personId"]?.string, transaction, nowMs: call.host.nowMs)
      try transaction.audit(
        "videoconferences.removeConference", object: "conference:\(conference.id)",
        old: ["name": JSONValue(conference.name)])
      return Outcome(
        result: ["conference": JSONValue(conference.id)], effects: [.refresh(registry: "sferum", tab: "conferences")])
    }
  }

  private static func askRemoval(_ call: Call) throws -> Outcome {
    let conference = try call.read { try removable(call, $0) }
    return Outcome(effects: [
      .dialog(
        .warning,
        Text("Удалить видеоконференцию «\(conference.name)»?", en: "Delete the conference '\(conference.name)'?"),
        buttons: [
          Button(
            "yes", Text("Да", en: "Yes"),
            .command("videoconferences.removeConference", arguments: ["conference": JSONValue(conference.id)]),
            style: .danger),
          Button("no", Text("Нет", en: "No"), .close),
        ])
    ])
  }

  private static func removable(_ call: Call, _ transaction: Transaction) throws -> Conference {
    let conference = try managed(call, try call.string("conference"), transaction)
    guard conference.status != "active" else {
      throw PluginError(
        "conferences.active",
        Text("Видеоконференция идёт: сначала закончите её", en: "The conference is running: finish it first"))
    }
    return conference
  }

  /// «Перейти» and «Подключиться к онлайн-уроку»: the client opens the link.
  static func join(_ call: Call, _ id: String) throws -> Outcome {
    let user = try call.user()
    return try call.read { transaction in
      let conference = try Conference.require(id, transaction)
      try ConferenceRights.require(ConferenceRights.sees, conference, user, transaction)
      guard conference.status == "active", let link = conference.link else {
        throw PluginError(
          "conferences.notActive",
          Text(
            "Подключиться можно, когда видеоконференция активна: \(ConferencePlan.shown(conference.date)) "
              + "с \(conference.starts) до \(conference.ends)",
            en: "One can join while it is active: \(conference.date) from \(conference.starts) to \(conference.ends)"),
          level: .info)
      }
      return Outcome(result: ["url": JSONValue(link)], effects: [.openURL(link)])
    }
  }
}

/// A conference goes: from the lists at once, and from the platform; whoever was to take part is told.
enum Removal {
  /// `by`: who does it and need not be told.
  static func run(_ conference: Conference, by person: String?, _ transaction: Transaction, nowMs: Int64) throws {
    try transaction.query(
      "UPDATE videoconferences_conferences SET phase = 'removed', revision = revision + 1 WHERE id = ?",
      [JSONValue(conference.id)])
    try Push.schedule(transaction, nowMs: nowMs)
    // One that is over is only tidied away.
    guard conference.status != "finished", conference.endsAtMs > nowMs else { return }
    try Notices.schedule(.cancelled, conference.id, by: person, transaction, nowMs: nowMs)
  }
}

extension SaveConference {
  /// The later end, within the transaction that found it.
  func extend(_ transaction: Transaction, _ ends: String) throws -> Outcome {
    let old = try Conference.require(arguments["conference"]?.string ?? "", transaction)
    let plan = try ConferencePlan(arguments, old, user, nowMs: call.host.nowMs, transaction)
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET ends = ?, ends_ms = ?, warned = 0, revision = revision + 1 WHERE id = ?
      """, [JSONValue(ends), JSONValue(plan.endsAtMs), JSONValue(old.id)])
    try Bell.wind(transaction)
    try Push.schedule(transaction, nowMs: call.host.nowMs)
    try transaction.audit(
      "videoconferences.extend", object: "conference:\(old.id)", old: ["ends": JSONValue(old.ends)],
      new: ["ends": JSONValue(ends)])
    return Outcome(
      result: ["conference": JSONValue(old.id), "ends": JSONValue(ends)],
      effects: [.refresh(registry: "sferum", tab: "conferences")])
  }
}
