import Dispatch
import Synchronization
import Testing

@testable import ShellTransport

@Suite struct DeskTests {
  /// Long enough for any machine; only a defect waits for it.
  private static var limit: DispatchTime { .now() + 60 }

  @Test func `what the desk hands in to itself is done, turn after turn`() {
    let desk = Desk()
    defer { desk.shutDown() }
    let isDone = DispatchSemaphore(value: 0)
    @Sendable func step(_ left: Int) {
      guard left > 0 else { return _ = isDone.signal() }
      desk.execute { step(left - 1) }
    }
    step(20_000)
    #expect(isDone.wait(timeout: Self.limit) == .success)
  }

  @Test func `what other threads hand in is done, whether the desk sleeps, wakes or works`() {
    let desk = Desk()
    defer { desk.shutDown() }
    let count = Atomic(0)
    // Each waits for its own work before the next, so that the desk falls asleep again and again.
    DispatchQueue.concurrentPerform(iterations: 3) { _ in
      for _ in 0..<5_000 {
        let hasRun = DispatchSemaphore(value: 0)
        desk.execute {
          count.add(1, ordering: .relaxed)
          hasRun.signal()
        }
        guard hasRun.wait(timeout: Self.limit) == .success else { return }
      }
    }
    #expect(count.load(ordering: .relaxed) == 15_000)
  }

  @Test func `a timer that is due runs while others hand in work without end`() {
    let desk = Desk()
    defer { desk.shutDown() }
    let isOver = Atomic(false)
    let hasFired = DispatchSemaphore(value: 0)
    @Sendable func busy() { if !isOver.load(ordering: .relaxed) { desk.execute { busy() } } }
    busy()
    desk.schedule(afterMs: 1) { hasFired.signal() }
    #expect(hasFired.wait(timeout: Self.limit) == .success)
    isOver.store(true, ordering: .relaxed)
  }
}
