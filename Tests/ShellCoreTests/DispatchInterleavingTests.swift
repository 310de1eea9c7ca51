import Jansson
import ShellProtocol
import Testing

@testable import ShellCore

/// Random conversations against the rules, stated here once more and more slowly.
struct DispatchInterleavingTests {
  /// SplitMix64: the same numbers on every machine.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private struct Call {
    let id: Int
    let kind: String
    let scope: String
    var isCancelled = false
    var hasStarted = false
    /// Neither ended nor settled: others may have to wait for it.
    var isHeld = false
    var hasEnded = false
  }

  @Test(arguments: 0..<60)
  func `any interleaving keeps the rules of order`(seed: Int) throws {
    var dice = Dice(state: UInt64(seed))
    var limits = Limits()
    limits.inFlight = Int.random(in: 1...6, using: &dice)
    limits.queued = 1000
    let stage = Rehearsal(limits: limits)
    var calls: [Call] = []
    var seen = 0

    func checkStarts() {
      for name in stage.host.started.dropFirst(seen) {
        guard let index = Int(name) else { continue }
        let call = calls[index]
        #expect(!call.isCancelled, "a cancelled call was started")
        #expect(calls[..<index].allSatisfy { $0.hasStarted || $0.isCancelled }, "\(index) overtook another")
        let held = calls.indices.filter { calls[$0].isHeld }.map { calls[$0] }
        switch call.kind {
        case "read": #expect(held.allSatisfy { $0.kind == "read" })
        case "write":
          #expect(held.allSatisfy { $0.kind == "read" || ($0.kind == "write" && $0.scope != call.scope) })
        default: #expect(held.isEmpty)
        }
        calls[index].hasStarted = true
        calls[index].isHeld = true
        #expect(calls.filter { $0.hasStarted && !$0.hasEnded }.count <= limits.inFlight)
      }
      seen = stage.host.started.count
    }
    func end(_ index: Int) {
      calls[index].isHeld = false
      calls[index].hasEnded = true
      stage.finish("\(index)")
      checkStarts()
    }

    for _ in 0..<200 {
      let active = calls.indices.filter { calls[$0].hasStarted && !calls[$0].hasEnded }
      switch Int.random(in: 0..<10, using: &dice) {
      case 0..<5:
        let kind =
          ["read", "read", "write", "write", "write", "barrier"].randomElement(using: &dice) ?? "read"
        let scope = kind == "write" ? ["a", "b"].randomElement(using: &dice) ?? "a" : ""
        calls.append(Call(id: calls.count, kind: kind, scope: scope))
        let scopeMember = kind == "write" ? #","scope":"\#(scope)""# : ""
        stage.call(calls.count - 1, kind, #"{"name":"\#(calls.count - 1)"\#(scopeMember)}"#)
        checkStarts()
      case 5..<8: if let index = active.randomElement(using: &dice) { end(index) }
      case 8:
        guard let index = calls.indices.randomElement(using: &dice) else { continue }
        if !calls[index].hasStarted { calls[index].isCancelled = true }
        stage.client(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":\#(index)}}"#)
        checkStarts()
      default:
        guard let index = active.randomElement(using: &dice) else { continue }
        calls[index].isHeld = false
        stage.host.running["\(index)"]?.request.settled()
        checkStarts()
      }
    }
    while let index = calls.indices.first(where: { calls[$0].hasStarted && !calls[$0].hasEnded }) {
      end(index)
    }

    #expect(calls.allSatisfy { $0.hasStarted || $0.isCancelled }, "something never ran")
    let answered = try stage.heard().compactMap { try JSONValue(parsing: $0)["id"]?.int }
    #expect(answered.sorted() == Array(calls.indices), "each request is answered exactly once")
    #expect(stage.conversation.running == 0 && stage.conversation.unfinished == 0)
    #expect(stage.conversation.inFlight.isEmpty)
  }
}
