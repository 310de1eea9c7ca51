import Jansson
import ShellProtocol

extension Shell {
  func addWindowMethods(_ methods: inout MethodCatalogBuilder) {
    let scope = MethodDefinition.Mode.write { params in "window:\(params["window"]?.string ?? "")" }
    let errors: [ErrorCode] = [.invalidParams, .notFound, .refused, .pluginUnavailable, .timedOut]

    methods.add(
      MethodDefinition(
        "window/get", LocalizedText(ru: "Окно целиком", en: "The whole window"),
        params: windowParams(), result: MethodSchemas.window, mode: .read, errors: [.notFound],
        handler: onLoadedWindow { session, window, _ in session.toldJSON(window) }))
    methods.add(
      MethodDefinition(
        "window/render", LocalizedText(ru: "Окно обычным текстом", en: "The window as plain text"),
        params: windowParams([("width", ["type": "integer", "minimum": 20, "maximum": 400])]),
        result: MethodSchemas.object([("text", MethodSchemas.string)]), mode: .read, errors: [.notFound],
        handler: onLoadedWindow { [unowned self] session, window, request in
          session.tellPending(window)
          return ["text": JSONValue(text(of: window, session, width: request.params["width"]?.int ?? 80))]
        }))
    methods.add(
      MethodDefinition(
        "window/set", LocalizedText(ru: "Заполнить поля", en: "Fills in fields"),
        params: windowParams([("values", MethodSchemas.anyObject)], required: ["values"]),
        result: MethodSchemas.outcome, mode: scope, errors: errors,
        handler: onWindow { session, window, request, done in
          let values = (request.params["values"]?.members ?? []).map { ($0.key, $0.value) }
          session.set(window, values, request: request, done)
        }))
    methods.add(
      MethodDefinition(
        "window/press", LocalizedText(ru: "Нажать кнопку", en: "Presses a button"),
        params: windowParams([("button", MethodSchemas.id), ("row", MethodSchemas.id)], required: ["button"]),
        result: MethodSchemas.outcome, mode: scope, errors: errors,
        notifications: ["desktop/didChange", "window/didChange", "registry/didChange"],
        handler: onWindow { session, window, request, done in
          session.press(
            window, request.params["button"]?.string ?? "", row: request.params["row"]?.string, request: request, done)
        }))
    methods.add(
      MethodDefinition(
        "window/select", LocalizedText(ru: "Выбрать вкладку или строки", en: "Selects a tab or rows"),
        params: windowParams([
          ("tab", MethodSchemas.id), ("table", MethodSchemas.id),
          ("rows", ["type": "array", "items": ["type": "string"], "maxItems": 500]),
        ]),
        result: MethodSchemas.outcome, mode: scope, errors: errors,
        handler: onWindow { session, window, request, done in
          let rows = request.params["rows"]?.array.map { $0.compactMap(\.string) }
          let table = request.params["table"]?.string
          if let missing = rows.flatMap({ session.missing($0, of: table, in: window) }) {
            return done(.failure(.notFound("row", missing)))
          }
          done(session.select(window, tab: request.params["tab"]?.string, table: table, rows: rows))
        }))
    methods.add(
      MethodDefinition(
        "window/edit", LocalizedText(ru: "Изменить ячейки строки", en: "Edits cells of a row"),
        params: windowParams(
          [("table", MethodSchemas.id), ("row", MethodSchemas.id), ("values", MethodSchemas.anyObject)],
          required: ["table", "row", "values"]),
        result: MethodSchemas.outcome, mode: scope, errors: errors,
        handler: onWindow { session, window, request, done in
          session.edit(
            window, table: request.params["table"]?.string ?? "", row: request.params["row"]?.string ?? "",
            values: request.params["values"] ?? [:], request: request, done)
        }))
    methods.add(
      MethodDefinition(
        "window/close", LocalizedText(ru: "Закрыть окно", en: "Closes a window"), params: windowParams(),
        result: MethodSchemas.outcome, mode: scope, errors: [.notFound],
        handler: onWindow { session, window, _, done in
          done(.success(DesktopSession.outcome(session.close(window))))
        }))
  }

  private func windowParams(_ more: [(String, JSONValue)] = [], required: [String] = []) -> JSONValue {
    MethodSchemas.object([("window", MethodSchemas.id)] + more, required: ["window"] + required)
  }

  /// Answers when the plugins behind the window's tables are there: one may have been switched off and on again.
  private func onLoadedWindow(
    _ answer: @escaping (DesktopSession, OpenWindow, Request) -> JSONValue
  ) -> MethodDefinition.Handler {
    .deferred { [unowned self] request, responder in
      do throws(WireError) {
        let (session, window) = try window(of: request)
        loadTables(of: window) {
          responder.answer(answer(session, window, request))
        }
      } catch {
        responder.fail(error)
      }
    }
  }

  private func onWindow(
    _ act: @escaping (DesktopSession, OpenWindow, Request, @escaping DesktopSession.Pressed) -> Void
  ) -> MethodDefinition.Handler {
    .deferred { [unowned self] request, responder in
      do throws(WireError) {
        let (session, window) = try window(of: request)
        act(session, window, request) { result in
          switch result {
          case .success(let outcome): responder.answer(outcome)
          case .failure(let error): responder.fail(error)
          }
        }
      } catch {
        responder.fail(error)
      }
    }
  }

  /// The window that a request names.
  func window(of request: Request) throws(WireError) -> (DesktopSession, OpenWindow) {
    let session = session(of: request)
    let id = request.params["window"]?.string ?? ""
    guard let window = session.window(id) else { throw .notFound("window", id) }
    return (session, window)
  }
}
