import PluginKit

/// Somebody who is signed in at a bench.
public struct BenchUser: Sendable {
  public var login: String
  public var displayName: String
  /// What clauses know as `roles`.
  public var roles: [String]
  public var language: Language
  /// Further members of the user's record, as an authentication service may give them.
  public var record: JSONValue

  public init(
    _ login: String, roles: [String], displayName: String? = nil, language: Language = .ru,
    record: JSONValue = .emptyObject
  ) {
    self.login = login
    self.displayName = displayName ?? login
    self.roles = roles
    self.language = language
    self.record = record
  }

  /// The id by which plugins know the user.
  public var id: String { "u-" + login }

  public static let administrator = BenchUser("administrator", roles: ["administrator"])
  public static let employee = BenchUser("employee", roles: ["employee"])
  /// Signed in, with no role at all.
  public static let guest = BenchUser("guest", roles: [])

  var json: JSONValue {
    let own: JSONValue = [
      "id": JSONValue(id), "login": JSONValue(login), "displayName": JSONValue(displayName),
      "roles": JSONValue(roles.map { JSONValue($0) }),
    ]
    return record.merging(own)
  }
}
