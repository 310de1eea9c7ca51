import Jansson

/// A JSON Schema (draft 2020-12), compiled once and then used from any thread.
///
/// It speaks the subset that manifests and parameters need. A keyword outside the subset is refused when the schema
/// is compiled, so nobody believes in a check that does not happen. Two differences from the standard, on purpose:
/// an integer is a number written without a fraction (`1.0` is none), and `format` is checked
/// (see ``SchemaFormat``).
package struct JSONSchema: Sendable {
  /// Compiled schemas; the first is the root. They name each other by index, so a schema may contain itself.
  let nodes: [SchemaNode]

  /// Compiles a schema.
  package init(_ schema: JSONValue) throws(JSONSchemaError) {
    var compiler = SchemaCompiler(root: schema)
    nodes = try compiler.compile()
  }

  /// What is wrong with `value`: nothing, or at most `limit` issues in the order of the value.
  package func validate(_ value: JSONValue, limit: Int = 32) -> [Issue] {
    var validation = SchemaValidation(nodes: nodes, limit: limit)
    validation.check(value, against: 0, at: JSONPointer())
    return validation.issues
  }

  /// One thing that is wrong, for the person who wrote the value.
  package struct Issue: Sendable, Equatable {
    /// JSON Pointer to the value; for a missing member, to where it belongs.
    package let path: String
    package let ru: String
    package let en: String

    package init(path: String, ru: String, en: String) {
      self.path = path
      self.ru = ru
      self.en = en
    }
  }

  /// Takes every value.
  package static let anything = JSONSchema(nodes: [SchemaNode()])
  /// Takes an object without members only: the parameters of what takes none.
  package static let noMembers = JSONSchema(nodes: [SchemaNode(types: [.object], additional: .forbidden)])

  private init(nodes: [SchemaNode]) { self.nodes = nodes }
}

/// Why a schema cannot be compiled.
package struct JSONSchemaError: Error, Equatable, Sendable, CustomStringConvertible {
  /// JSON Pointer into the schema.
  package let pointer: String
  /// In English, for the author of the schema.
  package let reason: String

  package init(pointer: String, reason: String) {
    self.pointer = pointer
    self.reason = reason
  }

  package var description: String { "\(pointer.isEmpty ? "/" : pointer): \(reason)" }
}
