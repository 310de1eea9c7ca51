/// Under which names clients may reach this host: the guard against pages of others.
///
/// A page of evil.example whose name suddenly resolves to 127.0.0.1 still says `Host: evil.example` (DNS rebinding);
/// a page of another port of this machine says so in `Origin`, while cookies know no ports.
struct HostNames: Sendable {
  private let names: Set<String>

  /// `address`: where the host listens; a wildcard is no name.
  init(listeningAt address: String, names: [String] = []) {
    let wildcards: Set = ["0.0.0.0", "::", "[::]"]
    let own = wildcards.contains(address) ? [] : [address]
    self.names = Set((own + names).map(Self.canonical))
  }

  /// Whether a `Host` header's value names this host, on whatever port: a tunnel or a proxy may have another.
  func allows(_ host: String) -> Bool {
    guard let authority = Authority(host) else { return false }
    return Self.isLoopback(authority.name) || names.contains(authority.name)
  }

  /// Whether a `Host` header's value is one of loopback's names.
  static func isLoopback(host: String) -> Bool { Authority(host).map { isLoopback($0.name) } ?? false }

  /// Whether an `Origin` header's value is the place that `host` names.
  static func isSameOrigin(_ origin: String, host: String) -> Bool {
    for (scheme, port) in [("http://", 80), ("https://", 443)] where origin.hasPrefix(scheme) {
      guard let page = Authority(String(origin.dropFirst(scheme.count))), let here = Authority(host) else {
        return false
      }
      return page.name == here.name && (page.port ?? port) == (here.port ?? port)
    }
    return false
  }

  /// Whether an address or a name is this machine's own, reached from nowhere else.
  package static func isLoopback(_ name: String) -> Bool {
    if name == "localhost" || name == "::1" || name == "[::1]" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func canonical(_ name: String) -> String {
    let bare = name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
    return Authority(bare)?.name ?? bare.lowercased()
  }
}

/// `name`, `name:port`, `[v6]` or `[v6]:port`, as `Host` and `Origin` have it.
struct Authority: Equatable {
  /// In lower case; an IPv6 address with its brackets.
  let name: String
  let port: Int?

  init?(_ text: String) {
    let bytes = text.lowercased()
    let end: String.Index
    if bytes.hasPrefix("[") {
      guard let bracket = bytes.firstIndex(of: "]") else { return nil }
      let inner = bytes[bytes.index(after: bytes.startIndex)..<bracket]
      guard inner.contains(":"), inner.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
      end = bytes.index(after: bracket)
    } else {
      end = bytes.firstIndex(of: ":") ?? bytes.endIndex
      let isName = bytes[..<end].utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
      }
      guard isName, end > bytes.startIndex else { return nil }
    }
    name = String(bytes[..<end])
    guard end < bytes.endIndex else {
      port = nil
      return
    }
    let digits = bytes[bytes.index(after: end)...]
    guard bytes[end] == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits) else {
      return nil
    }
    port = Int(number)
  }
}
