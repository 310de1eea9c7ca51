import Foundation
import Jansson
import Testing

/// `esh openrpc`, its comparison, and the client that is written from it.
struct OpenRPCTests {
  private let python = "\(BuildProducts.root)/Clients/python"

  /// A host with the account `admin`, whose password is the one that the document's examples know.
  private func host() throws -> (HostUnderTest, document: String) {
    let folder = try SchoolFolder()
    let host = try HostUnderTest.start(folder)
    let administrator = try host.client(signedInAs: Person.administrator())
    try administrator.call(
      "command/execute",
      [
        "command": "school.setPassword",
        "arguments": ["login": JSONValue(Person.administrator().login), "password": "secret"],
      ])
    let printed = try CommandRun.esh("openrpc", "--locale", "en", "--data", folder.path)
    guard printed.succeeded else { throw TestTrouble("no document: \(printed.errors)") }
    return (host, try folder.write(printed.output, to: "openrpc.json"))
  }

  @Test func `the document is valid, every example in it works, and the Python client speaks to the host`() throws {
    let (host, _) = try host()

    let run = try CommandRun(
      ["/usr/bin/env", "python3", "-m", "unittest", "discover", "-s", "\(python)/tests"],
      environment: ["ESH_SOCKET": host.folder.socket, "PYTHONDONTWRITEBYTECODE": "1"], within: 120)

    #expect(run.succeeded, "\(run.errors)\(run.output)")
    #expect(run.errors.contains("Ran 9 tests"), "\(run.errors.suffix(300))")
  }

  @Test func `the Python client is what the document says, and commands become functions`() throws {
    let (host, document) = try host()
    let generate = "\(python)/generate.py"
    let commands = "\(host.folder.path)/school_commands.py"

    let check = try CommandRun([generate, document, "--api", "\(python)/esh_client/api.py", "--check"])
    #expect(check.succeeded, "\(check.errors)")
    #expect(try CommandRun([generate, document, "--commands", commands]).succeeded)
    let use = """
      import sys; sys.path[:0] = [sys.argv[1], sys.argv[2]]
      from esh_client import Api, Connection
      from school_commands import Commands
      with Connection.unix(sys.argv[3]) as connection:
          api = Api(connection)
          api.initialize(clientInfo={"name": "test"})
          api.session_login(login=sys.argv[4], password="secret")
          print(Commands(api).school_block_account(login=sys.argv[5])["result"]["login"])
      """
    let login = try Person.with("pupil").login
    let run = try CommandRun([
      "/usr/bin/env", "python3", "-c", use, python, host.folder.path, host.folder.socket,
      Person.administrator().login, login,
    ])

    #expect(run.output.trimmingCharacters(in: .whitespacesAndNewlines) == login, "\(run.errors)")
  }

  /// A small document, with one thing in it for each kind of change.
  private static let base = #"""
    {"openrpc": "1.4.0", "info": {"title": "t", "version": "1"},
     "methods": [
      {"name": "a/get", "x-access": "initialized",
       "params": [
        {"name": "id", "required": true, "schema": {"type": "string", "maxLength": 10}},
        {"name": "how", "schema": {"enum": ["x", "y"]}},
        {"name": "more", "schema": {"type": "object", "properties": {"n": {"type": ["integer", "null"]}}}}],
       "result": {"name": "result", "schema": {"$ref": "#/components/schemas/A"}}},
      {"name": "b", "params": []}],
     "components": {"schemas": {
      "A": {"type": "object", "required": ["id", "kids"], "properties": {
       "id": {"type": "string"}, "kind": {"enum": ["p", "q"]},
       "kids": {"type": "array", "items": {"$ref": "#/components/schemas/A"}},
       "either": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}}},
     "x-notifications": [{"name": "told", "params": [{"name": "what", "required": true, "schema": {"type": "string"}}]}],
     "x-commands": [{"name": "do", "params": {"type": "object", "properties": {"x": {"type": "string"}}}}]}
    """#

  /// What is put in whose place, and where the comparison finds it; nil: nothing breaks.
  struct Edit: Sendable {
    let from: String
    let to: String
    let place: String?

    init(_ from: String, _ to: String, _ place: String?) { (self.from, self.to, self.place) = (from, to, place) }
  }

  static let edits = [
    Edit(#""maxLength": 10"#, #""maxLength": 9"#, "a/get params/id"),
    Edit(#""maxLength": 10"#, #""maxLength": 11"#, nil),
    Edit(#", "maxLength": 10"#, "", nil),
    Edit(#"{"type": "string", "maxLength": 10}"#, #"{"type": "integer"}"#, "a/get params/id"),
    Edit(#""name": "id", "required": true"#, #""name": "id""#, nil),
    Edit(#""name": "how""#, #""name": "how", "required": true"#, "a/get params/how"),
    Edit(#"["x", "y"]"#, #"["x"]"#, "a/get params/how"),
    Edit(#"["x", "y"]"#, #"["x", "y", "z"]"#, nil),
    Edit(#"["integer", "null"]"#, #"["integer"]"#, "a/get params/more/n"),
    Edit(#"["integer", "null"]"#, #"["number", "null", "string"]"#, nil),
    Edit(
      #""n": {"type": ["integer", "null"]}}"#, #""n": {"type": ["integer", "null"]}}, "required": ["n"]"#,
      "a/get params/more/n"),
    Edit(#""name": "more""#, #""name": "other""#, "a/get params/more"),
    Edit(#""x-access": "initialized""#, #""x-access": "signedIn""#, "a/get"),
    Edit(#""x-access": "initialized""#, #""x-access": "beforeInitialize""#, nil),
    Edit(#"{"name": "b", "params": []}"#, #"{"name": "c", "params": []}"#, "b"),
    Edit(#"{"name": "b", "params": []}"#, #"{"name": "b", "params": []}, {"name": "c", "params": []}"#, nil),
    Edit(#"{"name": "b", "params": []}"#, #"{"name": "b", "params": [], "result": {"name": "r", "schema": {}}}"#, "b"),
    Edit(#""required": ["id", "kids"]"#, #""required": ["id"]"#, "a/get result/kids"),
    Edit(#""required": ["id", "kids"]"#, #""required": ["id", "kids", "kind"]"#, nil),
    Edit(#"["p", "q"]"#, #"["p", "q", "r"]"#, "a/get result/kind"),
    Edit(#"["p", "q"]"#, #"["p"]"#, nil),
    Edit(#""id": {"type": "string"}, "#, #""id": {"type": ["string", "null"]}, "#, "a/get result/id"),
    Edit(#""kind": {"enum": ["p", "q"]},"#, "", "a/get result/kind"),
    Edit(#""kind": {"#, #""new": {}, "kind": {"#, nil),
    Edit(
      #"[{"type": "string"}, {"type": "null"}]"#, #"[{"type": "string"}, {"type": "null"}, {"type": "integer"}]"#,
      "a/get result/either|2"),
    Edit(#"[{"type": "string"}, {"type": "null"}]"#, #"[{"type": "string"}]"#, nil),
    Edit(#""name": "told""#, #""name": "said""#, "told"),
    Edit(#""name": "what", "required": true"#, #""name": "what""#, "told params/what"),
    Edit(#""name": "do""#, #""name": "make""#, "do"),
    Edit(#""properties": {"x""#, #""required": ["x"], "properties": {"x""#, "do params/x"),
    Edit(
      #""properties": {"x": {"type": "string"}}"#, #""properties": {}, "additionalProperties": false"#, "do params/x"),
  ]

  @Test func `what breaks clients is told from what does not, each by its place`() throws {
    let folder = try SchoolFolder.empty()
    let old = try folder.write(Self.base, to: "old.json")
    for edit in Self.edits {
      let text = Self.base.replacingOccurrences(of: edit.from, with: edit.to)
      try #require(text != Self.base, "\(edit.from)")
      let new = try folder.write(text, to: "new.json")

      let run = try CommandRun.esh("openrpc", "diff", old, new, "--json")

      let breaking = try JSONValue(parsing: run.output)["breaking"]?.array ?? []
      let places = breaking.compactMap { $0["place"]?.string }
      #expect(edit.place.map { places.contains($0) } ?? places.isEmpty, "\(edit): \(run.output)")
      #expect(run.end == .status(edit.place == nil ? 0 : 1), "\(edit)")
    }
    let same = try CommandRun.esh("openrpc", "diff", old, old)
    #expect(same.succeeded && same.output.isEmpty)
    #expect(try CommandRun.esh("openrpc", "diff", old, folder.path).end == .status(1))
    #expect(try CommandRun.esh("openrpc", "diff", old).end == .status(64))
  }

  @Test func `a host compared with itself has changed nothing`() throws {
    let (host, document) = try host()

    let run = try CommandRun.esh("openrpc", "diff", document, document)

    #expect(run.succeeded && run.output.isEmpty, "\(run.output)\(run.errors)")
    #expect(host.process.isRunning)
  }
}
