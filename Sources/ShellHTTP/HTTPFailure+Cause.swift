import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import PluginHost

extension HTTPFailure {
  /// What went wrong, in one of the few causes that a plugin can act on. Queries stay out of the words: they
  /// may hold tokens.
  init(describing error: any Error, _ request: HTTPRequest, trustsBundle: Bool) {
    let place = "\(request.method) \(request.url.prefix { $0 != "?" && $0 != "#" })"
    switch error {
    case let error as HTTPClientError where Self.isTimeout(error):
      self.init(.timeout, "\(place): no answer in \(request.timeoutMs) ms (\(error.shortDescription))")
    case let error as HTTPClientError where Self.isOurs(error):
      self.init(.invalidRequest, "\(place): \(error.shortDescription)")
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
      let hint =
        trustsBundle
        ? "the bundle lacks the issuer of the server's certificate, or the certificate has another name"
        : "if the server has a certificate of its own authority, give the host that authority's certificates"
      self.init(.tls, "\(place): no secure connection: \(Self.tlsReason(error)); \(hint)")
    case is NIOTooManyBytesError:
      self.init(.tooLarge, "\(place): the answer is larger than \(request.maxBodyBytes) bytes")
    case let error as NIOConnectionError:
      self.init(.unreachable, "\(place): nothing answers at \(error.host):\(error.port)")
    default:
      self.init(.unreachable, "\(place): \(error)")
    }
  }

  /// The library's own words hold file names of its sources.
  private static func tlsReason(_ error: any Error) -> String {
    let words = "\(error)"
    if words.contains("CERTIFICATE_VERIFY_FAILED") { return "the server's certificate is not trusted" }
    if words.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS there" }
    return "the handshake failed"
  }

  private static func isTimeout(_ error: HTTPClientError) -> Bool {
    [
      .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
      .getConnectionFromPoolTimeout,
    ].contains(error)
  }

  /// Whether the request itself is at fault.
  private static func isOurs(_ error: HTTPClientError) -> Bool {
    [.invalidURL, .emptyHost, .emptyScheme, .traceRequestWithBody, .bodyLengthMismatch].contains(error)
      || error.shortDescription.contains("nsupported scheme")
      || error.shortDescription.contains("nvalid header")
  }
}
