import Jansson
import Logging
import PluginHost
import Synchronization

/// What the host says of the plugin while it is tried.
final class TrialLog: Sendable {
  private let plugin: String
  private let breaches = Mutex<[CheckBreach]>([])

  /// A breach that the host contained and wrote down.
  enum CheckBreach: Equatable, Sendable {
    case permission(String)
    case contract(String)
    case slowEnd
  }

  init(plugin: String) { self.plugin = plugin }

  var logger: Logger { Logger(label: "check", factory: { _ in Handler(log: self) }) }

  /// What has come since the last time.
  func take() -> [CheckBreach] {
    breaches.withLock { breaches in
      defer { breaches = [] }
      return breaches
    }
  }

  private func note(_ message: String, _ metadata: Logger.Metadata) {
    guard metadata["plugin"].map({ "\($0)" }) == plugin else { return }
    let breach: CheckBreach? =
      switch message {
      case "a plugin lacks a permission": .permission(metadata["permission"].map { "\($0)" } ?? "")
      // A thousand calls in a row are the trial's doing.
      case "a plugin broke the contract" where "\(metadata["what"] ?? "")".hasPrefix("it publishes events"): nil
      case "a plugin broke the contract": .contract(metadata["what"].map { "\($0)" } ?? "")
      case "plugin did not end in time": .slowEnd
      default: nil
      }
    guard let breach else { return }
    // A thousand calls may say the same a thousand times.
    breaches.withLock { if !$0.contains(breach), $0.count < 64 { $0.append(breach) } }
  }

  private struct Handler: LogHandler {
    let log: TrialLog
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    init(log: TrialLog) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.note("\(event.message)", metadata.merging(event.metadata ?? [:]) { $1 }) }
  }
}

/// No network, and nobody waits for it.
struct TrialNetwork: HTTPFetching {
  func fetch(
    _ request: HTTPRequest, completion: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  ) {
    completion(.failure(HTTPFailure(.unreachable, "there is no network while a plugin is checked")))
  }
}

/// Permissions that were made use of.
final class TrialUses: Sendable {
  private let names = Mutex<Set<String>>([])

  var all: Set<String> { names.withLock { $0 } }

  func note(_ use: PermissionUse) {
    let name =
      switch use {
      case .service(let name): "service \(name)"
      case .http(let address): "http \(address.prefix { $0 != "?" })"
      case .present: "present"
      case .event(let name): "event \(name)"
      case .job(let name): "job \(name)"
      case .contextKey(let name): "context \(name)"
      }
    names.withLock { _ = $0.insert(name) }
  }

  func note(views: Set<String>) { names.withLock { $0.formUnion(views.map { "view \($0)" }) } }
}
