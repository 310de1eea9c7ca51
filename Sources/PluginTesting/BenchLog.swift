import Logging
import PluginKit
import Synchronization

/// A line that the plugin or the host wrote.
public struct LogLine: Sendable, Equatable {
  /// `debug`, `info`, `warning`, `error`, …
  public let level: String
  public let message: String
  public let fields: [String: String]
  /// The plugin that it is about; nil for the host's own.
  public var plugin: String? { fields["plugin"] }
}

/// Keeps every line of the host.
final class BenchLog: Sendable {
  private let kept = Mutex<[LogLine]>([])

  var lines: [LogLine] { kept.withLock { $0 } }

  var logger: Logger { Logger(label: "bench") { [self] _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: BenchLog
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let fields = (event.metadata ?? [:]).mapValues { "\($0)" }
      log.kept.withLock {
        $0.append(LogLine(level: event.level.rawValue, message: "\(event.message)", fields: fields))
      }
    }
  }
}
