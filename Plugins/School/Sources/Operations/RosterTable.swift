/// A table whose rows an operation may change and an undo puts back.
///
/// `columns` are all that are not generated; a test compares them with the schema, so a new column cannot be
/// forgotten here.
struct RosterTable: Sendable, Hashable {
  let name: String
  /// The letter with which its ids start; nil for a table without ids of its own.
  let letter: String?
  let columns: [String]
  /// The columns that are the key where rows have no number.
  let key: [String]

  private init(_ name: String, _ letter: String?, _ columns: [String], key: [String] = []) {
    self.name = name
    self.letter = letter
    self.columns = columns
    self.key = key
  }

  var isNumbered: Bool { key.isEmpty }

  /// SQL: a row's `record` in the journal.
  var record: String { isNumbered ? "n" : key.joined(separator: " || ' ' || ") }

  /// SQL: a row's image, an object by column.
  var image: String { "json_object(\(columns.map { "'\($0)', \($0)" }.joined(separator: ", ")))" }

  private static let origin = ["source", "sourced_id"]

  static let years = RosterTable(
    "school_academic_years", "y", ["title", "starts", "ends", "is_current"] + origin)
  static let subjects = RosterTable("school_subjects", "s", ["title"] + origin)
  static let people = RosterTable(
    "school_people", "p",
    ["family_name", "given_name", "middle_name", "birth_date", "sex", "phone", "email"] + origin)
  static let employees = RosterTable(
    "school_employees", "e",
    ["person_id", "full_name", "position", "position_type", "hired", "dismissed", "blocked"])
  static let pupils = RosterTable(
    "school_pupils", "u",
    ["person_id", "full_name", "state", "class_id", "class_title", "enrolled", "left_on", "restored"])
  static let parents = RosterTable("school_parents", "r", ["person_id", "full_name", "children"])
  static let classes = RosterTable(
    "school_classes", "c",
    ["grade", "letter", "cohort", "archived", "homeroom_teacher_id", "homeroom_teacher", "pupils"] + origin)
  static let groups = RosterTable(
    "school_groups", "g",
    [
      "year_id", "subject_id", "part", "whole_class", "archived", "teacher_id", "subject", "classes", "teacher",
      "pupils",
    ] + origin)

  static let positions = RosterTable(
    "school_positions", "o", ["employee_id", "title", "type", "hired", "dismissed"] + origin)
  static let enrolments = RosterTable(
    "school_enrolments", "n", ["pupil_id", "class_id", "since", "until", "reason", "end_reason"] + origin)
  static let parentLinks = RosterTable(
    "school_parent_links", "k", ["parent_id", "pupil_id", "relation"] + origin)
  static let groupClasses = RosterTable(
    "school_group_classes", nil, ["group_id", "class_id"], key: ["group_id", "class_id"])
  static let groupMembers = RosterTable(
    "school_group_members", nil, ["group_id", "pupil_id"] + origin + ["operation"], key: ["group_id", "pupil_id"])
  static let slots = RosterTable(
    "school_timetable_slots", nil, ["group_id", "weekday", "number", "room"])
  static let lessons = RosterTable(
    "school_lessons", "l",
    ["date", "number", "starts", "ends", "group_id", "room", "substitute_id", "cancelled", "group_title"] + origin
      + ["substitute"])
  static let topics = RosterTable(
    "school_plan_topics", "t", ["group_id", "number", "title", "hours", "group_title"] + origin)
  static let sourceKeys = RosterTable("school_source_keys", nil, ["source", "kind", "sourced_id", "role", "record"])
  static let bindings = RosterTable("school_imported_bindings", nil, ["person_id", "phone", "source"])

  /// Records that others refer to; each after those that it refers to.
  static let roots = [years, subjects, people, employees, pupils, parents, classes, groups]
  /// Records that nothing refers to.
  static let leaves = [
    positions, enrolments, parentLinks, groupClasses, groupMembers, slots, lessons, topics, sourceKeys, bindings,
  ]
  static let all = roots + leaves
}
