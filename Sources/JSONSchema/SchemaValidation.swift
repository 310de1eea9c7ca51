import Jansson

/// One walk through a value.
struct SchemaValidation {
  /// Levels of a value that are looked into; what is deeper is refused, since it cannot be checked.
  static let maxDepth = 160

  let nodes: [SchemaNode]
  let limit: Int
  private(set) var issues: [JSONSchema.Issue] = []
  private var depth = 0

  init(nodes: [SchemaNode], limit: Int) {
    self.nodes = nodes
    self.limit = limit
  }

  private var isFull: Bool { issues.count >= limit }

  private mutating func report(_ pointer: JSONPointer, ru: String, en: String) {
    guard !isFull else { return }
    issues.append(JSONSchema.Issue(path: pointer.description, ru: ru, en: en))
  }

  mutating func check(_ value: JSONValue, against index: Int, at pointer: JSONPointer) {
    guard !isFull, nodes.indices.contains(index) else { return }
    guard depth < Self.maxDepth else {
      return report(pointer, ru: "слишком глубокая вложенность", en: "nested too deep")
    }
    depth += 1
    defer { depth -= 1 }

    let node = nodes[index]
    if node.never { return report(pointer, ru: "здесь ничего не может быть", en: "nothing is allowed here") }
    if let reference = node.reference { check(value, against: reference, at: pointer) }
    let kind = value.kind
    // A value of another type would only repeat the complaint in each further check.
    guard checkType(kind, node, pointer) else { return }
    checkOptions(value, node, pointer)
    switch kind {
    case .object: checkObject(value, node, pointer)
    case .array: checkArray(value, node, pointer)
    case .string: checkString(value.string ?? "", node, pointer)
    case .integer, .real: checkNumber(value, node, pointer)
    case .boolean, .null: break
    }
    if !node.anyOf.isEmpty { checkAlternatives(value, node.anyOf, exactlyOne: false, pointer) }
    if !node.oneOf.isEmpty { checkAlternatives(value, node.oneOf, exactlyOne: true, pointer) }
  }

  private mutating func checkType(_ kind: JSONValue.Kind, _ node: SchemaNode, _ pointer: JSONPointer) -> Bool {
    guard !node.types.isEmpty, !node.types.contains(where: { $0.fits(kind) }) else { return true }
    let wanted = SchemaType.allCases.filter { node.types.contains($0) }
    let found = SchemaType(kind)
    report(
      pointer, ru: "ожидается \(wanted.map(\.ru).joined(separator: " или ")), получено: \(found.ru)",
      en: "expected \(wanted.map(\.en).joined(separator: " or ")), found \(found.en)")
    return false
  }

  private mutating func checkOptions(_ value: JSONValue, _ node: SchemaNode, _ pointer: JSONPointer) {
    guard let options = node.options, !options.contains(value) else { return }
    let known = options.prefix(20).map { $0.text() }.joined(separator: ", ")
    if options.count == 1 {
      report(pointer, ru: "допустимо только \(known)", en: "must be \(known)")
    } else {
      report(pointer, ru: "допустимые значения: \(known)", en: "must be one of \(known)")
    }
  }

  private mutating func checkObject(_ value: JSONValue, _ node: SchemaNode, _ pointer: JSONPointer) {
    let members = value.members ?? []
    for (name, member) in members {
      let place = pointer.appending(name)
      if let nameSchema = node.nameSchema { check(JSONValue(name), against: nameSchema, at: place) }
      if let property = node.properties[name] {
        check(member, against: property, at: place)
        continue
      }
      switch node.additional {
      case .allowed: break
      case .schema(let index): check(member, against: index, at: place)
      case .forbidden: reportUnknown(name, node, place)
      }
    }
    for name in node.required where value[name] == nil {
      report(
        pointer.appending(name), ru: "отсутствует обязательное поле «\(name)»", en: "missing member '\(name)'"
      )
    }
    checkBounds(members.count, node.memberCount, pointer, ru: "полей", en: "members")
  }

  private mutating func reportUnknown(_ name: String, _ node: SchemaNode, _ place: JSONPointer) {
    let shown = name.count > 80 ? name.prefix(80) + "…" : name[...]
    guard !node.propertyNames.isEmpty else {
      return report(
        place, ru: "неизвестное поле «\(shown)»: полей здесь нет",
        en: "unknown member '\(shown)'; none is known here")
    }
    let known = node.propertyNames.joined(separator: ", ")
    report(
      place, ru: "неизвестное поле «\(shown)»; известны: \(known)",
      en: "unknown member '\(shown)'; known: \(known)")
  }

  private mutating func checkArray(_ value: JSONValue, _ node: SchemaNode, _ pointer: JSONPointer) {
    checkBounds(value.count, node.count, pointer, ru: "элементов", en: "elements")
    guard let items = node.items else { return }
    for (index, element) in (value.array ?? []).enumerated() {
      if isFull { return }
      check(element, against: items, at: pointer.appending(index))
    }
  }

  private mutating func checkString(_ text: String, _ node: SchemaNode, _ pointer: JSONPointer) {
    if node.length.least != nil || node.length.most != nil {
      if node.length.least == 1, text.isEmpty {
        return report(pointer, ru: "не может быть пустым", en: "must not be empty")
      }
      let before = issues.count
      checkBounds(text.unicodeScalars.count, node.length, pointer, ru: "знаков", en: "characters")
      if issues.count > before { return }
    }
    if let pattern = node.pattern, !pattern.matches(text) {
      report(
        pointer, ru: "не соответствует образцу \(pattern.source)", en: "does not match \(pattern.source)")
    }
    if let format = node.format, !format.accepts(text) { report(pointer, ru: format.ru, en: format.en) }
  }

  private mutating func checkNumber(_ value: JSONValue, _ node: SchemaNode, _ pointer: JSONPointer) {
    guard let number = value.double else { return }
    if let minimum = node.minimum, number < minimum {
      report(pointer, ru: "не меньше \(shortest(minimum))", en: "must be at least \(shortest(minimum))")
    }
    if let maximum = node.maximum, number > maximum {
      report(pointer, ru: "не больше \(shortest(maximum))", en: "must be at most \(shortest(maximum))")
    }
  }

  private mutating func checkBounds(
    _ count: Int, _ bounds: SchemaNode.Bounds, _ pointer: JSONPointer, ru: String, en: String
  ) {
    if let least = bounds.least, count < least {
      report(pointer, ru: "\(ru) должно быть не меньше \(least)", en: "must have at least \(least) \(en)")
    }
    if let most = bounds.most, count > most {
      report(pointer, ru: "\(ru) должно быть не больше \(most)", en: "must have at most \(most) \(en)")
    }
  }

  /// Of several forms that all fail, the nearest speaks: whoever wrote the value meant that one.
  private mutating func checkAlternatives(
    _ value: JSONValue, _ alternatives: [Int], exactlyOne: Bool, _ pointer: JSONPointer
  ) {
    var fitting = 0
    var nearest: [JSONSchema.Issue] = []
    var least = Int.max
    for alternative in alternatives {
      var attempt = SchemaValidation(nodes: nodes, limit: 16)
      attempt.depth = depth
      attempt.check(value, against: alternative, at: pointer)
      if attempt.issues.isEmpty {
        if !exactlyOne { return }
        fitting += 1
      } else {
        let distance = attempt.issues.reduce(0) { $0 + Self.weight($1, pointer) }
        if distance < least { (least, nearest) = (distance, attempt.issues) }
      }
    }
    if fitting == 1 { return }
    guard fitting == 0 else {
      return report(
        pointer, ru: "подходит сразу под \(fitting) описания, а должно под одно",
        en: "fits \(fitting) forms at once, must fit exactly one")
    }
    for issue in nearest where !isFull { issues.append(issue) }
  }

  /// A complaint about the value itself (its type) weighs more than one about something inside it.
  private static func weight(_ issue: JSONSchema.Issue, _ pointer: JSONPointer) -> Int {
    issue.path == pointer.description ? 10 : 1
  }
}

extension SchemaType {
  fileprivate init(_ kind: JSONValue.Kind) {
    self =
      switch kind {
      case .object: .object
      case .array: .array
      case .string: .string
      case .integer: .integer
      case .real: .number
      case .boolean: .boolean
      case .null: .null
      }
  }
}

/// A bound as its author wrote it: 5, not 5.0.
private func shortest(_ number: Double) -> String { Int64(exactly: number).map { "\($0)" } ?? "\(number)" }
