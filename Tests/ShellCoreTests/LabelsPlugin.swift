import PluginKit
import ShellTesting

/// A third plugin for the tests of forms: its extension of the form of notes brings a tab of its own.
enum LabelsPlugin {
  static func plugin() throws -> TestPlugin {
    guard let table = unsafe PluginEntry.table(definition, hostMajor: 1) else { throw PluginError("test", "no table") }
    return unsafe TestPlugin("labels", manifest: manifest, table: table)
  }

  private static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: "labels")
    plugin.window(
      "labels.inNote",
      open: { _ in
        Window(
          title: "",
          fields: [
            // The same ids as the other extension has, in a tab of its own and in none.
            Field("text", Text("Метка", en: "Label"), value: "важно", tab: "mine"),
            Field("count", Text("Меток", en: "Labels"), .label, value: "1"),
          ], tabs: [Tab("mine", Text("Метки", en: "Labels"), selected: true)],
          buttons: [Button("add", Text("Пометить", en: "Label it"), tab: "mine")])
      },
      pressed: { question in
        let text = question.value("text").string ?? ""
        return WindowAnswer(patch: Patch().field("count", ["value": JSONValue("\(text)!")]))
      })
    plugin.command("labels.wake") { _ throws -> Outcome in .done }
    return plugin
  }()

  private static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "labels", "version": "1.0.0", "title": "Метки", "library": "libLabels.so",
    "abi": ["major": 1, "minor": 0],
    "contributes": [
      "extensions": [["window": "notes.form", "type": "labels.inNote"]],
      "commands": [["id": "labels.wake", "title": "Разбудить"]],
    ],
  ]
}
