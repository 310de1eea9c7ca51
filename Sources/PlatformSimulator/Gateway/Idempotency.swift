import Crypto
import Foundation
import GRDB

/// Answers remembered under the caller's key, so that a request sent twice acts once.
struct Idempotency {
  private let db: Database
  private let key: String
  private let digest: String

  /// Nil when the request carries no key.
  init?(_ exchange: Exchange) {
    guard let key = exchange.call.idempotencyKey, !key.isEmpty else { return nil }
    db = exchange.db
    self.key = key
    var hash = SHA256()
    hash.update(data: Data("\(exchange.call.method) \(exchange.call.path)\n".utf8))
    hash.update(data: exchange.call.body)
    digest = base64URL(Data(hash.finalize()))
  }

  /// The first answer to this request, marked as repeated; nil when the key is new.
  func firstAnswer() throws -> Answer? {
    guard let row = try Row.fetchOne(db, sql: "SELECT * FROM idempotency WHERE key = ?", arguments: [key])
    else { return nil }
    guard row["digest"] == digest else {
      throw Refusal(
        status: 409,
        code: "idempotency.key.reused",
        message: "Idempotency-Key was used for another request"
      )
    }
    return Answer(body: row["answer"], effect: .repeated, target: row["target"])
  }

  func remember(_ answer: Answer, now: Int64) throws {
    try db.execute(
      sql: "INSERT INTO idempotency(key, digest, answer, target, at) VALUES(?, ?, ?, ?, ?)",
      arguments: [key, digest, answer.body, answer.target, now]
    )
  }
}
