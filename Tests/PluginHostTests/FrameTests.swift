import CShellPlugin
import Jansson
import ShellStore
import ShellTime
import Synchronization
import Testing

@testable import PluginHost

/// What goes between the host and a runner, also when the runner is not what it should be.
@Suite struct FrameTests {
  private static let value: JSONValue = ["name": "Ёлка", "list": [1, 2.5, true, .null]]

  private func sent() -> FrameText {
    var frame = FrameText(.query, 0xfeed_0000_0000_0001)
    frame.text("SELECT 1")
    frame.json(Self.value)
    frame.number(-7)
    frame.json(nil)
    return frame
  }

  @Test func `a frame arrives as it was sent, whole or in pieces, small or large`() throws {
    let (near, far) = try #require(FramePipe.pair())
    var large = FrameText(.complete, 2)
    large.text(String(repeating: "x", count: 300_000))
    _ = OwnThread.start("test") { [large] in
      near.send(sent())
      near.send(large)
      near.send(sent())
      near.shut()
    }
    var reader = FrameReader(far)
    for _ in 0..<2 {
      let next = reader.next()
      let frame = try #require(next)
      if frame.kind == .complete {
        #expect(frame.id == 2 && frame.text(0).utf8.count == 300_000)
        continue
      }
      #expect(frame.kind == .query && frame.id == 0xfeed_0000_0000_0001 && frame.count == 4)
      #expect(frame.text(0) == "SELECT 1" && frame.value(1) == Self.value && frame.number(2) == -7)
      #expect(frame.value(3) == nil && frame.value(9) == nil && frame.number(1) == 0)
    }
    let (last, end) = (reader.next(), reader.next())
    #expect(last?.kind == .query && end == nil)
  }

  @Test func `bytes that are no frame end the reading, and nothing traps`() throws {
    var dice = SeededNumbers(9)
    let whole = sent().finished()
    for round in 0..<300 {
      var bytes = whole
      // A few bytes changed, or the end cut off, or nothing but noise.
      switch round % 3 {
      case 0:
        for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &dice)] = .random(in: 0...255, using: &dice) }
      case 1: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &dice))
      default: bytes = bytes.map { _ in .random(in: 0...255, using: &dice) }
      }
      let (near, far) = try #require(FramePipe.pair())
      near.sendRaw(bytes)
      near.shut()
      var reader = FrameReader(far)
      while let frame = reader.next() {
        for part in 0..<frame.count { _ = (frame.text(part), frame.number(part), frame.value(part)) }
      }
    }
  }

  @Test func `frames out of place are counted against the plugin and change nothing`() async throws {
    let runners = RogueRunners()
    let bench = try HostBench([ScriptedPlugin(commands: ["echo"])]) { configuration in
      configuration.runners = runners
      configuration.isolation.everywhere = .runner
    }
    #expect(await bench.run("scripted.echo").value != nil)
    let pipe = try #require(runners.guestPipe)
    for kind in [Frame.Kind.query, .emit, .end, .open, .call, .answer] {
      var frame = FrameText(kind, 77)
      frame.text("DROP TABLE shell_events")
      pipe.send(frame)
    }
    for kind in [Frame.Kind.complete, .fail, .progress, .settled] { pipe.send(FrameText(kind, 0xdead)) }
    #expect(await bench.run("scripted.echo").value != nil)
    let status = try #require(bench.status())
    #expect(status.violations == 6 && status.lateCompletions == 2)
    #expect(try bench.rows("SELECT count(*) AS n FROM shell_events")[0]?["n"] == 0)
  }

  @Test func `columns that lead out of themselves are refused`() async throws {
    let folder = TemporaryFolder()
    let store = try Store(path: "\(folder.path)/s.sqlite", clock: ManualClock(HostBench.start))
    // try?: the folder goes away with it.
    defer { try? store.close() }
    let bench = try HostBench([ScriptedPlugin(commands: ["echo"])])
    let context = try #require(bench.host.byID["scripted"]?.context)
    func refused(_ fill: (inout FrameText) -> Void) throws -> String? {
      var text = FrameText(.queryColumns, 1)
      text.text("SELECT a FROM shell_columns")
      text.json([])
      fill(&text)
      let bytes = text.finished()
      let frame = try #require(
        Frame(Frame.Head(bytes[..<Frame.headSize]), payload: Array(bytes[Frame.headSize...])))
      return try store.transact(.read) { transaction in
        let scope = BodyScope(context: context, record: nil, transaction: transaction, writes: false)
        do throws(PluginFailure) {
          _ = try SentColumns.query(frame, scope)
          return nil
        } catch { return error.message.en }
      }
    }
    func part(_ numbers: [UInt32], _ frame: inout FrameText) {
      unsafe numbers.withUnsafeBytes { unsafe frame.memory($0) }
    }
    func texts(rows: Int64, order: [UInt32], bytes: String, starts: [UInt32], ends: [UInt32]) throws -> String? {
      try refused { frame in
        frame.number(rows)
        part(order, &frame)
        frame.number(Int64(SHELL_COLUMN_TEXT))
        frame.text(bytes)
        part(starts, &frame)
        part(ends, &frame)
      }
    }
    #expect(try texts(rows: 2, order: [], bytes: "abcd", starts: [0, 2], ends: [2, 4]) == nil)
    #expect(try texts(rows: 2, order: [1, 0], bytes: "abcd", starts: [0, 2], ends: [2, 4]) == nil)
    #expect(try texts(rows: 2, order: [], bytes: "abcd", starts: [0, 2], ends: [2, 5]) != nil)
    #expect(try texts(rows: 2, order: [], bytes: "abcd", starts: [0, 4], ends: [2, 3]) != nil)
    #expect(try texts(rows: 3, order: [], bytes: "abcd", starts: [0, 2], ends: [2, 4]) != nil)
    #expect(try texts(rows: 2, order: [9, 0], bytes: "abcd", starts: [0, 2], ends: [2, 4]) != nil)
    #expect(try texts(rows: 2, order: [0], bytes: "abcd", starts: [0, 2], ends: [2, 4]) != nil)
    #expect(try texts(rows: -1, order: [], bytes: "", starts: [], ends: []) != nil)
    #expect(try refused { $0.number(1) } != nil)
  }
}

/// Runners on threads, whose own end of the socket a test may write to.
private final class RogueRunners: RunnerLaunching {
  private let pipe = Mutex<FramePipe?>(nil)
  var guestPipe: FramePipe? { pipe.withLock { $0 } }

  func launch(
    _ plugin: String, library path: String, isParallel: Bool, memoryMB: Int64
  ) throws(PluginLoadError) -> RunnerProcess {
    guard let (ours, theirs) = FramePipe.pair() else { throw .runner("no socket") }
    pipe.withLock { $0 = theirs }
    return ThreadRunners.process(ours, theirs, plugin, isParallel)
  }
}
