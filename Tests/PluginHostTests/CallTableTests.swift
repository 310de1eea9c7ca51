import Jansson
import Synchronization
import Testing

@testable import PluginHost

@Suite struct CallTableTests {
  private func record() -> CallRecord {
    CallRecord(PluginCall(.command, "a.b"), events: CallEvents()) { _ in }
  }

  @Test func `an id names one call and never another`() throws {
    let table = CallTable()
    let first = record()
    let id = try #require(table.insert(first))
    #expect(id != 0)
    #expect(table.record(id) === first)
    #expect(table.remove(id) === first)

    let second = record()
    let next = try #require(table.insert(second))

    #expect(next != id)
    #expect(UInt32(truncatingIfNeeded: next) == UInt32(truncatingIfNeeded: id))
    #expect(table.record(id) == nil)
    #expect(table.remove(id) == nil)
    #expect(table.remove(next) === second)
  }

  @Test(arguments: [0, 1, UInt64.max, 1 << 32, 7 << 32 | 5] as [UInt64])
  func `an id that never was finds nothing`(_ id: UInt64) {
    let table = CallTable()
    #expect(table.record(id) == nil)
    #expect(table.remove(id) == nil)
  }

  @Test func `a full table refuses`() {
    let table = CallTable()
    for _ in 0..<CallTable.capacity { #expect(table.insert(record()) != nil) }
    #expect(table.insert(record()) == nil)
  }

  @Test func `many threads that end one call end it once`() async throws {
    let table = CallTable()
    let ends = Mutex(0)
    for _ in 0..<200 {
      let record = CallRecord(PluginCall(.command, "a.b"), events: CallEvents()) { _ in
        ends.withLock { $0 += 1 }
      }
      let id = try #require(table.insert(record))
      await withDiscardingTaskGroup { group in
        for _ in 0..<4 { group.addTask { _ = table.remove(id)?.answer(.success(.null)) } }
        group.addTask { record.giveUp(.cancelled) }
      }
    }
    #expect(ends.withLock { $0 } == 200)
    #expect(table.count == 0)
  }
}
