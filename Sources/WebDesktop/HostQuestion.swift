import Jansson

/// Puts a question to the host behind the web desktop; the answer comes once, on any thread.
///
/// - `{ask: "signIn", login, password, key, locale, replaces?}`, `key` the new session's and `replaces` the old one's
/// - `{ask: "signOut", key}`
/// - `{ask: "connect", key?}` → `{descriptor}`, one end of a pair of sockets, the caller's from here on
/// - `{ask: "metrics"}` → `{text}`
/// - `{ask: "health"}` → `{status}`
///
/// An answer with `error`, a JSON-RPC error object, is a refusal.
package typealias AskHost = @Sendable (_ question: JSONValue, _ done: @escaping @Sendable (JSONValue) -> Void) -> Void

enum HostQuestion {
  static func signIn(login: String, password: String, key: String, replaces: String?, locale: String) -> JSONValue {
    [
      "ask": "signIn", "login": JSONValue(login), "password": JSONValue(password), "key": JSONValue(key),
      "replaces": JSONValue(replaces), "locale": JSONValue(locale),
    ]
  }

  static func signOut(key: String) -> JSONValue { ["ask": "signOut", "key": JSONValue(key)] }
  static func connect(key: String?) -> JSONValue { ["ask": "connect", "key": JSONValue(key)] }
  static let metrics: JSONValue = ["ask": "metrics"]
  static let health: JSONValue = ["ask": "health"]
}
