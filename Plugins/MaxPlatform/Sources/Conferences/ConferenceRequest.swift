import PluginKit

/// One conference of `platform.conference.put`: the whole of what is wanted of it.
struct DesiredConference: Sendable {
  var id: String
  var revision: Int64
  var name: String
  var chatID: String
  /// Milliseconds.
  var startsAt: Int64
  var endsAt: Int64
  var phase: ConferencePhase
  var members: Set<String>
}

/// Reads the parameters of the services. Whatever is wrong is said with its place; a conference that is not as it must
/// be is left out, and keeps none of the others back.
enum ConferenceRequest {
  static let mostConferences = 500
  static let mostMembers = 1_000
  static let longestName = 200

  /// Of two states of one conference the newer counts; the order is that of the call. `refused`: what is wrong with
  /// the others, as the service tells it.
  static func conferences(
    _ params: JSONValue
  ) throws(PluginError) -> (conferences: [DesiredConference], refused: [JSONValue]) {
    guard let list = params["conferences"]?.array else {
      throw invalid("conferences", "нужен список", "a list is needed")
    }
    guard list.count <= mostConferences else {
      throw invalid(
        "conferences", "не больше \(mostConferences) конференций в одном вызове",
        "at most \(mostConferences) conferences a call")
    }
    var newest: [String: (index: Int, conference: DesiredConference)] = [:]
    var refused: [JSONValue] = []
    for (index, json) in list.enumerated() {
      do throws(PluginError) {
        let found = try conference(json, "conferences/\(index)")
        if found.revision > newest[found.id]?.conference.revision ?? .min {
          newest[found.id] = (newest[found.id]?.index ?? index, found)
        }
      } catch {
        refused.append(refusal(error, index, json))
      }
    }
    return (newest.values.sorted { $0.index < $1.index }.map(\.conference), refused)
  }

  private static func refusal(_ error: PluginError, _ index: Int, _ json: JSONValue) -> JSONValue {
    let told: JSONValue = [
      "index": JSONValue(index), "path": JSONValue(error.issues.first?.path), "message": error.message.json,
    ]
    return json["conferenceId"]?.string.map { told.setting("conferenceId", JSONValue($0)) } ?? told
  }

  private static func conference(_ json: JSONValue, _ path: String) throws(PluginError) -> DesiredConference {
    guard let name = json["name"]?.string, name.contains(where: { !$0.isWhitespace }),
      name.utf16.count <= longestName
    else {
      throw invalid("\(path)/name", "от 1 до \(longestName) знаков", "1 to \(longestName) characters")
    }
    guard let revision = json["revision"]?.int64 else {
      throw invalid("\(path)/revision", "нужно целое число", "a whole number is needed")
    }
    guard let phase = json["phase"]?.string.flatMap(ConferencePhase.init) else {
      let phases = ConferencePhase.allCases.map(\.rawValue).joined(separator: ", ")
      throw invalid("\(path)/phase", "одно из: \(phases)", "one of \(phases)")
    }
    let startsAt = try instant(json, path, "startsAt")
    let endsAt = try instant(json, path, "endsAt")
    guard endsAt > startsAt else {
      throw invalid("\(path)/endsAt", "должно быть позже startsAt", "must be later than startsAt")
    }
    return DesiredConference(
      id: try id(json, path, "conferenceId"), revision: revision, name: name, chatID: try id(json, path, "chatId"),
      startsAt: startsAt, endsAt: endsAt, phase: phase, members: try members(json, path))
  }

  private static func members(_ json: JSONValue, _ path: String) throws(PluginError) -> Set<String> {
    guard let list = json["members"]?.array else {
      throw invalid("\(path)/members", "нужен список", "a list is needed")
    }
    var members: Set<String> = []
    for (index, user) in list.enumerated() {
      guard let user = user.string, !user.isEmpty, !user.hasPrefix("platform:") else {
        throw invalid(
          "\(path)/members/\(index)", "нужен идентификатор учётной записи", "an account's id is needed")
      }
      members.insert(user)
    }
    guard members.count <= mostMembers else {
      throw invalid("\(path)/members", "не больше \(mostMembers) человек", "at most \(mostMembers) people")
    }
    return members
  }

  private static func instant(_ json: JSONValue, _ path: String, _ name: String) throws(PluginError) -> Int64 {
    guard let instant = json[name]?.int64, instant >= 0 else {
      throw invalid("\(path)/\(name)", "нужны миллисекунды с 1970 года", "milliseconds since 1970 are needed")
    }
    return instant
  }

  private static func id(_ json: JSONValue, _ path: String, _ name: String) throws(PluginError) -> String {
    guard let id = json[name]?.string, !id.isEmpty, id.utf8.count <= 100 else {
      throw invalid("\(path)/\(name)", "нужна строка не длиннее 100 байт", "a string of at most 100 bytes is needed")
    }
    return id
  }

  private static func invalid(_ path: String, _ ru: String, _ en: String) -> PluginError {
    .invalid(path, Text("\(path): \(ru)", en: "\(path): \(en)"))
  }
}
