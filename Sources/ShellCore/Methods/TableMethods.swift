import Jansson
import PluginHost
import ShellProtocol
import ShellStore

extension Shell {
  func addTableMethods(_ methods: inout MethodCatalogBuilder) {
    methods.add(
      MethodDefinition(
        "table/query", LocalizedText(ru: "Строки таблицы окна", en: "Rows of a window's table"),
        params: MethodSchemas.object(
          [("window", MethodSchemas.id), ("table", MethodSchemas.id)] + MethodSchemas.page,
          required: ["window", "table"]),
        result: MethodSchemas.rows, mode: .read,
        errors: [.invalidParams, .notFound, .pluginUnavailable, .overloaded, .timedOut],
        handler: .deferred { [unowned self] request, responder in
          do throws(WireError) {
            let (session, window) = try window(of: request)
            let id = request.params["table"]?.string ?? ""
            let placed = session.place(id, in: window)
            guard let table = placed.owner.table(placed.id) else { throw .notFound("table", id) }
            query(table, session, session.presentation, request, responder, names: placed.owner.placedAs?.names)
          } catch {
            responder.fail(error)
          }
        }))
    methods.add(
      MethodDefinition(
        "registry/list",
        LocalizedText(ru: "Реестры, доступные пользователю", en: "The registries that the user may open"),
        params: MethodSchemas.object([]), result: WireSchemas.list(of: "Registry"), mode: .read,
        handler: .immediate { [unowned self] request in .value(catalog.registries(session(of: request).clauseContext()))
        }))
    methods.add(
      MethodDefinition(
        "registry/query", LocalizedText(ru: "Строки реестра без окна", en: "Rows of a registry, with no window"),
        params: MethodSchemas.object(
          [("registry", MethodSchemas.id), ("tab", MethodSchemas.id)] + MethodSchemas.page, required: ["registry"]),
        result: MethodSchemas.rows, mode: .read,
        errors: [.invalidParams, .notFound, .forbidden, .pluginUnavailable, .overloaded, .timedOut],
        handler: .deferred { [unowned self] request, responder in
          do throws(WireError) {
            let table = try registryTable(request)
            let session = session(of: request)
            var presentation = session.presentation
            presentation.isForScripts = true
            query(table, session, presentation, request, responder)
          } catch {
            responder.fail(error)
          }
        }))
    methods.add(
      MethodDefinition(
        "registry/subscribe", LocalizedText(ru: "Сообщать об изменениях реестра", en: "Tells of a registry's changes"),
        params: MethodSchemas.object(
          [("registry", MethodSchemas.id), ("tab", MethodSchemas.id)], required: ["registry"]),
        result: MethodSchemas.object([("subscription", MethodSchemas.string)]), mode: .read,
        errors: [.notFound, .forbidden], notifications: ["registry/didChange"],
        handler: .deferred { [unowned self] request, responder in
          do throws(WireError) { try subscribe(request, responder) } catch { responder.fail(error) }
        }))
    methods.add(
      MethodDefinition(
        "registry/unsubscribe", LocalizedText(ru: "Больше не сообщать", en: "Ends a subscription"),
        params: MethodSchemas.object([("subscription", MethodSchemas.id)], required: ["subscription"]),
        result: MethodSchemas.object([]), mode: .read, errors: [.notFound],
        handler: .immediate { [unowned self] request throws(WireError) in
          let id = request.params["subscription"]?.string ?? ""
          guard session(of: request).subscriptions.removeValue(forKey: id) != nil else {
            throw .notFound("subscription", id)
          }
          return .empty
        }))
  }

  /// The table of a registry's tab, as an element of a window would be.
  private func registryTable(_ request: Request) throws(WireError) -> JSONValue {
    let session = session(of: request)
    let id = request.params["registry"]?.string ?? ""
    guard let content = catalog.registryContent(id, context: session.clauseContext()) else {
      throw catalog.hasRegistry(id) ? .forbidden("registry:\(id)") : .notFound("registry", id)
    }
    let visible = content[.tabs].filter { $0.flag("visible", default: true) }
    let tab = request.params["tab"]?.string ?? visible.first?["id"]?.string ?? ""
    guard visible.contains(where: { $0["id"]?.string == tab }) else { throw .notFound("tab", tab) }
    return content.element(.tables, tab) ?? ["id": JSONValue(tab)]
  }

  /// `names`: how clients call the buttons of a table that an extension brings.
  private func query(
    _ table: JSONValue, _ session: DesktopSession, _ presentation: Presentation, _ request: Request,
    _ responder: Responder, names: ExtensionNames? = nil
  ) {
    if let rows = WindowRows(table, request.locale) {
      let page = rows.page(PageRequest(request.params)).map { Reply.value($0) }
      return responder.complete(names.map { page.map($0.page) } ?? page)
    }
    guard let source = table["source"]?.string else {
      return responder.answer(.rendered(Array(#"{"columns":[],"rows":[],"total":0,"next":null}"#.utf8)))
    }
    // Without the plugins behind added columns the table is shown as well.
    loadTables(AddedColumns.sources(of: table).dropFirst()) { [self] in
      query(source, table, session, presentation, request, responder, names)
    }
  }

  private func query(
    _ source: String, _ table: JSONValue, _ session: DesktopSession, _ presentation: Presentation, _ request: Request,
    _ responder: Responder, _ names: ExtensionNames?
  ) {
    let arguments = table["arguments"] ?? .emptyObject
    withTable(source) { [self] result in
      switch result {
      case .failure(let failure): responder.fail(failure.wire(request.locale))
      case .success(let loaded):
        var page = PageRequest(request.params)
        page.parameters = parameters(arguments, session)
        page.presentation = presentation
        answer(loaded, page, table, request, responder, names)
      }
    }
  }

  private func answer(
    _ table: LoadedTable, _ page: PageRequest, _ element: JSONValue, _ request: Request, _ responder: Responder,
    _ names: ExtensionNames?
  ) {
    let (locale, overrides, added) = (request.locale, element["columns"], addedColumns(element))
    answer(table, request, responder) { [self] limit in
      var reply = self.page(table, page, overrides: overrides, limit: limit)
      if let added { reply = reply.map { added.fill($0, locale) { cells($0, $1, page) } } }
      return names.map { reply.map($0.page) } ?? reply
    }
  }

  private func subscribe(_ request: Request, _ responder: Responder) throws(WireError) {
    let session = session(of: request)
    let registry = request.params["registry"]?.string ?? ""
    let tab = request.params["tab"]?.string
    guard let content = catalog.registryContent(registry, context: session.clauseContext()) else {
      throw catalog.hasRegistry(registry) ? .forbidden("registry:\(registry)") : .notFound("registry", registry)
    }
    if let tab, content.element(.tabs, tab) == nil { throw .notFound("tab", tab) }
    let sources = content[.tables].filter { tab == nil || $0["tab"]?.string == tab }.flatMap(AddedColumns.sources)
    let id = session.nextSubscriptionID()
    session.subscriptions[id] = RegistrySubscription(
      registry: registry, tab: tab, tables: Set(sources), pauseMs: waits.newsMs)
    // Only of a loaded table is it known which changes touch it.
    loadTables(of: content) { responder.answer(["subscription": JSONValue(id)]) }
  }
}
