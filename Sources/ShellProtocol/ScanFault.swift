import Jansson

/// Why a text is not JSON that we accept, and where.
package struct ScanFault: Error, Equatable, Sendable {
  package enum Cause: String, Sendable, CaseIterable {
    case syntax, utf8, duplicateKey, surrogate, nul, nesting
  }

  package let cause: Cause
  /// Bytes from the start of the text to the first one that is wrong.
  package let offset: Int

  package init(_ cause: Cause, at offset: Int) {
    self.cause = cause
    self.offset = offset
  }

  /// −32700 with `data.offset`; the kinds are `parse.` and the cause's name.
  package var wireError: WireError {
    let (ru, en) =
      switch cause {
      case .syntax: ("неверный синтаксис", "invalid syntax")
      case .utf8: ("неверная последовательность UTF-8", "invalid UTF-8")
      case .duplicateKey: ("ключ повторяется", "duplicate key")
      case .surrogate: ("суррогат без пары", "lone surrogate")
      case .nul: ("нулевой символ", "NUL character")
      case .nesting: ("слишком большая вложенность", "nested too deep")
      }
    return WireError(
      .parse, kind: "parse.\(cause.rawValue)",
      LocalizedText(ru: "Это не JSON: \(ru), байт \(offset)", en: "Not JSON: \(en) at byte \(offset)"),
      data: ["offset": JSONValue(offset)])
  }
}
