import Foundation

/// Conferences and the messages of chats, as people on the platform have them.
///
/// A conference is named by its id, its link or its name.
extension SimulatorClient {
  /// Those that have begun, oldest first; `all`: those that are only planned, too.
  package func conferences(all: Bool = false) async throws -> [ConferenceSummary] {
    try await get("/control/conferences" + (all ? "?all=true" : ""))
  }

  /// Every stay of everybody, in the order of coming.
  package func participants(ofCall call: String) async throws -> [ParticipantStay] {
    try await get("/control/conferences/participants?call=\(escaped(call))")
  }

  /// Somebody comes into a conference that goes on.
  ///
  /// Returns whether they were not in before.
  @discardableResult
  package func joinCall(_ call: String, phone: String) async throws -> Bool {
    try await change("conferences/join", ["call": call, "phone": phone])
  }

  @discardableResult
  package func leaveCall(_ call: String, phone: String) async throws -> Bool {
    try await change("conferences/leave", ["call": call, "phone": phone])
  }

  /// Somebody ends it for all, past the school.
  @discardableResult
  package func endCall(_ call: String) async throws -> Bool {
    try await change("conferences/end", ["call": call])
  }

  /// The messages in a group chat, newest first.
  package func messages(chat: String) async throws -> [InboxMessage] {
    try await get("/control/messages?chat=\(escaped(chat))")
  }

  private func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
  }
}
