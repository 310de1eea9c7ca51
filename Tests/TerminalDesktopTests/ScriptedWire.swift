import Jansson

@testable import TerminalDesktop

/// A host that answers as it was told to, and remembers what it was asked.
final class ScriptedWire: DeskWire {
  var answers: [String: [JSONValue]] = [:]
  private(set) var asked: [(method: String, params: JSONValue)] = []

  func call(_ method: String, _ params: JSONValue) throws -> JSONValue {
    asked.append((method, params))
    guard var answers = answers[method], !answers.isEmpty else { throw DeskRefusal("no answer to \(method)") }
    // The last one holds for good.
    let answer = answers.count > 1 ? answers.removeFirst() : answers[0]
    self.answers[method] = answers
    return answer
  }

  var last: JSONValue? { asked.last?.params }
}

/// Answers questions from a list, in their order.
final class ScriptedPrompts: Prompts {
  var lines: [String?] = []
  var choices: [Int?] = []
  private(set) var labels: [String] = []
  private(set) var said: [String] = []

  func line(_ label: String, initial: String, isSecret: Bool) throws -> String? {
    labels.append("\(label)=\(initial)")
    return lines.removeFirst()
  }

  func choice(_ label: String, options: [String], initial: Int) throws -> Int? {
    labels.append("\(label)=\(options[initial])")
    return choices.removeFirst()
  }

  func say(_ text: String) { said.append(text) }
}

extension DeskSession {
  /// A session with one window open, as the host would tell it.
  static func showing(_ window: String, rows: String = #"{"rows": [], "total": 0, "next": null}"#) throws
    -> (session: DeskSession, wire: ScriptedWire)
  {
    let wire = ScriptedWire()
    wire.answers["session/get"] = [["user": ["displayName": "Иванова Анна"]]]
    wire.answers["desktop/get"] = [
      ["shortcuts": [], "startMenu": [], "windows": [try JSONValue(parsing: window)]]
    ]
    wire.answers["table/query"] = [try JSONValue(parsing: rows)]
    for method in ["window/set", "window/press", "window/select", "window/edit", "window/close"] {
      wire.answers[method] = [["effects": []]]
    }
    let session = DeskSession(wire, words: Words(locale: "ru"))
    try session.reload()
    return (session, wire)
  }
}
