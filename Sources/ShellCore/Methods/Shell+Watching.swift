import Jansson
import ShellProtocol

/// What is told to whoever watches over the host, beside the methods `health/get` and `metrics/get`.
extension Shell {
  /// `health/get`'s answer. On any thread but the desk: counting the queue reads the disk.
  package func healthNow(_ done: @escaping @Sendable (JSONValue) -> Void) {
    background.write { [self] in done(health()) }
  }

  /// `metrics/get`'s numbers as Prometheus text, with those of `health/get`. On the desk.
  package func prometheus(_ done: @escaping @Sendable (String) -> Void) {
    let counted = dispatcher.metrics.prometheus
    let connections = sessions.count
    background.write { [self] in done(counted + Self.gauges(health(), connections: connections)) }
  }

  private static func gauges(_ health: JSONValue, connections: Int) -> String {
    var lines: [String] = []
    func gauge(_ name: String, _ value: Int64?) {
      guard let value else { return }
      lines += ["# TYPE esh_\(name) gauge", "esh_\(name) \(value)"]
    }
    gauge("connections", Int64(connections))
    gauge("uptime_seconds", health["uptimeSeconds"]?.int64)
    gauge("jobs_pending", health["queue"]?["pending"]?.int64)
    gauge("jobs_failed", health["queue"]?["failed"]?.int64)
    gauge("store_bytes", health["store"]?["sizeBytes"]?.int64)
    lines.append("# TYPE esh_plugin_state gauge")
    for plugin in health["plugins"]?.array ?? [] {
      let (id, state) = (plugin["id"]?.string ?? "", plugin["state"]?.string ?? "")
      lines.append("esh_plugin_state{plugin=\"\(id)\",state=\"\(state)\"} 1")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
