import Foundation

/// JSON as the platform writes it: snake_case keys in a stable order.
enum WireJSON {
  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  /// A request's body.
  ///
  /// Unknown fields are ignored; what is missing or of a wrong type is named in the refusal.
  static func decode<T: Decodable>(_ type: T.Type, from body: Data) throws(Refusal) -> T {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoding { try decoder.decode(type, from: body) }
  }
}

/// JSON of the control interface: keys as they stand in the types.
enum ControlJSON {
  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  static func decode<T: Decodable>(_ type: T.Type, from body: Data) throws(Refusal) -> T {
    try decoding { try JSONDecoder().decode(type, from: body) }
  }
}

private func decoding<T>(_ decode: () throws -> T) throws(Refusal) -> T {
  do {
    return try decode()
  } catch DecodingError.keyNotFound(let key, _) {
    throw .payload("Missing required parameter: \(key.stringValue)")
  } catch DecodingError.valueNotFound(_, let context) {
    throw .payload("Missing required parameter: \(name(context))")
  } catch DecodingError.typeMismatch(_, let context) {
    throw .payload("Invalid value of field '\(name(context))'")
  } catch {
    throw .payload("Malformed JSON")
  }
}

private func name(_ context: DecodingError.Context) -> String {
  context.codingPath.last { $0.intValue == nil }?.stringValue ?? "body"
}
