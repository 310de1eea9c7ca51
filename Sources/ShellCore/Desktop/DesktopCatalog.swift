import JSONSchema
import Jansson
import PluginHost
import ShellProtocol
import WhenClause

/// The catalog of contributions as one person sees it: each answer is filtered by the rules with which the same
/// things are executed.
struct DesktopCatalog {
  static let openRegistryCommand = Catalog.openRegistryCommand

  let catalog: Catalog

  func defaultValue(_ key: String) -> WhenValue { catalog.defaultValue(of: key) }

  func shortcuts(_ context: ClauseContext) -> JSONValue {
    catalog.shortcuts(locale: context.locale, context: context.value)
  }

  func startMenu(_ context: ClauseContext) -> JSONValue {
    catalog.startMenu(locale: context.locale, context: context.value)
  }

  func registries(_ context: ClauseContext) -> JSONValue {
    catalog.registries(locale: context.locale, context: context.value)
  }

  func hasRegistry(_ id: String) -> Bool { catalog.registry(id) != nil }

  /// The window type, if the person may open it.
  func window(_ type: String, _ context: ClauseContext) -> Result<Catalog.Window, WireError> {
    guard let window = catalog.window(type) else { return .failure(.notFound("window", type)) }
    return verdict(window.rule, type, context).map { window }
  }

  /// `[{id, title, enabled, params}]` of the commands that the person may run, by id.
  func commands(_ context: ClauseContext) -> JSONValue {
    JSONValue(
      catalog.commands.values.sorted { $0.id < $1.id }.compactMap { command -> JSONValue? in
        let verdict = command.rule.verdict(context.value)
        guard verdict != .forbidden else { return nil }
        return [
          "id": JSONValue(command.id), "title": JSONValue(command.title.text(context.locale)),
          "enabled": JSONValue(verdict == .allowed), "params": command.params,
        ]
      })
  }

  enum Runnable {
    case builtIn
    case plugin(JSONSchema)
  }

  /// Whether the person may run a command, and how its arguments are checked.
  func mayRun(_ id: String, _ context: ClauseContext) -> Result<Runnable, WireError> {
    if id == Self.openRegistryCommand { return .success(.builtIn) }
    guard let command = catalog.command(id) else { return .failure(.notFound("command", id)) }
    return verdict(command.rule, id, context).map { .plugin(command.schema) }
  }

  /// What a command takes; nil for one that is not there or is the host's own.
  func schema(of command: String) -> JSONSchema? { catalog.command(command)?.schema }

  private func verdict(_ rule: Catalog.Rule, _ id: String, _ context: ClauseContext) -> Result<Void, WireError> {
    switch rule.verdict(context.value) {
    case .allowed: .success(())
    case .forbidden: .failure(.forbidden(id))
    case .unavailable: .failure(.unavailable)
    }
  }

  /// The item of the Start menu that a path of titles or ids leads to; its arguments name the tab of a last step.
  func item(path: [String], _ context: ClauseContext) -> Result<(command: String, arguments: JSONValue), WireError> {
    switch catalog.find(startMenu: path, context: context.value) {
    case .item(let item, let tab): return .success(Self.call(item, tab: tab?.id))
    case .refused(let verdict, let item): return .failure(Self.error(verdict, item.id))
    case .group(let group): return .failure(.notFound("startMenu", group.id))
    case .nowhere(let step):
      return .failure(.notFound("startMenu", path.prefix(step + 1).joined(separator: "/")))
    }
  }

  /// The shortcut of that id or title.
  func shortcut(_ name: String, _ context: ClauseContext) -> Result<(command: String, arguments: JSONValue), WireError>
  {
    guard let found = catalog.find(shortcut: name, context: context.value) else {
      return .failure(.notFound("shortcut", name))
    }
    guard found.verdict == .allowed else { return .failure(Self.error(found.verdict, found.item.id)) }
    return .success(Self.call(found.item, tab: nil))
  }

  private static func call(_ item: Catalog.Item, tab: String?) -> (command: String, arguments: JSONValue) {
    let arguments = item.arguments ?? .emptyObject
    return (item.command, tab.map { arguments.setting("tab", JSONValue($0)) } ?? arguments)
  }

  private static func error(_ verdict: Catalog.Verdict, _ id: String) -> WireError {
    verdict == .forbidden ? .forbidden(id) : .unavailable
  }
}

extension WireError {
  /// A rule of the domain says: not now.
  static let unavailable = WireError(
    .refused, kind: "command.unavailable",
    LocalizedText(ru: "Сейчас это действие недоступно", en: "This cannot be done now"))
}
