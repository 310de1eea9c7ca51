import Jansson

/// What a `:name` of a page's SQL stands for.
enum Parameter: Hashable {
  case after(Int)
  case filter(Int)
  case word(Int)
  case match
  case limit
  case ids
  /// One that the caller gives: `user_id`, `now`, `arg_…`.
  case named(String)

  init(_ name: String) {
    func number(_ prefix: String) -> Int? { name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil }
    if !name.hasPrefix("_") {
      self = .named(name)
    } else if let index = number("_after") {
      self = .after(index)
    } else if let index = number("_filter") {
      self = .filter(index)
    } else if let index = number("_word") {
      self = .word(index)
    } else {
      self = name == "_match" ? .match : name == "_limit" ? .limit : name == "_ids" ? .ids : .named(name)
    }
  }

  /// Names that the SQL of a source may use beside `arg_…` of its arguments.
  static let known: Set<String> = ["user_id", "person_id", "roles", "now", "today"]
}

/// The values of one request.
struct PageValues {
  let query: PageQuery?
  let ids: [String]
  let parameters: [String: JSONValue]
  let nowMs: Int64

  func bind(_ statement: SQLStatement, limit: Int) throws(StoreError) {
    for (index, parameter) in statement.parameters.enumerated() {
      let place = Int32(index + 1)
      switch parameter {
      case .after(let number): statement.bindCopy(place, query?.after?.values[number] ?? .null)
      case .filter(let number): statement.bindCopy(place, query?.filterValues[number] ?? .null)
      case .word(let number): statement.bind(place, query?.words[number] ?? "")
      case .match: statement.bind(place, query?.match ?? "")
      case .limit: statement.bind(place, Int64(limit))
      case .ids: statement.bind(place, JSONValue(ids.map { JSONValue($0) }).text())
      case .named(let name): statement.bindCopy(place, named(name))
      }
    }
  }

  /// What is bound, as text to tell one count from another.
  func fingerprint(_ statement: [Parameter]) -> [String] {
    statement.map { parameter in
      switch parameter {
      case .filter(let number): query?.filterValues[number].text() ?? ""
      case .word(let number): query?.words[number] ?? ""
      case .match: query?.match ?? ""
      case .named(let name): named(name).text()
      case .after, .limit, .ids: ""
      }
    }
  }

  private func named(_ name: String) -> JSONValue {
    parameters[name] ?? (name == "now" ? JSONValue(nowMs) : .null)
  }
}
