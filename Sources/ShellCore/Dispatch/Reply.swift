import Jansson
import ShellProtocol

/// What a handler answers with.
package enum Reply: Sendable {
  case value(JSONValue)
  /// One JSON value as text that is known to be well-formed and has no line break: a page of rows goes out
  /// without a tree.
  case rendered([UInt8])

  /// `{}`, the answer of a method that has nothing to say.
  package static var empty: Reply { .rendered(Array("{}".utf8)) }

  /// Appends the text; nothing for a value that cannot be written.
  func write(into output: inout [UInt8]) {
    switch self {
    case .value(let value): value.write(into: &output)
    case .rendered(let text): output.append(contentsOf: text)
    }
  }
}

/// How a request ended.
enum Outcome: Sendable {
  case reply(Reply)
  case failure(WireError)
  /// The `"result":…` or `"error":…` member of an earlier answer, given again.
  case replay([UInt8])

  var isFailure: Bool {
    switch self {
    case .reply: false
    case .failure: true
    case .replay(let member): member.starts(with: AnswerText.errorKey)
    }
  }

  /// Appends `"result":…` or `"error":…`. False for a result that has no text; what was appended is no JSON then.
  @discardableResult
  func writeMember(into output: inout [UInt8], _ locale: Locale) -> Bool {
    switch self {
    case .reply(let reply):
      output.append("\"result\":")
      let start = output.count
      reply.write(into: &output)
      return output.count > start
    case .failure(let error):
      output.append(contentsOf: AnswerText.errorKey)
      error.json(locale).write(into: &output)
    case .replay(let member):
      output.append(contentsOf: member)
    }
    return true
  }
}
