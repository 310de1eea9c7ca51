import PluginHost
import PluginKit

/// What people and scripts do.
extension PluginBench {
  /// Runs a command as a script does: its arguments are checked against the manifest's schema, and `access` and `when`
  /// against the user.
  @discardableResult
  public func execute(
    _ command: String, _ arguments: JSONValue = .emptyObject, as user: BenchUser = .administrator
  ) async throws -> BenchOutcome {
    let json = try await call("command/execute", ["command": JSONValue(command), "arguments": arguments], as: user)
    return BenchOutcome(self, user, json)
  }

  /// Calls a service, as another plugin does.
  @discardableResult
  public func ask(_ service: String, _ params: JSONValue = .emptyObject) async throws -> JSONValue {
    do throws(PluginFailure) {
      return try await host.plugins.call(PluginCall(.service, service, params: params))
    } catch {
      throw BenchRefusal([
        "code": JSONValue(error.code.rawValue), "message": JSONValue(error.message.ru),
        "data": error.wire.data.setting("kind", JSONValue(error.kind)),
      ])
    }
  }

  /// Opens a window by its type.
  public func open(
    window type: String, _ arguments: JSONValue = .emptyObject, as user: BenchUser = .administrator
  ) async throws -> BenchWindow {
    try await execute("eshBench.openWindow", ["window": JSONValue(type), "arguments": arguments], as: user).window()
  }

  /// Opens a registry: one of the plugin's own, or one of a `ScriptedPlugin` to which it adds something.
  public func open(
    registry: String, tab: String? = nil, as user: BenchUser = .administrator
  ) async throws -> BenchWindow {
    var arguments: JSONValue = ["registry": JSONValue(registry)]
    if let tab { arguments = arguments.setting("tab", JSONValue(tab)) }
    return try await execute("eshBench.openRegistry", arguments, as: user).window()
  }

  /// Follows the Start menu by titles or ids down to an item.
  @discardableResult
  public func choose(_ path: String..., as user: BenchUser = .administrator) async throws -> BenchOutcome {
    let json = try await call("startMenu/open", ["path": JSONValue(path.map { JSONValue($0) })], as: user)
    return BenchOutcome(self, user, json)
  }

  /// The rows of a registry's tab, as scripts get them: `{"id", "cells": {column: value}, …}`. Cells of columns that
  /// the plugin adds are called `plugin:column`.
  public func rows(
    of registry: String, tab: String? = nil, search: String? = nil, as user: BenchUser = .administrator
  ) async throws -> [JSONValue] {
    var params: JSONValue = ["registry": JSONValue(registry), "limit": 500]
    if let tab { params = params.setting("tab", JSONValue(tab)) }
    if let search { params = params.setting("search", JSONValue(search)) }
    return try await call("registry/query", params, as: user)["rows"]?.array ?? []
  }
}

/// What a command, a press or a change brought.
public struct BenchOutcome: Sendable {
  private let bench: PluginBench
  private let user: BenchUser
  /// `{"result"?, "effects": […]}` as clients get it.
  public let json: JSONValue

  init(_ bench: PluginBench, _ user: BenchUser, _ json: JSONValue) {
    self.bench = bench
    self.user = user
    self.json = json
  }

  /// What scripts get; null when there is nothing.
  public var result: JSONValue { json["result"] ?? .null }
  public var effects: [JSONValue] { json["effects"]?.array ?? [] }

  /// Windows that were opened, dialogs and pickers among them, in their order.
  public var windows: [BenchWindow] {
    effects.filter { $0["type"] == "openWindow" }.map { BenchWindow(bench, user, $0["window"] ?? .emptyObject) }
  }

  /// The last window that was opened; throws when there is none.
  public func window() throws -> BenchWindow {
    guard let window = windows.last else { throw BenchTrouble("no window was opened: \(json.text())") }
    return window
  }

  /// Whether that window was closed.
  public func closes(_ window: BenchWindow) -> Bool {
    effects.contains { $0["type"] == "closeWindow" && $0["id"]?.string == window.id }
  }
}
