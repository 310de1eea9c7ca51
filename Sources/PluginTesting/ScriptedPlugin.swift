import PluginKit

/// Plays a plugin that is not there: what the one under test reads, calls, hears and adds to.
///
///     let library = ScriptedPlugin("library")
///       .view("library_v1_readers", [["id": "r1", "name": "Ёлкина Анна"], ["id": "r2", "name": "Юдин Пётр"]])
///       .registry("readers", tab: "readers", of: "library_v1_readers", columns: ["name"])
///       .event("library.v1.readersChanged")
///       .service("library.fine") { params in ["rubles": 10] }
///
/// It is a real plugin for the host, with a manifest and migrations; only its code is the test's.
public struct ScriptedPlugin: Sendable {
  public typealias Answer = @Sendable (JSONValue) throws -> JSONValue

  public let id: String
  let version: String
  var views: [View] = []
  var registries: [Registry] = []
  var forms: [Form] = []
  var services: [(name: String, answer: Answer)] = []
  var events: [String] = []
  var contextKeys: [(String, JSONValue)] = []

  struct View: Sendable {
    let name: String
    let columns: [String]
    let rows: [JSONValue]
  }

  struct Registry: Sendable {
    let id: String
    let tab: String
    let title: Text
    let view: String
    let columns: [String]
  }

  struct Form: Sendable {
    let type: String
    let fields: [Field]
    let shares: [String]
  }

  /// `version`: what `requires` of the plugin under test is compared with.
  public init(_ id: String, version: String = "1.0.0") {
    self.id = id
    self.version = version
  }

  /// Publishes a view with these rows. `columns`: those that the rows do not show by themselves.
  public func view(_ name: String, _ rows: [JSONValue] = [], columns: [String] = []) -> ScriptedPlugin {
    var all = columns
    for (key, _) in rows.flatMap({ $0.members ?? [] }) where !all.contains(key) { all.append(key) }
    return adding { $0.views.append(View(name: name, columns: all.isEmpty ? ["id"] : all, rows: rows)) }
  }

  /// A registry with one tab of all rows of a view, which has a column `id`.
  public func registry(
    _ id: String, tab: String, _ title: Text? = nil, of view: String, columns: [String]
  ) -> ScriptedPlugin {
    adding {
      $0.registries.append(
        Registry(id: id, tab: tab, title: title ?? Text(stringLiteral: id), view: view, columns: columns))
    }
  }

  /// A form into which others may put elements; its fields show the arguments of their names. `shares`: the arguments
  /// and fields that others get to know.
  public func form(_ type: String, fields: [Field] = [], shares: [String] = []) -> ScriptedPlugin {
    adding { $0.forms.append(Form(type: type, fields: fields, shares: shares)) }
  }

  /// A service; what `answer` throws, best a `PluginError`, is the caller's error.
  public func service(_ name: String, _ answer: @escaping Answer) -> ScriptedPlugin {
    adding { $0.services.append((name, answer)) }
  }

  /// Events that `PluginBench.publish` publishes.
  public func event(_ names: String...) -> ScriptedPlugin { adding { $0.events += names } }

  /// A context key that clauses of the plugin under test may read; its type is that of the value.
  public func contextKey(_ name: String, _ value: JSONValue) -> ScriptedPlugin {
    adding { $0.contextKeys.append((name, value)) }
  }

  private func adding(_ change: (inout ScriptedPlugin) -> Void) -> ScriptedPlugin {
    var copy = self
    change(&copy)
    return copy
  }
}
