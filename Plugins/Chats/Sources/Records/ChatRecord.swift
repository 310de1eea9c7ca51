import PluginKit

/// A chat as its row says.
struct ChatRecord: Sendable {
  let id: String
  let kind: ChatKind
  let title: String
  let groupID: String?
  let scope: String

  /// A chat that is listed: neither archived nor removed.
  static func require(_ id: String, _ transaction: Transaction) throws -> ChatRecord {
    let row = try transaction.first(
      "SELECT id, kind, title, group_id, scope, archived FROM chats_chats WHERE id = ? AND removed_at IS NULL",
      [JSONValue(id)])
    guard let row, let kind = row["kind"]?.string.flatMap(ChatKind.init) else {
      throw PluginError.notFound("chat", id)
    }
    let title = row["title"]?.string ?? ""
    guard row["archived"]?.int == 0 else {
      throw PluginError("chats.archived", Text("Чат «\(title)» в архиве", en: "The chat '\(title)' is archived"))
    }
    return ChatRecord(
      id: id, kind: kind, title: title, groupID: row["group_id"]?.string, scope: row["scope"]?.string ?? "")
  }
}
