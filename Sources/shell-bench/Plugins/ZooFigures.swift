import Glibc
import Jansson
import Synchronization

/// What somebody who pages through a registry feels of one animal of the zoo at a time.
struct ZooFigures {
  private let school: ZooSchool
  private let calls: Int

  init(_ school: ZooSchool, calls: Int) {
    self.school = school
    self.calls = calls
  }

  private static let page = Message("registry/query", #"{"registry":"pupils","limit":20}"#)

  func text() throws -> String {
    var rows = [["beside", "p50, µs", "p99, µs", "p99 to idle", "animal's calls"]]
    try school.withHost("runner", .bothCores) { client in
      _ = try client.latencies(Self.page, count: calls)
      let idle = try client.latencies(Self.page, count: calls)
      rows.append(["nobody", Text.number(idle.median), Text.number(idle.p99), "1", ""])
      for animal in ZooSchool.animals {
        let keeper = try Keeper(school.visitor(), animal)
        let found = try client.latencies(Self.page, count: calls)
        let ratio = found.p99 / idle.p99
        rows.append([
          animal, Text.number(found.median), Text.number(found.p99), Text.number(ratio), "\(keeper.leave())",
        ])
      }
    }
    return Text.table(rows)
  }

  /// Calls one animal again and again, on a thread of its own, however often it is refused.
  private final class Keeper: @unchecked Sendable {
    // Safe to share: the client is the thread's, the rest is behind the lock or atomic.
    private let client: Client
    private let command: Message
    private let isOver = Atomic(false)
    private let calls = Atomic(0)
    private var thread = pthread_t()

    init(_ client: Client, _ animal: String) throws {
      self.client = client
      command = Message.command("zoo.\(animal)")
      let pointer = unsafe Unmanaged.passRetained(self).toOpaque()
      unsafe pthread_create(
        &thread, nil,
        { pointer in
          if let pointer = unsafe pointer { unsafe Unmanaged<Keeper>.fromOpaque(pointer).takeRetainedValue().work() }
          return nil
        }, pointer)
    }

    private func work() {
      // The last animal may have crashed too often.
      _ = try? client.result(Message("plugin/enable", #"{"plugin":"zoo"}"#))
      while !isOver.load(ordering: .relaxed) {
        // try?: most animals are refused, which is what is measured.
        _ = try? client.result(command)
        calls.add(1, ordering: .relaxed)
      }
    }

    /// Ends it; how often the animal was called.
    func leave() -> Int {
      isOver.store(true, ordering: .relaxed)
      pthread_join(thread, nil)
      return calls.load(ordering: .relaxed)
    }
  }
}
