import Jansson
import ShellProtocol

/// Why a call into a plugin brought no result: the plugin's own words, or the host's when the plugin could
/// not say any.
package struct PluginFailure: Error, Sendable {
  /// One thing wrong with one argument. `path` is a JSON Pointer into the arguments.
  package struct Issue: Sendable, Equatable {
    package var path: String
    package var message: LocalizedText

    package init(path: String, message: LocalizedText) {
      self.path = path
      self.message = message
    }
  }

  package var code: ErrorCode
  /// A stable dotted word for programs, such as "notes.notYours".
  package var kind: String
  package var message: LocalizedText
  package var issues: [Issue]
  /// How a window shows it: "info", "warning", "error" or "system"; nil when the plugin did not say.
  package var level: String?
  /// Milliseconds after which trying again may help.
  package var retryAfterMs: Int64?
  /// Further members for clients, an object.
  package var data: JSONValue

  package init(
    _ code: ErrorCode, kind: String, _ message: LocalizedText, issues: [Issue] = [], level: String? = nil,
    retryAfterMs: Int64? = nil, data: JSONValue = .emptyObject
  ) {
    self.code = code
    self.kind = kind
    self.message = message
    self.issues = issues
    self.level = level
    self.retryAfterMs = retryAfterMs
    self.data = data
  }

  /// The error as clients see it.
  package var wire: WireError {
    var data = data
    if !issues.isEmpty {
      let list = issues.map { issue -> JSONValue in
        ["path": JSONValue(issue.path), "message": JSONValue(issue.message.ru)]
      }
      data = data.setting("issues", JSONValue(list))
    }
    if let retryAfterMs { data = data.setting("retryAfterMs", JSONValue(retryAfterMs)) }
    if let level { data = data.setting("level", JSONValue(level)) }
    return WireError(code, kind: kind, message, data: data)
  }
}

extension PluginFailure {
  /// Reads the error object of the ABI. What is missing or of a wrong type gets the contract's defaults, so a
  /// careless plugin still ends its call.
  init(abi error: JSONValue) {
    let kind = error["kind"]?.string ?? "plugin.error"
    let issues = (error["issues"]?.array ?? []).compactMap { issue -> Issue? in
      guard let path = issue["path"]?.string, let message = LocalizedText(issue["message"]) else {
        return nil
      }
      return Issue(path: path, message: message)
    }
    let data = error["data"]
    self.init(
      error["code"]?.int.map { ErrorCode(rawValue: $0) } ?? .refused, kind: kind,
      LocalizedText(error["message"]) ?? LocalizedText(verbatim: kind), issues: issues,
      level: error["level"]?.string, retryAfterMs: error["retryAfterMs"]?.int64,
      data: data.flatMap { $0.isObject ? $0 : nil } ?? .emptyObject)
  }

  /// The error object of the ABI, for the plugin that called a service or the host.
  var abi: JSONValue {
    var members: [(String, JSONValue)] = [
      ("code", JSONValue(code.rawValue)), ("kind", JSONValue(kind)), ("message", message.json),
    ]
    if !issues.isEmpty {
      let list = issues.map { ["path": JSONValue($0.path), "message": $0.message.json] as JSONValue }
      members.append(("issues", JSONValue(list)))
    }
    if let level { members.append(("level", JSONValue(level))) }
    if let retryAfterMs { members.append(("retryAfterMs", JSONValue(retryAfterMs))) }
    if data.count > 0 { members.append(("data", data)) }
    return JSONValue(members: members)
  }
}

extension PluginFailure {
  /// The plugin behind a name is broken, disabled or still held back by its requirements.
  package static func unavailable(
    _ plugin: String, _ reason: String, retryAfterMs: Int64? = nil
  ) -> PluginFailure {
    PluginFailure(
      .pluginUnavailable, kind: "plugin.unavailable",
      LocalizedText(
        ru: "Модуль «\(plugin)» не работает: \(reason)",
        en: "Plugin '\(plugin)' is not available: \(reason)"),
      retryAfterMs: retryAfterMs, data: ["plugin": JSONValue(plugin)])
  }

  /// The process that the plugin ran in has ended while it had the call.
  static func crashed(_ plugin: String, _ reason: String) -> PluginFailure {
    PluginFailure(
      .pluginUnavailable, kind: "plugin.crashed",
      LocalizedText(
        ru: "Модуль «\(plugin)» аварийно завершился: \(reason)", en: "Plugin '\(plugin)' has crashed: \(reason)"),
      data: ["plugin": JSONValue(plugin)])
  }

  /// The plugin broke the contract of shell_plugin.h.
  static func brokenContract(_ plugin: String, _ what: String) -> PluginFailure {
    PluginFailure(
      .pluginUnavailable, kind: "plugin.protocol",
      LocalizedText(
        ru: "Модуль «\(plugin)» нарушил договор: \(what)",
        en: "Plugin '\(plugin)' broke the contract: \(what)"),
      data: ["plugin": JSONValue(plugin)])
  }

  static func timedOut(afterMs: Int64) -> PluginFailure {
    PluginFailure(
      .timedOut, kind: "call.timedOut",
      LocalizedText(
        ru: "Истекло время ожидания (\(afterMs) мс)", en: "Timed out after \(afterMs) ms"),
      data: ["timeoutMs": JSONValue(afterMs), "reason": "deadline"])
  }

  static let cancelled = PluginFailure(
    .cancelled, kind: "call.cancelled", LocalizedText(ru: "Отменено", en: "Cancelled"))

  static let stopping = PluginFailure(
    .cancelled, kind: "host.stopping",
    LocalizedText(ru: "Сервер завершает работу", en: "The host is shutting down"),
    data: ["reason": "shutdown"])

  static func overloaded(_ plugin: String) -> PluginFailure {
    PluginFailure(
      .overloaded, kind: "plugin.overloaded",
      LocalizedText(
        ru: "Модуль «\(plugin)» перегружен", en: "Plugin '\(plugin)' has too many calls in flight"),
      retryAfterMs: 1000, data: ["plugin": JSONValue(plugin)])
  }

  /// The plugin does more than is good for the others.
  static func overBudget(_ plugin: String, _ what: String) -> PluginFailure {
    PluginFailure(
      .overloaded, kind: "plugin.overBudget",
      LocalizedText(
        ru: "Модуль «\(plugin)» превысил свой предел: \(what)", en: "Plugin '\(plugin)' is past its budget: \(what)"),
      data: ["plugin": JSONValue(plugin)])
  }

  static func notFound(_ kind: PluginCall.Kind, _ name: String) -> PluginFailure {
    PluginFailure(
      .notFound, kind: "\(kind.word).notFound",
      LocalizedText(ru: "Не найдено (\(kind.word)): «\(name)»", en: "No such \(kind.word): '\(name)'"),
      data: ["what": JSONValue(kind.word), "id": JSONValue(name)])
  }

  static func permissionDenied(_ permission: String) -> PluginFailure {
    PluginFailure(
      .forbidden, kind: "permission.denied",
      LocalizedText(
        ru: "В манифесте нет разрешения: \(permission)",
        en: "The manifest grants no such permission: \(permission)"),
      data: ["permission": JSONValue(permission)])
  }

  static func misuse(_ what: String) -> PluginFailure {
    PluginFailure(.internal, kind: "plugin.misuse", LocalizedText(verbatim: what))
  }
}

extension LocalizedText {
  /// One plain string when every language says the same.
  var json: JSONValue { ru == en ? JSONValue(ru) : ["ru": JSONValue(ru), "en": JSONValue(en)] }
}
