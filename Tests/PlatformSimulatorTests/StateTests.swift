import Foundation
import PlatformSimulator
import Testing

@Suite struct StateTests {
  @Test func `a second life knows everything of the first, which never ended`() async throws {
    try await withPlatform { first, person async throws in
      let asked = try await first.bind(key: "k1")
      let mid = try await first.sendButtons(to: person, binding: asked.text("binding_id") ?? "")
      let press = try await first.control.press(phone: person.phone, button: "Подключить")
      let log = try await first.control.log()

      // Not stopped: as a killed process leaves its file.
      let second = try await RunningPlatform(in: first.folder, clock: first.clock)

      #expect(second.simulator.botToken == first.simulator.botToken)
      #expect(second.simulator.controlToken == first.simulator.controlToken)
      #expect(try await second.control.log() == log)
      #expect(try await second.control.inbox(phone: person.phone).map(\.id) == [mid])
      #expect(try await second.bind(key: "k1").text("binding_id") == asked.text("binding_id"))
      let updates = try await second.send("GET", "/updates?timeout=0")
      #expect(updates.text("updates.0.callback.callback_id") == press.callbackId)
      #expect(try await second.control.bindings().map(\.status) == ["linked"])
      await second.simulator.stop()
    }
  }

  @Test func `a restart takes the same port, and another one when somebody sits there`() async throws {
    let folder = try RunningPlatform.makeFolder()
    let first = try await RunningPlatform(in: folder)
    let address = try String(contentsOfFile: folder + "/platform.url", encoding: .utf8)
    #expect(address == "http://127.0.0.1:\(first.port)\n")
    await first.simulator.stop()
    #expect(!FileManager.default.fileExists(atPath: folder + "/platform.url"))

    let second = try await RunningPlatform(in: folder)
    let third = try await RunningPlatform(in: folder)

    #expect(second.port == first.port)
    #expect(third.port != second.port)
    await #expect(throws: SimulatorError.self) {
      try await Simulator(stateFile: folder + "/other.sqlite").start(port: second.port)
    }
    // The address in the file is the third's; the second leaves it alone.
    await second.simulator.stop()
    #expect(try await SimulatorClient(folder: folder).users().isEmpty)
    await third.end()
  }

  @Test func `nobody else may read the state or the tokens`() async throws {
    try await withPlatform { platform, _ async throws in
      for name in ["platform.sqlite", "platform.sqlite-wal", "platform.token"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(platform.folder)/\(name)")
        #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
      }
    }
  }

  @Test func `people are registered with no simulator running, and a bad phone registers nobody`()
    async throws
  {
    let folder = try RunningPlatform.makeFolder()
    let file = folder + "/platform.sqlite"
    try Simulator.register(
      users: [("+7 (912) 000-00-01", "Pupil 07"), ("89120000002", "Pupil 08")],
      stateFile: file
    )
    try Simulator.register(users: [("79120000001", "Pupil 07")], stateFile: file)
    #expect(throws: SimulatorError.invalidPhone("12")) {
      try Simulator.register(users: [("79120000003", "Pupil 09"), ("12", "Pupil 10")], stateFile: file)
    }

    let platform = try await RunningPlatform(in: folder)

    #expect(try await platform.control.users().map(\.phone) == ["79120000001", "79120000002"])
    await platform.end()
  }

  @Test func `a state file that cannot be is named in the error`() {
    #expect(throws: SimulatorError.self) { try Simulator(stateFile: "/nowhere/at/all/platform.sqlite") }
  }

  @Test func `a file that is no state is refused`() throws {
    let folder = try RunningPlatform.makeFolder()
    let file = folder + "/platform.sqlite"
    try String(repeating: "not a database ", count: 100).write(
      toFile: file,
      atomically: true,
      encoding: .utf8
    )
    #expect(throws: SimulatorError.self) { try Simulator(stateFile: file) }
    try FileManager.default.removeItem(atPath: folder)
  }
}
