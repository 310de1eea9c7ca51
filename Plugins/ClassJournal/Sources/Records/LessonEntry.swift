import PluginKit

/// What the journal is to say of a lesson, and the one way in which it comes to say it: checked, written, in the audit
/// log and told to others, in one transaction.
struct LessonEntry: Sendable {
  let lesson: JournalLesson
  let clock: SchoolClock
  private(set) var isHeld: Bool
  private(set) var topic: String?
  private var topicTitle: String?
  private(set) var kind: String?
  /// Whether confirmed marks of attendance have changed.
  var hasOtherAttendance = false

  /// Changes one lesson's entry for whoever may write it. Returns the names of what is different now.
  ///
  /// `action`: the command by whose name the audit log knows it.
  static func change(
    _ id: String, _ call: Call, action: String, _ transaction: Transaction,
    _ body: (inout LessonEntry) throws -> Void
  ) throws -> [String] {
    let lesson = try JournalLesson.require(id, transaction)
    try JournalRights(call, transaction).require(.writes, to: lesson, transaction)
    return try change(lesson, call, action: action, transaction, body)
  }

  /// The same without asking who does it. `title`: of an action that is no command.
  static func change(
    _ lesson: JournalLesson, _ call: Call, action: String, title: Text? = nil, _ transaction: Transaction,
    _ body: (inout LessonEntry) throws -> Void
  ) throws -> [String] {
    var entry = LessonEntry(
      lesson: lesson, clock: try SchoolClock(call, transaction), isHeld: lesson.isHeld, topic: lesson.topic,
      topicTitle: lesson.topicTitle, kind: lesson.kind)
    try body(&entry)
    let differences = entry.differences
    guard !differences.isEmpty else { return [] }
    try entry.write(call, transaction)
    let named = differences.filter { $0.name != "attendance" }
    try transaction.audit(
      action, object: "lesson:\(lesson.id)", old: JSONValue(members: named.map { ($0.name, $0.old) }),
      new: JSONValue(members: differences.map { ($0.name, $0.new) }),
      words: EntryWords(lesson: lesson, topicTitle: entry.topicTitle, title: title).words(differences))
    let changed = differences.map(\.name)
    try tell(lesson, changed, transaction)
    return changed
  }

  static func tell(_ lesson: JournalLesson, _ changed: [String], _ transaction: Transaction) throws {
    try transaction.emit(
      JournalEvent.lessonChanged,
      [
        "lessonId": JSONValue(lesson.id), "groupId": JSONValue(lesson.group),
        "changed": JSONValue(changed.map { JSONValue($0) }),
      ])
  }

  typealias Difference = (name: String, old: JSONValue, new: JSONValue)

  private var differences: [Difference] {
    var found: [Difference] = []
    if isHeld != lesson.isHeld { found.append(("held", JSONValue(lesson.isHeld), JSONValue(isHeld))) }
    if topic != lesson.topic { found.append(("topic", JSONValue(lesson.topic), JSONValue(topic))) }
    if kind != lesson.kind { found.append(("kind", JSONValue(lesson.kind), JSONValue(kind))) }
    if hasOtherAttendance { found.append(("attendance", .null, true)) }
    return found
  }

  private func write(_ call: Call, _ transaction: Transaction) throws {
    // Held since the first mark, by whoever set it.
    let heldAt = isHeld ? lesson.heldAt ?? call.host.nowMs : nil
    let heldBy = isHeld ? lesson.heldBy ?? call.session?.user.id : nil
    try transaction.query(
      """
      INSERT INTO class_journal_lessons(lesson_id, held, held_at, held_by, topic_id, topic_title, kind)
      VALUES (:lesson, :held, :at, :by, :topic, :title, :kind)
      ON CONFLICT DO UPDATE SET held = excluded.held, held_at = excluded.held_at, held_by = excluded.held_by,
        topic_id = excluded.topic_id, topic_title = excluded.topic_title, kind = excluded.kind
      """,
      [
        "lesson": JSONValue(lesson.id), "held": JSONValue(isHeld), "at": JSONValue(heldAt), "by": JSONValue(heldBy),
        "topic": JSONValue(topic), "title": JSONValue(topicTitle), "kind": JSONValue(kind),
      ])
  }
}

// MARK: - What makes no sense

extension LessonEntry {
  /// Marks the lesson as held, or takes that back.
  mutating func hold(_ wanted: Bool) throws {
    guard wanted, !isHeld else {
      isHeld = wanted
      return
    }
    guard !lesson.isCancelled else {
      throw PluginError.invalid(
        "held",
        Text("Урок отменён, отметить его проведённым нельзя", en: "The lesson is cancelled and was not held"),
        kind: "journal.lessonCancelled")
    }
    guard clock.hasCome(lesson.date, lesson.starts) else {
      throw PluginError.invalid(
        "held",
        Text(
          "Урок ещё не начался (\(lesson.place.ru)), отметить его проведённым нельзя",
          en: "The lesson has not begun (\(lesson.place.en)) and was not held yet"), kind: "journal.lessonToCome")
    }
    isHeld = true
  }

  /// Binds the lesson to a topic of its group's plan; nil unbinds it.
  mutating func bind(_ wanted: String?, _ transaction: Transaction) throws {
    guard wanted != topic else { return }
    guard let wanted else {
      (topic, topicTitle) = (nil, nil)
      return
    }
    let row = try transaction.first("SELECT group_id, title FROM school_v1_plans WHERE id = ?", [JSONValue(wanted)])
    guard let row else { throw PluginError.notFound("topic", wanted) }
    guard row["group_id"]?.string == lesson.group else {
      throw PluginError.invalid(
        "topic",
        Text(
          "Эта тема не из КТП группы «\(lesson.groupTitle)»",
          en: "The topic is not in the plan of '\(lesson.groupTitle)'"
        ), kind: "journal.foreignTopic")
    }
    (topic, topicTitle) = (wanted, row["title"]?.string)
  }

  /// Sets the kind of work; one that the organization has taken off its list may stay where it is.
  mutating func work(_ wanted: String?, _ transaction: Transaction) throws {
    guard let wanted, wanted != kind else {
      kind = wanted
      return
    }
    guard try LessonEntry.kinds(transaction).contains(wanted) else {
      throw PluginError.invalid(
        "kind",
        Text(
          "В списке организации нет вида работы «\(wanted)»", en: "The organization has no kind of work '\(wanted)'"),
        kind: "journal.unknownKind")
    }
    kind = wanted
  }

  /// Kinds of work in the organization's order.
  static func kinds(_ transaction: Transaction) throws -> [String] {
    try transaction.rows("SELECT title FROM school_v1_lesson_kinds ORDER BY position").compactMap {
      $0["title"]?.string
    }
  }
}
