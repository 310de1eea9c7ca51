import ShellTime
import ZoneRules

/// For whom rows are written: in which language, in which zone's time, and whether a person or a script reads them.
package struct Presentation: Hashable, Sendable {
  /// English in place of Russian.
  package var isEnglish: Bool
  /// A script reads: instants keep their offset, and columns for scripts are there.
  package var isForScripts: Bool
  /// IANA name of the zone in which instants are shown; Greenwich's time when nil.
  package var zone: String?

  package init(isEnglish: Bool = false, isForScripts: Bool = false, zone: String? = nil) {
    self.isEnglish = isEnglish
    self.isForScripts = isForScripts
    self.zone = zone
  }

  /// What of it decides the SQL: a zone decides none.
  var ofPlan: Presentation { Presentation(isEnglish: isEnglish, isForScripts: isForScripts) }

  /// Which columns are read, by what decides it.
  var variant: Int { (isEnglish ? 1 : 0) + (isForScripts ? 2 : 0) }
}

/// Instants as they are shown in one zone.
struct InstantText {
  private let rules: ZoneRules?
  private let isForScripts: Bool

  init(_ presentation: Presentation) {
    rules = presentation.zone.flatMap { ZoneRules.named($0) }
    isForScripts = presentation.isForScripts
  }

  /// `05.04.2025 08:00`, for scripts `2025-04-05T08:00:00+03:00`.
  func text(_ ms: Int64) -> String {
    let offset = (rules?.offset(atMs: ms) ?? 0) / 60
    let local = RFC3339.text(ms + Int64(offset) * 60_000)
    if isForScripts { return local.dropLast() + Self.offset(offset) }
    let day = local.prefix(10).split(separator: "-").reversed().joined(separator: ".")
    return "\(day) \(local.dropFirst(11).prefix(5))"
  }

  private static func offset(_ minutes: Int) -> String {
    guard minutes != 0 else { return "Z" }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(minutes < 0 ? "-" : "+")\(two(abs(minutes) / 60)):\(two(abs(minutes) % 60))"
  }
}
