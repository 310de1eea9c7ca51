import NIOCore
import NIOHTTP1
import ShellProtocol

/// One whole request.
struct WebRequest: Sendable {
  let head: HTTPRequestHead
  let body: ByteBuffer
  /// Whether it came from this machine.
  let isLocal: Bool

  /// The largest body that anybody has a reason to send. Bytes.
  static let bodyBytes = 16 << 10

  var method: HTTPMethod { head.method }

  /// What is asked for, without a query. Not decoded: no name here has anything to decode.
  var path: String { String(head.uri.prefix { $0 != "?" }) }

  /// The one `Host`; nil when there is none, or more than one.
  var host: String? { single("host") }

  /// A header that may come once.
  func single(_ name: String) -> String? {
    let values = head.headers[name]
    return values.count == 1 ? values[0] : nil
  }

  /// Whether the page that sent this is one of this host's, or no page sent it at all.
  ///
  /// Browsers put `Origin` on every request that could change something, and on every WebSocket. Programs that are no
  /// browsers send none, and carry nobody's cookies by mistake.
  var isFromOwnPage: Bool {
    let site = head.headers["sec-fetch-site"]
    guard site.allSatisfy({ $0 == "same-origin" || $0 == "none" }) else { return false }
    let origins = head.headers["origin"]
    guard !origins.isEmpty else { return true }
    guard origins.count == 1, let host else { return false }
    return HostNames.isSameOrigin(origins[0], host: host)
  }

  /// Whether the page came by TLS.
  var isSecure: Bool { single("origin")?.hasPrefix("https://") ?? false }

  /// The language of the first that `Accept-Language` names, if it is one of ours.
  var locale: Locale {
    let first = head.headers["accept-language"].first?.lowercased() ?? ""
    return first.hasPrefix("en") ? .en : .ru
  }

  /// Whether somebody in front of this host has passed it on.
  var isForwarded: Bool { head.headers.contains(name: "forwarded") || head.headers.contains(name: "x-forwarded-for") }
}
