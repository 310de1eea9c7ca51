import PluginKit

/// Messages into people's dialogs.
enum NoticeServices {
  static let mostNotices = 500
  /// UTF-16 units. Source: PLATFORM, "Limits".
  static let longestText = 4_000

  /// `platform.notify {notices: [{key, userId, text}]}` → `{accepted}`: how many keys were new. Each goes out once.
  static func notify(_ call: Call, _ traffic: Traffic) throws -> JSONValue {
    let notices = try read(call.params)
    let now = call.host.nowMs
    let taken = try call.write { transaction in
      try Notices.forgetDone(transaction, nowMs: now)
      let taken = try transaction.insertMany(take, JSONValue(notices.map { $0.setting("now", JSONValue(now)) }))
      try Notices.wake(transaction)
      return taken
    }
    traffic.notices.ring()
    return ["accepted": JSONValue(taken)]
  }

  /// Who is not bound is done with at once: of a bell's hundred thousand notices most may be for nobody, and a turn of
  /// its own for each took longer than all the starts.
  private static let take = """
    INSERT INTO max_platform_notices (key, user_id, text, next_attempt_at, created_at, state, done_at)
    SELECT :key, :user, CASE WHEN isBound THEN :text ELSE '' END, :now, :now,
      CASE WHEN isBound THEN 'waiting' ELSE 'skipped' END, CASE WHEN isBound THEN NULL ELSE :now END
    FROM (SELECT EXISTS (
      SELECT 1 FROM max_platform_members WHERE user_id = :user AND member_id IS NOT NULL) AS isBound)
    WHERE true ON CONFLICT (key) DO NOTHING
    """

  private static func read(_ params: JSONValue) throws(PluginError) -> [JSONValue] {
    guard let list = params["notices"]?.array else {
      throw invalid("notices", "нужен список", "a list is needed")
    }
    guard list.count <= mostNotices else {
      throw invalid(
        "notices", "не больше \(mostNotices) уведомлений в одном вызове", "at most \(mostNotices) notices a call")
    }
    var notices: [JSONValue] = []
    for (index, json) in list.enumerated() {
      let path = "notices/\(index)"
      guard let key = json["key"]?.string, !key.isEmpty, key.utf8.count <= 200 else {
        throw invalid("\(path)/key", "нужна строка не длиннее 200 байт", "a string of at most 200 bytes is needed")
      }
      guard let user = json["userId"]?.string, !user.isEmpty, !user.hasPrefix("platform:") else {
        throw invalid("\(path)/userId", "нужен идентификатор учётной записи", "an account's id is needed")
      }
      guard let text = json["text"]?.string, text.contains(where: { !$0.isWhitespace }),
        text.utf16.count <= longestText
      else {
        throw invalid("\(path)/text", "от 1 до \(longestText) знаков", "1 to \(longestText) characters")
      }
      notices.append(["key": JSONValue(key), "user": JSONValue(user), "text": JSONValue(text)])
    }
    return notices
  }

  private static func invalid(_ path: String, _ ru: String, _ en: String) -> PluginError {
    .invalid(path, Text("\(path): \(ru)", en: "\(path): \(en)"))
  }
}
