import PluginKit

/// The one way to the messenger platform: binding requests go out through a queue on disk, chats and
/// conferences are brought to what is wanted of them, notices go out, and what people press and do there comes back as
/// events.
package enum MaxPlatform {
  package static let id = "max-platform"

  /// A fresh definition with its own traffic state; a process makes one.
  package static var definition: PluginDefinition { definition(keeping: RateLimiter()) }

  /// One that keeps to other limits than the real service's.
  package static func definition(keeping limiter: RateLimiter) -> PluginDefinition {
    let traffic = Traffic(limiter: limiter)
    var plugin = PluginDefinition(id: id)
    plugin.migrations = Schema.migrations
    plugin.activate = resume
    plugin.service(Wire.bind, BindingServices.bind)
    plugin.service(Wire.unbind, BindingServices.unbind)
    plugin.service(Wire.cancelRequest, BindingServices.cancel)
    plugin.service(Wire.chatPut) { call in try ChatServices.put(call, traffic) }
    plugin.service(Wire.chatRemove) { call in try ChatServices.remove(call, traffic) }
    plugin.service(Wire.chatCheck) { call in try ChatServices.check(call, traffic) }
    plugin.service(Wire.chatConfirm) { call in try ChatServices.confirm(call, traffic) }
    plugin.service(Wire.chatPreview, ChatPreview.answer)
    plugin.service(Wire.chatPlan, ChatPlan.answer)
    plugin.service(Wire.conferencePut) { call in try ConferenceServices.put(call, traffic) }
    plugin.service(Wire.conferenceParticipants) { call in try await ConferenceServices.participants(call, traffic) }
    plugin.service(Wire.notify) { call in try NoticeServices.notify(call, traffic) }
    plugin.job(Wire.outboxJob) { call in try await OutboxRun(call: call, traffic: traffic).drain() }
    plugin.job(Wire.pollJob) { call in try await PollRun(call: call, traffic: traffic).poll() }
    plugin.job(Wire.chatsJob) { call in try await ChatRun(call: call, traffic: traffic).run() }
    plugin.job(Wire.conferencesJob) { call in try await ConferenceRun(call: call, traffic: traffic).run() }
    plugin.job(Wire.noticesJob) { call in try await NoticeRun(call: call, traffic: traffic).run() }
    return plugin
  }

  /// Names on the wire and in the manifest.
  package enum Wire {
    package static let bind = "platform.bind"
    package static let unbind = "platform.unbind"
    package static let cancelRequest = "platform.cancelRequest"
    package static let chatPut = "platform.chat.put"
    package static let chatRemove = "platform.chat.remove"
    package static let chatCheck = "platform.chat.check"
    package static let chatConfirm = "platform.chat.confirm"
    package static let chatPreview = "platform.chat.preview"
    package static let chatPlan = "platform.chat.plan"
    package static let chatsEvent = "platform.v1.chatsChanged"
    package static let chatsJob = "platform.chats"
    package static let conferencePut = "platform.conference.put"
    package static let conferenceParticipants = "platform.conference.participants"
    package static let conferencesEvent = "platform.v1.conferencesChanged"
    package static let conferencesJob = "platform.conferences"
    package static let notify = "platform.notify"
    package static let noticesJob = "platform.notices"
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
      // What was asked and not answered may have had its effect.
      let doubtful = try ChatEnd.recover(transaction, nowMs: host.nowMs)
      try ChatBook.close(transaction, doubtful, nowMs: host.nowMs)
      try ChatBook.wake(transaction, nowMs: host.nowMs)
      try ConferenceBook.wake(transaction, nowMs: host.nowMs)
      try Notices.wake(transaction)
      if try PollRun.isNeeded(transaction) {
        try transaction.schedule(Wire.pollJob, key: PollRun.key, dueAtMs: host.nowMs)
      }
    }
  }
}
