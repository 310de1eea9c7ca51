import JSONSchema
import Jansson
import ShellProtocol

extension Manifest {
  /// What a plugin adds to the desktop. The order is the file's.
  package struct Contributions: Sendable {
    package let startMenu: [MenuNode]
    package let shortcuts: [MenuItem]
    package let registries: [Registry]
    package let tabs: [Tab]
    package let toolbar: [ToolbarButton]
    package let fields: [Field]
    package let columns: [Column]
    package let windows: [Window]
    package let extensions: [Extension]
    package let commands: [Command]
    package let services: [Service]
    /// Events that the plugin handles; each is among `permissions.events`.
    package let events: [String]
    package let jobs: [Job]
    package let previews: [Preview]
    package let settings: [Setting]
  }

  /// Position among siblings when the manifest gives none. Siblings sort by (index, title).
  package static let defaultIndex = 100

  package enum MenuNode: Sendable {
    case group(MenuGroup)
    case item(MenuItem)
  }

  /// Groups of the same id at the same place merge, whoever contributes them.
  package struct MenuGroup: Sendable {
    package let id: String
    package let title: LocalizedText
    /// Nil when this manifest leaves the place to others.
    package let index: Int?
    package let children: [MenuNode]
    package let pointer: String
  }

  /// An item of the Start menu, or a shortcut.
  package struct MenuItem: Sendable {
    package let id: String
    package let title: LocalizedText
    package let icon: String?
    package let index: Int
    package let target: Target
    /// The context key, a number, that is shown beside the title while it is above zero.
    package let badge: String?
    package let access: Clause?
    package let when: Clause?
    package let pointer: String
  }

  /// What an item opens.
  package enum Target: Sendable {
    /// `arguments`: an object.
    case command(String, arguments: JSONValue?)
    case registry(String, tab: String?)
  }

  package struct Registry: Sendable {
    package let id: String
    package let title: LocalizedText
    package let access: Clause?
    package let pointer: String
  }

  /// A tab of a registry, its own or another plugin's. Without a table it is shown empty.
  package struct Tab: Sendable {
    package enum Selection: String, Sendable, CaseIterable { case single, multiple, none }

    package let registry: String
    package let id: String
    package let title: LocalizedText
    package let index: Int
    package let table: String?
    package let selection: Selection
    package let access: Clause?
    package let when: Clause?
    package let pointer: String
  }

  package struct ToolbarButton: Sendable {
    package enum Style: String, Sendable, CaseIterable { case `default`, primary, danger }
    package enum Action: Sendable {
      /// Arguments may be `"=selection"` or `"=row"`.
      case command(String, arguments: JSONValue?)
      /// Opens a window of that type; arguments as for a command.
      case window(String, arguments: JSONValue?)
      /// Reads the table anew.
      case refresh
    }

    package let registry: String
    package let tab: String
    package let id: String
    package let label: LocalizedText
    package let index: Int
    package let style: Style
    package let action: Action
    /// Shown in each row instead of in the toolbar.
    package let row: Bool
    package let access: Clause?
    package let when: Clause?
    package let enabledWhen: Clause?
    /// Said when the button is disabled.
    package let why: LocalizedText?
    package let pointer: String
  }

  /// A read-only field over a tab's table that shows a context key.
  package struct Field: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
      case text, phone, number, checkbox, date, time, label
    }

    package let registry: String
    package let tab: String
    package let id: String
    package let label: LocalizedText
    package let kind: Kind
    /// The context key.
    package let value: String
    /// Written for people as a phone number.
    package let showsPhone: Bool
    package let index: Int
    package let access: Clause?
    package let when: Clause?
    package let pointer: String
  }

  /// A column added to a tab's table.
  package struct Column: Sendable {
    package let registry: String
    package let tab: String
    package let id: String
    package let title: LocalizedText
    /// A table of this plugin whose rows have the ids of those that it adds to, and the column of it that is shown.
    package let table: String
    package let cell: String
    package let index: Int
    package let access: Clause?
    package let when: Clause?
    package let pointer: String
  }

  package struct Window: Sendable {
    package let type: String
    package let title: LocalizedText?
    package let access: Clause?
    /// Other plugins may show elements of their own in it.
    package let isExtensible: Bool
    /// Names of opening arguments and fields that they get to know.
    package let shares: [String]
    package let pointer: String
  }

  /// Elements of this plugin in a form of another.
  package struct Extension: Sendable {
    /// The type of the form.
    package let window: String
    /// What this plugin is asked for; it owns the name as it owns a window's.
    package let type: String
    /// The form's tab for elements that name none.
    package let tab: String?
    package let index: Int
    package let access: Clause?
    package let when: Clause?
    package let pointer: String
  }

  package struct Command: Sendable {
    package let id: String
    package let title: LocalizedText
    /// JSON Schema of the arguments; members that it does not name are refused unless it says otherwise.
    package let params: JSONValue
    package let schema: JSONSchema
    /// It changes nothing.
    package let reads: Bool
    package let access: Clause?
    package let when: Clause?
    package let pointer: String
  }

  package struct Service: Sendable {
    package let name: String
    package let schema: JSONSchema?
    package let pointer: String
  }

  /// What this plugin says would follow from a change of another, asked in a rehearsal of it.
  package struct Preview: Sendable {
    /// The other's preview point.
    package let of: String
    /// The service that answers, one of this plugin's own.
    package let service: String
    package let index: Int
    package let pointer: String
  }

  package struct Job: Sendable {
    package struct Retry: Sendable, Equatable {
      /// Milliseconds before the second attempt; doubles each time.
      package let firstMs: Int64
      /// Milliseconds that a pause never exceeds.
      package let maxMs: Int64
      /// Attempts in all; nil: until it succeeds.
      package let attempts: Int?
    }

    package let name: String
    /// May take long and is not bound by `limits.jobMs`.
    package let background: Bool
    package let retry: Retry?
    package let pointer: String
  }

  package struct Setting: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
      case text, number, checkbox, date, time, phone, password
    }

    package let key: String
    package let title: LocalizedText
    package let kind: Kind
    package let defaultValue: JSONValue?
    package let pointer: String
  }
}
