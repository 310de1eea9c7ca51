import Jansson
import ShellProtocol

/// The texts of answers and notifications as the dispatcher needs them: without a tree around a result.
enum AnswerText {
  static let errorKey = Array("\"error\":".utf8)

  /// Appends `{"jsonrpc":"2.0","id":…,`. No id is written as null.
  @inline(__always)
  static func begin(_ id: RequestID?, into output: inout [UInt8]) {
    output.append("{\"jsonrpc\":\"2.0\",\"id\":")
    switch id {
    case .integer(let value): output.append(number: value)
    case .string(let text): output.append(quoted: text)
    case nil: output.append("null")
    }
    output.append(",")
  }

  /// Appends a whole answer. False, and nothing is appended, when the result has no text.
  @discardableResult
  static func answer(_ id: RequestID?, _ outcome: Outcome, _ locale: Locale, into output: inout [UInt8]) -> Bool {
    let start = output.count
    begin(id, into: &output)
    guard outcome.writeMember(into: &output, locale) else {
      output.removeLast(output.count - start)
      return false
    }
    output.append("}")
    return true
  }

  static func notification(_ method: String, _ params: Reply, into output: inout [UInt8]) {
    output.append("{\"jsonrpc\":\"2.0\",\"method\":")
    output.append(quoted: method)
    output.append(",\"params\":")
    params.write(into: &output)
    output.append("}")
  }
}
