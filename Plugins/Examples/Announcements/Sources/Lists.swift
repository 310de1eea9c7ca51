import PluginKit

/// What the registry's tabs show. The host reads, pages, sorts and searches these by itself.
enum Lists {
  static func register(in plugin: inout PluginDefinition) {
    plugin.table(
      "announcements.mine",
      TableSource(
        from: table, columns: [title, author, published, until], sort: newestFirst, search: Schema.words.search,
        where: "+state = 'current' AND \(isMine())",
        emphasis: "CASE WHEN \(isMine("AND read_at IS NULL")) THEN 'bold' END"))
    plugin.table(
      "announcements.all",
      TableSource(
        from: table, columns: [title, audience, author, published, until, state], sort: newestFirst,
        search: Schema.words.search,
        rowConditions: ["change", "withdraw"].flatMap { button in
          [
            TableSource.RowCondition(
              button, when: "state = 'current'",
              why: Text("Объявление уже не действует", en: "The announcement is over")),
            TableSource.RowCondition(
              button, when: "author_id = :user_id OR instr(:roles, '\"administrator\"') > 0",
              why: Text("Это объявление другого автора", en: "The announcement is somebody else's")),
          ]
        }))
  }

  private static let table = "announcements_announcements"

  /// Whether the person is among a row's readers. With the plus before `state` and with EXISTS SQLite keeps to the index
  /// of the order and looks at each row; by the readers it would have to sort.
  private static func isMine(_ more: String = "") -> String {
    """
    EXISTS (SELECT 1 FROM announcements_readers
      WHERE announcement_id = \(table).id AND account_id = :user_id \(more))
    """
  }

  private static let newestFirst = [TableSource.Sort("published", descending: true)]

  private static let title = TableSource.Column(
    "title", Text("Заголовок", en: "Title"), sortable: true, searchable: true, collation: .russian)
  private static let author = TableSource.Column(
    "author", Text("Автор", en: "Author"), sortable: true, searchable: true, collation: .russian)
  private static let published = TableSource.Column(
    "published", Text("Опубликовано", en: "Published"), .instant, sql: "published_at", sortable: true)
  private static let until = TableSource.Column(
    "until", Text("Действует до", en: "Until"), .date, sortable: true)
  private static let audience = TableSource.Column(
    "audience", Text("Кому", en: "For"), sql: "shown_audience", sortable: true, collation: .russian,
    options: Audience.options)
  private static let state = TableSource.Column(
    "state", Text("Состояние", en: "State"), sortable: true,
    options: [
      .init("current", Text("Действует", en: "Current")), .init("ended", Text("Срок прошёл", en: "Ended")),
      .init("withdrawn", Text("Снято", en: "Withdrawn")),
    ])
}
