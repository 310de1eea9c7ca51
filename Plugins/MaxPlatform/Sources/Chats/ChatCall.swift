import PluginKit

/// One thing to ask of the platform about a chat: one request, but for `readAll`, which takes one a hundred members.
package enum ChatCall: Equatable, Sendable {
  /// Look for a chat whose creation was not seen to end.
  case find
  case create(members: [Int64], administrators: [Int64])
  case delete
  /// What the bot may do in the chat.
  case readRights
  case readTitle
  case readAll
  /// Whether these are in, and how; a hundred at most.
  case readMembers([Int64])
  case remove(Int64)
  case rename(String)
  case add([Int64])
  case unmake(Int64)
  case make([Int64])

  package enum Kind: String, CaseIterable, Sendable {
    case find, create, delete, readRights, readTitle, readAll, readMembers, remove, rename, add, unmake, make

    /// Whether it counts against what one chat takes in a second.
    package var isChange: Bool {
      switch self {
      case .find, .readRights, .readTitle, .readAll, .readMembers: false
      case .create, .delete, .remove, .rename, .add, .unmake, .make: true
      }
    }
  }

  package var kind: Kind {
    switch self {
    case .find: .find
    case .create: .create
    case .delete: .delete
    case .readRights: .readRights
    case .readTitle: .readTitle
    case .readAll: .readAll
    case .readMembers: .readMembers
    case .remove: .remove
    case .rename: .rename
    case .add: .add
    case .unmake: .unmake
    case .make: .make
    }
  }

  /// The members whose state is unknown when its answer is lost.
  var members: [Int64] {
    switch self {
    case .remove(let member), .unmake(let member): [member]
    case .add(let members), .make(let members): members
    case .create(let members, _): members
    case .find, .delete, .readRights, .readTitle, .readAll, .readMembers, .rename: []
    }
  }

  /// As it stands in the chat's row while no answer has come.
  var json: JSONValue {
    ["kind": JSONValue(kind.rawValue), "members": JSONValue(members.map { JSONValue($0) })]
  }
}

/// What is left of a call whose process is gone: enough to know what is uncertain now.
struct LostCall {
  let kind: ChatCall.Kind
  let members: [Int64]

  init(_ call: ChatCall) {
    kind = call.kind
    members = call.members
  }

  init?(_ text: String?) {
    // try?: written by us alone; what can't be read came from another version and is treated as everything.
    guard let json = text.flatMap({ try? JSONValue(parsing: $0) }),
      let kind = json["kind"]?.string.flatMap(ChatCall.Kind.init)
    else { return nil }
    self.kind = kind
    members = (json["members"]?.array ?? []).compactMap(\.int64)
  }
}
