import GRDB

/// What an administrator of a chat may do, in the words of the Bot API.
enum Permission: String, CaseIterable, Sendable {
  case readAllMessages = "read_all_messages"
  case addRemoveMembers = "add_remove_members"
  case addAdmins = "add_admins"
  case changeChatInfo = "change_chat_info"
  case pinMessage = "pin_message"
  case editLink = "edit_link"
  case write
  case edit
  case delete
  case canCall = "can_call"
  case viewStats = "view_stats"

  /// Known in channels and not in group chats.
  var isForChannels: Bool { self == .edit || self == .delete || self == .viewStats }

  /// Useless, and refused, without the right to read.
  var needsReading: Bool { [.write, .pinMessage, .edit, .delete].contains(self) }
}

/// The permissions of one administrator.
struct Permissions: Equatable, Sendable {
  private let granted: Set<Permission>

  /// Everything that there is in a group chat: what the owner has.
  static let all = Permissions(Set(Permission.allCases.filter { !$0.isForChannels }))

  private init(_ granted: Set<Permission>) { self.granted = granted }

  /// Checks a wish by the platform's rules.
  ///
  /// Calling comes with being an administrator, asked for or not.
  init(asked names: [String]) throws(Refusal) {
    var granted: Set<Permission> = [.canCall]
    for name in names {
      guard let permission = Permission(rawValue: name) else { throw .payload("Unknown permission: \(name)") }
      guard !permission.isForChannels else { throw .payload("Permission '\(name)' is for channels only") }
      granted.insert(permission)
    }
    if !granted.contains(.readAllMessages), let first = granted.filter(\.needsReading).map(\.rawValue).min() {
      throw .payload("Permission '\(first)' requires 'read_all_messages'")
    }
    self.granted = granted
  }

  func contains(_ permission: Permission) -> Bool { granted.contains(permission) }

  /// In the order of the platform's own list.
  var names: [String] { Permission.allCases.filter(granted.contains).map(\.rawValue) }
}

extension Permissions: DatabaseValueConvertible {
  /// Names with commas between them.
  var databaseValue: DatabaseValue { names.joined(separator: ",").databaseValue }

  static func fromDatabaseValue(_ value: DatabaseValue) -> Permissions? {
    String.fromDatabaseValue(value).map { text in
      Permissions(Set(text.split(separator: ",").compactMap { Permission(rawValue: String($0)) }))
    }
  }
}
