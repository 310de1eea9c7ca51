import Jansson
import PluginHost
import ShellProtocol

extension DesktopSession {
  /// Runs a command for this session: the one way for menus, shortcuts, buttons and scripts alike, so the same
  /// predicate decides everywhere. The outcome is the plugin's, its effects not yet carried out.
  func run(
    _ command: String, _ arguments: JSONValue, request: Request?,
    _ done: @escaping (Result<JSONValue, PluginFailure>) -> Void
  ) {
    switch shell.catalog.mayRun(command, clauseContext()) {
    case .failure(let error): return done(.failure(PluginFailure(error)))
    case .success(.builtIn): return done(runBuiltIn(command, arguments))
    case .success(.plugin(let schema)):
      let issues = schema.validate(arguments).map {
        PluginFailure.Issue(path: $0.path, message: LocalizedText(ru: $0.ru, en: $0.en))
      }
      guard issues.isEmpty else {
        return done(
          .failure(
            PluginFailure(
              .invalidParams, kind: "params.invalid",
              LocalizedText(ru: "Неверные параметры", en: "Invalid params"), issues: issues)))
      }
    }
    let call = PluginCall(
      .command, command, params: arguments, session: pluginSession, deadlineMs: request?.meta.deadlineMs,
      trace: request?.trace ?? "-", idempotency: request?.pluginIdempotency)
    shell.call(call, request: request, done)
  }

  private func runBuiltIn(_ command: String, _ arguments: JSONValue) -> Result<JSONValue, PluginFailure> {
    guard command == DesktopCatalog.openRegistryCommand, let registry = arguments["registry"]?.string else {
      return .failure(PluginFailure(.notFound("command", command)))
    }
    guard shell.catalog.registryContent(registry, context: clauseContext()) != nil else {
      let error =
        shell.catalog.hasRegistry(registry)
        ? WireError.forbidden("registry:\(registry)") : .notFound("registry", registry)
      return .failure(PluginFailure(error))
    }
    var effect: JSONValue = ["type": "openRegistry", "registry": JSONValue(registry)]
    if let tab = arguments["tab"]?.string { effect = effect.setting("tab", JSONValue(tab)) }
    return .success(["effects": [effect]])
  }

  /// Runs a command and answers with its `Outcome`.
  func execute(_ command: String, _ arguments: JSONValue, _ request: Request, _ responder: Responder) {
    run(command, arguments, request: request) { [self] result in
      switch result {
      case .failure(let failure): responder.fail(failure.wire(locale))
      case .success(let outcome):
        perform(outcome["effects"]?.array ?? [], source: nil, request: request) { effects in
          responder.answer(Self.outcome(effects, result: outcome["result"]))
        }
      }
    }
  }

  /// `{result?, effects}`.
  static func outcome(_ effects: [JSONValue], result: JSONValue? = nil) -> JSONValue {
    guard let result, !result.isNull else { return ["effects": JSONValue(effects)] }
    return ["effects": JSONValue(effects), "result": result]
  }
}

extension Request {
  /// The key against doing it twice, with the fingerprint under which its answer is kept.
  var pluginIdempotency: PluginCall.Idempotency? {
    meta.idempotencyKey.map { PluginCall.Idempotency(key: $0, requestHash: String(IdempotencyGate.hash(self))) }
  }
}

extension PluginFailure {
  init(_ error: WireError) {
    self.init(error.code, kind: error.kind, error.message, data: error.data)
  }

  /// The error as a client of that language sees it, issues included.
  func wire(_ locale: Locale) -> WireError {
    var error = wire
    guard !issues.isEmpty else { return error }
    let list = issues.map { issue -> JSONValue in
      ["path": JSONValue(issue.path), "message": JSONValue(issue.message.text(locale))]
    }
    error.data = error.data.setting("issues", JSONValue(list))
    return error
  }
}
