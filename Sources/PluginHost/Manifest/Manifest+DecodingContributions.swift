import JSONSchema
import Jansson
import ShellProtocol

extension Manifest.Contributions {
  init(_ reader: ManifestReader?) throws(ManifestFault) {
    try reader?.only(
      "startMenu", "shortcuts", "registries", "tabs", "toolbar", "fields", "columns", "windows", "extensions",
      "commands", "services", "events", "jobs", "previews", "settings")
    startMenu = try Self.read(reader, "startMenu", Manifest.MenuNode.init)
    shortcuts = try Self.read(reader, "shortcuts", Manifest.MenuItem.init)
    registries = try Self.read(reader, "registries", Manifest.Registry.init)
    tabs = try Self.read(reader, "tabs", Manifest.Tab.init)
    toolbar = try Self.read(reader, "toolbar", Manifest.ToolbarButton.init)
    fields = try Self.read(reader, "fields", Manifest.Field.init)
    columns = try Self.read(reader, "columns", Manifest.Column.init)
    windows = try Self.read(reader, "windows", Manifest.Window.init)
    extensions = try Self.read(reader, "extensions", Manifest.Extension.init)
    commands = try Self.read(reader, "commands", Manifest.Command.init)
    services = try Self.read(reader, "services", Manifest.Service.init)
    events = try Self.read(reader, "events") { (event: ManifestReader) throws(ManifestFault) in
      try event.only("name")
      return try event.string("name", ManifestGrammar.isName)
    }
    jobs = try Self.read(reader, "jobs", Manifest.Job.init)
    previews = try Self.read(reader, "previews", Manifest.Preview.init)
    settings = try Self.read(reader, "settings", Manifest.Setting.init)
  }

  private static func read<Element>(
    _ reader: ManifestReader?, _ name: String, _ element: (ManifestReader) throws(ManifestFault) -> Element
  ) throws(ManifestFault) -> [Element] {
    var elements: [Element] = []
    for item in try reader?.readers(name) ?? [] { elements.append(try element(item)) }
    return elements
  }
}

extension Manifest.MenuNode {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    guard reader.has("children") else {
      self = .item(try Manifest.MenuItem(reader))
      return
    }
    try reader.only("id", "title", "index", "children")
    var children: [Manifest.MenuNode] = []
    for child in try reader.readers("children") { children.append(try Manifest.MenuNode(child)) }
    self = .group(
      Manifest.MenuGroup(
        id: try reader.string("id", ManifestGrammar.isLocalID), title: try reader.text("title"),
        index: reader.has("index") ? try reader.index() : nil, children: children, pointer: reader.place))
  }
}

extension Manifest.MenuItem {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    if reader.has("registry") {
      try reader.only("id", "title", "icon", "index", "registry", "tab", "badge", "access", "when")
    } else {
      try reader.only("id", "title", "icon", "index", "command", "arguments", "badge", "access", "when")
    }
    self.init(
      id: try reader.string("id", ManifestGrammar.isLocalID), title: try reader.text("title"),
      icon: try reader.optionalString("icon", ManifestGrammar.isIcon), index: try reader.index(),
      target: try Manifest.Target(reader), badge: try reader.optionalString("badge", ManifestGrammar.isName),
      access: try reader.clause("access"), when: try reader.clause("when"), pointer: reader.place)
  }
}

extension Manifest.Target {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    if reader.has("registry") {
      self = .registry(
        try reader.string("registry", ManifestGrammar.isLocalID),
        tab: try reader.optionalString("tab", ManifestGrammar.isLocalID))
    } else {
      self = .command(
        try reader.string("command", ManifestGrammar.isName),
        arguments: try reader.optionalObject("arguments"))
    }
  }
}

extension Manifest.Registry {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("id", "title", "access")
    self.init(
      id: try reader.string("id", ManifestGrammar.isLocalID), title: try reader.text("title"),
      access: try reader.clause("access"), pointer: reader.place)
  }
}

extension Manifest.Tab {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("registry", "id", "title", "index", "table", "access", "when", "selection")
    self.init(
      registry: try reader.string("registry", ManifestGrammar.isLocalID),
      id: try reader.string("id", ManifestGrammar.isLocalID), title: try reader.text("title"),
      index: try reader.index(), table: try reader.optionalString("table", ManifestGrammar.isName),
      selection: try reader.choice("selection", Selection.self) ?? .single,
      access: try reader.clause("access"),
      when: try reader.clause("when"), pointer: reader.place)
  }
}

extension Manifest.ToolbarButton {
  private enum ActionName: String, CaseIterable { case refresh }

  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only(
      "registry", "tab", "id", "label", "index", "style", "command", "window", "arguments", "action", "row", "access",
      "when", "enabledWhen", "why")
    let action = try Self.action(reader)
    self.init(
      registry: try reader.string("registry", ManifestGrammar.isLocalID),
      tab: try reader.string("tab", ManifestGrammar.isLocalID),
      id: try reader.string("id", ManifestGrammar.isLocalID), label: try reader.text("label"),
      index: try reader.index(), style: try reader.choice("style", Style.self) ?? .default, action: action,
      row: try reader.bool("row") ?? false, access: try reader.clause("access"),
      when: try reader.clause("when"),
      enabledWhen: try reader.clause("enabledWhen"), why: try reader.optionalText("why"),
      pointer: reader.place)
  }

  private static func action(_ reader: ManifestReader) throws(ManifestFault) -> Action {
    let named = ["command", "window", "action"].filter(reader.has)
    guard named.count == 1, named != ["action"] || !reader.has("arguments") else {
      throw ManifestFault(
        reader.pointer, ru: "кнопка имеет что-то одно: command, window или action без arguments",
        en: "a button has one of command, window, or action without arguments")
    }
    if try reader.choice("action", ActionName.self) != nil { return .refresh }
    let arguments = try reader.optionalObject("arguments")
    if reader.has("window") {
      return .window(try reader.string("window", ManifestGrammar.isName), arguments: arguments)
    }
    return .command(try reader.string("command", ManifestGrammar.isName), arguments: arguments)
  }
}

extension Manifest.Field {
  private enum Display: String, CaseIterable { case phone }

  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("registry", "tab", "id", "label", "type", "value", "display", "index", "access", "when")
    guard let kind = try reader.choice("type", Kind.self) else { throw reader.missing("type") }
    self.init(
      registry: try reader.string("registry", ManifestGrammar.isLocalID),
      tab: try reader.string("tab", ManifestGrammar.isLocalID),
      id: try reader.string("id", ManifestGrammar.isLocalID), label: try reader.text("label"), kind: kind,
      value: try reader.string("value", ManifestGrammar.isName),
      showsPhone: try reader.choice("display", Display.self) != nil, index: try reader.index(),
      access: try reader.clause("access"), when: try reader.clause("when"), pointer: reader.place)
  }
}

extension Manifest.Column {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("registry", "tab", "column", "source", "index", "access", "when")
    guard let column = try reader.reader("column") else { throw reader.missing("column") }
    try column.only("id", "title")
    guard let source = try reader.reader("source") else { throw reader.missing("source") }
    try source.only("table", "column")
    let id = try column.string("id", ManifestGrammar.isLocalID)
    self.init(
      registry: try reader.string("registry", ManifestGrammar.isLocalID),
      tab: try reader.string("tab", ManifestGrammar.isLocalID), id: id, title: try column.text("title"),
      table: try source.string("table", ManifestGrammar.isName),
      cell: try source.optionalString("column", ManifestGrammar.isLocalID) ?? id, index: try reader.index(),
      access: try reader.clause("access"), when: try reader.clause("when"), pointer: reader.place)
  }
}

extension Manifest.Window {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("type", "title", "access", "extensible", "shares")
    self.init(
      type: try reader.string("type", ManifestGrammar.isName), title: try reader.optionalText("title"),
      access: try reader.clause("access"), isExtensible: try reader.bool("extensible") ?? false,
      shares: try reader.strings("shares", ManifestGrammar.isLocalID), pointer: reader.place)
  }
}

extension Manifest.Extension {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("window", "type", "tab", "index", "access", "when")
    self.init(
      window: try reader.string("window", ManifestGrammar.isName),
      type: try reader.string("type", ManifestGrammar.isName),
      tab: try reader.optionalString("tab", ManifestGrammar.isLocalID), index: try reader.index(),
      access: try reader.clause("access"), when: try reader.clause("when"), pointer: reader.place)
  }
}

extension Manifest.Command {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("id", "title", "access", "params", "reads", "when")
    let params = try reader.optionalObject("params") ?? ["type": "object"]
    let (closed, schema) = try Self.compile(params, at: reader.pointer.appending("params"))
    self.init(
      id: try reader.string("id", ManifestGrammar.isName), title: try reader.text("title"), params: closed,
      schema: schema, reads: try reader.bool("reads") ?? false, access: try reader.clause("access"),
      when: try reader.clause("when"), pointer: reader.place)
  }

  /// Compiles a schema of parameters. One that does not speak of further members refuses them, since a misspelt
  /// parameter should not go unnoticed.
  static func compile(
    _ params: JSONValue, at pointer: JSONPointer
  ) throws(ManifestFault) -> (closed: JSONValue, schema: JSONSchema) {
    guard params["type"]?.string == "object" else {
      throw ManifestFault(
        pointer.appending("type"), ru: "параметры описывает схема типа object",
        en: "parameters are described by a schema of type object")
    }
    let isOpen = params["additionalProperties"] != nil || params["$ref"] != nil
    let closed = isOpen ? params : params.setting("additionalProperties", false)
    do throws(JSONSchemaError) {
      return (closed, try JSONSchema(closed))
    } catch {
      throw ManifestFault(
        pointer.description + error.pointer, ru: "ошибка в схеме: \(error.reason)", en: error.reason)
    }
  }
}

extension Manifest.Service {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("name", "params")
    var schema: JSONSchema?
    if let params = try reader.optionalObject("params") {
      schema = try Manifest.Command.compile(params, at: reader.pointer.appending("params")).schema
    }
    self.init(name: try reader.string("name", ManifestGrammar.isName), schema: schema, pointer: reader.place)
  }
}

extension Manifest.Preview {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("of", "service", "index")
    self.init(
      of: try reader.string("of", ManifestGrammar.isName),
      service: try reader.string("service", ManifestGrammar.isName), index: try reader.index(),
      pointer: reader.place)
  }
}

extension Manifest.Job {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("name", "background", "retry")
    self.init(
      name: try reader.string("name", ManifestGrammar.isName),
      background: try reader.bool("background") ?? false,
      retry: try reader.reader("retry").map { (retry) throws(ManifestFault) in try Retry(retry) },
      pointer: reader.place)
  }
}

extension Manifest.Job.Retry {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("firstMs", "maxMs", "attempts")
    guard let firstMs = try reader.integer("firstMs", in: 1...86_400_000) else {
      throw reader.missing("firstMs")
    }
    guard let maxMs = try reader.integer("maxMs", in: 1...86_400_000) else { throw reader.missing("maxMs") }
    self.init(
      firstMs: firstMs, maxMs: maxMs,
      attempts: try reader.integer("attempts", in: 1...1_000_000).map { Int($0) })
  }
}

extension Manifest.Setting {
  init(_ reader: ManifestReader) throws(ManifestFault) {
    try reader.only("key", "title", "type", "default")
    guard let kind = try reader.choice("type", Kind.self) else { throw reader.missing("type") }
    let value = reader.json["default"]
    switch value?.kind {
    case nil, .string, .integer, .real, .boolean: break
    default:
      throw reader.wrong("default", LocalizedText(ru: "строка, число, true или false", en: "a plain value"))
    }
    self.init(
      key: try reader.string("key", ManifestGrammar.isName), title: try reader.text("title"), kind: kind,
      defaultValue: value, pointer: reader.place)
  }
}
