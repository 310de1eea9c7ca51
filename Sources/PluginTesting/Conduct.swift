import PluginKit

/// How a plugin has behaved since the bench was made.
public struct Conduct: Sendable, Equatable {
  public let calls: Int
  /// Calls that ended with an error.
  public let failures: Int
  /// Calls that the plugin ended twice, or that never were.
  public let lateCompletions: Int
  /// Things that the manifest did not allow.
  public let denials: Int
  /// Other breaches of `shell_plugin.h`.
  public let violations: Int

  init(_ status: JSONValue) {
    func number(_ name: String) -> Int { status[name]?.int ?? 0 }
    calls = number("calls")
    failures = number("failures")
    lateCompletions = number("lateCompletions")
    denials = number("denials")
    violations = number("violations")
  }

  /// Whether nothing was denied, ended twice or against the contract.
  public var isClean: Bool { lateCompletions == 0 && denials == 0 && violations == 0 }
}
