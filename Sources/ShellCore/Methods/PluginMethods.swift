import Jansson
import PluginHost
import ShellProtocol

extension Shell {
  func addPluginMethods(_ methods: inout MethodCatalogBuilder) {
    methods.add(
      MethodDefinition(
        "plugin/list", LocalizedText(ru: "Модули и их состояние", en: "The plugins and how they are"),
        params: MethodSchemas.object([]), result: WireSchemas.list(of: "Plugin"), access: .signedIn,
        mode: .read,
        handler: .immediate { [unowned self] _ in .value(JSONValue(plugins.statuses().map(\.json))) }))
    for (name, words) in [
      ("plugin/enable", LocalizedText(ru: "Включить модуль", en: "Switches a plugin on")),
      ("plugin/disable", LocalizedText(ru: "Выключить модуль", en: "Switches a plugin off")),
    ] {
      methods.add(
        MethodDefinition(
          name, words, params: MethodSchemas.object([("plugin", MethodSchemas.id)], required: ["plugin"]),
          result: MethodSchemas.object([]), access: .administrator, mode: .barrier, errors: [.notFound],
          notifications: ["plugin/didChange", "desktop/didChange"],
          handler: .deferred { [unowned self] request, responder in
            switchPlugin(on: name == "plugin/enable", request, responder)
          }))
    }
    methods.add(
      MethodDefinition(
        "plugin/reload",
        LocalizedText(
          ru: "Заменить работающий модуль его изменённой библиотекой",
          en: "Puts a plugin's changed library in its place"),
        params: MethodSchemas.object([("plugin", MethodSchemas.id)], required: ["plugin"]),
        result: MethodSchemas.object([
          ("generation", ["type": "integer"]), ("manifestChanged", ["type": "boolean"]),
        ]), access: .administrator, mode: .write("plugins"), errors: [.notFound, .refused, .pluginUnavailable],
        notifications: ["plugin/didChange"],
        handler: .deferred { [unowned self] request, responder in reloadPlugin(request, responder) }))
  }

  private func reloadPlugin(_ request: Request, _ responder: Responder) {
    let id = request.params["plugin"]?.string ?? ""
    guard plugins.statuses().contains(where: { $0.id == id }) else { return responder.fail(.notFound("plugin", id)) }
    let session = session(of: request)
    plugins.reload(id) { [self] result in
      desk.run { [self] in
        switch result {
        case .success(let outcome):
          audit(session, "plugin.reload", trace: request.trace)
          responder.answer(outcome)
        case .failure(let failure): responder.fail(failure.wire)
        }
      }
    }
  }

  private func switchPlugin(on: Bool, _ request: Request, _ responder: Responder) {
    let id = request.params["plugin"]?.string ?? ""
    guard plugins.statuses().contains(where: { $0.id == id }) else { return responder.fail(.notFound("plugin", id)) }
    let session = session(of: request)
    // Off the desk: a plugin that is switched off may take its time to stop.
    background.write { [self] in
      if on { plugins.enable(id) } else { plugins.disable(id) }
      desk.run { [self] in
        audit(session, on ? "plugin.enable" : "plugin.disable", trace: request.trace)
        responder.answer(.empty)
      }
    }
  }
}
