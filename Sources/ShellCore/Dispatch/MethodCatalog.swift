import Jansson
import ShellProtocol

/// Collects methods and freezes them into a catalog.
package struct MethodCatalogBuilder {
  private var methods: [MethodDefinition] = []
  private var names: Set<String> = []
  private var notifications: [NotificationDefinition] = []
  private var schemas: [(String, JSONValue)] = []
  private var resultSchemas: [() -> [(String, JSONValue)]] = []

  /// A builder that knows the lifecycle methods already.
  package init() {
    add(lifecycleMethods)
    add(notifications: [progressNotification])
  }

  /// Adds one method.
  ///
  /// A name that is taken is a mistake of ours, and so is a schema that `build` cannot compile.
  package mutating func add(_ method: MethodDefinition) {
    let isNew = names.insert(method.name).inserted
    precondition(isNew, "method '\(method.name)' is registered twice")
    methods.append(method)
  }

  package mutating func add(_ more: [MethodDefinition]) {
    for method in more { add(method) }
  }

  package mutating func add(notifications more: [NotificationDefinition]) {
    notifications.append(contentsOf: more)
  }

  /// Adds a schema that others name as `{"$ref": "#/components/schemas/<name>"}`.
  package mutating func add(schema: JSONValue, named name: String) {
    schemas.append((name, schema))
  }

  /// Adds schemas that results name in the same way. Made when a document is asked for.
  package mutating func add(resultSchemas more: @escaping () -> [(String, JSONValue)]) {
    resultSchemas.append(more)
  }

  package func build() -> MethodCatalog {
    MethodCatalog(
      methods, notifications: notifications, schemas: JSONValue(members: schemas), resultSchemas: resultSchemas)
  }
}

/// The methods of a host, found by the bytes of their names. Frozen: nothing changes it.
package final class MethodCatalog: @unchecked Sendable {
  // Safe to share: everything is set in init and read-only after; handlers run on the desk only.
  package let definitions: [MethodDefinition]
  package let notifications: [NotificationDefinition]
  /// Shared schemas that params name, by name.
  private let schemas: JSONValue
  private let resultSchemas: [() -> [(String, JSONValue)]]
  private let entries: MethodTable<MethodEntry>

  init(
    _ definitions: [MethodDefinition], notifications: [NotificationDefinition], schemas: JSONValue,
    resultSchemas: [() -> [(String, JSONValue)]]
  ) {
    self.resultSchemas = resultSchemas
    self.definitions = definitions
    self.notifications = notifications
    self.schemas = schemas
    entries = MethodTable(
      definitions.enumerated().map { index, definition in
        (name: definition.name, value: MethodEntry(index: index, definition, schemas: schemas))
      })
  }

  /// All shared schemas, by name.
  var allSchemas: JSONValue {
    JSONValue(members: (schemas.members ?? []).map { ($0.key, $0.value) } + resultSchemas.flatMap { $0() })
  }

  /// The envelope's method; nil when nobody registered it.
  func entry(of envelope: Envelope, in body: RawSpan) -> MethodEntry? {
    entries.value(of: envelope, in: body)
  }
}

/// One row of the catalog, made ready for use.
final class MethodEntry {
  /// What a method means to the state of its connection.
  enum Role { case ordinary, initialize, shutdown, exit, cancel }

  let index: Int
  let definition: MethodDefinition
  let check: ParamsCheck
  let role: Role
  /// `"result":…}` of a method whose answer never changes.
  let constantTail: [UInt8]?

  init(index: Int, _ definition: MethodDefinition, schemas: JSONValue) {
    self.index = index
    self.definition = definition
    check = ParamsCheck(definition, schemas: schemas)
    role = Role(definition.name)
    if case .constant(let text) = definition.handler {
      constantTail = Array("\"result\":".utf8) + text + [UInt8(ascii: "}")]
    } else {
      constantTail = nil
    }
  }
}

extension MethodEntry.Role {
  fileprivate init(_ name: String) {
    self =
      switch name {
      case LifecycleMethod.initialize: .initialize
      case LifecycleMethod.shutdown: .shutdown
      case LifecycleMethod.exit: .exit
      case LifecycleMethod.cancel: .cancel
      default: .ordinary
      }
  }
}
