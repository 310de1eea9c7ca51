import Jansson

/// How people read a line of the audit log. It may name persons; phones stay masked, and nothing of it goes to the log.
///
/// What a line does not say itself the host makes up: the title of the command of that name, the object's id, and the
/// members of old and new by their names.
public struct AuditWords: Sendable {
  /// What was done.
  public var title: Text?
  /// The object's kind and name, e.g. «Сотрудник: Ветрова Ольга».
  public var object: Text?
  /// «поле: было → стало», a line for each.
  public var changes: Text?

  public init(title: Text? = nil, object: Text? = nil, changes: Text? = nil) {
    self.title = title
    self.object = object
    self.changes = changes
  }
}
