import Foundation

/// Who may call: the bot by its raw token.
///
/// The texts are the live service's, measured there letter by letter.
enum Authorization {
  static func check(_ call: Call, token: String) throws(Refusal) {
    let given = (call.authorization ?? "").trimmingCharacters(in: .whitespaces)
    guard !given.isEmpty else {
      // A token in the query is told apart, so that its sender learns why a valid one is of no use.
      let inQuery = (call.query["access_token"] ?? "").trimmingCharacters(in: .whitespaces)
      throw .token(
        inQuery.isEmpty
          ? "No access token" : "Query parameter access_token is deprecated, use Authorization header"
      )
    }
    guard !given.hasPrefix("Bearer ") else { throw .token("Malformed access token") }
    guard given == token else { throw .token("Invalid access_token") }
  }
}
