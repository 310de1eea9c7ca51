import PluginKit

/// The five types of chats.
package enum ChatKind: String, Sendable, CaseIterable {
  case teachers, `class`, parents, subject, other

  /// Made by themselves, and never deleted.
  var isDefault: Bool { self == .teachers || self == .class || self == .parents }

  var title: Text {
    switch self {
    case .teachers: Text("Учительский чат", en: "Teachers' chat")
    case .class: Text("Классный чат", en: "Class chat")
    case .parents: Text("Родительский чат", en: "Parents' chat")
    case .subject: Text("Предмет", en: "Subject")
    case .other: Text("Другое", en: "Other")
    }
  }

  /// The sides on which people may be put into such a chat. Source: SPEC C5.
  var sides: [Side] {
    switch self {
    case .other, .parents: Side.allCases
    case .teachers, .class, .subject: [.employee, .pupil]
    }
  }
}
