import Jansson
import ShellProtocol

/// The errors that the dispatcher itself answers with. Each `kind` stands here and nowhere else.
extension WireError {
  static func duplicateID(_ id: RequestID) -> WireError {
    var error = invalidRequest(
      "duplicateId", ru: "Запрос с таким id ещё выполняется", en: "A request with this id is in flight")
    error.data = ["id": id.json]
    return error
  }

  static var alreadyInitialized: WireError {
    WireError(
      .invalidRequest, kind: "lifecycle.alreadyInitialized",
      LocalizedText(ru: "Соединение уже инициализировано", en: "The connection is initialized already"))
  }

  static var shutDown: WireError {
    WireError(
      .invalidRequest, kind: "lifecycle.shutDown",
      LocalizedText(ru: "Соединение завершает работу: был shutdown", en: "The connection was shut down"))
  }

  static var notInitialized: WireError {
    WireError(
      .notInitialized, kind: "lifecycle.notInitialized",
      LocalizedText(ru: "Сначала нужен запрос initialize", en: "Send initialize first"))
  }

  static func methodNotFound(_ name: String) -> WireError {
    WireError(
      .methodNotFound, kind: "method.notFound",
      LocalizedText(ru: "Нет такого метода: «\(name)»", en: "No such method: '\(name)'"),
      data: ["method": JSONValue(name)])
  }

  static func cancelled(_ reason: CancelReason) -> WireError {
    WireError(
      .cancelled, kind: "request.cancelled",
      LocalizedText(ru: "Запрос отменён", en: "The request was cancelled"),
      data: ["reason": JSONValue(reason.rawValue)])
  }

  static func timedOut(_ timeoutMs: Int64) -> WireError {
    WireError(
      .timedOut, kind: "request.timedOut",
      LocalizedText(ru: "Ответ не готов за \(timeoutMs) мс", en: "No answer within \(timeoutMs) ms"),
      data: ["timeoutMs": JSONValue(timeoutMs)])
  }

  static func tooManyQueued(retryAfterMs: Int64) -> WireError {
    WireError(
      .overloaded, kind: "connection.overloaded",
      LocalizedText(
        ru: "Слишком много запросов ждут выполнения", en: "Too many requests of this connection are waiting"),
      data: ["retryAfterMs": JSONValue(retryAfterMs)])
  }

  /// The caller has to sign in first.
  package static var signInRequired: WireError {
    WireError(
      .signInRequired, kind: "session.required",
      LocalizedText(ru: "Необходимо войти в систему", en: "Sign in first"))
  }

  /// The caller is not allowed to do this. `permission` is a stable word.
  package static func forbidden(_ permission: String) -> WireError {
    WireError(
      .forbidden, kind: "access.forbidden",
      LocalizedText(ru: "Недостаточно прав", en: "You are not allowed to do this"),
      data: ["permission": JSONValue(permission)])
  }

  static func idempotencyMismatch(_ locale: Locale) -> WireError {
    var error = invalidParams(
      [
        Issue(
          path: "/_meta/idempotencyKey",
          LocalizedText(
            ru: "с этим ключом уже был другой запрос", en: "this key came with another request before"))
      ], locale)
    error.kind = "idempotency.mismatch"
    return error
  }

  /// A defect of ours, whose details are in the log under `trace`.
  static func defect(trace: String) -> WireError {
    WireError(
      .internal, kind: "internal.defect",
      LocalizedText(
        ru: "Внутренняя ошибка, номер в журнале: \(trace)", en: "Internal error; log trace: \(trace)"),
      data: ["trace": JSONValue(trace)])
  }
}
