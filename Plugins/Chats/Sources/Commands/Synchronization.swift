import PluginKit
import Synchronization

/// What a person asks of the platform's side: to look again, to say beforehand, to go on.
enum Synchronization {
  private static let looks = Looks()

  static func register(in plugin: inout PluginDefinition) {
    plugin.command("chats.refresh") { call async throws -> Outcome in try await refresh(call) }
    plugin.command("chats.preview") { call throws -> Outcome in try preview(call) }
    plugin.command("chats.confirmRemovals") { call async throws -> Outcome in try await confirm(call) }
  }

  /// «Обновить»: compares the platform's chats with ours, of those whom the person sees.
  private static func refresh(_ call: Call) async throws -> Outcome {
    let user = try call.user()
    let ids = try call.read { transaction in
      try transaction.rows(
        "SELECT id FROM chats_chats WHERE \(ChatRegistry.shown) AND \(ChatRights.sees) ORDER BY n",
        ChatRights.bindings(user)
      ).compactMap { $0["id"]?.string }
    }
    let due = looks.due(ids, call.host)
    if !due.isEmpty {
      _ = try await call.host.callService("platform.chat.check", ["chatIds": JSONValue(due.map { JSONValue($0) })])
    }
    return Outcome(
      result: ["chats": JSONValue(ids.count)], effects: [.refresh(registry: "sferum", tab: "chats")])
  }

  /// `chats.preview {}`: what bringing the platform's chats to ours would take, by its state as known: who joins, who
  /// leaves, how many calls, how long. Nothing is changed.
  private static func preview(_ call: Call) throws -> Outcome {
    let plan = try RehearsedPlan.make(call)
    return Outcome(result: plan.json, effects: [PreviewDialog(plan).effect])
  }

  /// `chats.confirmRemovals {chat?}`: lets removals go that waited for a person.
  private static func confirm(_ call: Call) async throws -> Outcome {
    let chat = call.params["chat"]?.string
    let ids = try call.write { transaction -> [String] in
      let rows = try transaction.rows(
        "SELECT id, held FROM chats_chats WHERE held > 0 AND (:chat IS NULL OR id = :chat)",
        ["chat": JSONValue(chat)])
      let ids = rows.compactMap { $0["id"]?.string }
      guard !ids.isEmpty else {
        throw PluginError(
          "chats.nothing_held", Text("Исключений, ожидающих подтверждения, нет", en: "No removals wait"), level: .info)
      }
      try transaction.audit(
        "chats.confirmRemovals", object: chat.map { "chat:\($0)" } ?? "chats",
        new: ["removals": JSONValue(rows.reduce(0) { $0 + ($1["held"]?.int ?? 0) })])
      return ids
    }
    _ = try await call.host.callService("platform.chat.confirm", ["chatIds": JSONValue(ids.map { JSONValue($0) })])
    return Outcome(
      result: ["chats": JSONValue(ids.count)], effects: [.refresh(registry: "sferum", tab: "chats")])
  }
}

/// When chats were last compared on request. A comparison reads a chat page by page, out of the same thirty requests a
/// second that repairs need: the same chat is not read again within a few seconds, however often people press.
private final class Looks: Sendable {
  private struct Chat: Hashable {
    let host: UInt
    let id: String
  }

  /// Real time: the platform counts by its own watch.
  private static let pause: Duration = .seconds(3)
  private let last = Mutex<[Chat: ContinuousClock.Instant]>([:])

  func due(_ ids: [String], _ host: Host) -> [String] {
    let now = ContinuousClock.now
    return last.withLock { last in
      last = last.filter { now - $0.value < Self.pause }
      return ids.filter { id in
        let chat = Chat(host: host.identity, id: id)
        guard last[chat] == nil else { return false }
        last[chat] = now
        return true
      }
    }
  }
}
