import Logging

extension PluginInstance {
  /// [any] The watchdog's word: first that a call ran out of time, then that its grace is over as well.
  func overdue(_ record: CallRecord, _ held: CallHolder, _ phase: CallRecord.Overdue) {
    // One that waits its turn says nothing of the plugin: the one that is inside has a limit of its own.
    guard record.hasBegun else { return }
    let name = record.call.name
    switch phase {
    case .timedOut:
      guard breaker.timedOut(name) else { return }
    case .graceOver:
      guard context.inside.contains(held.id) else { return }
      let reason = "'\(name)' did not end \(Watchdog.graceMs) ms after its time was up"
      if held.code.kill(because: reason) { return }
      let isOpen = breaker.stuck(held.id, name)
      // It may have come back between the look and the note.
      if !context.inside.contains(held.id) { breaker.cameBack(held.id) }
      guard isOpen else { return }
    }
    context.host?.logger.error(
      "calls are kept away from a plugin",
      metadata: ["plugin": "\(id)", "reason": "\(breaker.openReason ?? "")"])
    context.host?.delegate?.pluginChanged(id, .failed)
  }
}
