import Jansson
import ShellProtocol

extension Shell {
  func addDesktopMethods(_ methods: inout MethodCatalogBuilder) {
    methods.add(
      MethodDefinition(
        "desktop/get",
        LocalizedText(ru: "Рабочий стол: ярлыки, «Пуск», окна", en: "The desktop: shortcuts, Start menu, windows"),
        params: MethodSchemas.object([]), result: WireSchemas.ref("Desktop"), access: .signedIn, mode: .read,
        handler: .immediate { [unowned self] request in .value(session(of: request).desktop()) }))
    methods.add(
      MethodDefinition(
        "startMenu/open",
        LocalizedText(ru: "Открыть пункт меню «Пуск»", en: "Opens an item of the Start menu"),
        params: MethodSchemas.object(
          [("path", ["type": "array", "items": MethodSchemas.id, "minItems": 1, "maxItems": 16])], required: ["path"]),
        result: MethodSchemas.outcome, access: .signedIn, mode: .write("desktop"),
        errors: [.notFound, .forbidden, .pluginUnavailable],
        handler: .deferred { [unowned self] request, responder in openMenu(request, responder) }))
    methods.add(
      MethodDefinition(
        "shortcut/open", LocalizedText(ru: "Открыть ярлык", en: "Opens a shortcut"),
        params: MethodSchemas.object([("id", MethodSchemas.id)], required: ["id"]), result: MethodSchemas.outcome,
        access: .signedIn, mode: .write("desktop"), errors: [.notFound, .forbidden, .pluginUnavailable],
        handler: .deferred { [unowned self] request, responder in
          let session = session(of: request)
          let name = request.params["id"]?.string ?? ""
          open(catalog.shortcut(name, session.clauseContext()), session, request, responder)
        }))
    methods.add(
      MethodDefinition(
        "command/list", LocalizedText(ru: "Доступные команды", en: "The commands that the user may run"),
        params: MethodSchemas.object([]), result: WireSchemas.list(of: "Command"), access: .signedIn,
        mode: .read,
        handler: .immediate { [unowned self] request in .value(catalog.commands(session(of: request).clauseContext())) }
      ))
    methods.add(
      MethodDefinition(
        "command/execute", LocalizedText(ru: "Выполнить команду", en: "Runs a command"),
        params: MethodSchemas.object(
          [("command", MethodSchemas.id), ("arguments", MethodSchemas.anyObject)], required: ["command"]),
        result: MethodSchemas.outcome, access: .signedIn,
        mode: .write { params in "command:\(params["command"]?.string?.prefix { $0 != "." } ?? "")" },
        errors: [.invalidParams, .forbidden, .notFound, .refused, .pluginUnavailable, .timedOut],
        notifications: ["desktop/didChange", "window/didChange", "registry/didChange"],
        handler: .deferred { [unowned self] request, responder in
          session(of: request).execute(
            request.params["command"]?.string ?? "", request.params["arguments"] ?? [:], request, responder)
        }))
  }

  /// Follows titles or ids down to an item; one step more may name a tab of its registry.
  private func openMenu(_ request: Request, _ responder: Responder) {
    let session = session(of: request)
    let path = (request.params["path"]?.array ?? []).compactMap(\.string)
    open(catalog.item(path: path, session.clauseContext()), session, request, responder)
  }

  private func open(
    _ item: Result<(command: String, arguments: JSONValue), WireError>, _ session: DesktopSession, _ request: Request,
    _ responder: Responder
  ) {
    switch item {
    case .success(let call): session.execute(call.command, call.arguments, request, responder)
    case .failure(let error): responder.fail(error)
    }
  }
}
