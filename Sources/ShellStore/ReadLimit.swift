import ShellTime

/// How long a read of a table may take, and on whose connections.
package struct ReadLimit: Sendable, Equatable {
  /// Milliseconds, looked at every few thousand steps of SQLite: a read of a few rows is never given up. nil: any time.
  package var ms: Int64?
  /// Whether it may keep others waiting: such reads have connections of their own, so that they never take the last one
  /// of those who are quick.
  package var isPatient: Bool

  package init(ms: Int64?, isPatient: Bool = false) {
    self.ms = ms
    self.isPatient = isPatient
  }

  package static let none = ReadLimit(ms: nil)
}

extension Store {
  /// Lends a connection to read a table. What takes longer than it may is given up, as is everything that is at work when
  /// the store closes.
  func reading<T>(_ limit: ReadLimit, _ body: (Connection) throws -> T) throws(PageError) -> T {
    let pool = limit.isPatient ? patientReaders : readers
    do {
      return try pool.lend { connection in
        guard let ms = limit.ms else { return try body(connection) }
        let end = monotonicMs() + ms
        return try connection.stoppingStatements(when: { monotonicMs() >= end || pool.isClosed }) {
          try body(connection)
        }
      }
    } catch {
      if let ms = limit.ms, let error = error as? StoreError, error.isInterrupted { throw .tooSlow(ms: ms) }
      throw PageError(error)
    }
  }
}
