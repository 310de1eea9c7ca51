import PluginKit

/// The one way to the messenger platform: binding requests go out through a queue on disk, what people press
/// there comes back as events.
package enum MaxPlatform {
  package static let id = "max-platform"

  /// A fresh definition with its own traffic state; a process makes one.
  package static var definition: PluginDefinition {
    let traffic = Traffic()
    var plugin = PluginDefinition(id: id)
    plugin.migrations = Schema.migrations
    plugin.activate = resume
    plugin.service(Wire.bind, BindingServices.bind)
    plugin.service(Wire.unbind, BindingServices.unbind)
    plugin.service(Wire.cancelRequest, BindingServices.cancel)
    plugin.job(Wire.outboxJob) { call in try await OutboxRun(call: call, traffic: traffic).drain() }
    plugin.job(Wire.pollJob) { call in try await PollRun(call: call, traffic: traffic).poll() }
    return plugin
  }

  /// Names on the wire and in the manifest.
  package enum Wire {
    package static let bind = "platform.bind"
    package static let unbind = "platform.unbind"
    package static let cancelRequest = "platform.cancelRequest"
    package static let bindingEvent = "platform.v1.binding"
    package static let outboxJob = "platform.outbox"
    package static let pollJob = "platform.poll"
  }

  /// Work left by an earlier process goes on by its jobs, which are on disk. This repeats their schedule, in
  /// case the folder was copied or repaired without them.
  private static func resume(_ host: Host) throws {
    try host.write { transaction in
      for lane in try Outbox.lanes(transaction) {
        try transaction.schedule(Wire.outboxJob, key: lane.name, dueAtMs: lane.dueAtMs)
      }
      if try Bindings.anyoneAwaited(transaction) {
        try transaction.schedule(Wire.pollJob, key: PollRun.key, dueAtMs: host.nowMs)
      }
    }
  }
}
