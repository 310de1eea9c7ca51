import Jansson
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// What people and crashes decided about plugins, kept in `plugins.json` of the data folder: who is disabled,
/// who is in quarantine, who was being loaded when the host died.
final class PluginDecisions: Sendable {
  struct Content: Equatable {
    var disabled: Set<String> = []
    /// Why, by plugin.
    var quarantined: [String: String] = [:]
    /// Hosts in a row that ended, for no known reason, while they loaded the plugin.
    var suspicions: [String: Int] = [:]
  }

  /// Unexplained ends in a row before a plugin is held back. One or two may be a person's `kill -9`.
  static let patience = 3

  private let path: String?
  private let content: Mutex<Content>

  /// Reads the file. What cannot be read counts as nothing decided. A nil path keeps everything in memory.
  init(path: String?) {
    self.path = path
    content = Mutex(path.flatMap(Self.read) ?? Content())
  }

  var current: Content { content.withLock { $0 } }

  /// Changes the decisions and writes them; false when the file could not be written.
  @discardableResult
  func change(_ body: (inout Content) -> Void) -> Bool {
    content.withLock { content in
      let before = content
      body(&content)
      guard content != before, let path else { return true }
      return Self.write(content.json, to: path)
    }
  }

  /// Takes in what the last process left in its journal.
  func judge(_ entries: [CrashJournal.Entry]) {
    guard !entries.isEmpty else { return }
    change { content in
      for entry in entries {
        guard let signal = entry.signal else { continue }
        content.quarantined[entry.plugin] =
          "took the host down with \(signalName(signal)) while \(entry.phase.words) '\(entry.name)'; "
          + "enable it again with plugin/enable"
      }
      for entry in entries where entry.signal == nil && entry.phase == .load {
        let times = content.suspicions[entry.plugin, default: 0] + 1
        content.suspicions[entry.plugin] = times
        if times >= patience, content.quarantined[entry.plugin] == nil {
          content.quarantined[entry.plugin] =
            "took the host down \(times) times in a row while \(entry.phase.words) '\(entry.name)'; "
            + "enable it again with plugin/enable"
        }
      }
    }
  }

  private var patience: Int { Self.patience }
}

private func signalName(_ signal: Int32) -> String {
  switch signal {
  case SIGSEGV: "SIGSEGV"
  case SIGBUS: "SIGBUS"
  case SIGILL: "SIGILL"
  case SIGABRT: "SIGABRT"
  case SIGFPE: "SIGFPE"
  case SIGTRAP: "SIGTRAP"
  default: "signal \(signal)"
  }
}

extension PluginDecisions.Content {
  fileprivate var json: JSONValue {
    [
      "disabled": JSONValue(disabled.sorted().map { JSONValue($0) }),
      "quarantined": JSONValue(
        members: quarantined.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }),
      "suspicions": JSONValue(
        members: suspicions.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }),
    ]
  }

  fileprivate init(_ json: JSONValue) {
    disabled = Set((json["disabled"]?.array ?? []).compactMap(\.string))
    for (id, reason) in json["quarantined"]?.members ?? [] { quarantined[id] = reason.string }
    for (id, times) in json["suspicions"]?.members ?? [] { suspicions[id] = times.int }
  }
}

extension PluginDecisions {
  private static func read(_ path: String) -> Content? {
    guard let bytes = FileBytes.read(path, limit: 1 << 20) else { return nil }
    // try?: a broken file decides nothing; the next decision replaces it.
    return (try? JSONValue(parsing: bytes)).map(Content.init)
  }

  private static func write(_ json: JSONValue, to path: String) -> Bool {
    FileBytes.replace(path, with: json.bytes(indent: 2) + [UInt8(ascii: "\n")])
  }
}
