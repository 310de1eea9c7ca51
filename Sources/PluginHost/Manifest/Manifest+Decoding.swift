import JSONSchema
import Jansson
import ShellProtocol

extension Manifest {
  /// Levels that a manifest may have.
  static let maxNesting = 40

  /// Reads a manifest member by member, then for what only the whole can show (names given twice, schemas of
  /// parameters, prefixes of views).
  ///
  /// This reading and the published schema accept the same manifests; tests hold them against each other. The schema
  /// is asked only about a manifest that was refused, since it finds everything that is wrong and not the first alone:
  /// walking it takes longer than all the rest, and every start of a host reads every manifest.
  package init(_ json: JSONValue, file: String) throws(ManifestError) {
    guard json.nesting(limit: Self.maxNesting) <= Self.maxNesting else {
      throw ManifestError(
        file: file, reason: LocalizedText(ru: "слишком глубокая вложенность", en: "nested too deep"))
    }
    do throws(ManifestError) {
      try self.init(decoding: json, file: file)
    } catch {
      let issues = ManifestSchema.compiled.validate(json)
      throw issues.isEmpty
        ? error
        : ManifestError(
          file: file,
          issues: issues.map { .init(pointer: $0.path, reason: LocalizedText(ru: $0.ru, en: $0.en)) })
    }
    let faults = contradictions + selfContradictions()
    guard faults.isEmpty else { throw ManifestError(file: file, issues: faults) }
  }

  /// Reads the bytes of a manifest file.
  package init(parsing bytes: [UInt8], file: String) throws(ManifestError) {
    let json: JSONValue
    do throws(JSONTextError) {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw ManifestError(
        file: file,
        reason: LocalizedText(
          ru: "не JSON (байт \(error.offset)): \(error.reason)",
          en: "not JSON (byte \(error.offset)): \(error.reason)"))
    }
    try self.init(json, file: file)
  }

  /// The strict reading alone, so that a test can hold it against the schema.
  init(decoding json: JSONValue, file: String) throws(ManifestError) {
    do throws(ManifestFault) {
      try self.init(reading: ManifestReader(json, whole: ManifestReader.Whole()), file: file)
    } catch {
      throw ManifestError(file: file, issues: [error.issue])
    }
  }

  private init(reading reader: ManifestReader, file: String) throws(ManifestFault) {
    try reader.only(
      "$schema", "manifestVersion", "id", "version", "title", "description", "library", "abi", "concurrency",
      "isolation", "limits", "requires", "provides", "permissions", "rights", "contextKeys", "publishes", "contributes")
    self.file = file
    json = reader.json
    _ = try reader.optionalString("$schema") { _ in true }
    guard try reader.integer("manifestVersion", in: 1...1) != nil else {
      throw reader.missing("manifestVersion")
    }
    id = try reader.string("id", ManifestGrammar.isPluginID)
    let version = try reader.string("version", ManifestGrammar.isVersion)
    self.version = SemanticVersion(version) ?? SemanticVersion(0, 0, 0)  // isVersion has parsed it already
    title = try reader.text("title")
    description = try reader.optionalText("description")
    library = try reader.string("library", ManifestGrammar.isLibrary)
    guard let abi = try reader.reader("abi") else { throw reader.missing("abi") }
    self.abi = try ABI(abi)
    concurrency = try reader.choice("concurrency", Concurrency.self) ?? .serial
    isolation = try reader.choice("isolation", Isolation.self) ?? .inproc
    limits = try Limits(reader.reader("limits"))
    requires = try Requirements(reader.reader("requires"))
    provides = try reader.strings("provides", ManifestGrammar.isContract)
    permissions = try Permissions(reader.reader("permissions"))
    try reader.readRights()
    contextKeys = try ContextKey.list(reader.reader("contextKeys"))
    publishes = try Publications(reader.reader("publishes"))
    contributes = try Contributions(reader.reader("contributes"))
    plainTexts = reader.whole.plainTexts
    rights = reader.whole.rights.keys.sorted()
    contradictions = reader.whole.contradictions
    unusedRights = reader.whole.rights.keys.filter { !reader.whole.usedRights.contains($0) }.sorted()
  }
}

extension Manifest.ABI {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("major", "minor")
    guard let major = try reader.integer("major", in: 1...65_535) else { throw reader.missing("major") }
    guard let minor = try reader.integer("minor", in: 0...65_535) else { throw reader.missing("minor") }
    self.init(major: Int(major), minor: Int(minor))
  }
}

extension Manifest.Limits {
  init(_ reader: ManifestReader?) throws(ManifestFault) {
    try reader?.only("callMs", "jobMs", "memoryMB")
    callMs = try reader?.integer("callMs", in: 1...300_000) ?? Self.defaultCallMs
    jobMs = try reader?.integer("jobMs", in: 1...3_600_000) ?? Self.defaultJobMs
    memoryMB = try reader?.integer("memoryMB", in: 16...65_536) ?? Self.defaultMemoryMB
  }
}

extension Manifest.Requirements {
  init(_ reader: ManifestReader?) throws(ManifestFault) {
    try reader?.only("plugins", "services")
    services = try reader?.strings("services", ManifestGrammar.isContract) ?? []
    var plugins: [(id: String, range: VersionRange)] = []
    if let wanted = try reader?.reader("plugins") {
      for (id, _) in wanted.json.members ?? [] {
        guard ManifestGrammar.isPluginID(id) else {
          throw ManifestFault(
            wanted.pointer.appending(id), ru: "недопустимое имя «\(id)»", en: "'\(id)' is not a valid id")
        }
        guard let range = VersionRange(try wanted.string(id, ManifestGrammar.isRange)) else { continue }
        plugins.append((id, range))
      }
    }
    self.plugins = plugins.sorted { $0.id < $1.id }
  }
}

extension Manifest.Permissions {
  init(_ reader: ManifestReader?) throws(ManifestFault) {
    try reader?.only("views", "services", "events", "http", "context", "tables", "present")
    views = try reader?.strings("views", ManifestGrammar.isView) ?? []
    services = try reader?.strings("services", ManifestGrammar.isName) ?? []
    events = try reader?.strings("events", ManifestGrammar.isName) ?? []
    http = try reader?.strings("http", ManifestGrammar.isAddress) ?? []
    context = try reader?.strings("context", ManifestGrammar.isName) ?? []
    tables = try reader?.strings("tables") { Manifest.hostTables.contains($0) } ?? []
    present = try reader?.bool("present") ?? false
  }
}

extension Manifest.Publications {
  init(_ reader: ManifestReader?) throws(ManifestFault) {
    try reader?.only("views", "events", "previews")
    views = try reader?.strings("views", ManifestGrammar.isView) ?? []
    events = try reader?.strings("events", ManifestGrammar.isName) ?? []
    previews = try reader?.strings("previews", ManifestGrammar.isName) ?? []
  }
}

extension Manifest.ContextKey {
  static func list(_ reader: ManifestReader?) throws(ManifestFault) -> [Manifest.ContextKey] {
    var keys: [Manifest.ContextKey] = []
    for (name, _) in reader?.json.members ?? [] {
      guard let reader, let key = try reader.reader(name) else { continue }
      guard ManifestGrammar.isName(name) else {
        throw ManifestFault(
          key.pointer, ru: "недопустимое имя «\(name)»", en: "'\(name)' is not a valid name here")
      }
      keys.append(try Self(key, name: name))
    }
    return keys.sorted { $0.name < $1.name }
  }

  private init(_ reader: ManifestReader, name: String) throws(ManifestFault) {
    try reader.only("type", "scope", "default")
    guard let type = try reader.choice("type", Manifest.ValueType.self) else { throw reader.missing("type") }
    guard let scope = try reader.choice("scope", Scope.self) else { throw reader.missing("scope") }
    let value = reader.json["default"]
    guard value.map(type.accepts) ?? true else {
      throw reader.wrong(
        "default", LocalizedText(ru: "значение типа \(type.rawValue)", en: "a \(type.rawValue)"))
    }
    self.init(name: name, type: type, scope: scope, defaultValue: value ?? type.empty)
  }
}

extension Manifest.ValueType {
  /// Whether a value is of this type.
  package func accepts(_ value: JSONValue) -> Bool {
    switch self {
    case .boolean: value.kind == .boolean
    case .string: value.kind == .string
    case .number: value.kind == .integer || value.kind == .real
    case .list: (value.array ?? [.null]).allSatisfy { Self.string.accepts($0) || Self.number.accepts($0) }
    }
  }

  var empty: JSONValue {
    switch self {
    case .boolean: false
    case .string: ""
    case .number: 0
    case .list: []
    }
  }
}
