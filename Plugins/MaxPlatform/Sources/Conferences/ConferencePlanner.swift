import PluginKit

/// One thing to ask of the platform about a conference: one request each.
package enum ConferenceCall: Equatable, Sendable {
  /// Look how things stand, by the external id.
  case read
  /// Make the call; `start`: and let it begin at once.
  case create(start: Bool)
  case start
  case finish
  case change(ConferencePlan)
  case delete

  package var word: String {
    switch self {
    case .read: "read"
    case .create(start: false): "create"
    case .create(start: true): "createAndStart"
    case .start: "start"
    case .finish: "finish"
    case .change: "change"
    case .delete: "delete"
    }
  }
}

/// Decides what is asked next. A function of one picture, so that what is told, done and tested is the same.
package enum ConferencePlanner {
  /// nil: nothing, until something changes.
  package static func next(_ picture: ConferencePicture) -> ConferenceCall? {
    guard !picture.isInDoubt else { return .read }
    return switch picture.phase {
    case .planned: planned(picture)
    case .active: active(picture)
    case .finished: finished(picture)
    case .removed: removed(picture)
    }
  }

  /// Whether a call goes before everything else: somebody waits at a door, or in a room that should be closed.
  package static func isUrgent(_ call: ConferenceCall, _ picture: ConferencePicture) -> Bool {
    switch call {
    case .create(let start): start
    case .start, .finish: true
    case .read: picture.phase == .active || picture.phase == .finished
    case .change, .delete: false
    }
  }

  private static func planned(_ picture: ConferencePicture) -> ConferenceCall? {
    switch picture.actual {
    case .none: picture.chat == nil || picture.wasStarted ? nil : .create(start: false)
    case .created: isElsewhere(picture) ? .delete : change(picture)
    case .active: change(picture)
    case .finished: nil
    }
  }

  /// A call that had begun and is gone, or that somebody ended, does not begin a second time.
  private static func active(_ picture: ConferencePicture) -> ConferenceCall? {
    switch picture.actual {
    case .none: picture.chat == nil || picture.wasStarted ? nil : .create(start: true)
    case .created: isElsewhere(picture) ? .delete : .start
    case .active: change(picture)
    case .finished: nil
    }
  }

  private static func finished(_ picture: ConferencePicture) -> ConferenceCall? {
    switch picture.actual {
    case .created: .delete
    case .active: .finish
    case .none, .finished: nil
    }
  }

  private static func removed(_ picture: ConferencePicture) -> ConferenceCall? {
    switch picture.actual {
    case .none: nil
    case .active: .finish
    case .created, .finished: .delete
    }
  }

  /// A call can't move to another chat: it is made anew there.
  private static func isElsewhere(_ picture: ConferencePicture) -> Bool {
    guard let chat = picture.chat, let callChat = picture.callChat else { return false }
    return chat != callChat
  }

  /// The start of a call that goes on can't be moved.
  private static func change(_ picture: ConferencePicture) -> ConferenceCall? {
    var known = picture.known
    if picture.actual == .active { known?.startsAt = picture.wanted.startsAt }
    return known == picture.wanted ? nil : .change(picture.wanted)
  }
}
