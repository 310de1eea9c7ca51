import Jansson

/// Writes what the host says: answers, errors and notifications, as bytes with no blanks and no line breaks.
package enum AnswerWriter {
  /// `{"jsonrpc":"2.0","id":…,"result":{}}`, the cheapest answer there is.
  @inlinable
  package static func empty(_ id: RequestID?, to sink: inout some ByteSink) {
    head(id, &sink)
    sink.append("\"result\":{}}")
  }

  /// An answer whose result `body` appends: one JSON value with no line break in it.
  @inlinable
  package static func answer<Sink: ByteSink>(
    _ id: RequestID?, to sink: inout Sink, _ body: (inout Sink) -> Void
  ) {
    head(id, &sink)
    sink.append("\"result\":")
    body(&sink)
    sink.append("}")
  }

  @inlinable
  package static func answer(_ id: RequestID?, _ result: JSONValue, to sink: inout some ByteSink) {
    answer(id, to: &sink) { $0.append(json: result) }
  }

  /// An answer of a result that is text already: one JSON value with no line break in it.
  @inlinable
  package static func answer(_ id: RequestID?, rendered result: RawSpan, to sink: inout some ByteSink) {
    answer(id, to: &sink) { $0.append(result) }
  }

  /// An error answer; `id` nil is null, for a request whose id could not be read.
  package static func error(
    _ id: RequestID?, _ error: WireError, _ locale: Locale, to sink: inout some ByteSink
  ) {
    head(id, &sink)
    sink.append("\"error\":")
    sink.append(json: error.json(locale))
    sink.append("}")
  }

  /// A notification; a method's name needs no escaping, being one of ours.
  package static func notification(_ method: String, _ params: JSONValue, to sink: inout some ByteSink) {
    sink.append("{\"jsonrpc\":\"2.0\",\"method\":")
    sink.append(quoted: method)
    sink.append(",\"params\":")
    sink.append(json: params)
    sink.append("}")
  }

  /// The answers of a batch as one message; `answers` are whole answers, at least one.
  package static func batch(_ answers: [[UInt8]], to sink: inout some ByteSink) {
    for (index, answer) in answers.enumerated() {
      sink.append(index == 0 ? "[" : ",")
      sink.append(answer)
    }
    sink.append("]")
  }

  @usableFromInline
  @inline(__always)
  static func head(_ id: RequestID?, _ sink: inout some ByteSink) {
    sink.append("{\"jsonrpc\":\"2.0\",\"id\":")
    switch id {
    case .integer(let number): sink.append(number: number)
    case .string(let text): sink.append(quoted: text)
    case nil: sink.append("null")
    }
    sink.append(",")
  }
}
