/// The part of swift-log's interface that the host uses, so that testing a plugin takes nothing from the network. The
/// host's sources say `import Logging`; the package gives them this module under that name.
public struct Logger: Sendable {
  public enum Level: String, Sendable, CaseIterable, Comparable {
    case trace, debug, info, notice, warning, error, critical

    public static func < (left: Level, right: Level) -> Bool { left.weight < right.weight }

    private var weight: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  public typealias Metadata = [String: MetadataValue]

  /// A value of a line's fields.
  public enum MetadataValue: Sendable, Equatable, CustomStringConvertible, ExpressibleByStringInterpolation {
    case string(String)

    public init(stringLiteral value: String) { self = .string(value) }

    public var description: String {
      switch self {
      case .string(let text): text
      }
    }
  }

  /// A line's text.
  public struct Message: Sendable, Equatable, CustomStringConvertible, ExpressibleByStringInterpolation {
    public let description: String
    public init(stringLiteral value: String) { description = value }
  }

  public let label: String
  private var handler: any LogHandler

  /// A logger that nobody reads.
  public init(label: String) { self.init(label: label) { _ in SilentLog() } }

  public init(label: String, factory: (String) -> any LogHandler) {
    self.label = label
    handler = factory(label)
  }

  public var logLevel: Level {
    get { handler.logLevel }
    set { handler.logLevel = newValue }
  }

  public func log(level: Level, _ message: @autoclosure () -> Message, metadata: Metadata? = nil) {
    guard level >= logLevel else { return }
    handler.log(event: LogEvent(level: level, message: message(), metadata: metadata))
  }

  public func debug(_ message: @autoclosure () -> Message, metadata: Metadata? = nil) {
    log(level: .debug, message(), metadata: metadata)
  }
  public func info(_ message: @autoclosure () -> Message, metadata: Metadata? = nil) {
    log(level: .info, message(), metadata: metadata)
  }
  public func notice(_ message: @autoclosure () -> Message, metadata: Metadata? = nil) {
    log(level: .notice, message(), metadata: metadata)
  }
  public func warning(_ message: @autoclosure () -> Message, metadata: Metadata? = nil) {
    log(level: .warning, message(), metadata: metadata)
  }
  public func error(_ message: @autoclosure () -> Message, metadata: Metadata? = nil) {
    log(level: .error, message(), metadata: metadata)
  }
}

/// One line.
public struct LogEvent: Sendable {
  public let level: Logger.Level
  public let message: Logger.Message
  public let metadata: Logger.Metadata?
}

/// Whoever takes lines.
public protocol LogHandler: Sendable {
  var logLevel: Logger.Level { get set }
  var metadata: Logger.Metadata { get set }
  subscript(metadataKey key: String) -> Logger.MetadataValue? { get set }
  func log(event: LogEvent)
}

private struct SilentLog: LogHandler {
  var logLevel = Logger.Level.critical
  var metadata: Logger.Metadata = [:]
  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
  func log(event: LogEvent) {}
}
