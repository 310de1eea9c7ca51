import Jansson

/// One call of a script, as data: what is sent, what the answer must contain, and what later calls need of it.
struct ScriptStep: Sendable {
  let method: String
  let params: String
  /// A pattern for the answer `{"result": …}` or `{"error": …}`: objects by the members named, arrays element by
  /// element as far as the pattern goes, `"*"` for anything but null.
  let expecting: String
  /// Names for later `"$name"` in params, each with its path in the answer.
  let keeping: [String: String]

  init(_ method: String, _ params: String = "{}", _ expecting: String, keeping: [String: String] = [:]) {
    (self.method, self.params, self.expecting, self.keeping) = (method, params, expecting, keeping)
  }
}

/// Runs a script on one connection and hands back every answer.
struct ScriptRun {
  private(set) var answers: [JSONValue] = []
  /// What did not come as expected, in words.
  private(set) var troubles: [String] = []
  private var kept: [String: JSONValue] = [:]

  init(_ steps: [ScriptStep], on client: WireClient) throws {
    for step in steps {
      let params = filled(try JSONValue(parsing: step.params))
      let answer = try client.answer(to: client.begin(step.method, params)).removing("jsonrpc", "id")
      answers.append(Self.timeless(answer))
      if let trouble = Self.difference(answer, try JSONValue(parsing: step.expecting), at: "") {
        troubles.append("\(step.method) \(params.text()): \(trouble); answer: \(answer.text().prefix(500))")
      }
      for (name, path) in step.keeping { kept[name] = Self.value(answer, at: path) ?? .null }
    }
  }

  private func filled(_ value: JSONValue) -> JSONValue {
    switch value.kind {
    case .string where value.string?.hasPrefix("$") == true: kept[String(value.string?.dropFirst() ?? "")] ?? value
    case .array: JSONValue((value.array ?? []).map(filled))
    case .object: JSONValue(members: (value.members ?? []).map { ($0.key, filled($0.value)) })
    default: value
    }
  }

  static func value(_ root: JSONValue, at path: String) -> JSONValue? {
    path.split(separator: "/").reduce(Optional(root)) { value, step in
      Int(step).map { value?[$0] } ?? value?[String(step)]
    }
  }

  /// Why `value` is not what `pattern` says; nil when it is.
  static func difference(_ value: JSONValue, _ pattern: JSONValue, at path: String) -> String? {
    if pattern == "*" { return value.isNull ? "\(path) is null" : nil }
    if let members = pattern.members {
      for (key, expected) in members {
        guard let found = value[key] else { return "\(path)/\(key) is missing" }
        if let difference = difference(found, expected, at: "\(path)/\(key)") { return difference }
      }
      return value.isObject ? nil : "\(path) is no object"
    }
    if let elements = pattern.array {
      guard let found = value.array, found.count >= elements.count else { return "\(path) has too few elements" }
      for (index, expected) in elements.enumerated() {
        if let difference = difference(found[index], expected, at: "\(path)/\(index)") { return difference }
      }
      return nil
    }
    return value == pattern ? nil : "\(path) is \(value.text()), not \(pattern.text())"
  }

  /// Without what differs from one process to the next: uptime, sizes of files, durations.
  private static func timeless(_ value: JSONValue) -> JSONValue {
    let ignored: Set = ["uptimeSeconds", "sizeBytes", "loadMs", "activateMs", "calls", "inFlight"]
    if let members = value.members {
      return JSONValue(members: members.map { ($0.key, ignored.contains($0.key) ? .null : timeless($0.value)) })
    }
    return value.array.map { JSONValue($0.map(timeless)) } ?? value
  }
}
