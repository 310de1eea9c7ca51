import Testing

@testable import SferumBindingPlugin

@Suite struct WaitersTests {
  @Test func `a word that came first is there at once`() async {
    let waiters = Waiters()
    let waiter = waiters.register("r1")
    #expect(waiters.tell("r1", .sent))
    #expect(await waiter.word(within: .seconds(60)) == .sent)
  }

  @Test func `a word wakes whoever waits`() async {
    let waiters = Waiters()
    let waiter = waiters.register("r1")
    async let word = waiter.word(within: .seconds(60))
    await Task.yield()
    #expect(waiters.tell("r1", .bound))
    #expect(await word == .bound)
  }

  @Test func `the end of the wait and a word: exactly one of them tells the person`() async {
    let waiters = Waiters()
    let waiter = waiters.register("r1")
    #expect(await waiter.word(within: .zero) == nil)
    #expect(!waiters.tell("r1", .sent))
  }

  @Test func `a caller that goes ends the wait`() async {
    let waiters = Waiters()
    let waiter = waiters.register("r1")
    let task = Task { await waiter.word(within: .seconds(60)) }
    task.cancel()
    #expect(await task.value == nil)
    #expect(!waiters.tell("r1", .sent))
  }

  @Test func `two sessions that press are both told, others are not`() async {
    let waiters = Waiters()
    let first = waiters.register("r1")
    let second = waiters.register("r1")
    let other = waiters.register("r2")
    #expect(waiters.tell("r1", .taken))
    #expect(await first.word(within: .seconds(60)) == .taken)
    #expect(await second.word(within: .seconds(60)) == .taken)
    #expect(await other.word(within: .zero) == nil)
  }

  @Test func `nobody is told of a request that nobody waits for`() {
    let waiters = Waiters()
    waiters.remove(waiters.register("r1"), "r1")
    #expect(!waiters.tell("r1", .sent))
  }
}
