import Jansson
import ShellProtocol

/// What a plugin says of itself in `<id>.json`: everything that the host shows, allows and orders before it loads
/// the plugin's library. `Manifests/manifest.schema.json` is the published description of the file.
package struct Manifest: Sendable {
  /// Where it was read from, for messages.
  package let file: String
  /// The file's JSON as it stands.
  package let json: JSONValue

  package let id: String
  package let version: SemanticVersion
  package let title: LocalizedText
  package let description: LocalizedText?
  /// File name of the library, without a folder.
  package let library: String
  package let abi: ABI
  package let concurrency: Concurrency
  package let isolation: Isolation
  package let limits: Limits
  package let requires: Requirements
  /// Contracts `name/version` that this plugin's services fulfil.
  package let provides: [String]
  package let permissions: Permissions
  /// Names of the rights that its contributions may ask for (`access: "@name"`).
  package let rights: [String]
  /// Those that none asks for.
  package let unusedRights: [String]
  /// References that lead nowhere, found while reading.
  let contradictions: [ManifestError.Issue]
  package let contextKeys: [ContextKey]
  package let publishes: Publications
  package let contributes: Contributions
  /// JSON Pointers of texts given as one plain string instead of one for each language.
  package let plainTexts: [String]

  /// What the names of the plugin's tables, indexes and views start with: `max_platform_`.
  package var tablePrefix: String { Self.tablePrefix(of: id) }

  package static func tablePrefix(of id: String) -> String {
    String(id.map { $0 == "-" ? "_" : $0 }) + "_"
  }

  package struct ABI: Sendable, Equatable {
    package let major: Int
    package let minor: Int
  }

  /// Whether calls into the plugin come one at a time.
  package enum Concurrency: String, Sendable, CaseIterable { case serial, parallel }

  /// Where the plugin may run: inside the host, in a process of its own, or either.
  package enum Isolation: String, Sendable, CaseIterable { case inproc, runner, any }

  /// Milliseconds of real time that a call or a job may take, and MiB of memory that its runner may.
  package struct Limits: Sendable, Equatable {
    package static let defaultCallMs: Int64 = 10_000
    package static let defaultJobMs: Int64 = 60_000
    package let callMs: Int64
    package let jobMs: Int64
    package static let defaultMemoryMB: Int64 = 512
    /// Of a plugin that runs in a process of its own.
    package let memoryMB: Int64
  }

  package struct Requirements: Sendable {
    /// Sorted by id.
    package let plugins: [(id: String, range: VersionRange)]
    /// Contracts `name/version`.
    package let services: [String]
  }

  /// What the host lends to this plugin; everything else is denied.
  package struct Permissions: Sendable, Equatable {
    /// Published views of other plugins that it reads.
    package let views: [String]
    /// Services of other plugins that it calls.
    package let services: [String]
    /// Events that it receives.
    package let events: [String]
    /// Patterns of addresses, or `@platform` for the configured address of that name.
    package let http: [String]
    /// Context keys of other plugins that its clauses read.
    package let context: [String]
    /// Tables of the host that its tabs show.
    package let tables: [String]
    /// Whether it may show something to a person who did not ask just now.
    package let present: Bool
  }

  /// Tables that the host itself has: who did what, when, from which client.
  package static let hostTables: Set<String> = ["shell.audit"]

  /// A value that clauses and fields read, kept on disk by the host and set by the plugin that declares it.
  package struct ContextKey: Sendable, Equatable {
    package enum Scope: String, Sendable, CaseIterable {
      /// One value for each user.
      case user
      /// One value for everybody.
      case all
    }

    package let name: String
    package let type: ValueType
    package let scope: Scope
    package let defaultValue: JSONValue
  }

  /// The types of context keys; the words of when-clauses.
  package enum ValueType: String, Sendable, CaseIterable { case boolean, string, number, list }

  package struct Publications: Sendable, Equatable {
    /// `<prefix>v<N>_<name>`.
    package let views: [String]
    package let events: [String]
    /// Points at which others say what would follow from a change of this plugin (`contributes.previews`).
    package let previews: [String]
  }

  /// A when-clause as it stands in the file. It is compiled when the catalog is built, when all keys are known.
  package struct Clause: Sendable, Equatable {
    package let text: String
    /// JSON Pointer to it.
    package let pointer: String
  }
}
