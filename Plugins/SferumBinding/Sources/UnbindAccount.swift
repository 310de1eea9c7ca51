import PluginKit

/// The command `sferum.unbindAccount` → `{status: "unbound"}`: unbound here at once, on the platform as soon as it
/// can be told.
enum UnbindAccount {
  static func run(_ call: Call) throws -> Outcome {
    let user = try call.user()
    let now = call.host.nowMs
    try call.write { transaction in
      guard let active = try Requests.active(transaction, user: user.id), active.state == .bound else {
        throw PluginError("sferum.notBound", Messages.notBound, level: .info)
      }
      try Requests.move(transaction, active, to: .unbound, nowMs: now)
      try transaction.schedule(Jobs.undo, key: active.id, dueAtMs: now, payload: ["service": "platform.unbind"])
    }
    return Outcome(result: ["status": "unbound"], effects: [.closeWindow, .dialog(.info, Messages.unbound)])
  }
}
