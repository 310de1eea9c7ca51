import Jansson
import PluginHost
import ShellProtocol

extension Shell {
  func addSessionMethods(_ methods: inout MethodCatalogBuilder) {
    methods.add(
      MethodDefinition(
        "session/login", LocalizedText(ru: "Вход по логину и паролю", en: "Signs in with login and password"),
        params: MethodSchemas.object(
          [
            ("login", ["type": "string", "minLength": 1, "maxLength": 200]),
            ("password", ["type": "string", "maxLength": 1024]),
          ], required: ["login", "password"]),
        result: WireSchemas.ref("SignedIn"), access: .initialized, mode: .barrier,
        errors: [.signInRequired, .pluginUnavailable],
        examples: [
          .init("sign in", params: ["login": "admin", "password": "secret"], result: signedInShape, isShape: true)
        ],
        handler: .deferred { [unowned self] request, responder in
          logIn(
            ["login": request.params["login"] ?? "", "password": request.params["password"] ?? ""], request, responder)
        }))
    methods.add(
      MethodDefinition(
        "session/claim",
        LocalizedText(
          ru: "Вход владельца папки данных (тот же пользователь ОС) с правами администратора",
          en: "Signs the owner of the data folder in (the same OS user), with an administrator's rights"),
        params: MethodSchemas.object([]),
        result: WireSchemas.ref("SignedIn"),
        access: .initialized, mode: .barrier, errors: [.forbidden],
        examples: [.init("the folder's owner", result: signedInShape, isShape: true)],
        handler: .deferred { [unowned self] request, responder in claim(request, responder) }))
    methods.add(
      MethodDefinition(
        "session/logout", LocalizedText(ru: "Выход", en: "Signs out"), params: MethodSchemas.object([]),
        result: MethodSchemas.object([]), access: .signedIn, mode: .barrier,
        handler: .deferred { [unowned self] request, responder in logOut(request, responder) }))
    methods.add(
      MethodDefinition(
        "session/get", LocalizedText(ru: "Кто вошёл; null, если никто", en: "Who is signed in; null for nobody"),
        params: MethodSchemas.object([]),
        result: [
          "anyOf": [WireSchemas.object(["user": WireSchemas.ref("User")], required: ["user"]), ["type": "null"]]
        ],
        access: .initialized, mode: .read, examples: [.init("nobody is signed in yet", result: .null)],
        handler: .immediate { [unowned self] request in
          guard let user = session(of: request).signedIn?.publicUser else { return .value(.null) }
          return .value(["user": user])
        }))
  }

  /// What a sign-in answers with, and nothing in it.
  private var signedInShape: JSONValue {
    [
      "user": ["id": "", "login": "", "displayName": "", "roles": [], "organization": [:]],
      "desktop": ["revision": 2, "shortcuts": [], "startMenu": [], "windows": []],
    ]
  }

  /// The session of the browser behind the connection, if there is one, is gone before the answer.
  private func logOut(_ request: Request, _ responder: Responder) {
    let session = session(of: request)
    audit(session, "session.logout", trace: request.trace)
    let web = session.web
    session.end()
    guard let web else { return responder.answer(.emptyObject) }
    endWebConnections(key: web.key, reason: "logout", sparing: session)
    forgetWebSession(web.key) { responder.answer(.emptyObject) }
  }

  private func logIn(_ credentials: JSONValue, _ request: Request, _ responder: Responder) {
    let call = PluginCall(.service, "authentication.verify", params: credentials, trace: request.trace)
    self.call(call, request: request) { [self] result in
      switch result {
      case .failure(let failure): responder.fail(failure.wire(request.locale))
      case .success(let answer): welcome(answer["user"] ?? .emptyObject, request, responder)
      }
    }
  }

  private func welcome(_ user: JSONValue, _ request: Request, _ responder: Responder) {
    let session = session(of: request)
    if session.signedIn != nil { session.end() }
    session.begin(user, sessionID: nextSessionID())
    audit(session, "session.login", trace: request.trace)
    responder.answer(["user": session.signedIn?.publicUser ?? .null, "desktop": session.desktop()])
  }

  /// Whoever owns the folder could read and change it anyway; this way it is done through the host, and audited.
  private func claim(_ request: Request, _ responder: Responder) {
    let session = session(of: request)
    guard session.isOwner else { return responder.fail(.forbidden("session/claim")) }
    organization(request) { [self] organization in
      welcome(
        [
          "id": "os-owner", "login": "os-owner",
          "displayName": JSONValue(
            LocalizedText(ru: "Владелец сервера", en: "Owner of the host").text(request.locale)),
          "roles": ["administrator"], "organization": organization,
        ], request, responder)
    }
  }

  /// `{id, name, timeZone}` of the organization; an empty object when nobody knows it.
  private func organization(_ request: Request, _ done: @escaping (JSONValue) -> Void) {
    let call = PluginCall(.service, "authentication.organization", trace: request.trace)
    self.call(call, request: request) { result in
      // A host that serves no organization is still owned by somebody.
      done((try? result.get())?["organization"] ?? .emptyObject)
    }
  }

  /// Signs the one stdio client in as `login`, as the person who started the host may.
  package func signIn(_ conversation: Conversation, login: String, _ done: @escaping (WireError?) -> Void) {
    let call = PluginCall(.service, "authentication.user", params: ["login": JSONValue(login)])
    self.call(call, request: nil) { [self] result in
      switch result {
      case .failure(let failure): done(failure.wire)
      case .success(let answer):
        guard let session = conversation.context as? DesktopSession else { return done(nil) }
        session.begin(answer["user"] ?? .emptyObject, sessionID: nextSessionID())
        audit(session, "session.login", trace: "start")
        done(nil)
      }
    }
  }
}
