import Foundation
import Glibc
import Jansson
import Testing

/// The worked example in C (`Plugins/Examples/Lockers`): a plugin of a stranger's that adds to the school's registry.
struct LockersExampleTests {
  @Test func `I1, I3: a plugin in C adds a column, a button, a form and a command to a registry that it does not own`()
    throws
  {
    let folder = try SchoolFolder()
    let host = try Self.start(folder)
    let client = try host.client(signedInAs: Person.administrator())
    let registry = try client.openMenu("Реестры", "Ученики")

    // The column stands behind the registry's own, in the window, its rows, its text, and for scripts.
    let columns = registry.json["tables"]?[0]?["columns"]?.array ?? []
    #expect(columns.last == Self.column)
    let (first, second) = try Self.pupils(client, registry)
    #expect(first["cells"]?["lockers:number"] == .null)

    let button = try registry.button("Шкафчик")
    try Self.select([first["id"], second["id"]], in: registry, client)
    let refused = try client.refusal("window/press", ["window": JSONValue(registry.id), "button": button])
    #expect(refused.code == -32009, "two pupils have no one locker")

    try Self.give(17, to: first, registry, client)
    let shown = try Self.pupils(client, registry).first
    #expect(shown["cells"]?["lockers:number"] == 17)
    #expect(shown["cells"]?["name"] == first["cells"]?["name"], "the registry's own cells are as before")
    let text = try client.call("window/render", ["window": JSONValue(registry.id), "width": 120])["text"]?.string ?? ""
    #expect(text.contains("Шкафчик") && text.contains("17"))
    let query = try client.call("registry/query", ["registry": "pupils", "limit": 1])
    #expect(query["columns"]?.array?.contains(Self.column) == true)
    #expect(query["rows"]?[0]?["cells"]?["lockers:number"] == 17)

    // The rule of the command marks the field of the form.
    try Self.select([second["id"]], in: registry, client)
    let form = try WireClient.only(client.press("Шкафчик", of: registry))
    try client.call("window/set", ["window": JSONValue(form.id), "values": ["number": 17]])
    try client.press("Сохранить", of: form)
    #expect(try client.look(at: form).field("Номер")["error"] == "Этот шкафчик занят")
  }

  @Test
  func
    `I1: an added cell that changes is told to whoever looks at the table, and a plugin that is switched off takes its column along`()
    throws
  {
    let folder = try SchoolFolder()
    let host = try Self.start(folder)
    let client = try host.client(signedInAs: Person.administrator())
    let other = try host.client(signedInAs: Person.administrator())
    let registry = try client.openMenu("Реестры", "Ученики")
    let (first, _) = try Self.pupils(client, registry)
    try client.call("registry/subscribe", ["registry": "pupils"])

    try other.call(
      "command/execute", ["command": "lockers.assign", "arguments": ["pupil": first["id"] ?? "", "number": 5]])

    #expect(try client.notification("registry/didChange", within: 20)?["registry"] == "pupils")
    #expect(try client.notification("window/didChange", within: 20)?["window"]?.string == registry.id)
    #expect(try Self.pupils(client, registry).first["cells"]?["lockers:number"] == 5)

    try other.call("plugin/disable", ["plugin": "lockers"])
    let rest = try client.call("registry/query", ["registry": "pupils", "limit": 1])
    #expect(rest["columns"]?.array?.contains { $0["id"] == "lockers:number" } == false)
    #expect(rest["rows"]?[0]?["cells"]?["lockers:number"] == nil)
    #expect(rest["total"] == 60)
    let again = try client.openMenu("Реестры", "Ученики")
    #expect(!again.buttons.contains("Шкафчик"))
  }

  @Test
  func `I3: the example's manifest has nothing to complain of, and its Makefile builds it with a C compiler alone`()
    throws
  {
    let folder = try SchoolFolder.empty()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/include/esh", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: "\(BuildProducts.root)/Sources/CShellPlugin/include/shell_plugin.h",
      toPath: "\(folder.path)/include/esh/shell_plugin.h")
    for file in ["lockers.c", "lockers.json", "Makefile"] {
      try FileManager.default.copyItem(atPath: "\(Self.example)/\(file)", toPath: "\(folder.path)/\(file)")
    }
    let make = try CommandRun(["/usr/bin/env", "make", "-C", folder.path, "PREFIX=\(folder.path)"])
    #expect(make.succeeded, "\(make.errors)")
    let check = try CommandRun.esh("plugin", "check", "\(folder.path)/lockers.json", "--json")
    #expect(check.succeeded, "\(check.output)\(check.errors)")
  }

  private static let example = "\(BuildProducts.root)/Plugins/Examples/Lockers"

  private static let column: JSONValue = [
    "id": "lockers:number", "title": "Шкафчик", "type": "number", "sortable": false, "editable": false,
  ]

  private static func start(_ folder: SchoolFolder) throws -> HostUnderTest {
    let source = try String(contentsOfFile: "\(example)/lockers.c", encoding: .utf8)
    let libraries = try NativePlugin.libraries(in: folder, without: "libLockersPlugin.so", put: source)
    return try HostUnderTest.start(
      folder, ["--plugins", libraries, "--manifests", BuildProducts.manifests, "--manifests", example])
  }

  private static func pupils(_ client: WireClient, _ registry: Screen) throws -> (first: JSONValue, second: JSONValue) {
    let page = try client.call(
      "table/query", ["window": JSONValue(registry.id), "table": "pupils", "limit": 2])
    guard let rows = page["rows"]?.array, rows.count == 2 else { throw TestTrouble("no two pupils: \(page.text())") }
    return (rows[0], rows[1])
  }

  private static func select(_ rows: [JSONValue?], in registry: Screen, _ client: WireClient) throws {
    try client.call(
      "window/select",
      ["window": JSONValue(registry.id), "table": "pupils", "rows": JSONValue(rows.compactMap(\.self))])
  }

  private static func give(_ number: Int, to pupil: JSONValue, _ registry: Screen, _ client: WireClient) throws {
    try select([pupil["id"]], in: registry, client)
    let form = try WireClient.only(client.press("Шкафчик", of: registry))
    #expect(try form.field("Ученик")["value"] == pupil["cells"]?["name"])
    try client.call("window/set", ["window": JSONValue(form.id), "values": ["number": JSONValue(number)]])
    let saved = try client.press("Сохранить", of: form)
    #expect(saved["effects"]?.array?.contains { $0["type"] == "closeWindow" } == true, "\(saved.text())")
  }
}
