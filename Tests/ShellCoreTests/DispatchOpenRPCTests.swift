import Jansson
import ShellProtocol
import Testing

@testable import ShellCore

struct DispatchOpenRPCTests {
  private func document(_ stage: Rehearsal) throws -> JSONValue {
    stage.call(1, "rpc.discover")
    return try #require(stage.heardOne()["result"])
  }

  /// Members that the meta-schema of OpenRPC 1.4 knows; others must start with `x-`.
  private func strangers(_ object: JSONValue?, _ known: Set<String>) -> [String] {
    (object?.members ?? []).map(\.key).filter { !known.contains($0) && !$0.hasPrefix("x-") }
  }

  @Test func `the document has the shape that the standard asks for`() throws {
    let document = try document(Rehearsal())
    #expect(document["openrpc"]?.string?.hasPrefix("1.4.") == true)
    #expect(
      strangers(document, ["openrpc", "info", "methods", "components", "servers", "externalDocs"]).isEmpty)
    #expect(document["info"]?["title"]?.string != nil && document["info"]?["version"] == "1.2")
    let methods = try #require(document["methods"]?.array)
    #expect(Set(methods.compactMap { $0["name"]?.string }).count == methods.count)
    for method in methods {
      let known: Set = ["name", "summary", "paramStructure", "params", "result", "errors", "examples"]
      #expect(strangers(method, known).isEmpty)
      #expect(method["paramStructure"] == "by-name")
      #expect(method["x-mode"]?.string != nil && method["x-access"]?.string != nil)
      let params = try #require(method["params"]?.array)
      for param in params {
        #expect(strangers(param, ["name", "schema", "required", "description", "summary"]).isEmpty)
        #expect(param["name"]?.string != nil && param["schema"] != nil && param["required"]?.bool != nil)
      }
      let required = params.compactMap { $0["required"]?.bool }
      #expect(required == required.filter { $0 } + required.filter { !$0 }, "required params come first")
      if let result = method["result"] { #expect(result["name"]?.string != nil && result["schema"] != nil) }
      for error in method["errors"]?.array ?? [] {
        let name = try #require(error["$ref"]?.string?.split(separator: "/").last)
        #expect(document["components"]?["errors"]?[String(name)]?["code"]?.int != nil)
      }
      for example in method["examples"]?.array ?? [] {
        #expect(example["name"]?.string != nil && example["params"]?.array != nil)
      }
    }
  }

  @Test func `every method that is served is described, and nothing else`() throws {
    let stage = Rehearsal()
    let names = try document(stage)["methods"]?.array?.compactMap { $0["name"]?.string }
    #expect(names == stage.dispatcher.catalog.definitions.map(\.name).sorted())
    #expect(names?.contains("$/cancelRequest") == true && names?.contains("rpc.discover") == true)
  }

  @Test func `commands of plugins are asked for each time`() throws {
    let stage = Rehearsal()
    #expect(try document(stage)["x-commands"] == [])
    stage.dispatcher.pluginCommands = { conversation in
      [
        [
          "name": "school.save", "title": conversation.locale == .en ? "Save" : "Сохранить",
          "params": ["type": "object"],
        ]
      ]
    }
    #expect(try document(stage)["x-commands"]?[0]?["title"] == "Save")
  }

  @Test func `notifications are described`() throws {
    let notifications = try document(Rehearsal())["x-notifications"]?.array
    #expect(notifications?.contains { $0["name"] == "$/progress" } == true)
  }

  @Test func `examples fit the schemas of their rows`() {
    #expect(MethodCatalogBuilder().build().exampleProblems == [])
  }

  @Test func `an example that does not fit is found`() {
    var builder = MethodCatalogBuilder()
    builder.add(schema: ["type": "string"], named: "Word")
    builder.add(
      MethodDefinition(
        "say", LocalizedText(verbatim: "say"),
        params: ["type": "object", "properties": ["word": ["$ref": "#/components/schemas/Word"]]],
        mode: .read,
        examples: [.init("bad", params: ["word": 7]), .init("good", params: ["word": "a"])],
        handler: .constant(Array("{}".utf8))))
    #expect(builder.build().exampleProblems.count == 1)
  }

  @Test func `a name that is registered twice is our own mistake`() async {
    await #expect(processExitsWith: .failure) {
      var builder = MethodCatalogBuilder()
      builder.add(
        MethodDefinition(
          "ping", LocalizedText(verbatim: ""), mode: .free, handler: .constant(Array("{}".utf8))))
    }
  }
}
