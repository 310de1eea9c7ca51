import Jansson
import Testing

@testable import PluginHost

struct ManifestLintTests {
  private func findings(_ members: JSONValue, others: [Manifest] = []) throws -> [String] {
    ManifestLint.findings(in: try ManifestSample.manifest("sample", members), others: others).map(
      \.description)
  }

  @Test func `a clean manifest has no findings`() throws {
    #expect(try findings([:]) == [])
  }

  @Test func `a text in one language is a finding`() throws {
    #expect(try findings(["title": "Пример"]) == ["warning: /title: the text is given in one language only"])
  }

  @Test func `a clause that does not check is an error with its place`() throws {
    let text = ManifestSample.text("a", "b")
    let found = try findings([
      "contributes": ["registries": [["id": "r", "title": text, "access": "signedIn && nobody"]]]
    ])
    #expect(
      found == [
        "error: /contributes/registries/0/access: in the when-clause: column 13: unknown key 'nobody'"
      ])
  }

  @Test func `permissions that lead nowhere are findings`() throws {
    let other = try ManifestSample.manifest(
      "other",
      [
        "publishes": ["views": ["other_v1_rows"]],
        "contextKeys": ["other.open": ["type": "boolean", "scope": "all"]],
      ])
    let found = try findings(
      [
        "permissions": [
          "views": ["other_v1_rows", "other_v1_rows", "gone_v1_rows"], "services": ["gone.service"],
          "context": ["other.open"],
        ]
      ], others: [other])
    #expect(
      found == [
        "warning: /permissions/context/0: the permission is not used",
        "warning: /permissions/views/1: 'other_v1_rows' is named twice",
        "warning: /permissions/views/2: no installed plugin offers 'gone_v1_rows'",
        "warning: /permissions/services/0: no installed plugin offers 'gone.service'",
      ])
  }

  @Test func `a name that another plugin has is an error`() throws {
    let text = ManifestSample.text("a", "b")
    let command: JSONValue = ["commands": [["id": "a.b", "title": text, "access": "signedIn"]]]
    let found = try findings(
      ["contributes": command], others: [try ManifestSample.contributing("other", command)])
    #expect(found == ["error: /contributes/commands/0/id: command 'a.b' is declared by plugin 'other' too"])
  }

  @Test func `items, buttons and arguments that cannot work are findings`() throws {
    let text = ManifestSample.text("a", "b")
    let found = try findings([
      "contributes": [
        "startMenu": [["id": "i", "title": text, "registry": "gone"]],
        "tabs": [["registry": "gone", "id": "t", "title": text]],
        "commands": [
          [
            "id": "a.b", "title": text,
            "params": [
              "type": "object", "properties": ["id": ["type": "integer"], "n": ["type": "integer"]],
              "required": ["id"],
            ],
          ]
        ],
        "shortcuts": [["id": "s", "title": text, "command": "a.c"]],
        "toolbar": [
          [
            "registry": "gone", "tab": "t", "id": "b", "label": text, "command": "a.b",
            "arguments": ["id": "=row", "n": "x", "m": 1], "enabledWhen": "selection.count == 1",
          ]
        ],
      ]
    ])
    #expect(
      found == [
        "warning: /contributes/startMenu/0/registry: there is no registry 'gone' here or in the installed plugins",
        "warning: /contributes/shortcuts/0/command: there is no command 'a.c' here or in the installed plugins",
        "warning: /contributes/tabs/0/registry: there is no registry 'gone' here or in the installed plugins",
        "warning: /contributes/toolbar/0/arguments/n: expected an integer, found a string",
        "warning: /contributes/toolbar/0/arguments/m: unknown member 'm'; known: id, n",
        "warning: /contributes/toolbar/0: no 'why' tells why the button is disabled",
        "warning: /contributes/commands/0: no 'access': everybody who has signed in may run the command",
      ])
  }

  @Test func `a badge that is no number, of nobody, or of another plugin unasked, is an error with its place`()
    throws
  {
    let other = try ManifestSample.manifest(
      "other", ["contextKeys": ["other.count": ["type": "number", "scope": "user"]]])
    func item(_ id: String, _ badge: String) -> JSONValue {
      [
        "id": JSONValue(id), "title": ManifestSample.text("a", "b"), "command": "shell.openRegistry",
        "badge": JSONValue(badge),
      ]
    }
    let found = try findings(
      [
        "contextKeys": [
          "sample.word": ["type": "string", "scope": "user"],
          "sample.half": ["type": "number", "scope": "user", "default": 0.5],
          "sample.count": ["type": "number", "scope": "all"],
        ],
        "contributes": [
          "shortcuts": [
            item("a", "sample.count"), item("b", "sample.word"), item("c", "nobody.knows"), item("d", "other.count"),
          ],
          "startMenu": [
            [
              "id": "g", "title": ManifestSample.text("a", "b"),
              "children": [item("e", "user.id"), item("f", "sample.half")],
            ]
          ],
        ],
      ], others: [other])
    #expect(
      found == [
        "error: /contributes/startMenu/0/children/0/badge: the context key 'user.id' is not a number,"
          + " and a badge shows one",
        "error: /contributes/shortcuts/1/badge: the context key 'sample.word' is not a number, and a badge shows one",
        "error: /contributes/shortcuts/2/badge: the context key 'nobody.knows' is not declared",
        "error: /contributes/shortcuts/3/badge: key 'other.count' belongs to plugin 'other' and is not named in"
          + " permissions.context",
        "warning: /contextKeys/sample.half/default: a badge shows whole numbers above zero",
      ])
  }
}
