import JSONSchema
import Jansson
import ShellProtocol
import WhenClause

extension Catalog {
  /// How something stands to a person at this moment.
  package enum Verdict: Sendable, Equatable {
    /// Shown, and can be done.
    case allowed
    /// The person may not (`access`): not shown, and −32003 when tried.
    case forbidden
    /// Not now (`when`): not shown, and −32009 when tried.
    case unavailable
  }

  /// The conditions of one contribution, its own and those of what it opens. The same rule decides what is shown and
  /// what can be done.
  package struct Rule: Sendable {
    /// Each must hold, else forbidden.
    package let access: [WhenClause]
    /// Each must hold, else unavailable.
    package let when: [WhenClause]

    package func verdict(_ context: (String) -> WhenValue) -> Verdict {
      guard access.allSatisfy({ $0.evaluate(context) }) else { return .forbidden }
      return when.allSatisfy { $0.evaluate(context) } ? .allowed : .unavailable
    }

    /// The keys on which the verdict depends.
    package var keys: Set<String> { (access + when).reduce(into: []) { $0.formUnion($1.keys) } }

    func and(_ other: Rule?) -> Rule {
      Rule(access: access + (other?.access ?? []), when: when + (other?.when ?? []))
    }
  }

  package struct Command: Sendable {
    package let id: String
    package let owner: String
    package let title: LocalizedText
    package let rule: Rule
    /// It changes nothing.
    package let reads: Bool
    /// JSON Schema of the arguments, as `command/list` shows it.
    package let params: JSONValue
    package let schema: JSONSchema
  }

  package struct Window: Sendable {
    package let type: String
    package let owner: String
    package let title: LocalizedText?
    package let rule: Rule
    package let isExtensible: Bool
    /// Names of opening arguments and fields that extensions get to know.
    package let shares: [String]
  }

  /// What a plugin shows in a form of another.
  package struct Extension: Sendable, Equatable {
    package let window: String
    /// The plugin is asked for this type.
    package let type: String
    package let owner: String
    /// The form's tab for elements that name none.
    package let tab: String?
    package let index: Int
    package let rule: Rule

    package static func == (left: Extension, right: Extension) -> Bool {
      (left.type, left.owner, left.tab, left.index) == (right.type, right.owner, right.tab, right.index)
    }
  }

  package struct Service: Sendable {
    package let name: String
    package let owner: String
    /// Nil: the service looks at its parameters itself.
    package let schema: JSONSchema?
  }

  package struct Event: Sendable {
    package let name: String
    package let owner: String
    /// Ids of the plugins that receive it, in load order.
    package let subscribers: [String]
  }

  package struct Job: Sendable {
    package let name: String
    package let owner: String
    package let background: Bool
    package let retry: Manifest.Job.Retry?
  }

  package struct ContextKey: Sendable {
    package let name: String
    package let owner: String
    package let type: WhenType
    package let scope: Manifest.ContextKey.Scope
    package let defaultJSON: JSONValue
    package let defaultValue: WhenValue
  }

  package struct Setting: Sendable {
    package let key: String
    package let owner: String
    package let title: LocalizedText
    package let kind: Manifest.Setting.Kind
    package let defaultValue: JSONValue?
  }

  /// An item of the Start menu, or a shortcut.
  package struct Item: Sendable {
    package let id: String
    package let title: LocalizedText
    package let icon: String?
    package let index: Int
    package let owner: String
    package let command: String
    /// An object, or nil for none.
    package let arguments: JSONValue?
    /// The registry that the item opens, and its tab; nil for an item of a command.
    package let registry: String?
    package let tab: String?
    /// The context key of the number beside the title.
    package let badge: String?
    package let rule: Rule

    var place: (index: Int, title: LocalizedText, id: String) { (index, title, id) }
    /// The context keys on which it depends whether the item is shown, and how.
    var keys: Set<String> { badge.map { rule.keys.union([$0]) } ?? rule.keys }
  }

  package enum MenuNode: Sendable {
    case group(MenuGroup)
    case item(Item)

    var place: (index: Int, title: LocalizedText, id: String) {
      switch self {
      case .group(let group): (group.index, group.title, group.id)
      case .item(let item): item.place
      }
    }

    package var id: String { place.id }
    package var title: LocalizedText { place.title }
  }

  package struct MenuGroup: Sendable {
    package let id: String
    package let title: LocalizedText
    package let index: Int
    package let children: Ordered<MenuNode>
  }

  package struct Registry: Sendable {
    package let id: String
    package let owner: String
    package let title: LocalizedText
    package let rule: Rule
    package let tabs: Ordered<Tab>

    package func tab(_ id: String) -> Tab? { tabs.all.first { $0.id == id } }
  }

  package struct Tab: Sendable {
    package let registry: String
    package let id: String
    package let owner: String
    package let title: LocalizedText
    package let index: Int
    /// Nil for a tab that only shows its toolbar and fields.
    package let table: String?
    package let selection: Manifest.Tab.Selection
    /// Holds the registry's conditions too.
    package let rule: Rule
    /// Buttons over the table and, with `row`, in its rows.
    package let toolbar: Ordered<Button>
    package let fields: Ordered<Field>
    package let columns: Ordered<Column>

    var place: (index: Int, title: LocalizedText, id: String) { (index, title, id) }
  }

  package struct Button: Sendable {
    package let id: String
    package let owner: String
    package let label: LocalizedText
    package let index: Int
    package let style: Manifest.ToolbarButton.Style
    package let row: Bool
    package let action: Manifest.ToolbarButton.Action
    /// Its own conditions and those of its command.
    package let rule: Rule
    package let enabledWhen: WhenClause
    /// Said when the button is disabled.
    package let why: LocalizedText?

    var place: (index: Int, title: LocalizedText, id: String) { (index, label, id) }
  }

  package struct Field: Sendable {
    package let id: String
    package let owner: String
    package let label: LocalizedText
    package let index: Int
    package let kind: Manifest.Field.Kind
    /// The context key that it shows.
    package let value: String
    package let showsPhone: Bool
    package let rule: Rule

    var place: (index: Int, title: LocalizedText, id: String) { (index, label, id) }
  }

  /// A column that a plugin adds to somebody's table.
  package struct Column: Sendable {
    package let id: String
    package let owner: String
    package let title: LocalizedText
    /// The owner's table, and the column of it, that the cells come from.
    package let table: String
    package let cell: String
    package let index: Int
    package let rule: Rule

    var place: (index: Int, title: LocalizedText, id: String) { (index, title, id) }
  }
}
