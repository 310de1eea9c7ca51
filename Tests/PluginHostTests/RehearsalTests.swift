import Jansson
import Testing

@testable import PluginHost

/// Changes that are made to see what would follow: one plugin changes, others answer inside its transaction, and
/// nothing of it stays.
@Suite(.everyPlace) struct RehearsalTests {
  /// Has notes, publishes them, and asks what would follow from them.
  private var author: ScriptedPlugin {
    ScriptedPlugin(
      commands: ["sql"],
      steps: [
        (
          "one",
          [
            "CREATE TABLE scripted_notes (text TEXT NOT NULL)",
            "CREATE VIEW scripted_v1_notes AS SELECT text FROM scripted_notes",
          ]
        )
      ],
      manifestExtras: [
        "publishes": ["views": ["scripted_v1_notes"], "events": [], "previews": ["scripted.preview"]],
        "requires": ["plugins": ["copier": "^1.0.0"]],
      ], permissions: ["services": ["copier.copy"]])
  }

  /// Copies the notes that it sees; asked by the point of `author`, or by its service.
  private func copier(
    _ id: String = "copier", index: Int = 100, isParallel: Bool = true, answers: Bool = true, defines: [String] = []
  ) -> ScriptedPlugin {
    var plugin = ScriptedPlugin(
      id: id, commands: ["counts"], services: ["copy"],
      steps: [("one", ["CREATE TABLE \(id)_copies (text TEXT NOT NULL)"])],
      permissions: ["views": ["scripted_v1_notes"]], defines: defines)
    let contributes = plugin.manifestJSON["contributes"] ?? .emptyObject
    let preview: JSONValue = [
      "of": "scripted.preview", "service": JSONValue("\(id).copy"), "index": JSONValue(index),
    ]
    plugin.manifestExtras = [
      "concurrency": isParallel ? "parallel" : "serial",
      "contributes": contributes.setting("previews", answers ? [preview] : []),
    ]
    return plugin
  }

  private func copying(_ id: String = "copier") -> JSONValue {
    [
      "steps": [
        ["sql": JSONValue("INSERT INTO \(id)_copies SELECT text FROM scripted_v1_notes")],
        ["sql": JSONValue("SELECT count(*) AS n FROM \(id)_copies")],
      ]
    ]
  }

  private let add: JSONValue = ["sql": "INSERT INTO scripted_notes VALUES ('a')"]

  private func ask(_ params: JSONValue, of name: String = "scripted.preview") -> JSONValue {
    ["rehearse": JSONValue(name), "params": params]
  }

  private func rehearse(_ bench: HostBench, _ steps: JSONValue...) async throws -> JSONValue {
    try await bench.run("scripted.sql", ["rehearses": true, "steps": JSONValue(steps)]).get()
  }

  private func stays(_ bench: HostBench) throws -> Bool {
    try bench.rows("SELECT * FROM scripted_notes").count > 0 || bench.rows("SELECT * FROM copier_copies").count > 0
  }

  @Test func `X2: whoever answers sees the change and follows it, and nothing of it stays`() async throws {
    let bench = try HostBench([author, copier()])

    let result = try await rehearse(bench, add, ask(copying()))

    #expect(result["status"] == 0)
    let answer = result["rows"]?[0]
    #expect(answer?["plugin"] == "copier")
    #expect(answer?["title"] == "copier")
    #expect(answer?["result"]?["rows"] == [["n": 1]])
    #expect(try !stays(bench))
  }

  @Test func `what one answer did is undone before the next question`() async throws {
    let bench = try HostBench([author, copier()])
    let result = try await rehearse(bench, add, ask(copying()), add, ask(copying()))
    #expect(result["rows"]?[0]?["result"]?["rows"] == [["n": 2]])
  }

  @Test func `what a service did stays for the rest of the rehearsal, and no longer`() async throws {
    let bench = try HostBench([author, copier()])
    let result = try await rehearse(bench, add, ask(copying(), of: "copier.copy"), ask(copying(), of: "copier.copy"))
    #expect(result["rows"]?["rows"] == [["n": 2]])
    #expect(try !stays(bench))
  }

  @Test func `plugins answer in the order of their index, each with its name`() async throws {
    let bench = try HostBench([author, copier(index: 9), copier("zebra", index: 5), copier("ant", index: 9)])
    let result = try await rehearse(bench, ask(["steps": []]))
    #expect((result["rows"]?.array ?? []).map { $0["plugin"] } == ["zebra", "ant", "copier"])
  }

  @Test func `one that fails is said to have, and the others answer`() async throws {
    let bench = try HostBench([author, copier(), copier("broken", index: 1, defines: ["FAULT_CREATE"])])
    let wrong: JSONValue = ["steps": [["sql": "INSERT INTO scripted_notes VALUES ('b')"]]]

    let result = try await rehearse(bench, add, ask(wrong), add, ["sql": "SELECT count(*) AS n FROM scripted_notes"])
    #expect(result["rows"] == [["n": 2]], "the rehearsal goes on")

    let answers = try await rehearse(bench, add, ask(copying()))["rows"]
    #expect(answers?[0]?["plugin"] == "broken")
    #expect(answers?[0]?["error"]?["kind"] == "plugin.unavailable")
    #expect(answers?[1]?["result"]?["rows"] == [["n": 1]])
    let refused = try await rehearse(bench, ask(wrong))["rows"]?[1]
    #expect(refused?["error"]?["kind"] == "permission.denied", "it writes its own tables alone")
  }

  @Test func `without anybody who answers there is nothing to say`() async throws {
    let bench = try HostBench([author, copier(answers: false)])
    let result = try await rehearse(bench, add, ask(.emptyObject))
    #expect(result["rows"] == [])
    #expect(result["status"] == 0)
  }

  @Test func `one that is switched off is not asked`() async throws {
    let bench = try HostBench([author, copier(), copier("zebra")])
    bench.host.disable("zebra")
    let result = try await rehearse(bench, add, ask(copying()))
    #expect((result["rows"]?.array ?? []).map { $0["plugin"] } == ["copier"])
  }

  @Test func `an answer has to be there at once`() async throws {
    let bench = try HostBench([author, copier()])
    let result = try await rehearse(bench, ask(["never": true]))
    #expect(result["rows"]?[0]?["error"]?["kind"] == "plugin.protocol")
    // `cancel` comes on a thread of its own.
    while try await bench.run("copier.counts").get()["cancelled"] != 1 { await Task.yield() }
    #expect(bench.status("copier")?.inFlight == 0)
  }

  @Test func `only a rehearsal may ask, only what the manifest allows, and only who can bear it`() async throws {
    let bench = try HostBench([author, copier(isParallel: false, answers: false)])
    let write = await bench.run("scripted.sql", ["steps": [ask(.emptyObject)]])
    #expect(write.value?["stepError"]?["kind"] == "plugin.misuse")
    #expect(try await rehearse(bench, ask(.emptyObject, of: "max.secret"))["stepError"]?["kind"] == "permission.denied")
    let serial = try await rehearse(bench, ask(copying(), of: "copier.copy"))
    #expect(serial["stepError"]?["kind"] == "plugin.unavailable")
  }

  @Test func `a rehearsal takes no idempotency key, so that the change can be made after it`() async throws {
    let bench = try HostBench([author, copier()])
    let key = PluginCall.Idempotency(key: "k", requestHash: "h")
    for rehearses in [true, true, false] {
      let result = await bench.run(
        "scripted.sql", ["rehearses": JSONValue(rehearses), "steps": [add]], idempotency: key)
      #expect(result.value?["status"] == 0)
    }
    #expect(try bench.rows("SELECT count(*) AS n FROM scripted_notes") == [["n": 1]])
  }

  @Test func `a manifest answers with its own service, at once, and each point once`() throws {
    var strange = copier()
    strange.manifestExtras = strange.manifestExtras.merging([
      "contributes": ["previews": [["of": "scripted.preview", "service": "scripted.sql"]]]
    ])
    let foreign = #expect(throws: ManifestError.self) { try strange.manifest() }
    #expect(foreign?.issues.map(\.pointer) == ["/contributes/previews/0/service"])
    let serial = #expect(throws: ManifestError.self) { try copier(isParallel: false).manifest() }
    #expect(serial?.issues.map(\.pointer) == ["/contributes/previews/0"])
  }

  @Test func `a preview of nothing is found by the check of a manifest`() throws {
    let lonely = ManifestLint.findings(in: try copier().manifest(), others: [])
    #expect(lonely.contains { $0.pointer == "/contributes/previews/0/of" })
    let among = ManifestLint.findings(in: try copier().manifest(), others: [try author.manifest()])
    #expect(!among.contains { $0.pointer.contains("previews") })
  }
}
