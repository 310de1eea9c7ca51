import Jansson
import PluginHost
import ShellCore
import ShellProtocol
import ShellStore

/// The steps of a trial: everything of one name.
extension Trial {
  /// Calls of one kind: each variant with watched values, cancelled ones, and then a thousand for memory.
  func exercise(_ call: TrialPlan.Call, _ growthMs: Int64) {
    var succeeded: JSONValue?
    var refused: JSONValue?
    for (number, variant) in call.variants.enumerated() {
      switch balanced(call, variant, words: "\(number + 1)/\(call.variants.count)") {
      case .success?:
        succeeded = succeeded ?? variant
        if number == 0 { answered.insert(call.label) }
      case .failure(let failure)?:
        refused = refused ?? variant
        judge(failure, of: call)
      case nil: break
      }
    }
    guard let usual = call.variants.first else { return }
    // Nobody signed in: the host itself, or another plugin's job, stands behind the call.
    if call.kind == .service || call.kind == .command {
      _ = balanced(call, usual, words: "no session", signedIn: false)
    }
    cancelAtOnce(call, usual)
    tellBreaches(at: call.label)
    for variant in [succeeded, refused].compactMap(\.self) { watchMemory(call, variant, growthMs) }
    tellBreaches(at: call.label)
  }

  private func judge(_ failure: PluginFailure, of call: TrialPlan.Call) {
    if failure.kind == "\(call.kind.word).notFound", failure.data["id"]?.string == call.name {
      wire.found(.rejects(at: call.label))
    } else if failure.kind == "plugin.error" {
      wire.found(.wordless(at: call.label))
    }
  }

  /// A window, then what a person may do in it.
  func tryWindow(_ call: TrialPlan.Call, _ growthMs: Int64) {
    exercise(call, growthMs)
    for variant in call.variants {
      guard case .success(let window)? = self.call(call, variant, session: Self.session) else { continue }
      for finding in WindowCheck(window, at: call.label, of: manifest).findings { wire.found(finding) }
      return tryElements(of: window, call, opened: variant, growthMs / 2)
    }
  }

  private func tryElements(of window: JSONValue, _ call: TrialPlan.Call, opened: JSONValue, _ growthMs: Int64) {
    let base: JSONValue = ["window": window.removing("state"), "state": window["state"] ?? .null]
    for field in (window["fields"]?.array ?? []).filter({ $0["notify"] == true }).prefix(4) {
      guard let id = field["id"]?.string else { continue }
      let values: [JSONValue] = [field["value"] ?? .null, "c1", .null, 7]
      exercise(
        TrialPlan.Call(
          .windowChanged, call.name, label: "\(call.label), \(id)",
          values.map { base.merging(["changes": JSONValue(members: [(id, $0)])]) }), growthMs)
    }
    let silent = ["command", "close", "open"]
    let pressed = (window["buttons"]?.array ?? []).filter { button in silent.allSatisfy { button[$0] == nil } }
    for button in pressed.prefix(6) {
      guard let id = button["id"]?.string else { continue }
      let members: [JSONValue] = [
        ["arguments": opened["arguments"] ?? .emptyObject], ["arguments": [:], "row": "c1"],
        ["arguments": ["rows": ["c1"]]],
      ]
      exercise(
        TrialPlan.Call(
          .windowPressed, call.name, label: "\(call.label), \(id)",
          members.map { base.merging($0).setting("button", JSONValue(id)) }), growthMs)
    }
  }

  /// A table that the host reads by itself: its SQL must work and end, also with a search, a sort and a page after.
  func tryTable(_ id: String, _ source: TableSource, _ policy: StatementPolicy) {
    wire.began("table \(id)", limitMs: 30_000)
    var requests = [PageRequest(limit: 5)]
    if let column = source.columns.first(where: \.sortable) {
      requests.append(PageRequest(sort: [(column: column.id, descending: true)], limit: 5))
    }
    if source.columns.contains(where: \.searchable) { requests.append(PageRequest(search: "проба 1", limit: 5)) }
    for request in requests {
      var output: [UInt8] = []
      do {
        // As long as a host has patience for it.
        let limit = ReadLimit(ms: TablePaces.Limits().asideMs)
        _ = try store.page(source, request, policy: policy, limit: limit, into: &output)
      } catch {
        wire.found(.brokenTable(at: "table \(id)", "\(error)"))
        break
      }
    }
    wire.did(["table": requests.count])
    tellBreaches(at: "table \(id)")
  }

  // MARK: Starts and stops

  /// Bytes a start that may stay: the loader and the host keep a little.
  private static let leastStartGrowth: Int64 = 2048

  /// Takes the plugin down and brings it up again and again.
  func startAndStop() {
    wire.began("start and stop", limitMs: 120_000)
    let heap = restarts(limits.starts)
    tellBreaches(at: "stop")
    // As with calls: the first quarter warms up, the others must all grow, and do so again past every cache.
    let quarter = heap.count / 4
    guard quarter >= 4 else { return }
    let growth = (1..<4).map { (heap[($0 + 1) * quarter - 1] - heap[$0 * quarter - 1]) / Int64(quarter) }
    guard let least = growth.min(), least >= Self.leastStartGrowth else { return }
    let before = restedHeap()
    let count = Int64(restarts(2 * quarter).count)
    let bytes = (restedHeap() - before) / max(1, count)
    if bytes >= Self.leastStartGrowth { wire.found(.startGrowth(bytes: bytes)) }
  }

  /// What malloc has given out after each start, in bytes; fewer than asked for when the time was up, or one failed.
  private func restarts(_ count: Int) -> [Int64] {
    let end = monotonicMilliseconds() + 10_000
    var heap: [Int64] = []
    for _ in 0..<count where monotonicMilliseconds() < end {
      host.disable(manifest.id)
      host.waitForLoading()
      host.enable(manifest.id)
      if let failure = host.bringUp(manifest.id) {
        wire.found(.startsOnce(failure, after: heap.count))
        break
      }
      heap.append(settledHeap())
    }
    wire.did(["start": heap.count])
    return heap
  }
}
