import PluginKit

/// One chat of `platform.chat.put`: the whole of what is wanted of it.
struct DesiredChat: Sendable {
  struct Member: Sendable {
    var userID: String
    var isAdministrator: Bool
    /// Added by hand just now: an earlier leaving or refusal no longer holds.
    var isFresh: Bool
  }

  var id: String
  var revision: Int64
  var title: String
  var kind: ChatKind
  /// One a user; of two for one the later counts.
  var members: [Member]
}

/// Reads the parameters of the services. Whatever is wrong is said with its place; nothing of the call is done then.
enum ChatRequest {
  static let mostChats = 500
  static let longestTitle = 200

  static func chats(_ params: JSONValue) throws(PluginError) -> [DesiredChat] {
    guard let list = params["chats"]?.array else { throw invalid("chats", "нужен список", "a list is needed") }
    guard list.count <= mostChats else {
      throw invalid("chats", "не больше \(mostChats) чатов в одном вызове", "at most \(mostChats) chats a call")
    }
    var chats: [DesiredChat] = []
    for (index, json) in list.enumerated() { chats.append(try chat(json, "chats/\(index)")) }
    return newest(chats)
  }

  /// The chats to be removed, with their revisions.
  static func removals(_ params: JSONValue) throws(PluginError) -> [(id: String, revision: Int64)] {
    guard let list = params["chats"]?.array else { throw invalid("chats", "нужен список", "a list is needed") }
    var chats: [(id: String, revision: Int64)] = []
    for (index, json) in list.enumerated() {
      chats.append((try id(json, "chats/\(index)"), try revision(json, "chats/\(index)")))
    }
    return chats
  }

  /// `chatIds`; nil: all.
  static func ids(_ params: JSONValue) throws(PluginError) -> [String]? {
    guard let value = params["chatIds"], !value.isNull else { return nil }
    guard let list = value.array else { throw invalid("chatIds", "нужен список", "a list is needed") }
    var ids: [String] = []
    for (index, id) in list.enumerated() {
      guard let id = id.string else {
        throw invalid("chatIds/\(index)", "нужна строка", "a string is needed")
      }
      ids.append(id)
    }
    return ids
  }

  /// `removalThresholdPercent`; nil: as it was.
  static func threshold(_ params: JSONValue) throws(PluginError) -> Int? {
    guard let value = params["removalThresholdPercent"], !value.isNull else { return nil }
    guard let percent = value.int, (0...100).contains(percent) else {
      throw invalid("removalThresholdPercent", "целое число от 0 до 100", "a whole number from 0 to 100")
    }
    return percent
  }

  private static func chat(_ json: JSONValue, _ path: String) throws(PluginError) -> DesiredChat {
    guard let title = json["title"]?.string, title.contains(where: { !$0.isWhitespace }),
      title.utf16.count <= longestTitle
    else {
      throw invalid("\(path)/title", "от 1 до \(longestTitle) знаков", "1 to \(longestTitle) characters")
    }
    guard let kind = json["kind"]?.string.flatMap(ChatKind.init) else {
      let kinds = ChatKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw invalid("\(path)/kind", "одно из: \(kinds)", "one of \(kinds)")
    }
    guard let list = json["members"]?.array else {
      throw invalid("\(path)/members", "нужен список", "a list is needed")
    }
    var members: [String: DesiredChat.Member] = [:]
    for (index, json) in list.enumerated() {
      let member = try member(json, "\(path)/members/\(index)")
      members[member.userID] = member
    }
    return DesiredChat(
      id: try id(json, path), revision: try revision(json, path), title: title, kind: kind,
      members: Array(members.values))
  }

  private static func member(_ json: JSONValue, _ path: String) throws(PluginError) -> DesiredChat.Member {
    guard let user = json["userId"]?.string, !user.isEmpty, !user.hasPrefix("platform:") else {
      throw invalid("\(path)/userId", "нужен идентификатор учётной записи", "an account's id is needed")
    }
    return DesiredChat.Member(
      userID: user, isAdministrator: json["administrator"]?.bool ?? false, isFresh: json["fresh"]?.bool ?? false)
  }

  private static func id(_ json: JSONValue, _ path: String) throws(PluginError) -> String {
    guard let id = json["chatId"]?.string, !id.isEmpty, id.utf8.count <= 100 else {
      throw invalid("\(path)/chatId", "нужна строка не длиннее 100 байт", "a string of at most 100 bytes is needed")
    }
    return id
  }

  private static func revision(_ json: JSONValue, _ path: String) throws(PluginError) -> Int64 {
    guard let revision = json["revision"]?.int64 else {
      throw invalid("\(path)/revision", "нужно целое число", "a whole number is needed")
    }
    return revision
  }

  /// Of two states of one chat the newer counts.
  private static func newest(_ chats: [DesiredChat]) -> [DesiredChat] {
    var byID: [String: DesiredChat] = [:]
    for chat in chats where chat.revision > byID[chat.id]?.revision ?? .min { byID[chat.id] = chat }
    return byID.values.sorted { $0.id < $1.id }
  }

  private static func invalid(_ path: String, _ ru: String, _ en: String) -> PluginError {
    .invalid(path, Text("\(path): \(ru)", en: "\(path): \(en)"))
  }
}
