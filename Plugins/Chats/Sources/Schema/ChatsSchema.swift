import PluginKit

/// The tables of chats, step by step. Steps are only ever appended.
///
/// What decides who is in a chat stands in few tables: the chats themselves, what people decided by hand, and the
/// school's own views. Everything else follows from them: `chats_given` says why anybody belongs to a chat,
/// `chats_reasons` keeps it with the day since when, `chats_members` is the sum.
enum ChatsSchema {
  static let migrations = [
    Migration("chats", ChatTables.sql),
    Migration("membership", MembershipTables.sql),
    Migration("given reasons", GivenReasons.sql),
    Migration("search", words.sql),
    Migration("published views", PublishedViews.sql),
  ]

  static let words = SearchIndex(table: "chats_chats", rowid: "n", text: "search_text")
}
