import PluginKit

/// Who asks for a binding, from the school's published views.
struct Person: Sendable {
  let userID: String
  let personID: String?
  /// What `platform.bind` is told beside the request and the phone.
  let profile: JSONValue
  /// Milliseconds until a request expires.
  let requestExpiryMs: Int64

  /// Reads the person behind an account. Throws for an account that may not be bound.
  static func read(
    _ transaction: Transaction, userID: String, displayName: String, login: String
  ) throws -> Person {
    let account = try transaction.first(
      """
      SELECT a.person_id, a.full_name, a.blocked, a.roles, p.family_name, p.given_name, p.middle_name
      FROM school_v1_accounts a LEFT JOIN school_v1_people p ON p.id = a.person_id WHERE a.id = ?
      """, [JSONValue(userID)])
    guard let account, account["blocked"]?.int != 1 else {
      throw PluginError("sferum.accountUnfit", Messages.accountUnfit)
    }
    let organization = try transaction.first("SELECT id, name, request_expiry_hours FROM school_v1_organization")
    guard let organization, let name = organization["name"]?.string, !name.isEmpty else {
      throw PluginError("sferum.noOrganization", Messages.noOrganization)
    }
    let names = Names(account, displayName: displayName, login: login)
    var profile: JSONValue = [
      "role": JSONValue(role(account["roles"]?.string ?? "")), "familyName": JSONValue(names.family),
      "givenName": JSONValue(names.given),
      "organization": ["id": JSONValue(organization["id"]?.string ?? "school"), "name": JSONValue(name)],
    ]
    if let middle = names.middle { profile = profile.setting("middleName", JSONValue(middle)) }
    let hours = max(1, organization["request_expiry_hours"]?.int64 ?? 24)
    return Person(
      userID: userID, personID: account["person_id"]?.string, profile: profile, requestExpiryMs: hours * 3_600_000)
  }

  /// One word of an account's several. Administrators bind as employees.
  private static func role(_ roles: String) -> String {
    let words = roles.split(separator: " ")
    if words.contains("employee") || words.contains("administrator") { return "employee" }
    return words.contains("pupil") ? "pupil" : words.contains("parent") ? "parent" : "employee"
  }
}

/// The parts of a name. An account without a person has only a name to show.
private struct Names {
  let family: String
  let given: String
  let middle: String?

  init(_ account: JSONValue, displayName: String, login: String) {
    func part(_ column: String) -> String? { account[column]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    if let family = part("family_name"), let given = part("given_name") {
      self.family = family
      self.given = given
      middle = part("middle_name")
      return
    }
    let shown = part("full_name") ?? (displayName.isEmpty ? login : displayName)
    let words = shown.split(separator: " ").map(String.init)
    family = words.first ?? login
    given = words.dropFirst().first ?? family
    middle = words.dropFirst(2).first
  }
}
