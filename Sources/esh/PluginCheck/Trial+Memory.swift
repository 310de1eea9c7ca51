import CPluginCheck
import Dispatch
import Glibc
import Jansson
import PluginHost
import ShellStore
import Synchronization

/// What stays in memory after calls that are over.
extension Trial {
  /// Bytes a call that must stay, again and again, before anybody looks closer.
  private static let leastGrowth: Int64 = 16
  /// Growth past this is nobody's cache.
  private static let plainGrowth: Int64 = 1024
  /// After that much idleness libdispatch ends its threads. Each keeps up to 1024 blocks that were freed on it, which
  /// looks like memory that grows until they end.
  private static let restMs: Int64 = 6000

  /// What stayed after some calls.
  private struct Growth {
    var calls: Int
    /// A call, in the quarter in which the least stayed.
    var bytes: Int64
    /// Blocks of jansson's, a call, likewise.
    var values: Int64
  }

  /// Calls the same many times and looks at what stays in every quarter of them, twice. What is plain is told at once, the
  /// rest is only suspected.
  func watchMemory(_ call: TrialPlan.Call, _ params: JSONValue, _ growthMs: Int64) {
    wire.began("\(call.label) × \(limits.calls)", limitMs: 60_000 + 10 * growthMs)
    var least = Int64.max
    for round in 0..<2 {
      guard let found = growth(call, params, growthMs) else { return }
      // Nobody but the plugin and the host makes such values, and the host keeps none.
      let keepsValues = found.values >= 1
      guard keepsValues || found.bytes >= Self.leastGrowth else { return }
      if keepsValues, round > 0 {
        return wire.found(.keptValues(at: call.label, blocks: found.values, bytes: found.bytes))
      }
      least = min(least, found.bytes)
    }
    if least >= Self.plainGrowth { return wire.found(.growth(at: call.label, bytes: least)) }
    suspects.append((call, params))
  }

  /// Tells honest caches from memory that is lost: first of all suspects together, then of each.
  func confirmSuspects() {
    guard !suspects.isEmpty else { return }
    wire.began("memory", limitMs: (Self.restMs + 20_000) * Int64(suspects.count + 3))
    let least = suspects.reduce(Int64.max) { min($0, Int64(repeated($1.call, $1.params))) }
    var before = restedHeap()
    for suspect in suspects { _ = repeated(suspect.call, suspect.params) }
    var now = restedHeap()
    guard now - before >= Self.leastGrowth * least else { return }
    for suspect in suspects {
      before = now
      let calls = Int64(repeated(suspect.call, suspect.params))
      now = restedHeap()
      guard calls > 0, now - before >= Self.leastGrowth * calls else { continue }
      wire.found(.growth(at: suspect.call.label, bytes: (now - before) / calls))
    }
  }

  /// Calls a suspect as often as fits into a few seconds; how often that was.
  private func repeated(_ call: TrialPlan.Call, _ params: JSONValue) -> Int {
    let request = PluginCall(call.kind, call.name, params: params, session: Self.session, plugin: manifest.id)
    let end = monotonicMilliseconds() + 3000
    var made = 0
    while made < max(1000, limits.calls), monotonicMilliseconds() < end, repeats(request, 100, withinMs: 3000) {
      made += 100
    }
    wire.did(["calls": made])
    return made
  }

  /// The same when its threads have ended as well.
  func restedHeap() -> Int64 {
    settle()
    usleep(UInt32(Self.restMs) * 1000)
    return settledHeap()
  }

  /// nil when too few calls fit into the time.
  private func growth(_ call: TrialPlan.Call, _ params: JSONValue, _ growthMs: Int64) -> Growth? {
    let started = monotonicMilliseconds()
    let request = PluginCall(call.kind, call.name, params: params, session: Self.session, plugin: manifest.id)
    // 1. Warm-up: caches fill, arenas are made. It also tells how many calls fit.
    let warm = min(50, limits.calls)
    guard warm > 0, repeats(request, warm, withinMs: growthMs) else { return nil }
    let spent = max(1, monotonicMilliseconds() - started)
    let quarter = min(limits.calls, Int((growthMs - spent) * Int64(warm) / spent)) / 4
    guard quarter >= 20 else { return nil }
    // 2. Four quarters.
    var (heap, values) = (settledHeap(), check_json_blocks())
    var found = Growth(calls: warm + 4 * quarter, bytes: .max, values: .max)
    for _ in 0..<4 {
      guard repeats(request, quarter, withinMs: 4 * growthMs) else { return nil }
      let (heapNow, valuesNow) = (settledHeap(), check_json_blocks())
      found.bytes = min(found.bytes, (heapNow - heap) / Int64(quarter))
      found.values = min(found.values, (valuesNow - values) / Int64(quarter))
      (heap, values) = (heapNow, valuesNow)
    }
    wire.did(["calls": found.calls])
    return found
  }

  /// What malloc has given out, in bytes, when nothing of the plugin runs.
  func settledHeap() -> Int64 {
    settle()
    forgetPages()
    return check_heap_bytes()
  }

  /// Gives back what SQLite keeps of the database's pages: a command that writes lets the database grow, and with it the
  /// host's cache of it, which is no memory of the plugin's.
  private func forgetPages() {
    // try?: with its pages in memory a measurement says more than there is, as it would with no word of this.
    for mode in [TransactionMode.write, .read] {
      try? store.transact(mode) { _ = try $0.query("PRAGMA shrink_memory", JSONValue.emptyArray, policy: nil) }
    }
  }

  /// Makes a call again and again, each as the one before is answered; false when they did not end in time.
  private func repeats(_ request: PluginCall, _ count: Int, withinMs limit: Int64) -> Bool {
    let chain = CallChain(host, request, count)
    chain.next()
    guard chain.wait(limit) else {
      chain.cancel()
      _ = waitUntil(ms: 3000) { host.callsHeld(by: manifest.id) == 0 }
      return false
    }
    return true
  }
}

/// Calls one after the other, each begun on the thread on which the one before has ended: a block of memory that was
/// freed there is used there again, and not kept for it while others are made elsewhere.
private final class CallChain: Sendable {
  private let host: PluginHost
  private let request: PluginCall
  private let left: Mutex<Int>
  private let handle = Mutex<CallHandle?>(nil)
  private let isEnded = DispatchSemaphore(value: 0)

  init(_ host: PluginHost, _ request: PluginCall, _ count: Int) {
    self.host = host
    self.request = request
    left = Mutex(count)
  }

  func next() {
    let isLast = left.withLock { left -> Bool in
      left -= 1
      return left < 0
    }
    guard !isLast else { return _ = isEnded.signal() }
    let made = host.call(request) { [self] _ in next() }
    handle.withLock { $0 = made }
  }

  func wait(_ ms: Int64) -> Bool { isEnded.wait(timeout: .now() + .milliseconds(Int(ms))) == .success }

  func cancel() {
    left.withLock { $0 = 0 }
    handle.withLock { $0 }?.cancel()
  }
}
