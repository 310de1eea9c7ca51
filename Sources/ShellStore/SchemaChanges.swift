import Synchronization

/// How often the schema was changed while connections were open.
///
/// SQLite finds out by itself, with one exception that was seen with 3.40: when a statement is the first of its
/// connection that meets a search index (a virtual table), and the schema has changed on another connection before, the
/// index's own statements notice first, the schema is thrown away under the outer one, and from then on the connection
/// knows no table at all. So each connection looks before it prepares something new.
final class SchemaChanges: Sendable {
  private let count = Atomic<Int>(0)

  var number: Int { count.load(ordering: .acquiring) }

  func noted() { count.add(1, ordering: .acquiringAndReleasing) }
}
