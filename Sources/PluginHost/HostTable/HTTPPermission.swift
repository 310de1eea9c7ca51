/// One pattern of a manifest's `permissions.http`: `https://host/*`, `http://127.0.0.1:*/*`,
/// `https://*.example.org/api/*`.
///
/// Scheme, host, port and path are matched apart from each other, so a star in the path never reaches into
/// the host, and an address with a user in front of its host matches nothing.
struct HTTPPermission: Sendable, Equatable {
  private let address: WebAddress

  /// nil when the text is no pattern of that form.
  init?(_ pattern: String) {
    guard let address = WebAddress(pattern) else { return nil }
    self.address = address
  }

  func allows(_ url: String) -> Bool {
    guard let other = WebAddress(url) else { return false }
    return address.scheme == other.scheme && Self.matches(other.host, address.host)
      && (address.port == "*" || address.port == other.port) && Self.matches(other.path, address.path)
  }

  /// `*` stands for any run of bytes.
  private static func matches(_ text: String, _ pattern: String) -> Bool {
    let text = Array(text.utf8)
    let pattern = Array(pattern.utf8)
    var at = 0
    var inPattern = 0
    var star: Int?
    var retry = 0
    while at < text.count {
      if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
        star = inPattern
        retry = at
        inPattern += 1
      } else if inPattern < pattern.count, pattern[inPattern] == text[at] {
        at += 1
        inPattern += 1
      } else if let star {
        retry += 1
        at = retry
        inPattern = star + 1
      } else {
        return false
      }
    }
    return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

/// The parts of an http or https address.
private struct WebAddress: Equatable {
  var scheme: String
  var host: String
  var port: String
  /// From the first slash; the query and fragment are cut off.
  var path: String

  init?(_ text: String) {
    let bytes = text.utf8
    guard !bytes.contains(where: { $0 <= 32 || $0 == 127 || $0 == UInt8(ascii: "\\") }) else { return nil }
    let lower = text.lowercased()
    guard let kind = ["http", "https"].first(where: { lower.hasPrefix("\($0)://") }) else { return nil }
    scheme = kind
    let rest = text.dropFirst(kind.count + 3)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    let tail = rest[authority.endIndex...].prefix { $0 != "?" && $0 != "#" }
    path = tail.isEmpty ? "/" : String(tail)
    // `..` would be taken away by the client after this check.
    guard
      !path.split(separator: "/").contains(where: { [".", "..", "%2e", "%2e%2e"].contains($0.lowercased()) })
    else { return nil }
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      host = authority[...end].lowercased()
      let after = authority[authority.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { return nil }
      port = after.isEmpty ? "" : String(after.dropFirst())
    } else {
      let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2 else { return nil }
      host = parts[0].lowercased()
      port = parts.count == 2 ? String(parts[1]) : ""
    }
    if port.isEmpty { port = kind == "http" ? "80" : "443" }
    guard !host.isEmpty else { return nil }
  }
}
