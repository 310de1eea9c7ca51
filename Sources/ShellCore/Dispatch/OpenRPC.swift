import Jansson
import ShellProtocol

extension Dispatcher {
  /// The OpenRPC 1.4 document of this host, from the same rows that dispatch the calls.
  ///
  /// What the rows say is kept; the commands of plugins, and examples with what the session may see, are asked for
  /// each time.
  package func openRPC(for conversation: Conversation) -> JSONValue {
    let locale = conversation.locale
    let kept = discovery[locale] ?? OpenRPC(catalog, identity, locale).document
    discovery[locale] = kept
    let document = kept.setting("x-commands", pluginCommands(conversation))
    let live = liveExamples(conversation)
    guard !live.isEmpty else { return document }
    let methods = (document["methods"]?.array ?? []).map { method -> JSONValue in
      guard let more = live[method["name"]?.string ?? ""] else { return method }
      return method.setting(
        "examples", JSONValue((method["examples"]?.array ?? []) + more.map { OpenRPC.example($0) }))
    }
    return document.setting("methods", JSONValue(methods))
  }
}

/// Builds the document.
///
/// Beside the standard's members:
/// - of a method `x-mode`, `x-access`, `x-notifications` (which it may cause), and `x-additionalParams` when it takes others
/// - of an example `x-after`, calls `{method, params}` that come first on the same connection, and `x-shape` when its
///   result depends on the data and only its shape is meant
/// - of the document `x-notifications` (all that the host sends, with their params) and `x-commands` (what
///   `command/execute` takes: `name`, `title`, `enabled`, `params` as a JSON Schema), as far as the session may see
struct OpenRPC {
  private let catalog: MethodCatalog
  private let identity: HostIdentity
  private let locale: Locale

  init(_ catalog: MethodCatalog, _ identity: HostIdentity, _ locale: Locale) {
    self.catalog = catalog
    self.identity = identity
    self.locale = locale
  }

  private static let about = LocalizedText(
    ru: "Рабочий стол: окна, реестры и команды модулей по JSON-RPC 2.0. Параметры передаются по именам.",
    en: "A desktop: windows, registries and commands of plugins over JSON-RPC 2.0. Params go by name.")

  var document: JSONValue {
    [
      "openrpc": "1.4.0",
      "info": [
        "title": JSONValue(identity.name), "version": JSONValue(identity.version),
        "description": JSONValue(Self.about.text(locale)),
        "x-protocolVersion": JSONValue(HostIdentity.protocolVersion),
      ],
      "methods": JSONValue(catalog.definitions.sorted { $0.name < $1.name }.map(method)),
      "components": ["schemas": catalog.allSchemas, "errors": errors],
      "x-notifications": JSONValue(catalog.notifications.sorted { $0.name < $1.name }.map(notification)),
    ]
  }

  private func method(_ method: MethodDefinition) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", JSONValue(method.name)), ("summary", JSONValue(method.summary.text(locale))),
      ("paramStructure", "by-name"), ("params", params(method.params)),
    ]
    if let result = method.result { members.append(("result", ["name": "result", "schema": result])) }
    let codes = method.allErrors
    if !codes.isEmpty {
      members.append(
        (
          "errors",
          JSONValue(codes.map { ["$ref": JSONValue("#/components/errors/\($0.componentName)")] as JSONValue })
        ))
    }
    if !method.examples.isEmpty { members.append(("examples", JSONValue(method.examples.map { Self.example($0) }))) }
    members += [("x-mode", JSONValue(method.mode.name)), ("x-access", JSONValue(method.access.rawValue))]
    if !method.notifications.isEmpty {
      members.append(("x-notifications", JSONValue(method.notifications.map { JSONValue($0) })))
    }
    if ParamsCheck.closed(method.params)["additionalProperties"]?.bool == true {
      members.append(("x-additionalParams", true))
    }
    return JSONValue(members: members)
  }

  /// Required params first, as the standard asks, then in the order of the row.
  private func params(_ schema: JSONValue) -> JSONValue {
    let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
    let all = schema["properties"]?.members ?? []
    let ordered = all.filter { required.contains($0.key) } + all.filter { !required.contains($0.key) }
    return JSONValue(
      ordered.map { name, schema in
        var descriptor: JSONValue = [
          "name": JSONValue(name), "schema": schema, "required": JSONValue(required.contains(name)),
        ]
        if let words = schema["description"] { descriptor = descriptor.setting("description", words) }
        return descriptor
      })
  }

  static func example(_ example: MethodDefinition.Example) -> JSONValue {
    let params = (example.params.members ?? []).map { name, value -> JSONValue in
      ["name": JSONValue(name), "value": value]
    }
    var pairing: JSONValue = ["name": JSONValue(example.name), "params": JSONValue(params)]
    if !example.after.isEmpty {
      let steps = example.after.map { ["method": JSONValue($0.method), "params": $0.params] as JSONValue }
      pairing = pairing.setting("x-after", JSONValue(steps))
    }
    if example.isShape { pairing = pairing.setting("x-shape", true) }
    guard let result = example.result else { return pairing }
    return pairing.setting("result", ["name": "result", "value": result])
  }

  private func notification(_ notification: NotificationDefinition) -> JSONValue {
    [
      "name": JSONValue(notification.name), "summary": JSONValue(notification.summary.text(locale)),
      "params": params(notification.params),
    ]
  }

  private var errors: JSONValue {
    let codes = Set(catalog.definitions.flatMap(\.allErrors))
    let sorted = codes.sorted { $0.rawValue > $1.rawValue }
    return JSONValue(
      members: sorted.map { code in
        (
          code.componentName,
          ["code": JSONValue(code.rawValue), "message": JSONValue(code.meaning.text(locale))]
        )
      })
  }
}

extension MethodDefinition {
  /// Its own errors, and those that its access and params bring with them. Each code once.
  fileprivate var allErrors: [ErrorCode] {
    var codes = errors
    if access != .beforeInitialize { codes.append(.notInitialized) }
    if access == .signedIn || access == .administrator { codes.append(.signInRequired) }
    if access == .administrator { codes.append(.forbidden) }
    if (params["properties"]?.count ?? 0) > 0 { codes.append(.invalidParams) }
    return Array(Set(codes)).sorted { $0.rawValue > $1.rawValue }
  }
}

extension ErrorCode {
  /// The code's name under `components/errors`.
  fileprivate var componentName: String {
    switch self {
    case .parse: "parse"
    case .invalidRequest: "invalidRequest"
    case .methodNotFound: "methodNotFound"
    case .invalidParams: "invalidParams"
    case .internal: "internal"
    case .notInitialized: "notInitialized"
    case .cancelled: "cancelled"
    case .signInRequired: "signInRequired"
    case .forbidden: "forbidden"
    case .notFound: "notFound"
    case .conflict: "conflict"
    case .pluginUnavailable: "pluginUnavailable"
    case .overloaded: "overloaded"
    case .timedOut: "timedOut"
    case .refused: "refused"
    default: "code\(rawValue.magnitude)"
    }
  }

  fileprivate var meaning: LocalizedText {
    switch self {
    case .parse: LocalizedText(ru: "Это не JSON", en: "Parse error")
    case .invalidRequest: LocalizedText(ru: "Неверный запрос", en: "Invalid request")
    case .methodNotFound: LocalizedText(ru: "Нет такого метода", en: "Method not found")
    case .invalidParams: LocalizedText(ru: "Неверные параметры", en: "Invalid params")
    case .internal: LocalizedText(ru: "Внутренняя ошибка", en: "Internal error")
    case .notInitialized: LocalizedText(ru: "Сначала нужен initialize", en: "Not initialized")
    case .cancelled: LocalizedText(ru: "Запрос отменён", en: "Cancelled")
    case .signInRequired: LocalizedText(ru: "Необходимо войти в систему", en: "Sign-in required")
    case .forbidden: LocalizedText(ru: "Недостаточно прав", en: "Forbidden")
    case .notFound: LocalizedText(ru: "Не найдено", en: "Not found")
    case .conflict: LocalizedText(ru: "Данные изменил кто-то другой", en: "Someone changed it meanwhile")
    case .pluginUnavailable:
      LocalizedText(ru: "Модуль недоступен", en: "The plugin has failed or is disabled")
    case .overloaded: LocalizedText(ru: "Перегрузка", en: "Overloaded")
    case .timedOut: LocalizedText(ru: "Время истекло", en: "Timed out")
    case .refused: LocalizedText(ru: "Отказано по правилам", en: "Refused by a rule")
    default: LocalizedText(ru: "Ошибка \(rawValue)", en: "Error \(rawValue)")
    }
  }
}
