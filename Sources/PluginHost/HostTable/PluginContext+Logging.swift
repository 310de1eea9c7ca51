import CShellPlugin
import Jansson
import Logging
import ShellTime

extension PluginContext {
  /// Lines of one plugin that the log takes in a minute.
  static let mostPrinted = 100

  /// A line on the output of the plugin's own process. False: the log takes no more of it for now.
  func printed(_ line: String) -> Bool {
    guard let host, !line.isEmpty else { return true }
    switch printing.withLock({ $0.take(at: monotonicMs()) }) {
    case .yes:
      host.logger.notice("a plugin printed", metadata: ["plugin": "\(id)", "line": "\(line)"])
      return true
    case .last: host.logger.warning("a plugin prints more than the log takes", metadata: ["plugin": "\(id)"])
    case .no: break
    }
    return false
  }

  /// Log lines of a runner, and complaints about any plugin, that the log takes in a minute.
  static let mostLogged = 2_000
  /// Bytes of one line of a runner.
  static let longestLine = 8_192

  /// A line that a runner logs: it may not fill the disk.
  func log(fromRunner level: Int32, _ message: String, _ fields: JSONValue?) {
    guard mayLog() else { return }
    let short = message.utf8.count <= Self.longestLine ? message : String(message.prefix(Self.longestLine / 4)) + "…"
    let isSmall = fields.map { $0.isSane && $0.bytes().count <= Self.longestLine } ?? true
    log(level, short, isSmall ? fields : nil)
  }

  func mayLog() -> Bool {
    switch logging.withLock({ $0.take(at: monotonicMs()) }) {
    case .yes: return true
    case .last: host?.logger.warning("a plugin has more to log than the log takes", metadata: ["plugin": "\(id)"])
    case .no: break
    }
    return false
  }
}

extension PluginContext {
  /// Takes one event or job off the minute's budget; false when it is used up.
  func mayAnnounce() -> Bool {
    switch announcing.withLock({ $0.take(at: monotonicMs()) }) {
    case .yes: return true
    case .last: misbehaved("it publishes events and jobs faster than others can work them off")
    case .no: break
    }
    return false
  }
}

extension PluginContext {
  func log(_ level: Int32, _ message: String, _ fields: JSONValue?) {
    guard let logger = host?.logger else { return }
    let level: Logger.Level =
      switch Int(level) {
      case SHELL_LOG_DEBUG: .debug
      case SHELL_LOG_INFO: .info
      case SHELL_LOG_WARNING: .warning
      default: .error
      }
    guard level >= logger.logLevel else { return }
    var metadata: Logger.Metadata = [:]
    for (key, value) in fields?.members ?? [] where !value.isObject && value.kind != .array {
      metadata[key] = .string(value.string ?? value.text())
    }
    // Last: no plugin writes in another's name.
    metadata["plugin"] = "\(id)"
    logger.log(level: level, "\(message)", metadata: metadata)
  }
}
