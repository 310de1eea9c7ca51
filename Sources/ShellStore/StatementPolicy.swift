/// What an owner's SQL may touch: tables whose names start with its prefix, and some views of others.
package struct StatementPolicy: Hashable, Sendable {
  /// The plugin's id.
  package let owner: String
  /// The owner's tables start with it: `class_journal_`.
  package let prefix: String
  /// Published views of other owners that may be read.
  package let views: Set<String>

  package init(owner: String, prefix: String, views: Set<String> = []) {
    self.owner = owner
    self.prefix = prefix
    self.views = views
  }

  /// The policy of a plugin, with the prefix that follows from its id.
  package init(plugin id: String, views: Set<String> = []) {
    self.init(owner: id, prefix: StatementPolicy.prefix(of: id), views: views)
  }

  /// The prefix that an owner's id gives: `class-journal` → `class_journal_`.
  package static func prefix(of owner: String) -> String {
    owner == Store.hostOwner ? "shell_" : String(owner.map { $0 == "-" ? "_" : $0 }) + "_"
  }

  // The owner decides almost always; a set hashes slowly.
  package func hash(into hasher: inout Hasher) { hasher.combine(owner) }
}

/// An SQL text and whose it is; nil: the host's own, which may do anything.
struct VettedSQL: Hashable {
  let sql: String
  let policy: StatementPolicy?
}

/// What a statement touches.
final class Verdict: Sendable {
  let isReadOnly: Bool
  /// Tables and views that it reads, the tables behind views included.
  let reads: Set<String>
  /// Tables that it changes, through triggers too.
  let writes: Set<String>

  init(isReadOnly: Bool, reads: Set<String>, writes: Set<String>) {
    self.isReadOnly = isReadOnly
    self.reads = reads
    self.writes = writes
  }
}
