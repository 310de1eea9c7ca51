/// A condition under which something is shown, enabled or allowed, compiled once and evaluated often.
///
/// The same clause decides what a person sees and, again, what they may execute. Its grammar is in `Grammar.md`.
package struct WhenClause: Sendable, Equatable {
  /// Bytes of UTF-8 that a clause may have.
  package static let maxBytes = 4096
  /// Parentheses inside each other.
  package static let maxDepth = 32

  /// The text that it was compiled from.
  package let source: String
  /// The context keys that the outcome depends on.
  package let keys: Set<String>
  private let node: WhenNode

  /// Compiles and checks a clause. `keys` declares every key that may appear, with its type.
  package init(_ source: String, keys declared: [String: WhenType]) throws(WhenError) {
    guard source.utf8.count <= Self.maxBytes else {
      throw WhenError(cause: .tooLong, column: 1, reason: "the clause is longer than \(Self.maxBytes) bytes")
    }
    var parser = WhenParser(try WhenLexer.words(of: source), declared: declared)
    node = try parser.parse()
    keys = parser.keys
    self.source = source
  }

  private init(constant: Bool) {
    source = constant ? "true" : "false"
    keys = []
    node = .constant(constant)
  }

  /// Holds for everybody, always.
  package static let always = WhenClause(constant: true)
  /// Holds for nobody: the condition of something that needs a plugin which is not in use.
  package static let never = WhenClause(constant: false)
  /// Holds for everybody who has signed in.
  package static let signedIn = WhenClause(key: "signedIn")

  private init(key: String) {
    source = key
    keys = [key]
    node = .key(key)
  }

  /// Whether the clause holds, given the value of each key. Keys that cannot change the outcome any more are
  /// not asked for.
  package func evaluate(_ context: (String) -> WhenValue) -> Bool { node.evaluate(context) }

  /// The keys that the host itself sets, in every clause.
  package static let builtInKeys: [String: WhenType] = [
    "signedIn": .boolean, "roles": .list, "user.id": .string, "locale": .string,
  ]
  /// The further keys of a toolbar button's clauses.
  package static let toolbarKeys: [String: WhenType] = ["selection.count": .number]
}
