import PluginKit

/// One announcement as it stands in the database.
struct Announcement {
  enum State: String { case current, ended, withdrawn }

  let id: String
  let content: Content
  let authorID: String
  let author: String
  let publishedAtMs: Int64
  let state: State

  /// The one of that id, or the error that there is none.
  init(_ id: String, _ transaction: Transaction) throws {
    let row = try transaction.first("SELECT * FROM announcements_announcements WHERE id = ?", [JSONValue(id)])
    guard let row, let state = row["state"]?.string.flatMap(State.init) else {
      throw PluginError.notFound("announcement", id)
    }
    self.id = id
    self.state = state
    content = Content(row: row)
    authorID = row["author_id"]?.string ?? ""
    author = row["author"]?.string ?? ""
    publishedAtMs = row["published_at"]?.int64 ?? 0
  }

  /// Only the author and administrators may change it, and only while it is current.
  func requireChangeable(by user: User) throws(PluginError) {
    guard user.id == authorID || user.roles.contains("administrator") else {
      throw PluginError(
        "announcements.foreign",
        Text(
          "Объявление «\(content.title)» может изменить только автор (\(author)) или администратор",
          en: "Only its author (\(author)) or an administrator may change the announcement '\(content.title)'"),
        code: -32003)
    }
    switch state {
    case .current: return
    case .ended:
      throw PluginError(
        "announcements.over",
        Text(
          "Срок объявления «\(content.title)» прошёл, опубликуйте новое",
          en: "The announcement '\(content.title)' has ended, publish a new one"))
    case .withdrawn:
      throw PluginError(
        "announcements.over",
        Text(
          "Объявление «\(content.title)» снято, опубликуйте новое",
          en: "The announcement '\(content.title)' is withdrawn, publish a new one"))
    }
  }

  /// Ends it for everybody, the badges with it.
  static func end(_ id: String, as state: State, _ transaction: Transaction) throws {
    try transaction.query(
      "UPDATE announcements_announcements SET state = ? WHERE id = ?", [JSONValue(state.rawValue), JSONValue(id)])
    try Unread.tell(Readers.of(id, transaction), transaction)
    try transaction.emit(
      AnnouncementsPlugin.changed,
      ["announcement": JSONValue(id), "change": JSONValue(state == .ended ? "ended" : "withdrawn")])
  }
}
