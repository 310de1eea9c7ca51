import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A few read-only connections, opened when first needed, each lent to one thread at a time.
///
/// A lock and no queue: a read runs on the thread that asks for it, since waking another costs more than
/// most reads.
final class ReaderPool: Sendable {
  private struct State {
    var idle: [Connection] = []
    var holders: [UInt] = []
    var isClosed = false
  }

  private let path: String
  private let schema: SchemaChanges
  private let state = Mutex(State())
  private let places: DispatchSemaphore

  init(path: String, size: Int, schema: SchemaChanges) {
    self.path = path
    self.schema = schema
    places = DispatchSemaphore(value: size)
  }

  /// Lends a connection for the length of `body`; waits while all are out.
  func lend<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    let thread = currentThread()
    guard !holds(thread) else { throw StoreError.nested }
    places.wait()
    defer { places.signal() }
    let idle = try state.withLock { state throws(StoreError) -> Connection? in
      guard !state.isClosed else { throw .closed }
      state.holders.append(thread)
      return state.idle.popLast()
    }
    var connection: Connection? = idle
    defer {
      let done = connection
      state.withLock { state in
        if let place = state.holders.firstIndex(of: thread) { state.holders.remove(at: place) }
        if let done, !state.isClosed { state.idle.append(done) }
      }
    }
    let lent = try connection ?? Connection(path: path, role: .reader, schema: schema)
    connection = lent
    return try body(lent)
  }

  /// True when this thread has a connection out.
  func holds(_ thread: UInt) -> Bool { state.withLock { $0.holders.contains(thread) } }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Connections that are out close when they come back.
  func close() throws {
    let idle = state.withLock { state in
      state.isClosed = true
      defer { state.idle = [] }
      return state.idle
    }
    for connection in idle { try connection.close() }
  }
}

/// A number for the running thread, never 0.
func currentThread() -> UInt { UInt(pthread_self()) }
