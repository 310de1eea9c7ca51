import Jansson

/// What became of a host's description between two versions: which changes stop clients that were written for the old
/// one, and which they need not know of.
struct DocumentDiff {
  struct Change: Equatable {
    let isBreaking: Bool
    /// Where, such as `window/set params/values`.
    let place: String
    let words: String
  }

  private(set) var changes: [Change] = []
  private let old: JSONValue
  private let new: JSONValue

  init(old: JSONValue, new: JSONValue) {
    (self.old, self.new) = (old, new)
    compareEach("methods", "method") { $0.compareMethods($1, $2, $3) }
    compareEach("x-notifications", "notification") { $0.compareParams($1, $2, $3, .toClient) }
    compareEach("x-commands", "command") { diff, old, new, place in
      diff.compareSchemas(old["params"], new["params"], "\(place) params", .toHost)
    }
  }

  /// Pairs the members of two lists by their names; what is gone breaks.
  private mutating func compareEach(
    _ list: String, _ kind: String, _ compare: (inout DocumentDiff, JSONValue, JSONValue, String) -> Void
  ) {
    let (before, after) = (Self.byName(old[list]), Self.byName(new[list]))
    for (name, element) in before.sorted(by: { $0.key < $1.key }) {
      guard let other = after[name] else {
        add(true, name, "the \(kind) is gone")
        continue
      }
      compare(&self, element, other, name)
    }
    for name in after.keys.sorted() where before[name] == nil { add(false, name, "a new \(kind)") }
  }

  private static func byName(_ list: JSONValue?) -> [String: JSONValue] {
    Dictionary((list?.array ?? []).map { ($0["name"]?.string ?? "", $0) }) { first, _ in first }
  }

  private mutating func add(_ isBreaking: Bool, _ place: String, _ words: String) {
    changes.append(Change(isBreaking: isBreaking, place: place, words: words))
  }

  private mutating func compareSchemas(
    _ before: JSONValue?, _ after: JSONValue?, _ place: String, _ direction: SchemaDiff.Direction
  ) {
    var diff = SchemaDiff(old: old, new: new, direction)
    diff.compare(before ?? .emptyObject, after ?? .emptyObject, place)
    for finding in diff.findings { add(true, finding.place, finding.words) }
  }
}

// MARK: - Methods

extension DocumentDiff {
  private static let accessOrder = ["beforeInitialize", "initialized", "signedIn", "administrator"]

  private mutating func compareMethods(_ before: JSONValue, _ after: JSONValue, _ name: String) {
    compareParams(before, after, name, .toHost)
    switch (before["result"], after["result"]) {
    case (let result?, let other?): compareSchemas(result["schema"], other["schema"], "\(name) result", .toClient)
    case (nil, nil): break
    case (_?, nil): add(true, name, "was a request, is only a notification now")
    case (nil, _?): add(true, name, "was a notification, is a request now")
    }
    let ranks = [before, after].map { Self.accessOrder.firstIndex(of: $0["x-access"]?.string ?? "") ?? 0 }
    if ranks[1] > ranks[0] { add(true, name, "asks for more: \(Self.accessOrder[ranks[1]])") }
    if ranks[1] < ranks[0] { add(false, name, "asks for less: \(Self.accessOrder[ranks[1]])") }
    if before["x-additionalParams"] == true, after["x-additionalParams"] != true {
      add(true, name, "refuses further params now")
    }
  }

  private mutating func compareParams(
    _ before: JSONValue, _ after: JSONValue, _ name: String, _ direction: SchemaDiff.Direction
  ) {
    let (old, new) = (Self.byName(before["params"]), Self.byName(after["params"]))
    for (param, descriptor) in old.sorted(by: { $0.key < $1.key }) {
      let place = "\(name) params/\(param)"
      guard let other = new[param] else {
        add(true, place, "is gone")
        continue
      }
      let (was, isNow) = (descriptor["required"] == true, other["required"] == true)
      if direction == .toHost, isNow, !was { add(true, place, "is required now") }
      if direction == .toHost, was, !isNow { add(false, place, "is not required any more") }
      if direction == .toClient, was, !isNow { add(true, place, "may be missing now") }
      compareSchemas(descriptor["schema"], other["schema"], place, direction)
    }
    for param in new.keys.sorted() where old[param] == nil {
      let isNeeded = direction == .toHost && new[param]?["required"] == true
      add(isNeeded, "\(name) params/\(param)", isNeeded ? "is new and required" : "is new")
    }
  }
}
