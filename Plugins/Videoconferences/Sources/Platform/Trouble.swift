import PluginKit

/// What keeps the platform from doing what is wanted of a conference, while it is tried on: shown in the registry and in
/// the conference's window, until it came about or was refused for good.
struct Trouble: Equatable, Sendable {
  /// Failures in a row.
  let attempts: Int
  let nextAttemptAtMs: Int64?
  let words: Text

  /// `row`: of `max_platform_v1_conferences`. nil: all goes well, or all is over.
  init?(_ row: JSONValue) {
    guard let code = row["reason"]?.string, row["state"] != "failed" else { return nil }
    attempts = row["attempts"]?.int ?? 0
    nextAttemptAtMs = row["next_attempt_at"]?.int64
    words = Self.words(code, isPassing: attempts > 0)
  }

  private static func words(_ code: String, isPassing: Bool) -> Text {
    switch code {
    case "chat": return Text("ждёт чата на платформе", en: "waits for its chat on the platform")
    case "too.many.requests":
      return Text("платформа просит подождать", en: "the platform asks to wait")
    case "unauthorized":
      return Text("платформа не принимает ключ школы", en: "the platform does not accept the school's token")
    case _ where code.hasPrefix("status."):
      return Text(
        "ошибка на стороне платформы (\(code.dropFirst(7)))", en: "a failure of the platform (\(code.dropFirst(7)))")
    case _ where isPassing: return Text("платформа не отвечает (\(code))", en: "the platform does not answer (\(code))")
    default: return Text("платформа не приняла изменение (\(code))", en: "the platform refused a change (\(code))")
    }
  }

  /// Keeps what is shown in step. A conference in «Ошибка» keeps what was known last.
  static func note(_ trouble: Trouble?, _ id: String, _ transaction: Transaction) throws {
    let attempts = trouble.flatMap { $0.attempts > 0 ? Int64($0.attempts) : nil }
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET attempts = :attempts, next_attempt_ms = :next, failure = :ru,
        failure_english = :en
      WHERE id = :id AND (:troubled OR status <> 'error')
        AND (attempts IS NOT :attempts OR next_attempt_ms IS NOT :next OR failure <> :ru)
      """,
      [
        "id": JSONValue(id), "attempts": JSONValue(attempts), "next": JSONValue(trouble?.nextAttemptAtMs),
        "ru": JSONValue(trouble?.words.ru ?? ""), "en": JSONValue(trouble?.words.en ?? ""),
        "troubled": JSONValue(trouble != nil),
      ])
  }
}
