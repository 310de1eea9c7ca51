import PluginKit

/// Looks for a message that an earlier attempt may have left in the dialog. The key is not in it: it is known by its
/// text and its time, and by not being another notice's.
struct NoticeSearch: Sendable {
  /// The platform's clock may be behind ours by so much.
  private static let skewMs: Int64 = 300_000
  private static let mostPages = 10

  let call: Call
  let traffic: Traffic
  let notice: NoticeRow
  let dialog: Int64

  /// The message's id; nil: it is not there.
  func find() async throws -> Result<String?, PlatformFailure> {
    let others = try call.read { try Notices.sent($0, to: notice.userID) }
    let after = (notice.firstTriedAtMs ?? 0) - Self.skewMs
    var before: Int64?
    for _ in 0..<Self.mostPages {
      try await traffic.turn(changing: nil, call.host)
      defer { traffic.limiter.answered(forChat: nil, hostMs: call.host.nowMs) }
      let page: [JSONValue]
      do throws(PlatformFailure) {
        page = try await PlatformClient(host: call.host).messages(chat: dialog, after: max(0, after), before: before)
      } catch {
        // No such dialog: nothing was sent into it.
        if case .refused = error { return .success(nil) }
        return .failure(error)
      }
      for message in page where message["body"]?["text"]?.string == notice.text {
        if let mid = message["body"]?["mid"]?.string, !others.contains(mid) { return .success(mid) }
      }
      guard page.count == 100, let oldest = page.last?["timestamp"]?.int64, oldest != before else { break }
      before = oldest
    }
    return .success(nil)
  }
}
