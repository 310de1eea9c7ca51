import Jansson
import ShellStore
import Synchronization

extension Deliveries {
  /// [queue] Gives each idle subscriber its next event.
  func deliverEvents() {
    let now = clock.nowMs
    let ready = state.withLock { state in
      state.subscribers.indices.filter { index in
        let subscriber = state.subscribers[index]
        let waits = subscriber.stuck.map { $0.retryAtMs > now } ?? false
        return subscriber.isDirty && !subscriber.isBusy && !waits && subscriber.instance.isAvailable
      }
    }
    for index in ready { deliverNext(index) }
  }

  private func deliverNext(_ index: Int) {
    let instance = state.withLock { $0.subscribers[index].instance }
    let names = instance.context.grants.subscribedEvents
    let found = attempt("next event") {
      try store.nextEvents(subscriber: instance.id, names: names, limit: 1)
    }
    guard let event = found?.first else {
      // Also after an error of the store: whoever publishes next brings the look back.
      return state.withLock { $0.subscribers[index].isDirty = false }
    }
    let mayRun = state.withLock { state -> Bool in
      guard state.budget > 0 else { return false }
      state.budget -= 1
      state.subscribers[index].isBusy = true
      return true
    }
    guard mayRun, let host else { return }
    let params: JSONValue = [
      "seq": JSONValue(event.seq), "name": JSONValue(event.name), "owner": JSONValue(event.owner),
      "at": JSONValue(event.atMs), "payload": event.payload,
    ]
    let call = PluginCall(
      .event, event.name, params: params, plugin: instance.id, trace: "event-\(event.seq)")
    let box = RecordBox()
    let record = CallRecord(
      call, delivery: .event(subscriber: instance.id, seq: event.seq), events: CallEvents()
    ) { [self] result in
      queue.async { self.eventEnded(index, event, result, hasWritten: box.record?.hasWritten ?? false) }
    }
    box.record = record
    host.start(record)
  }

  /// [queue] The handler has answered. A write that it made has moved the cursor already.
  private func eventEnded(
    _ index: Int, _ event: StoredEvent, _ result: Result<JSONValue, PluginFailure>, hasWritten: Bool
  ) {
    let instance = state.withLock { state in
      state.subscribers[index].isBusy = false
      return state.subscribers[index].instance
    }
    var failure: PluginFailure?
    if case .failure(let reason) = result { failure = reason }
    if hasWritten || failure == nil {
      if let failure {
        logger.warning(
          "an event was handled, then its call failed",
          metadata: ["plugin": "\(instance.id)", "event": "\(event.name)", "kind": "\(failure.kind)"])
      }
      let moved =
        hasWritten
        || attempt("move cursor") { try store.skipEvents(subscriber: instance.id, to: event.seq) } != nil
      if moved {
        state.withLock { $0.subscribers[index].stuck = nil }
      } else {
        stick(index, event, "the store could not move the cursor")
      }
    } else if let failure, instance.isAvailable, failure.kind != "host.stopping" {
      stick(index, event, failure.message.en, retryAfterMs: failure.retryAfterMs)
    }
    kick(events: false, jobs: false)
  }

  private func stick(_ index: Int, _ event: StoredEvent, _ reason: String, retryAfterMs: Int64? = nil) {
    let now = clock.nowMs
    let stuck = state.withLock { state -> PluginStatus.StuckEvent in
      let before = state.subscribers[index].stuck
      let attempts = before?.seq == event.seq ? (before?.attempts ?? 0) + 1 : 1
      let pause = max(Backoff.events.pauseMs(failures: attempts), retryAfterMs ?? 0)
      let stuck = PluginStatus.StuckEvent(
        name: event.name, seq: event.seq, attempts: attempts, error: reason, retryAtMs: now + pause)
      state.subscribers[index].stuck = stuck
      return stuck
    }
    logger.warning(
      "an event was refused",
      metadata: [
        "plugin": "\(state.withLock { $0.subscribers[index].instance.id })", "event": "\(event.name)",
        "seq": "\(event.seq)", "attempts": "\(stuck.attempts)", "reason": "\(reason)",
      ])
  }
}

/// A record that its own completion looks at.
final class RecordBox: Sendable {
  private let slot = Mutex<CallRecord?>(nil)
  var record: CallRecord? {
    get { slot.withLock { $0 } }
    set { slot.withLock { $0 = newValue } }
  }
}
