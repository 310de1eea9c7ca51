import PluginKit

/// Who asks: what the platform is told, and what the person checks before pressing a button.
package struct Profile: Sendable {
  package enum Role: String, Sendable {
    case administrator, employee, pupil, parent

    /// The platform's word.
    var platformWord: String {
      switch self {
      case .administrator, .employee: "teacher"
      case .pupil: "student"
      case .parent: "parent"
      }
    }

    /// For the person. The platform's users read Russian.
    var title: String {
      switch self {
      case .administrator, .employee: "Сотрудник"
      case .pupil: "Ученик"
      case .parent: "Родитель"
      }
    }
  }

  let role: Role
  let familyName: String
  let givenName: String
  let middleName: String?
  let organizationID: String
  let organizationName: String
  let expiresAtMs: Int64?

  package init(_ json: JSONValue) throws(PluginError) {
    func text(_ member: String, of json: JSONValue?) throws(PluginError) -> String {
      guard let value = json?[member]?.string, !value.isEmpty else {
        throw .invalid(member, Text("Обязательное поле", en: "Required"))
      }
      return value
    }
    guard let role = Role(rawValue: try text("role", of: json)) else {
      throw .invalid("role", Text("Неизвестная роль", en: "Unknown role"))
    }
    self.role = role
    familyName = try text("familyName", of: json)
    givenName = try text("givenName", of: json)
    middleName = json["middleName"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    organizationID = try text("id", of: json["organization"])
    organizationName = try text("name", of: json["organization"])
    expiresAtMs = json["expiresAt"]?.int64
  }

  package var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("role", JSONValue(role.rawValue)), ("familyName", JSONValue(familyName)),
      ("givenName", JSONValue(givenName)),
      ("organization", ["id": JSONValue(organizationID), "name": JSONValue(organizationName)]),
    ]
    if let middleName { members.append(("middleName", JSONValue(middleName))) }
    if let expiresAtMs { members.append(("expiresAt", JSONValue(expiresAtMs))) }
    return JSONValue(members: members)
  }

  /// The body of the request for a binding.
  func request(for binding: Binding) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("external_user_id", JSONValue(binding.userID)),
      ("phone", JSONValue(String(binding.phone.drop { $0 == "+" }))), ("role", JSONValue(role.platformWord)),
      ("last_name", JSONValue(familyName)), ("first_name", JSONValue(givenName)),
    ]
    if let middleName { members.append(("middle_name", JSONValue(middleName))) }
    members.append(("organization", ["id": JSONValue(organizationID), "name": JSONValue(organizationName)]))
    if let expiresAtMs { members.append(("expires_at", JSONValue(expiresAtMs))) }
    return JSONValue(members: members)
  }

  var fullName: String { [familyName, givenName, middleName ?? ""].filter { !$0.isEmpty }.joined(separator: " ") }
}
