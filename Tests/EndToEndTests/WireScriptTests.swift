import Jansson
import Testing

/// One script, every way in: the answers must not depend on transport, framing or how the bytes arrive.
struct WireScriptTests {
  enum Transport: String, CaseIterable, Sendable { case socket, stdio }

  @Test(arguments: Transport.allCases, Framing.allCases)
  func `the same script gets the same answers on every transport and framing, whole and byte by byte`(
    transport: Transport, framing: Framing
  ) throws {
    let reference = try Self.reference.get()

    for delivery in Delivery.allCases {
      let run = try Self.play(transport, framing, delivery)

      #expect(run.troubles.isEmpty, "\(delivery)")
      for (index, answer) in run.answers.enumerated() where index < reference.count {
        #expect(answer == reference[index], "answer \(index), \(delivery)")
      }
      #expect(run.answers.count == reference.count)
    }
  }

  @Test(arguments: Framing.allCases)
  func `a batch is answered as one array, in each framing`(framing: Framing) throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.bareClient(framing: framing, delivery: .byByte)

    try client.send([
      ["jsonrpc": "2.0", "id": "one", "method": "ping"], ["jsonrpc": "2.0", "method": "initialized"],
      ["jsonrpc": "2.0", "id": 2, "method": "no/such"], 7,
    ])
    let answer = try #require(try client.next())

    let byID = (answer.array ?? []).map { ($0["id"]?.text() ?? "", $0["error"]?["code"]?.int) }
    #expect(byID.count == 3)
    #expect(byID.contains { $0 == ("\"one\"", nil) })
    #expect(byID.contains { $0 == ("2", -32601) || $0 == ("2", -32002) })
    #expect(byID.contains { $0 == ("null", -32600) })
  }

  private static let reference = Result { try play(.socket, .lines, .whole).answers }

  private static func play(_ transport: Transport, _ framing: Framing, _ delivery: Delivery) throws -> ScriptRun {
    let steps = WireScripts.whole(teacher: try Person.with("employee").login)
    let options = ["--clock", WireScripts.clock]
    switch transport {
    case .socket:
      let host = try HostUnderTest.start(SchoolFolder(), options)
      try host.settles()
      let client = try host.bareClient(framing: framing, delivery: delivery)
      let run = try ScriptRun(steps, on: client)
      try client.notify("exit")
      #expect(try client.ends(), "exit ends the connection")
      #expect(host.process.isRunning, "but not the host")
      return run
    case .stdio:
      let folder = try SchoolFolder()
      let host = try HostUnderTest.overStdio(
        folder, options + ["--socket", folder.socket], framing: framing, delivery: delivery)
      try host.settles()
      guard let client = host.stdio else { throw TestTrouble("no stdio") }
      let run = try ScriptRun(steps, on: client)
      try client.notify("exit")
      #expect(host.process.wait(within: 30) == .status(0), "exit after shutdown ends the process with 0")
      return run
    }
  }
}
