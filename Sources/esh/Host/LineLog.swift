import Glibc
import Logging
import ShellTime

/// One line a message on standard error: `2026-11-23T08:00:00Z warning text key=value`.
struct LineLog: LogHandler {
  let label: String
  var logLevel = Logger.Level.notice
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = "\(RFC3339.text(SystemClock().nowMs)) \(event.level) \(event.message)"
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(Self.oneLine("\(value)"))" }
    let bytes = Array((Self.oneLine(line) + "\n").utf8)
    // One write, so that lines of several threads do not mix; a full disk is nothing a log can mend.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  }

  private static func oneLine(_ text: String) -> String {
    text.contains("\n") ? text.split(separator: "\n").joined(separator: " ⏎ ") : text
  }
}
