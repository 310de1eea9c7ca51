import Jansson

/// A client that wants to hear when a registry's rows change; told at most ten times a second. Desk only.
final class RegistrySubscription: @unchecked Sendable {
  // Safe to carry to the desk's timer: touched on the desk only.
  let registry: String
  let tab: String?
  /// Table sources whose changes count.
  let tables: Set<String>
  private(set) var revision = 1
  private var isWaiting = false
  private var lastToldMs: Int64 = 0

  /// Milliseconds between two notifications.
  private let pauseMs: Int64

  init(registry: String, tab: String?, tables: Set<String>, pauseMs: Int64) {
    self.pauseMs = pauseMs
    self.registry = registry
    self.tab = tab
    self.tables = tables
  }

  /// Counts a change and tells of it, now or when the pause is over.
  func changed(nowMs: Int64, desk: any Desk, _ tell: @escaping @Sendable (RegistrySubscription) -> Void) {
    revision += 1
    guard !isWaiting else { return }
    let wait = lastToldMs + pauseMs - nowMs
    if wait <= 0 {
      lastToldMs = nowMs
      return tell(self)
    }
    isWaiting = true
    _ = desk.schedule(afterMs: wait) { [self] in
      isWaiting = false
      lastToldMs = nowMs + wait
      tell(self)
    }
  }

  /// `{registry, tab?, revision}`.
  var json: JSONValue {
    let json: JSONValue = ["registry": JSONValue(registry), "revision": JSONValue(revision)]
    return tab.map { json.setting("tab", JSONValue($0)) } ?? json
  }
}
