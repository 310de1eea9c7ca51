import Jansson

/// One compiled schema. What is nil or empty is not checked.
///
/// Shared, not copied: a walk meets a node for each value, and copying one counts a dozen references.
final class SchemaNode: @unchecked Sendable {
  // Safe to share: the compiler alone changes it, before the schema is there.
  var types: Set<SchemaType> = []
  /// The schema `false`: nothing fits.
  var never = false
  var reference: Int?
  var properties: [String: Int] = [:]
  /// The names of `properties` in the order of the schema, for messages.
  var propertyNames: [String] = []
  var required: [String] = []
  var additional: Additional = .allowed
  var nameSchema: Int?
  var items: Int?
  var options: [JSONValue]?
  var length = Bounds()
  var count = Bounds()
  var memberCount = Bounds()
  var minimum: Double?
  var maximum: Double?
  var pattern: SchemaPattern?
  var format: SchemaFormat?
  var anyOf: [Int] = []
  var oneOf: [Int] = []

  init(types: Set<SchemaType> = [], additional: Additional = .allowed) {
    self.types = types
    self.additional = additional
  }

  enum Additional: Equatable { case allowed, forbidden, schema(Int) }

  struct Bounds {
    var least: Int?
    var most: Int?
  }
}

/// The types of JSON Schema.
enum SchemaType: String, Sendable, CaseIterable {
  case object, array, string, integer, number, boolean, null

  func fits(_ kind: JSONValue.Kind) -> Bool {
    switch self {
    case .object: kind == .object
    case .array: kind == .array
    case .string: kind == .string
    case .integer: kind == .integer
    case .number: kind == .integer || kind == .real
    case .boolean: kind == .boolean
    case .null: kind == .null
    }
  }

  var ru: String {
    switch self {
    case .object: "объект"
    case .array: "список"
    case .string: "строка"
    case .integer: "целое число"
    case .number: "число"
    case .boolean: "true или false"
    case .null: "null"
    }
  }

  var en: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .integer: "an integer"
    case .number: "a number"
    case .boolean: "true or false"
    case .null: "null"
    }
  }
}
