import PluginKit

/// How many records an import adds, changes and removes, registry by registry.
struct RosterCounts {
  enum Registry: String, CaseIterable {
    case employees, pupils, parents, classes, groups, members, timetable, plans

    /// The registry that a kind of `school_staged_removals` counts for.
    init?(removal: String) {
      switch removal {
      case "places": self = .pupils
      case "links": self = .parents
      default: self.init(rawValue: removal)
      }
    }
  }

  struct Count {
    var added = 0
    var changed = 0
    var removed = 0
    var isNothing: Bool { added == 0 && changed == 0 && removed == 0 }
  }

  private var counts: [Registry: Count] = [:]

  subscript(_ registry: Registry) -> Count {
    get { counts[registry] ?? Count() }
    set { counts[registry] = newValue }
  }

  var added: Int { counts.values.reduce(0) { $0 + $1.added } }
  var changed: Int { counts.values.reduce(0) { $0 + $1.changed } }
  var removed: Int { counts.values.reduce(0) { $0 + $1.removed } }
  var isNothing: Bool { counts.values.allSatisfy(\.isNothing) }

  func json(held: [Registry: Int]) -> JSONValue {
    JSONValue(
      members: Registry.allCases.compactMap { registry -> (String, JSONValue)? in
        let (count, waiting) = (self[registry], held[registry] ?? 0)
        guard !count.isNothing || waiting > 0 else { return nil }
        let numbers: JSONValue = [
          "added": JSONValue(count.added), "changed": JSONValue(count.changed), "removed": JSONValue(count.removed),
          "held": JSONValue(waiting),
        ]
        return (registry.rawValue, numbers)
      })
  }
}
