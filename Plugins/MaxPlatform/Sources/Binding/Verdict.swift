import PluginKit

/// What came of an attempt; `apply` runs in the transaction that notes it.
enum Verdict: Sendable {
  typealias Apply = @Sendable (Transaction) throws -> Void

  case done(Apply)
  /// Refused for good; it is noted with its code and not tried again.
  case refused(code: String, Apply)
  /// Tried again by itself.
  case later(PlatformFailure)
  /// Waits for the person to let the community write again.
  case parked(code: String, Apply)

  static let nothing = Verdict.done { _ in }
}
