import Dispatch
import Foundation
import Synchronization
import Testing

@testable import PluginHost

@Suite(.serialized) struct PluginExecutorTests {
  @Test func `work of a serial plugin runs one at a time, in the order in which it came`() {
    let executor = PluginExecutor(plugin: "order", parallel: false)
    let seen = Mutex<[Int]>([])
    let inside = Atomic(0)
    let most = Atomic(0)
    let isDone = Signal()
    for number in 0..<5_000 {
      executor.run {
        most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        seen.withLock { $0.append(number) }
        inside.subtract(1, ordering: .relaxed)
        if number == 4_999 { isDone.raise() }
      }
    }
    #expect(isDone.wait(limitMs: 30_000))
    #expect(seen.withLock { $0 } == Array(0..<5_000))
    #expect(most.load(ordering: .relaxed) == 1)
  }

  @Test func `each call may wait for the one before, a thousand times over`() {
    let executor = PluginExecutor(plugin: "turns", parallel: false)
    for _ in 0..<1_000 {
      let hasRun = Signal()
      executor.run { hasRun.raise() }
      guard hasRun.wait(limitMs: 30_000) else { return #expect(Bool(false), "a call was left lying") }
    }
    #expect(becomes { threads("esh.turns") == 1 })
    withExtendedLifetime(executor) {}
  }

  @Test func `a parallel plugin has sixteen threads at most, and keeps one`() {
    let executor = PluginExecutor(plugin: "wide", parallel: true)
    let inside = Atomic(0)
    let most = Atomic(0)
    let gate = DispatchSemaphore(value: 0)
    let done = DispatchGroup()
    for _ in 0..<40 {
      done.enter()
      executor.run {
        most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        gate.wait()
        inside.subtract(1, ordering: .relaxed)
        done.leave()
      }
    }
    #expect(becomes { inside.load(ordering: .relaxed) == 16 })
    for _ in 0..<40 { gate.signal() }
    #expect(done.wait(timeout: .now() + 30) == .success)
    #expect(most.load(ordering: .relaxed) == 16)
    #expect(becomes { threads("esh.wide") == 1 })
    withExtendedLifetime(executor) {}
  }

  @Test func `an executor that nobody holds does what waits, and leaves no thread behind`() {
    let count = Atomic(0)
    let gate = DispatchSemaphore(value: 0)
    do {
      let executor = PluginExecutor(plugin: "gone", parallel: false)
      executor.run { gate.wait() }
      for _ in 0..<10 { executor.run { count.add(1, ordering: .relaxed) } }
    }
    #expect(becomes { threads("esh.gone") == 1 })
    gate.signal()
    #expect(becomes { threads("esh.gone") == 0 })
    #expect(count.load(ordering: .relaxed) == 10)
  }

  @Test func `no signal of the process interrupts a plugin's code, but those that it raises itself`() {
    let executor = PluginExecutor(plugin: "signals", parallel: false)
    let found = Mutex<[Int32: Bool]>([:])
    let isDone = Signal()
    executor.run {
      var mask = sigset_t()
      unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
      for signal in [SIGTERM, SIGINT, SIGCHLD, SIGSEGV, SIGABRT] {
        found.withLock { $0[signal] = unsafe sigismember(&mask, signal) == 1 }
      }
      isDone.raise()
    }
    #expect(isDone.wait(limitMs: 30_000))
    let blocked = found.withLock { $0 }
    #expect(blocked == [SIGTERM: true, SIGINT: true, SIGCHLD: true, SIGSEGV: false, SIGABRT: false])
  }

  /// Threads of this process that have the name.
  private func threads(_ name: String) -> Int {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.count { task in
      // try?: one that ended meanwhile.
      (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == name + "\n"
    }
  }

  private func becomes(_ condition: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(30)
    while !condition() {
      guard ContinuousClock.now < end else { return false }
      sched_yield()
    }
    return true
  }
}
