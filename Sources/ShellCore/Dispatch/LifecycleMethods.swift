import Jansson
import ShellProtocol

/// Names that mean something to a connection itself.
enum LifecycleMethod {
  static let initialize = "initialize"
  static let initialized = "initialized"
  static let shutdown = "shutdown"
  static let exit = "exit"
  static let ping = "ping"
  static let cancel = "$/cancelRequest"
  static let discover = "rpc.discover"
}

let progressNotification = NotificationDefinition(
  "$/progress",
  LocalizedText(
    ru: "Ход выполнения запроса, в котором был progressToken", en: "How far a request with a progressToken is"
  ),
  params: [
    "type": "object", "required": ["token", "value"],
    "properties": ["token": ["type": ["string", "integer"]], "value": [:]],
  ])

/// The methods that every host has, whatever it hosts.
var lifecycleMethods: [MethodDefinition] {
  [
    initializeMethod,
    MethodDefinition(
      LifecycleMethod.initialized,
      LocalizedText(ru: "Клиент получил ответ на initialize", en: "The client has the answer to initialize"),
      params: ["type": "object", "additionalProperties": true], result: nil, access: .initialized,
      mode: .free,
      handler: .immediate { _ throws(WireError) in .empty }),
    MethodDefinition(
      LifecycleMethod.shutdown,
      LocalizedText(
        ru: "Завершает работу: отвечает, когда выполнено всё начатое",
        en: "Takes no more requests and answers once all others are done"),
      result: ["type": "object", "additionalProperties": false], access: .initialized, mode: .free,
      examples: [.init("shutdown", result: [:])],
      handler: .deferred { request, responder in request.conversation.shutDown(request, responder) }),
    MethodDefinition(
      LifecycleMethod.exit,
      LocalizedText(ru: "Закрывает соединение", en: "Ends the connection, on stdio also the process"),
      result: nil,
      access: .beforeInitialize, mode: .free,
      handler: .immediate { request throws(WireError) in
        request.conversation.leave()
        return .empty
      }),
    MethodDefinition(
      LifecycleMethod.ping, LocalizedText(ru: "Проверка связи", en: "Answers at once"),
      result: ["type": "object", "additionalProperties": false], access: .beforeInitialize, mode: .free,
      examples: [.init("ping", result: [:])], handler: .constant(Array("{}".utf8))),
    MethodDefinition(
      LifecycleMethod.cancel,
      LocalizedText(
        ru: "Отменяет запрос: он сразу получает ошибку −32800, если ответа ещё не было",
        en: "Cancels a request: it answers −32800 at once unless already done"),
      params: [
        "type": "object", "required": ["id"], "properties": ["id": ["type": ["integer", "string"]]],
      ], result: nil, access: .beforeInitialize, mode: .free,
      examples: [.init("by number", params: ["id": 7])],
      handler: .immediate { request throws(WireError) in
        if let id = request.params["id"].flatMap(RequestID.init) { request.conversation.cancel(id) }
        return .empty
      }),
    MethodDefinition(
      LifecycleMethod.discover,
      LocalizedText(ru: "Описание всех методов (OpenRPC)", en: "The OpenRPC document of this host"),
      result: ["type": "object", "required": ["openrpc", "info", "methods"]], access: .beforeInitialize,
      mode: .free,
      handler: .immediate { request throws(WireError) in
        .value(request.conversation.dispatcher.openRPC(for: request.conversation))
      }),
  ]
}

private var initializeMethod: MethodDefinition {
  MethodDefinition(
    LifecycleMethod.initialize,
    LocalizedText(
      ru: "Начинает работу с соединением", en: "Opens the conversation; everything else comes after it"),
    params: [
      // Other members, such as an editor's processId, are passed over here and nowhere else.
      "type": "object", "additionalProperties": true, "required": ["clientInfo"],
      "properties": [
        "clientInfo": [
          "type": "object", "required": ["name"],
          "properties": ["name": ["type": "string"], "version": ["type": ["string", "null"]]],
        ],
        "locale": ["type": ["string", "null"]], "capabilities": ["type": ["object", "null"]],
      ],
    ],
    result: [
      "type": "object", "required": ["serverInfo", "protocolVersion", "locale", "capabilities", "limits"],
      "properties": [
        "serverInfo": [
          "type": "object", "required": ["name", "version"],
          "properties": ["name": ["type": "string"], "version": ["type": "string"]],
        ],
        "protocolVersion": ["type": "string"], "locale": ["type": "string", "enum": ["ru", "en"]],
        "capabilities": ["type": "object"],
        "limits": ["type": "object", "additionalProperties": ["type": "integer"]],
      ],
    ],
    access: .beforeInitialize, mode: .free,
    examples: [
      .init(
        "a client in English", params: ["clientInfo": ["name": "editor"], "locale": "en"],
        result: [
          "serverInfo": ["name": "esh", "version": "0.1.0"], "protocolVersion": "1.0", "locale": "en",
          "capabilities": [:], "limits": Limits().json,
        ])
    ],
    handler: .immediate { request throws(WireError) in .value(request.conversation.initialize(request.params))
    })
}

extension Conversation {
  fileprivate func initialize(_ params: JSONValue) -> JSONValue {
    let identity = dispatcher.identity
    clientInfo = params["clientInfo"] ?? .null
    locale = params["locale"]?.string.flatMap(Locale.init(spokenAs:)) ?? .ru
    phase = .serving
    return [
      "serverInfo": ["name": JSONValue(identity.name), "version": JSONValue(identity.version)],
      "protocolVersion": JSONValue(HostIdentity.protocolVersion), "locale": JSONValue(locale.rawValue),
      "capabilities": identity.capabilities, "limits": dispatcher.limits.json,
    ]
  }

  fileprivate func shutDown(_ request: Request, _ responder: Responder) {
    wasShutDown = true
    excludeFromEnd(request)
    drain { responder.answer(.empty) }
  }
}

extension Locale {
  /// Reads `ru`, and also what editors send: `ru-RU`, `en_US.UTF-8`. Nil for a language that we don't speak.
  fileprivate init?(spokenAs tag: String) {
    let language = tag.lowercased().prefix { $0 != "-" && $0 != "_" && $0 != "." }
    self.init(rawValue: String(language))
  }
}

extension RequestID {
  /// Reads an id out of params.
  init?(_ json: JSONValue) {
    if let number = json.int64 {
      self = .integer(number)
    } else if let text = json.string {
      self = .string(text)
    } else {
      return nil
    }
  }
}
