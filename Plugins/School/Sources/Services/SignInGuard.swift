import CryptoExtras
import PluginKit

/// Counts failed attempts to sign in and locks a login after too many. All of it is in the store: a restart
/// forgives nothing. Logins that nobody has are counted alike.
struct SignInGuard {
  static let mostFailures = 5
  static let windowMs: Int64 = 60_000
  static let lockMs: Int64 = 60_000

  let key: String

  init(login: String) {
    key = Hexadecimal.text(SHA256.hash(data: Array(login.lowercased().utf8)).prefix(16))
  }

  /// The error while the login is locked; nil when it is not.
  func refusal(_ transaction: Transaction, nowMs: Int64) throws -> PluginError? {
    let row = try transaction.first(
      "SELECT until_ms FROM school_sign_in_locks WHERE login_key = ? AND until_ms > ?",
      [JSONValue(key), JSONValue(nowMs)])
    guard let until = row?["until_ms"]?.int64 else { return nil }
    let seconds = (until - nowMs + 999) / 1000
    return PluginError(
      "session.locked",
      Text(
        "Слишком много неудачных попыток входа. Повторите через \(seconds) с",
        en: "Too many failed attempts to sign in. Try again in \(seconds) s"),
      code: -32001, retryAfterMs: until - nowMs)
  }

  /// Notes a failure; the last of too many locks the login.
  func note(_ transaction: Transaction, nowMs: Int64) throws {
    let since = nowMs - SignInGuard.windowMs
    // What is over is dropped, of every login: nobody fills the store with logins of their invention.
    try transaction.query("DELETE FROM school_sign_in_failures WHERE at_ms <= ?", [JSONValue(since)])
    try transaction.query("DELETE FROM school_sign_in_locks WHERE until_ms <= ?", [JSONValue(nowMs)])
    try transaction.query(
      "INSERT INTO school_sign_in_failures(login_key, at_ms) VALUES (?, ?)", [JSONValue(key), JSONValue(nowMs)])
    let count = try transaction.first(
      "SELECT count(*) AS failures FROM school_sign_in_failures WHERE login_key = ?", [JSONValue(key)])
    guard (count?["failures"]?.int ?? 0) >= SignInGuard.mostFailures else { return }
    try transaction.query(
      "INSERT OR REPLACE INTO school_sign_in_locks(login_key, until_ms) VALUES (?, ?)",
      [JSONValue(key), JSONValue(nowMs + SignInGuard.lockMs)])
    try transaction.query("DELETE FROM school_sign_in_failures WHERE login_key = ?", [JSONValue(key)])
  }

  /// Whether there is anything to forgive.
  func hasFailures(_ transaction: Transaction) throws -> Bool {
    try transaction.first(
      "SELECT 1 AS found FROM school_sign_in_failures WHERE login_key = ? LIMIT 1", [JSONValue(key)]) != nil
  }

  /// Forgets failures and a lock: after a sign-in, a new password, an unblocking.
  func forgive(_ transaction: Transaction) throws {
    try transaction.query("DELETE FROM school_sign_in_failures WHERE login_key = ?", [JSONValue(key)])
    try transaction.query("DELETE FROM school_sign_in_locks WHERE login_key = ?", [JSONValue(key)])
  }
}
