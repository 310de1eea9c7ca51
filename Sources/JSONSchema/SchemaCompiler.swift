import Jansson

/// Turns a schema's JSON into nodes. Each place of the schema is compiled once, whoever refers to it.
struct SchemaCompiler {
  /// Schemas inside each other, and schemas in all.
  static let maxDepth = 64
  static let maxNodes = 10_000

  private let root: JSONValue
  private var nodes: [SchemaNode] = []
  private var indexByPointer: [String: Int] = [:]

  init(root: JSONValue) { self.root = root }

  mutating func compile() throws(JSONSchemaError) -> [SchemaNode] {
    _ = try compile(root, at: JSONPointer(), depth: 0)
    try refuseEndlessReferences()
    return nodes
  }

  private mutating func compile(
    _ schema: JSONValue, at pointer: JSONPointer, depth: Int
  ) throws(JSONSchemaError) -> Int {
    let place = pointer.description
    if let known = indexByPointer[place] { return known }
    guard depth <= Self.maxDepth, nodes.count < Self.maxNodes else {
      throw JSONSchemaError(pointer: place, reason: "the schema is too deep or too large")
    }
    let index = nodes.count
    indexByPointer[place] = index
    nodes.append(SchemaNode())
    if let truth = schema.bool {
      nodes[index].never = !truth
      return index
    }
    guard let members = schema.members else {
      throw JSONSchemaError(pointer: place, reason: "a schema is an object, true or false")
    }
    let node = SchemaNode()
    for (keyword, value) in members {
      try compile(keyword, value, into: node, at: pointer.appending(keyword), depth: depth + 1)
    }
    nodes[index] = node
    return index
  }

  private mutating func compile(
    _ keyword: String, _ value: JSONValue, into node: SchemaNode, at pointer: JSONPointer, depth: Int
  ) throws(JSONSchemaError) {
    switch keyword {
    case "$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated": break
    case "$defs": try compileDefinitions(value, at: pointer, depth: depth)
    case "$ref": node.reference = try resolve(value, at: pointer, depth: depth)
    case "type": node.types = try types(value, at: pointer)
    case "properties": try compileProperties(value, into: node, at: pointer, depth: depth)
    case "required": node.required = try strings(value, at: pointer)
    case "additionalProperties":
      switch value.bool {
      case true?: node.additional = .allowed
      case false?: node.additional = .forbidden
      case nil: node.additional = .schema(try compile(value, at: pointer, depth: depth))
      }
    case "propertyNames": node.nameSchema = try compile(value, at: pointer, depth: depth)
    case "items": node.items = try compile(value, at: pointer, depth: depth)
    case "anyOf": node.anyOf = try compileList(value, at: pointer, depth: depth)
    case "oneOf": node.oneOf = try compileList(value, at: pointer, depth: depth)
    case "enum":
      guard let options = value.array, !options.isEmpty else {
        throw wrong(pointer, "a list with at least one value")
      }
      node.options = options
    case "const": node.options = [value]
    case "minLength": node.length.least = try size(value, at: pointer)
    case "maxLength": node.length.most = try size(value, at: pointer)
    case "minItems": node.count.least = try size(value, at: pointer)
    case "maxItems": node.count.most = try size(value, at: pointer)
    case "minProperties": node.memberCount.least = try size(value, at: pointer)
    case "maxProperties": node.memberCount.most = try size(value, at: pointer)
    case "minimum": node.minimum = try number(value, at: pointer)
    case "maximum": node.maximum = try number(value, at: pointer)
    case "pattern": node.pattern = try pattern(value, at: pointer)
    case "format":
      guard let format = value.string.flatMap(SchemaFormat.init(rawValue:)) else {
        throw wrong(pointer, "one of " + SchemaFormat.allCases.map(\.rawValue).joined(separator: ", "))
      }
      node.format = format
    default:
      throw JSONSchemaError(
        pointer: pointer.description, reason: "the keyword '\(keyword)' is not in the subset that is checked")
    }
  }

  private mutating func compileDefinitions(
    _ value: JSONValue, at pointer: JSONPointer, depth: Int
  ) throws(JSONSchemaError) {
    guard let members = value.members else { throw wrong(pointer, "an object of schemas") }
    for (name, schema) in members { _ = try compile(schema, at: pointer.appending(name), depth: depth) }
  }

  private mutating func compileProperties(
    _ value: JSONValue, into node: SchemaNode, at pointer: JSONPointer, depth: Int
  ) throws(JSONSchemaError) {
    guard let members = value.members else { throw wrong(pointer, "an object of schemas") }
    for (name, schema) in members {
      node.properties[name] = try compile(schema, at: pointer.appending(name), depth: depth)
      node.propertyNames.append(name)
    }
  }

  private mutating func compileList(
    _ value: JSONValue, at pointer: JSONPointer, depth: Int
  ) throws(JSONSchemaError) -> [Int] {
    guard let schemas = value.array, !schemas.isEmpty else {
      throw wrong(pointer, "a list with at least one schema")
    }
    var indexes: [Int] = []
    for (index, schema) in schemas.enumerated() {
      indexes.append(try compile(schema, at: pointer.appending(index), depth: depth))
    }
    return indexes
  }

  /// `#` and `#/$defs/name` only: a schema never makes the host fetch or open anything.
  private mutating func resolve(
    _ value: JSONValue, at pointer: JSONPointer, depth: Int
  ) throws(JSONSchemaError) -> Int {
    guard let text = value.string else { throw wrong(pointer, "'#' or '#/$defs/name'") }
    if text == "#" { return 0 }
    let prefix = "#/$defs/"
    guard text.hasPrefix(prefix) else { throw wrong(pointer, "'#' or '#/$defs/name'") }
    let name = String(text.dropFirst(prefix.count))
    guard let schema = root["$defs"]?[name] else {
      throw JSONSchemaError(pointer: pointer.description, reason: "'\(text)' leads nowhere")
    }
    return try compile(schema, at: JSONPointer().appending("$defs").appending(name), depth: depth)
  }

  /// Schemas that lead back to themselves at the same value would be followed for ever.
  private func refuseEndlessReferences() throws(JSONSchemaError) {
    enum Mark { case open, done }
    var marks: [Int: Mark] = [:]
    func visit(_ index: Int) -> Bool {
      switch marks[index] {
      case .open: return false
      case .done: return true
      case nil: break
      }
      marks[index] = .open
      let node = nodes[index]
      let next = (node.reference.map { [$0] } ?? []) + node.anyOf + node.oneOf
      guard next.allSatisfy(visit) else { return false }
      marks[index] = .done
      return true
    }
    guard nodes.indices.allSatisfy(visit) else {
      throw JSONSchemaError(pointer: "", reason: "references lead in a circle without going into the value")
    }
  }
}

// MARK: Values of keywords

extension SchemaCompiler {
  private func wrong(_ pointer: JSONPointer, _ wanted: String) -> JSONSchemaError {
    JSONSchemaError(pointer: pointer.description, reason: "must be \(wanted)")
  }

  private func types(_ value: JSONValue, at pointer: JSONPointer) throws(JSONSchemaError) -> Set<SchemaType> {
    var types: Set<SchemaType> = []
    for name in value.array ?? [value] {
      guard let type = name.string.flatMap(SchemaType.init(rawValue:)) else {
        throw wrong(
          pointer, "a type or a list of types: " + SchemaType.allCases.map(\.rawValue).joined(separator: ", ")
        )
      }
      types.insert(type)
    }
    guard !types.isEmpty else { throw wrong(pointer, "a list with at least one type") }
    return types
  }

  private func strings(_ value: JSONValue, at pointer: JSONPointer) throws(JSONSchemaError) -> [String] {
    guard let elements = value.array else { throw wrong(pointer, "a list of names") }
    let names = elements.compactMap(\.string)
    guard names.count == elements.count else { throw wrong(pointer, "a list of names") }
    return names
  }

  private func size(_ value: JSONValue, at pointer: JSONPointer) throws(JSONSchemaError) -> Int {
    guard let size = value.int, size >= 0 else { throw wrong(pointer, "an integer, 0 or more") }
    return size
  }

  private func number(_ value: JSONValue, at pointer: JSONPointer) throws(JSONSchemaError) -> Double {
    guard let number = value.double else { throw wrong(pointer, "a number") }
    return number
  }

  private func pattern(_ value: JSONValue, at pointer: JSONPointer) throws(JSONSchemaError) -> SchemaPattern {
    guard let text = value.string else { throw wrong(pointer, "a regular expression") }
    do throws(SchemaPatternError) {
      return try SchemaPattern(text)
    } catch {
      throw JSONSchemaError(pointer: pointer.description, reason: error.reason)
    }
  }
}
