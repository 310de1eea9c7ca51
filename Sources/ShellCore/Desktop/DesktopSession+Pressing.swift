import Jansson
import PluginHost
import ShellProtocol

extension DesktopSession {
  typealias Pressed = (Result<JSONValue, WireError>) -> Void

  /// What a press of a button does. `done` gets the `Outcome`.
  func press(
    _ window: OpenWindow, _ id: String, row: String?, arguments: JSONValue = .emptyObject, request: Request,
    _ done: @escaping Pressed
  ) {
    if id.hasPrefix("pick:") {
      let field = place(String(id.dropFirst("pick:".count)), in: window)
      return pressPick(field.owner, field.id, done)
    }
    let button = place(id, in: window)
    press(own: button.id, of: button.owner, row: row, arguments: arguments, request: request, done)
  }

  /// The same for a button of the window itself.
  private func press(
    own id: String, of window: OpenWindow, row: String?, arguments: JSONValue, request: Request,
    _ done: @escaping Pressed
  ) {
    renew(window)
    guard let button = window.button(id) else { return done(.failure(.notFound("button", id))) }
    if let refusal = refusal(window, button, row: row) { return done(.failure(refusal)) }
    if window.type == "picker", id == "select" { return choose(window, request, done) }
    if button["close"]?.bool == true {
      return done(.success(Self.outcome(close(window.shownIn))))
    } else if let press = button["press"], let parent = window.parent.flatMap({ standing($0) }) {
      let closed = close(window)
      self.press(
        parent, press["button"]?.string ?? "", row: nil, arguments: press["arguments"] ?? [:], request: request
      ) { result in
        done(result.map { Self.outcome(closed + ($0["effects"]?.array ?? []), result: $0["result"]) })
      }
    } else if let open = button["open"] {
      let arguments = CommandArguments(window: window, row: row, button: button, schema: nil)
        .resolve(open["arguments"] ?? [:])
      let effect: JSONValue = ["type": "openWindow", "window": open["window"] ?? "", "arguments": arguments]
      perform([effect], source: window, request: request) { done(.success(Self.outcome($0))) }
    } else if button["action"]?.string == "refresh" {
      refresh(window, done)
    } else if let command = button["command"]?.string {
      pressCommand(window, button, command, row: row, extra: arguments, request: request, done)
    } else if window.type == "dialog" || window.type == "picker" {
      done(.success(Self.outcome(close(window))))
    } else {
      ask(window, id, row: row, arguments: arguments, request: request, done)
    }
  }

  private func refusal(_ window: OpenWindow, _ button: JSONValue, row: String?) -> WireError? {
    let label = LocalizedText(button["label"]) ?? LocalizedText(verbatim: button["id"]?.string ?? "")
    guard button.flag("visible", default: true) else {
      return WireError(
        .refused, kind: "button.hidden",
        LocalizedText(ru: "Кнопка «\(label.ru)» сейчас недоступна", en: "The button '\(label.en)' is not shown now"))
    }
    guard button.flag("enabled", default: true) else {
      let why = LocalizedText(button["why"])
      return WireError(
        .refused, kind: "button.disabled",
        why ?? LocalizedText(ru: "Кнопка «\(label.ru)» недоступна", en: "The button '\(label.en)' is disabled"))
    }
    if button.flag("row", default: false), row == nil {
      return .invalidParams(
        [.init(path: "/row", LocalizedText(ru: "Кнопка нажимается в строке", en: "The button is pressed in a row"))],
        locale)
    }
    return nil
  }

  /// Runs a button's command with arguments from the form's fields, the selection or the row.
  private func pressCommand(
    _ window: OpenWindow, _ button: JSONValue, _ command: String, row: String?, extra: JSONValue, request: Request,
    _ done: @escaping Pressed
  ) {
    if window.content.kind == .form, markUnfitFields(window) {
      return done(.success(Self.outcome(updateEffect(window).map { [$0] } ?? [])))
    }
    let schema = shell.catalog.schema(of: command)
    let given = CommandArguments(window: window, row: row, button: button, schema: schema)
      .resolve(button["arguments"] ?? [:])
    run(command, given.merging(extra), request: request) { [self] result in
      switch result {
      case .success(let outcome): commandSucceeded(window, button, outcome, request, done)
      case .failure(let failure): commandFailed(window, failure, request, done)
      }
    }
  }

  private func commandSucceeded(
    _ window: OpenWindow, _ button: JSONValue, _ outcome: JSONValue, _ request: Request, _ done: @escaping Pressed
  ) {
    let effects = outcome["effects"]?.array ?? []
    // A form is not an extension's to close, unless it says so.
    let closes = window.registry == nil && window.form == nil && button["keepOpen"]?.bool != true
    perform(effects, source: window, request: request) { [self] applied in
      // Closed first, so that what opens now stands in front; unless the command closed it already.
      let closed = closes ? close(window) : []
      done(.success(Self.outcome(closed + applied.filter { !Self.updates($0, of: closed) }, result: outcome["result"])))
    }
  }

  private static func updates(_ effect: JSONValue, of closed: [JSONValue]) -> Bool {
    effect["type"] == "updateWindow" && closed.contains { $0["id"] == effect["id"] }
  }

  /// A refusal marks the fields that it names and shows the rest as a message; defects stay errors.
  private func commandFailed(
    _ window: OpenWindow, _ failure: PluginFailure, _ request: Request, _ done: @escaping Pressed
  ) {
    guard failure.code == .refused || failure.code == .invalidParams || failure.level != nil else {
      return done(.failure(failure.wire(locale)))
    }
    var unmarked: [LocalizedText] = []
    for issue in failure.issues {
      let field = String(issue.path.dropFirst().prefix { $0 != "/" })
      if let target = fieldNamed(window, field) {
        window.content.update(.fields, target, ["error": issue.message.json])
      } else {
        unmarked.append(issue.message)
      }
    }
    var effects: [JSONValue] = []
    if failure.level != nil || failure.issues.isEmpty || !unmarked.isEmpty {
      let message = failure.level == nil ? unmarked.first ?? failure.message : failure.message
      effects.append(["type": "dialog", "level": JSONValue(failure.level ?? "error"), "text": message.json])
    }
    perform(effects, source: window, request: request) { done(.success(Self.outcome($0))) }
  }

  /// The field that gave the argument of that name.
  private func fieldNamed(_ window: OpenWindow, _ argument: String) -> String? {
    if window.content.element(.fields, argument) != nil { return argument }
    for button in window.content[.buttons] {
      guard let value = button["arguments"]?[argument]?.string, value.hasPrefix("=") else { continue }
      let field = String(value.dropFirst())
      return window.content.element(.fields, field) == nil ? nil : field
    }
    return nil
  }

  /// Marks required fields that are empty, and dates that are none; true when there are any.
  private func markUnfitFields(_ window: OpenWindow) -> Bool {
    var isMarked = false
    for field in window.content[.fields] where field.flag("visible", default: true) {
      var problem: LocalizedText?
      if field.flag("required", default: false), FieldInput.isEmpty(field["value"]) {
        problem = LocalizedText(ru: "Обязательное поле", en: "Required")
      } else if field["type"] == "date" {
        problem = FieldInput.problem(field, field["value"] ?? .null)
      }
      guard let problem else { continue }
      window.content.update(.fields, field["id"]?.string ?? "", ["error": problem.json])
      isMarked = true
    }
    return isMarked
  }

  /// Asks the window's plugin.
  func ask(
    _ window: OpenWindow, _ button: String, row: String?, arguments: JSONValue, request: Request,
    _ done: @escaping Pressed
  ) {
    var params: JSONValue = [
      "window": window.content.description(selected: window.selected), "state": window.state,
      "button": JSONValue(button), "arguments": arguments,
    ]
    if let row { params = params.setting("row", JSONValue(row)) }
    let call = PluginCall(
      .windowPressed, window.type, params: params, session: pluginSession, trace: request.trace,
      idempotency: request.pluginIdempotency)
    let reads = NotedReads()
    shell.call(call, request: request, reads: window.upkeep == nil ? nil : reads.add) { [self] result in
      window.upkeep?.reads.formUnion(reads.all)
      switch result {
      case .success(let answer): take(answer, window, request) { done(.success(Self.outcome($0))) }
      case .failure(let failure): commandFailed(window, failure, request, done)
      }
    }
  }

  /// Takes a plugin's answer about a window: `{patch?, state?, effects?}`.
  func take(_ answer: JSONValue, _ window: OpenWindow, _ request: Request, _ done: @escaping ([JSONValue]) -> Void) {
    window.take(answer)
    shell.dropForeignTables(&window.content, type: window.type)
    shell.loadTables(of: window.content) { [self] in
      perform(answer["effects"]?.array ?? [], source: window, request: request, done)
    }
  }

  private func refresh(_ window: OpenWindow, _ done: @escaping Pressed) {
    for table in window.content[.tables] { window.tableRevisions[table["id"]?.string ?? "", default: 1] += 1 }
    var effects = updateEffect(window).map { [$0] } ?? []
    if let registry = window.registry {
      var effect: JSONValue = ["type": "refresh", "registry": JSONValue(registry)]
      if let tab = window.currentTab { effect = effect.setting("tab", JSONValue(tab)) }
      effects.append(effect)
    }
    done(.success(Self.outcome(effects)))
  }
}
