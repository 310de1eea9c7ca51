import Jansson

/// What a plugin's manifest lets its code do, ready to be looked up. Everything else is refused.
struct PluginGrants: Sendable {
  /// Services of others that it may call, and its own.
  let services: Set<String>
  /// Events that it may publish.
  let publishedEvents: Set<String>
  /// Preview points that it may ask about.
  let previews: Set<String>
  /// Events that are delivered to it.
  let subscribedEvents: [String]
  /// Jobs that it may schedule.
  let jobs: [String: Manifest.Job]
  let contextKeys: [String: Manifest.ContextKey]
  let mayPresent: Bool
  private let http: [HTTPPermission]
  /// The manifest names "@platform": the address that the host was started with.
  private let platform: Bool

  init(_ manifest: Manifest) {
    services = Set(manifest.permissions.services).union(manifest.contributes.services.map(\.name))
    publishedEvents = Set(manifest.publishes.events)
    previews = Set(manifest.publishes.previews)
    subscribedEvents = manifest.permissions.events
    jobs = Dictionary(
      manifest.contributes.jobs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    contextKeys = Dictionary(
      manifest.contextKeys.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    mayPresent = manifest.permissions.present
    http = manifest.permissions.http.compactMap { HTTPPermission($0) }
    platform = manifest.permissions.http.contains("@platform")
  }

  func allowsHTTP(_ url: String, platformURL: String?) -> Bool {
    if http.contains(where: { $0.allows(url) }) { return true }
    guard platform, let platformURL else { return false }
    let root = platformURL.hasSuffix("/") ? String(platformURL.dropLast()) : platformURL
    return HTTPPermission("\(root)/*")?.allows(url) ?? false
  }
}

extension Manifest.ContextKey {
  /// Whether a value has the key's type.
  func accepts(_ value: JSONValue) -> Bool {
    switch (type, value.kind) {
    case (.boolean, .boolean), (.string, .string), (.number, .integer), (.number, .real): true
    case (.list, .array): value.array?.allSatisfy { $0.kind == .string } ?? false
    default: false
    }
  }
}
