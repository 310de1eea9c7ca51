import Jansson
import PluginHost

/// Everything that a manifest says can be called, with arguments to call it with.
struct TrialPlan {
  struct Call {
    let kind: PluginCall.Kind
    let name: String
    /// What it is, for people: "command notes.add".
    let label: String
    let variants: [JSONValue]

    init(_ kind: PluginCall.Kind, _ name: String, label: String? = nil, _ variants: [JSONValue]) {
      self.kind = kind
      self.name = name
      self.label = label ?? "\(kind.word) \(name)"
      self.variants = variants
    }
  }

  let calls: [Call]

  /// The order is the manifest's, so that a second process finds the same steps.
  init(_ manifest: Manifest) {
    let add = manifest.contributes
    var calls = add.commands.map { Call(.command, $0.id, SampleArguments($0.params).values) }
    let opened = add.windows.map { ($0.type, nil as String?) } + add.extensions.map { ($0.type, $0.window) }
    calls += opened.map { type, extended in
      Call(.windowOpen, type, Self.openings(of: type, extending: extended, in: manifest))
    }
    calls += add.services.map { service in
      let json = manifest.json["contributes"]?["services"]?.array?.first { $0["name"]?.string == service.name }
      return Call(.service, service.name, Self.services(json?["params"]))
    }
    calls += add.events.map { Call(.event, $0, Self.events(named: $0)) }
    calls += add.jobs.map { Call(.job, $0.name, Self.jobs) }
    self.calls = calls
  }

  /// Tables that the plugin's tabs and columns show; how they are answered is known when it is loaded.
  static func tables(_ manifest: Manifest) -> [String] {
    let names = manifest.contributes.tabs.compactMap(\.table) + manifest.contributes.columns.map(\.table)
    return Set(names).filter { $0.hasPrefix("\(manifest.id).") }.sorted()
  }

  static func rows(of table: String) -> Call {
    let empty: JSONValue = [
      "search": .null, "filter": [:], "sort": [], "after": .null, "limit": 50, "arguments": [:], "state": .null,
    ]
    return Call(
      .tableRows, table,
      [
        empty, empty.merging(["search": "'%_я", "filter": ["nobody": 1], "sort": [["column": "nobody"]]]),
        empty.merging(["after": "nonsense", "limit": 1, "arguments": ["nobody": [1]]]),
      ])
  }

  /// What a window may be opened with: nothing, what buttons and menus give it, and what any client may send.
  private static func openings(of type: String, extending window: String?, in manifest: Manifest) -> [JSONValue] {
    let names = Set(argumentNames(in: manifest.json, opening: type))
    let filled = JSONValue(members: names.sorted().map { ($0, JSONValue("c1")) })
    let arguments = [filled, .emptyObject] + SampleArguments.broken(names.sorted() + ["id"])
    return arguments.map { arguments in
      guard let window else { return ["arguments": arguments] }
      return ["arguments": arguments, "extends": ["window": JSONValue(window)]]
    }
  }

  /// Names of arguments wherever the manifest opens the window.
  private static func argumentNames(in json: JSONValue, opening type: String) -> [String] {
    var names: [String] = []
    if json["window"]?.string == type { names += (json["arguments"]?.members ?? []).map(\.key) }
    for member in json.members ?? [] { names += argumentNames(in: member.value, opening: type) }
    for element in json.array ?? [] { names += argumentNames(in: element, opening: type) }
    return names
  }

  private static func services(_ schema: JSONValue?) -> [JSONValue] {
    guard let schema else { return [.emptyObject] + SampleArguments.broken(["id"]) }
    let names = (schema["properties"]?.members ?? []).map(\.key)
    return SampleArguments(schema).values + [.emptyObject] + SampleArguments.broken(names)
  }

  private static func events(named name: String) -> [JSONValue] {
    ([.emptyObject, .null] + SampleArguments.broken(["id", "user", "ids"])).enumerated().map { number, payload in
      [
        "seq": JSONValue(number + 1), "name": JSONValue(name), "owner": JSONValue(String(name.prefix { $0 != "." })),
        "at": 1_788_240_600_000, "payload": payload,
      ]
    }
  }

  private static var jobs: [JSONValue] {
    ([.null, .emptyObject] + SampleArguments.broken(["id"])).enumerated().map { number, payload in
      ["key": JSONValue("c\(number)"), "payload": payload, "attempt": 0, "dueAt": 1_788_240_600_000]
    }
  }
}
