import Jansson
import Testing

/// A broken plugin is reported and contained; the rest of the desktop works (I2).
struct PluginTroubleTests {
  enum Trouble: CaseIterable, Sendable { case missing, wrongABI, failsInCreate }

  struct Victim: Sendable {
    let id: String
    let library: String
  }

  static let victims = [
    Victim(id: "school", library: "libSchoolPlugin.so"),
    Victim(id: "max-platform", library: "libMaxPlatformPlugin.so"),
    Victim(id: "sferum-binding", library: "libSferumBindingPlugin.so"),
  ]

  @Test(arguments: Trouble.allCases, victims)
  func `with any one library missing, of a wrong ABI or failing, the host starts and says so`(
    trouble: Trouble, victim: Victim
  ) throws {
    let folder = try SchoolFolder()
    let libraries = try NativePlugin.libraries(
      in: folder, without: victim.library, put: Self.source(trouble, victim.id))
    let host = try HostUnderTest.start(folder, ["--plugins", libraries])
    let client = try host.client()
    #expect(try client.call("ping") == [:])

    // What needs it says which plugin is behind it.
    let person = try Person.with("employee")
    if victim.id == "school" {
      let refusal = try client.refusal(
        "session/login", ["login": JSONValue(person.login), "password": JSONValue(SchoolFolder.password)])
      #expect(refusal.code == -32006)
      #expect(refusal.data["plugin"] == "school")
    } else {
      try client.signIn(person)
      try expectRest(of: client, without: victim.id)
    }

    // And the host says it to whoever looks.
    let health = try client.call("health/get")
    let state = health["plugins"]?.array?.first { $0["id"]?.string == victim.id }?["state"]
    #expect(state == "failed", "\(health.text())")
    #expect(health["status"] != "ok")
    if victim.id != "school" {
      let entry = try client.call("plugin/list").array?.first { $0["id"]?.string == victim.id }
      #expect(entry?["state"] == "failed")
      #expect(entry?["error"]?.text().isEmpty == false && entry?["error"] != nil)
    }
    #expect(host.process.isRunning)
  }

  private static func source(_ trouble: Trouble, _ id: String) -> String? {
    switch trouble {
    case .missing: nil
    case .wrongABI: NativePlugin.source(id: id, abi: 7)
    case .failsInCreate:
      NativePlugin.source(
        id: id,
        create: #"*error = json_pack("{s:s,s:s}", "kind", "test.broken", "message", "on purpose"); return NULL;"#)
    }
  }

  private func expectRest(of client: WireClient, without id: String) throws {
    #expect(try client.call("registry/query", ["registry": "pupils"])["total"] == 60)
    if id == "max-platform" {
      // The window opens; what it cannot do, it says.
      let phone = try Person.with("employee").phone
      if let form = try? client.openAuthorization() {
        try client.type(phone, into: Manual.phoneField, of: form)
        do {
          let outcome = try client.press(Manual.bindButton, of: form)
          #expect(["error", "warning"].contains(WireClient.opened(outcome).last?.level), "\(outcome.text())")
        } catch let refusal as Refusal {
          #expect([-32006, -32009].contains(refusal.code))
        }
      }
    } else {
      // Its shortcut may stand there until it is asked for the first time.
      if try client.shortcuts().contains(Manual.bindShortcut) {
        let refusal = try client.refusal("shortcut/open", ["id": JSONValue(Manual.bindShortcut)])
        #expect(refusal.code == -32006)
        #expect(refusal.data["plugin"]?.string == id)
      }
    }
  }

  @Test func `plugin/disable takes contributions away, on open desktops too, and plugin/enable brings them back`()
    throws
  {
    let host = try HostUnderTest.start(SchoolFolder())
    let administrator = try host.client(signedInAs: Person.administrator())
    let watching = try host.client(signedInAs: Person.with("pupil"))

    try administrator.call("plugin/disable", ["plugin": "sferum-binding"])
    #expect(try administrator.shortcuts() == [])
    #expect(try watching.shortcutsBecome([]))
    #expect(try watching.call("desktop/get")["startMenu"] == [], "an empty group vanishes")
    // That it was loaded may be told just before.
    let told = try watching.notification("plugin/didChange", within: 30) {
      $0["plugin"] == "sferum-binding" && $0["state"] == "disabled"
    }
    #expect(told != nil)
    let refusal = try watching.refusal("command/execute", ["command": "sferum.openAuthorization"])
    #expect([-32004, -32006].contains(refusal.code))
    let entry = try administrator.call("plugin/list").array?.first { $0["id"] == "sferum-binding" }
    #expect(entry?["state"] == "disabled")

    try administrator.call("plugin/enable", ["plugin": "sferum-binding"])
    #expect(try watching.shortcutsBecome([Manual.bindShortcut]))
    #expect(try watching.openAuthorization().title == Manual.authorization)
    #expect(try watching.refusal("plugin/disable", ["plugin": "sferum-binding"]).code == -32003)
  }

  @Test func `window/didChange always says what changed`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let administrator = try host.client(signedInAs: Person.administrator())
    let watching = try host.client(signedInAs: Person.with("employee"))
    _ = try watching.openMenu("Реестры", "Ученики")
    _ = try watching.openAuthorization()

    try administrator.call("plugin/disable", ["plugin": "max-platform"])
    try administrator.call("plugin/enable", ["plugin": "max-platform"])
    _ = try watching.notification("plugin/didChange") { $0["state"] != "disabled" }

    let told = watching.transcript.filter { $0["method"] == "window/didChange" }
    for message in told { #expect(message["params"]?["changed"]?.isObject == true, "\(message.text())") }
  }

  @Test func `an open registry window has its table again once its plugin is enabled again`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.administrator())
    let window = try client.openMenu("Реестры", "Ученики")

    try client.call("plugin/disable", ["plugin": "school"])
    try client.call("plugin/enable", ["plugin": "school"])

    let after = try client.look(at: window)
    #expect(after.json["tables"]?[0]?["columns"] == window.json["tables"]?[0]?["columns"])
    #expect(after.json["tables"]?[0]?["total"] == 60)
  }

  @Test func `a disabled plugin stays disabled over a restart`() throws {
    let folder = try SchoolFolder()
    let first = try HostUnderTest.start(folder)
    let client = try first.client(signedInAs: Person.administrator())
    try client.call("plugin/disable", ["plugin": "sferum-binding"])
    first.process.killAndWait()

    let second = try HostUnderTest.start(folder)

    #expect(try second.client(signedInAs: Person.with("pupil")).shortcuts() == [])
  }

  @Test(arguments: Framing.allCases)
  func `what a plugin prints lands on standard error; stdout carries protocol only`(framing: Framing) throws {
    let folder = try SchoolFolder()
    let source = NativePlugin.source(
      id: "printer", create: #"printf("created\n"); fflush(stdout); return instance;"#, commands: ["printer.print"])
    let libraries = try NativePlugin.libraries(in: folder, without: "libPrinterPlugin.so", put: source)
    let host = try HostUnderTest.overStdio(
      folder,
      [
        "--user", Person.with("pupil").login, "--plugins", libraries, "--manifests", BuildProducts.manifests,
        "--manifests", try NativePlugin.printer(in: folder),
      ], framing: framing)
    let client = try host.greetedStdio()

    // The client's decoder throws on anything but messages.
    let outcome = try client.call("shortcut/open", ["id": "Печать"])
    #expect(outcome["result"]?["said"] == true)
    // What a runner prints is read by a thread that gives way to all others.
    #expect(awaited(within: 30) { folder.logText().contains("the plugin writes") ? true : nil } == true)
    try client.call("shutdown")
    try client.notify("exit")
    #expect(try client.ends())
    #expect(client.rest == "")
    #expect(host.process.wait(within: 30) == .status(0))

    for words in ["created", "the plugin prints", "the plugin writes"] {
      #expect(folder.logText().contains(words), "\(words)")
    }
  }
}
