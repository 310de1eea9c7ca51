import PluginKit
import ShellTesting
import Synchronization

extension ScriptedPlugin {
  /// The plugin as one bench has it.
  func part() -> ScriptedPart { ScriptedPart(script: self, host: ScriptedHost(self)) }

  /// The table in which the rows of a view lie.
  func table(_ view: View) -> String {
    let prefix = String(id.map { $0 == "-" ? "_" : $0 })
    return "\(prefix)_scripted_\(view.name)"
  }

  /// The first word of names: `class-journal` gives `classJournal`.
  private var word: String {
    let parts = id.split(separator: "-")
    return parts.prefix(1).joined() + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  func source(_ registry: Registry) -> (id: String, source: TableSource) {
    let columns = registry.columns.map { TableSource.Column($0, Text(stringLiteral: $0), searchable: true) }
    let source = TableSource(from: registry.view, columns: columns, sort: [.init(registry.columns.first ?? "id")])
    return ("\(word).\(registry.tab)", source)
  }

  var manifest: JSONValue {
    func named(_ name: String) -> JSONValue { ["ru": JSONValue(name), "en": JSONValue(name)] }
    func list<Element>(_ elements: [Element], _ json: (Element) -> JSONValue) -> JSONValue {
      JSONValue(elements.map(json))
    }
    return [
      "manifestVersion": 1, "id": JSONValue(id), "version": JSONValue(version), "title": named(id),
      "library": "libScripted.so", "abi": ["major": 1, "minor": 0],
      "contextKeys": JSONValue(
        members: contextKeys.map { ($0, ["type": Self.type(of: $1), "scope": "all", "default": $1]) }),
      "publishes": [
        "views": list(views) { JSONValue($0.name) }, "events": list(events) { JSONValue($0) },
      ],
      "contributes": [
        "registries": list(registries) { ["id": JSONValue($0.id), "title": $0.title.json] },
        "tabs": list(registries) {
          [
            "registry": JSONValue($0.id), "id": JSONValue($0.tab), "title": $0.title.json,
            "table": JSONValue(source($0).id), "selection": "multiple",
          ]
        },
        "windows": list(forms) {
          [
            "type": JSONValue($0.type), "title": named($0.type), "extensible": true,
            "shares": JSONValue($0.shares.map { JSONValue($0) }),
          ]
        },
        "services": list(services) { ["name": JSONValue($0.name)] },
      ],
    ]
  }

  private static func type(of value: JSONValue) -> JSONValue {
    if value.bool != nil { return "boolean" }
    if value.string != nil { return "string" }
    return value.array != nil ? "list" : "number"
  }
}

/// A scripted plugin in one bench.
struct ScriptedPart {
  let script: ScriptedPlugin
  let host: ScriptedHost

  func plugin() throws -> TestPlugin {
    guard let table = unsafe PluginEntry.table(definition, hostMajor: 1) else { throw BenchTrouble("no table") }
    return unsafe TestPlugin(script.id, manifest: script.manifest, table: table)
  }

  private var definition: PluginDefinition {
    var plugin = PluginDefinition(id: script.id)
    if !script.views.isEmpty { plugin.migrations = [Migration("scripted", script.views.flatMap(statements))] }
    for registry in script.registries {
      let (id, source) = script.source(registry)
      plugin.table(id, source)
    }
    for form in script.forms {
      plugin.window(
        form.type,
        open: { call in
          var fields = form.fields
          for index in fields.indices {
            if let given = call.params["arguments"]?[fields[index].id] { fields[index].value = given }
          }
          return Window(title: Text(stringLiteral: form.type), fields: fields, buttons: [.cancel])
        })
    }
    for (name, answer) in script.services {
      plugin.service(name) { call throws -> JSONValue in try answer(call.params) }
    }
    plugin.activate = { [host, script] given in
      try given.write { transaction in
        for view in script.views { try host.put(view.rows, into: view, transaction) }
      }
      host.arrived(given)
    }
    return plugin
  }

  private func statements(_ view: ScriptedPlugin.View) -> [String] {
    let columns = view.columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let table = script.table(view)
    return ["CREATE TABLE \(table) (\(columns))", "CREATE VIEW \(view.name) AS SELECT \(columns) FROM \(table)"]
  }
}

/// The host as a scripted plugin knows it: the way in which a test changes its rows and publishes its events.
final class ScriptedHost: Sendable {
  private let script: ScriptedPlugin
  private let lent = Mutex<Host?>(nil)

  init(_ script: ScriptedPlugin) { self.script = script }

  func arrived(_ host: Host) { lent.withLock { $0 = host } }

  /// Whether the script publishes the event or the view.
  func publishes(_ name: String) -> Bool {
    script.events.contains(name) || script.views.contains { $0.name == name }
  }

  /// In one transaction: other rows for some views, and perhaps an event.
  func change(_ rows: [(view: String, rows: [JSONValue])], event: (name: String, payload: JSONValue)?) throws {
    guard let host = lent.withLock({ $0 }) else { throw BenchTrouble("plugin '\(script.id)' is not loaded") }
    try host.write { transaction in
      for (name, rows) in rows {
        guard let view = script.views.first(where: { $0.name == name }) else {
          throw BenchTrouble("plugin '\(script.id)' publishes no view '\(name)'")
        }
        try transaction.query("DELETE FROM \(script.table(view))")
        try put(rows, into: view, transaction)
      }
      if let event { try transaction.emit(event.name, event.payload) }
    }
  }

  func put(_ rows: [JSONValue], into view: ScriptedPlugin.View, _ transaction: Transaction) throws {
    guard !rows.isEmpty else { return }
    if let key = rows.flatMap({ $0.members ?? [] }).map(\.key).first(where: { !view.columns.contains($0) }) {
      throw BenchTrouble("the view '\(view.name)' has no column '\(key)'")
    }
    let columns = view.columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let places = view.columns.map { _ in "?" }.joined(separator: ", ")
    let values = rows.map { row in JSONValue(view.columns.map { row[$0] ?? .null }) }
    try transaction.insertMany(
      "INSERT INTO \(script.table(view)) (\(columns)) VALUES (\(places))", JSONValue(values))
  }
}
