import Synchronization

/// The tasks of calls that have not answered yet, by call id, so that a cancelled call stops its task.
final class PendingTasks: Sendable {
  private let tasks = Mutex<[UInt64: Task<Void, Never>]>([:])

  func start(_ callID: UInt64, _ body: @escaping @Sendable () async -> Void) {
    // The lock is held over the start, so that a task that ends at once finds its entry to remove.
    tasks.withLock { tasks in
      tasks[callID] = Task {
        await body()
        self.tasks.withLock { $0[callID] = nil }
      }
    }
  }

  func cancel(_ callID: UInt64) { tasks.withLock { $0[callID] }?.cancel() }
}
