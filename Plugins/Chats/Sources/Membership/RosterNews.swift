import PluginKit

/// The school's events: each brings the chats that it may concern up to date, in one transaction with the cursor.
enum RosterNews {
  static func register(in plugin: inout PluginDefinition) {
    on("school.v1.employeeChanged", &plugin) { affected, payload in
      try affected.employee(payload["employeeId"]?.string, person: payload["personId"]?.string)
    }
    on("school.v1.enrolmentChanged", &plugin) { affected, payload in
      try affected.pupil(payload["pupilId"]?.string)
      try affected.person(payload["personId"]?.string)
      try affected.schoolClass(payload["classId"]?.string)
      try affected.schoolClass(payload["fromClassId"]?.string)
    }
    on("school.v1.parentChanged", &plugin) { affected, payload in
      try affected.parent(payload["parentId"]?.string)
      try affected.pupil(payload["pupilId"]?.string)
    }
    on("school.v1.classChanged", &plugin, withDefaults: true) { affected, payload in
      try affected.schoolClass(payload["classId"]?.string)
    }
    on("school.v1.groupChanged", &plugin, withDefaults: true) { affected, payload in
      try affected.group(payload["groupId"]?.string)
    }
    plugin.event("school.v1.settingsChanged") { call throws in try call.write { try settingsChanged($0, call) } }
    plugin.event("school.v1.accountChanged") { call throws in try call.write { try accountChanged($0, call) } }
    plugin.event("school.v1.timetableChanged") { call throws in
      try call.write { transaction in
        let lessons = (payload(call)["lessonIds"]?.array ?? []).compactMap(\.string)
        let groups = try Substitutions.take(transaction, lessons: lessons, nowMs: call.host.nowMs)
        var affected = AffectedChats(transaction)
        for group in groups { try affected.group(group) }
        try Membership(transaction, call).follow(affected.list)
      }
    }
    plugin.event("school.v1.rosterChanged") { call throws in
      try call.write { try FollowSchool.run($0, nowMs: call.host.nowMs) }
    }
  }

  private static func on(
    _ event: String, _ plugin: inout PluginDefinition, withDefaults: Bool = false,
    _ find: @escaping @Sendable (inout AffectedChats, JSONValue) throws -> Void
  ) {
    plugin.event(event) { call throws in
      try call.write { transaction in
        if withDefaults { try DefaultChats.ensure(transaction, nowMs: call.host.nowMs) }
        var affected = AffectedChats(transaction)
        try find(&affected, payload(call))
        try Membership(transaction, call).follow(affected.list)
      }
    }
  }

  private static func payload(_ call: Call) -> JSONValue { call.params["payload"] ?? .emptyObject }

  /// Another chat administrator is in every chat; another threshold goes to the platform with the next change.
  private static func settingsChanged(_ transaction: Transaction, _ call: Call) throws {
    try DefaultChats.ensure(transaction, nowMs: call.host.nowMs)
    try Membership(transaction, call).followAll()
  }

  /// The platform knows people by their accounts, and a blocked one is kept out there.
  private static func accountChanged(_ transaction: Transaction, _ call: Call) throws {
    guard let person = payload(call)["personId"]?.string else { return }
    try transaction.query(
      """
      UPDATE chats_chats SET revision = revision + 1
      WHERE id IN (SELECT chat_id FROM chats_members WHERE person_id = ?) AND removed_at IS NULL
      """, [JSONValue(person)])
    try Membership(transaction, call).push()
  }
}

/// Everything anew: after an import, a roll-over, an undone one, and for a school that was there before this plugin.
enum FollowSchool {
  static func run(_ transaction: Transaction, nowMs: Int64) throws {
    try DefaultChats.ensure(transaction, nowMs: nowMs)
    try Substitutions.takeAll(transaction, nowMs: nowMs)
    // Accounts may have come and gone as well: who has one is decided when a chat is handed over.
    try transaction.query(
      """
      UPDATE chats_chats SET revision = revision + 1
      WHERE removed_at IS NULL AND unreachable <> (\(PushChats.unreachable("chats_chats.id")))
      """)
    try Membership(transaction, nowMs: nowMs).followAll()
  }
}
