import Jansson
import ShellProtocol
import WhenClause

/// Who is signed in on a connection, with the context that conditions are evaluated in.
struct SignedIn {
  /// Names this sign-in in the audit log and to plugins.
  let sessionID: String
  /// `{id, login, displayName, roles, organization}` and whatever else the authentication service gave.
  let user: JSONValue
  /// Values of the plugins' context keys for this user.
  var context: [String: JSONValue]

  var userID: String { user["id"]?.string ?? "" }
  var roles: [String] { (user["roles"]?.array ?? []).compactMap(\.string) }
  /// The roles as a JSON array's text, for the SQL of table sources.
  var rolesText: String { (user["roles"] ?? .emptyArray).text() }
  var isAdministrator: Bool { roles.contains("administrator") }

  /// What clients get to know of the user.
  var publicUser: JSONValue {
    [
      "id": user["id"] ?? "", "login": user["login"] ?? "", "displayName": user["displayName"] ?? "",
      "roles": user["roles"] ?? [], "organization": user["organization"] ?? .emptyObject,
    ]
  }
}

/// The values that when-clauses see: the same for what is shown and for what is executed.
struct ClauseContext {
  let signedIn: SignedIn?
  let locale: Locale
  /// Types of the plugins' keys, and what they are while nobody has set them.
  let defaults: (String) -> WhenValue
  var selectionCount = 0

  func value(_ key: String) -> WhenValue {
    switch key {
    case "signedIn": return .boolean(signedIn != nil)
    case "roles": return .list((signedIn?.roles ?? []).map { .string($0) })
    case "user.id": return .string(signedIn?.userID ?? "")
    case "locale": return .string(locale.rawValue)
    case "selection.count": return .number(Double(selectionCount))
    default:
      let fallback = defaults(key)
      guard let set = signedIn?.context[key] else { return fallback }
      return WhenValue(set, like: fallback)
    }
  }
}

extension WhenValue {
  /// The JSON value as a value of the same type as `fallback`; `fallback` itself when it is of another type.
  init(_ json: JSONValue, like fallback: WhenValue) {
    switch fallback.type {
    case .boolean: self = json.bool.map { .boolean($0) } ?? fallback
    case .string: self = json.string.map { .string($0) } ?? fallback
    case .number: self = json.double.map { .number($0) } ?? fallback
    case .list:
      self =
        json.array.map { list in
          .list(list.compactMap { $0.string.map { .string($0) } ?? $0.double.map { .number($0) } })
        } ?? fallback
    }
  }
}
