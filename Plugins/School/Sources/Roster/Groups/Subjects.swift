import PluginKit

/// Subjects by their titles; letter case and ё do not make another subject.
enum Subjects {
  /// The subject of that title, made when the school has none.
  static func id(of title: String, _ transaction: Transaction) throws -> String {
    let row =
      try find(title, transaction)
      ?? transaction.first("INSERT INTO school_subjects(title) VALUES (?) RETURNING id, title", [JSONValue(title)])
    return row?["id"]?.string ?? ""
  }

  /// How the school writes the subject that is given by its id or title; a new title is written as given.
  static func title(_ given: String, _ transaction: Transaction) throws -> String {
    let row = try transaction.first("SELECT title FROM school_subjects WHERE id = ?", [JSONValue(given)])
    return try (row ?? find(given, transaction))?["title"]?.string ?? given
  }

  private static func find(_ title: String, _ transaction: Transaction) throws -> JSONValue? {
    try transaction.first("SELECT id, title FROM school_subjects WHERE title = ?", [JSONValue(title)])
      ?? transaction.first(
        "SELECT id, title FROM school_subjects WHERE shell_fold(title) = shell_fold(?)", [JSONValue(title)])
  }
}
