import PluginKit

/// The tabs «Сводка» and «Люди» of «Отчёт о привязке».
enum ReportSources {
  static let summary = "sferum.bindingSummary"
  static let people = "sferum.bindingPeople"

  static func register(in plugin: inout PluginDefinition) {
    plugin.table(summary, ofClasses)
    plugin.table(people, ofPeople)
  }

  private static let ofClasses = TableSource(
    from: "sferum_binding_counts",
    columns: [
      TableSource.Column(
        "class", Text("Класс", en: "Class"), sql: "label", order: "label_order", sortable: true, searchable: true,
        collation: .russian, options: [Field.Option("Вся школа", Text("Вся школа", en: "Whole school"))]),
      TableSource.Column(
        "kind", Text("Кто", en: "Who"), order: "kind_order",
        options: PersonKind.allCases.map { Field.Option($0.rawValue, $0.title) }),
      number("total", Text("Всего", en: "Total"), sortable: true),
      number("bound", Text("Привязаны", en: "Bound"), sortable: true),
      number("waiting", Text("Ждут", en: "Waiting")), number("refused", Text("Отказ", en: "Refused")),
      number("absent", Text("Без МАХ", en: "Not on MAX")), number("unasked", Text("Не запрашивали", en: "Not asked")),
      number("accountless", Text("Без учётной записи", en: "No account")),
      number("percent", Text("%", en: "%"), sortable: true),
    ], sort: [TableSource.Sort("class"), TableSource.Sort("kind")])

  private static let ofPeople = TableSource(
    from: "sferum_binding_places",
    columns: [
      TableSource.Column(
        "name", Text("ФИО", en: "Full name"), sql: "full_name", sortable: true, searchable: true, collation: .russian),
      TableSource.Column(
        "kind", Text("Кто", en: "Who"), order: "kind_order", sortable: true,
        options: PersonKind.allCases.map { Field.Option($0.rawValue, $0.single) }),
      TableSource.Column(
        "class", Text("Класс", en: "Class"), sql: "class_title", order: "class_order", sortable: true, searchable: true,
        collation: .russian),
      TableSource.Column(
        "state", Text("Состояние", en: "State"), order: "state_order", sortable: true,
        options: BindingState.allCases.map { Field.Option($0.rawValue, $0.title) }),
      TableSource.Column("since", Text("С какого времени", en: "Since"), .instant, sortable: true),
      TableSource.Column("phone", Text("Телефон", en: "Phone"), sql: "phone_shown"),
    ], sort: [TableSource.Sort("class"), TableSource.Sort("kind"), TableSource.Sort("name")],
    search: ReportSchema.words.search, where: "listed = 1")

  private static func number(_ id: String, _ title: Text, sortable: Bool = false) -> TableSource.Column {
    TableSource.Column(id, title, .number, sortable: sortable)
  }
}
