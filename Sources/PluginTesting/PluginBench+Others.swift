import PluginKit

/// What the others do.
extension PluginBench {
  /// A scripted plugin publishes an event, with other rows for its views in the same transaction; the event has been
  /// delivered when this returns, unless the plugin under test refuses it.
  public func publish(
    _ event: String, _ payload: JSONValue = .emptyObject, with rows: [String: [JSONValue]] = [:]
  ) async throws {
    guard let other = others.values.first(where: { $0.publishes(event) }) else {
      throw BenchTrouble("no scripted plugin publishes the event '\(event)'")
    }
    try other.change(rows.map { ($0.key, $0.value) }, event: (event, payload))
    await settle()
  }

  /// Other rows for a view of a scripted plugin.
  public func replace(_ view: String, with rows: [JSONValue]) throws {
    guard let other = others.values.first(where: { $0.publishes(view) }) else {
      throw BenchTrouble("no scripted plugin publishes the view '\(view)'")
    }
    try other.change([(view, rows)], event: nil)
  }
}
