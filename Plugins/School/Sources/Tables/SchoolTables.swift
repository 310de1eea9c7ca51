import PluginKit

/// Where the rows of registries and pickers come from. A column can be sorted by only where an index has it, so
/// that the last page costs what the first costs.
enum SchoolTables {
  static let employeePicker = "school.employeePicker"
  static let pupilPicker = "school.pupilPicker"
  static let classPicker = "school.classPicker"
  static let groupPicker = "school.groupPicker"
  static let pupilsOfClasses = "school.pupilsOfClasses"

  static func register(in plugin: inout PluginDefinition) {
    plugin.table("school.employees", employees)
    plugin.table("school.pupils", pupils)
    plugin.table("school.gone", gone)
    plugin.table("school.parents", parents)
    plugin.table("school.classes", classes)
    plugin.table("school.groups", groups)
    plugin.table("school.timetable", timetable)
    plugin.table("school.plans", plans)
    plugin.table("school.accounts", accounts)
    // The sign keeps SQLite from the index by that date, which would leave the names to be sorted.
    plugin.table(employeePicker, picker(of: employees, where: "+dismissed IS NULL", keeping: ["name", "position"]))
    plugin.table(pupilPicker, picker(of: pupils, where: "state = 'studying'", keeping: ["name", "class"]))
    plugin.table("school.parentPicker", parents)
    plugin.table(pupilsOfClasses, ofClasses)
    plugin.table(
      classPicker, picker(of: classes, where: "archived = 0", keeping: ["title", "homeroomTeacher", "pupils"]))
    plugin.table(
      groupPicker, picker(of: groups, where: "archived = 0", keeping: ["title", "teacher", "pupils"]))
    plugin.table("school.lessonPicker", timetable)
    plugin.table("school.topicPicker", topicsOfGroup)
  }

  private static let fullName = TableSource.Column(
    "name", Text("ФИО", en: "Full name"), sql: "full_name", sortable: true, searchable: true, collation: .russian)

  private static let employees = TableSource(
    from: "school_employees",
    columns: [
      fullName,
      text("position", Text("Должность", en: "Position")),
      text(
        "positionType", Text("Тип должности", en: "Position type"), sql: "position_type",
        options: PositionType.allCases.map { Field.Option($0.rawValue, Text($0.rawValue, en: $0.english)) }),
      date("hired", Text("Дата приёма", en: "Hired")),
      date("dismissed", Text("Дата увольнения", en: "Dismissed")),
      TableSource.Column("blocked", Text("Заблокирован", en: "Blocked"), .boolean),
    ], sort: [TableSource.Sort("name")], search: SchoolSchema.employeeWords.search,
    rowConditions: RowConditions.employees)

  private static let pupils = TableSource(
    from: "school_pupils",
    columns: [
      fullName, text("class", Text("Класс", en: "Class"), sql: "class_title", order: "class_order"),
      date("enrolled", Text("Зачислен", en: "Enrolled")),
      TableSource.Column("state", Text("Состояние", en: "State"), sql: "state_title", options: states),
    ], sort: [TableSource.Sort("name")], search: SchoolSchema.pupilWords.search, where: "state = 'studying'",
    rowConditions: RowConditions.pupils)

  /// Who learns in some classes: a JSON text of their ids. A handful of rows, so they may be sorted.
  private static let ofClasses = TableSource(
    from: "school_pupils",
    columns: [fullName, TableSource.Column("class", Text("Класс", en: "Class"), sql: "class_title", searchable: true)],
    sort: [TableSource.Sort("name")], search: SchoolSchema.pupilWords.search,
    where: "class_id IN (SELECT value FROM json_each(:arg_classes))", arguments: ["classes"])

  /// «Выпускники и отчисленные».
  private static let gone = TableSource(
    from: "school_pupils",
    columns: [
      fullName,
      text("class", Text("Последний класс", en: "Last class"), sql: "class_title", order: "class_order"),
      date("left", Text("Выбыл", en: "Left"), sql: "left_on"),
      TableSource.Column("state", Text("Состояние", en: "State"), sql: "gone_title", options: states),
    ], sort: [TableSource.Sort("name")], search: SchoolSchema.pupilWords.search, where: "listed_gone = 1",
    rowConditions: RowConditions.gone)

  /// States of pupils, by the words that the tables keep.
  private static let states = [
    Field.Option("Обучается", Text("Обучается", en: "Studies")),
    Field.Option("Отчислен", Text("Отчислен", en: "Expelled")),
    Field.Option("Выпускник", Text("Выпускник", en: "Graduate")),
    Field.Option("Восстановлен", Text("Восстановлен", en: "Restored")),
  ]

  private static let parents = TableSource(
    from: "school_parents",
    columns: [
      fullName, TableSource.Column("children", Text("Дети", en: "Children"), searchable: true),
    ], sort: [TableSource.Sort("name")], search: SchoolSchema.parentWords.search)

  private static let classes = TableSource(
    from: "school_classes",
    columns: [
      text("title", Text("Наименование", en: "Name"), order: "title_order"),
      TableSource.Column("grade", Text("Параллель", en: "Grade"), .number, sortable: true),
      text("homeroomTeacher", Text("Классный руководитель", en: "Homeroom teacher"), sql: "homeroom_teacher"),
      TableSource.Column("pupils", Text("Учеников", en: "Pupils"), .number, sortable: true),
    ], sort: [TableSource.Sort("title")], search: SchoolSchema.classWords.search,
    where: "archived = 0")

  private static let groups = TableSource(
    from: "school_groups",
    columns: [
      text("title", Text("Предмет", en: "Subject"), order: "title_order"),
      text("class", Text("Класс", en: "Class"), sql: "classes", order: "class_order"),
      text("teacher", Text("Учитель", en: "Teacher")),
      TableSource.Column("pupils", Text("Учеников", en: "Pupils"), .number, sortable: true),
    ], sort: [TableSource.Sort("title")], search: SchoolSchema.groupWords.search, where: "archived = 0")

  private static let timetable = TableSource(
    from: "school_lessons",
    columns: [
      TableSource.Column("date", Text("Дата", en: "Date"), .date, sortable: true),
      TableSource.Column("number", Text("№", en: "No."), .number),
      TableSource.Column("starts", Text("Начало", en: "Starts"), .time),
      TableSource.Column("ends", Text("Окончание", en: "Ends"), .time),
      text("group", Text("Группа", en: "Group"), sql: "group_title", order: "group_order"),
      TableSource.Column("room", Text("Кабинет", en: "Room"), searchable: true),
      TableSource.Column("substitute", Text("Замена", en: "Substitute")),
    ], sort: [TableSource.Sort("date"), TableSource.Sort("number")], search: SchoolSchema.lessonWords.search)

  private static let plans = TableSource(
    from: "school_plan_topics",
    columns: [
      text("group", Text("Группа", en: "Group"), sql: "group_title", order: "group_order"),
      TableSource.Column("number", Text("№", en: "No."), .number),
      TableSource.Column("title", Text("Тема", en: "Topic"), searchable: true),
      TableSource.Column("hours", Text("Часы", en: "Hours"), .number),
    ], sort: [TableSource.Sort("group"), TableSource.Sort("number")], search: SchoolSchema.topicWords.search)

  /// Topics of one group in order: what a lesson's topic is picked from.
  private static let topicsOfGroup = TableSource(
    from: "school_plan_topics",
    columns: [
      TableSource.Column("number", Text("№", en: "No."), .number, sortable: true),
      TableSource.Column("title", Text("Тема", en: "Topic"), searchable: true),
      TableSource.Column("hours", Text("Часы", en: "Hours"), .number),
    ], sort: [TableSource.Sort("number")], search: SchoolSchema.topicWords.search, where: "group_id = :arg_group",
    arguments: ["group"])

  private static let accounts = TableSource(
    from: "school_accounts",
    columns: [
      fullName, text("login", Text("Логин", en: "Login")),
      TableSource.Column(
        "roles", Text("Роли", en: "Roles"), searchable: true,
        options: Role.allCases.map { Field.Option($0.title.ru, $0.title) }, separator: ", "),
      TableSource.Column("blocked", Text("Заблокирован", en: "Blocked"), .boolean),
    ], sort: [TableSource.Sort("name")], search: SchoolSchema.accountWords.search,
    rowConditions: RowConditions.accounts)

  private static func text(
    _ id: String, _ title: Text, sql: String? = nil, order: String? = nil, options: [Field.Option] = []
  ) -> TableSource.Column {
    TableSource.Column(
      id, title, sql: sql, order: order, sortable: true, searchable: true, collation: .russian, options: options)
  }

  private static func date(_ id: String, _ title: Text, sql: String? = nil) -> TableSource.Column {
    TableSource.Column(id, title, .date, sql: sql, sortable: true)
  }

  private static func picker(
    of source: TableSource, where predicate: String, keeping columns: [String]
  ) -> TableSource {
    var picker = source
    picker.where = predicate
    picker.rowConditions = []
    picker.columns = source.columns.filter { columns.contains($0.id) }
    picker.sort = source.sort.filter { sort in columns.contains(sort.column) }
    return picker
  }
}
