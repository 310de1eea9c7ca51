import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import PluginHost
import Synchronization

/// The host's way out to the network.
///
/// Nothing is made before the first request: then the threads of swift-nio, and connections that are kept and used again.
/// Proxies of the environment are not asked, redirects are not followed: what a plugin may reach is what its
/// manifest names.
package final class NetworkClient: HTTPFetching {
  package struct Options: Sendable {
    /// A file of certificates in PEM that are trusted beside the system's; nil: the system's alone.
    package var certificateBundle: String?
    /// Real time for a connection to come about.
    package var connectTimeoutMs: Int64
    /// Idle connections are closed after this.
    package var keepMs: Int64

    package init(certificateBundle: String? = nil, connectTimeoutMs: Int64 = 5000, keepMs: Int64 = 60_000) {
      self.certificateBundle = certificateBundle
      self.connectTimeoutMs = connectTimeoutMs
      self.keepMs = keepMs
    }
  }

  private struct Parts {
    var client: HTTPClient?
    var closed = false
    /// Requests under way, so that closing can cut them off.
    var exchanges: [UInt64: Task<Void, Never>] = [:]
    var lastExchange: UInt64 = 0
  }

  private let options: Options
  private let parts = Mutex(Parts())

  package init(_ options: Options = Options()) { self.options = options }

  package func fetch(
    _ request: HTTPRequest, completion: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  ) {
    let client: HTTPClient
    do throws(HTTPFailure) { client = try openClient() } catch { return completion(.failure(error)) }
    // The lock is held over the start, so that an exchange that ends at once finds its entry to remove.
    parts.withLock { parts in
      parts.lastExchange += 1
      let number = parts.lastExchange
      parts.exchanges[number] = Task {
        do {
          completion(.success(try await Self.exchange(request, client)))
        } catch {
          completion(
            .failure(HTTPFailure(describing: error, request, trustsBundle: options.certificateBundle != nil)))
        }
        self.parts.withLock { $0.exchanges[number] = nil }
      }
    }
  }

  /// Closes all connections; requests under way fail, later ones too.
  package func close() async {
    let (client, exchanges) = parts.withLock { parts in
      defer { parts = Parts(closed: true) }
      return (parts.client, parts.exchanges)
    }
    for exchange in exchanges.values { exchange.cancel() }
    for exchange in exchanges.values { await exchange.value }
    // try?: the process is on its way out, and there is nobody left to tell.
    try? await client?.shutdown()
  }

  private func openClient() throws(HTTPFailure) -> HTTPClient {
    try parts.withLock { parts throws(HTTPFailure) in
      if let client = parts.client { return client }
      guard !parts.closed else { throw HTTPFailure(.unreachable, "the host is shutting down") }
      // The threads of the process, which are never shut down: an exchange that is being cut off still needs them.
      let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try configuration())
      parts.client = client
      return client
    }
  }

  private func configuration() throws(HTTPFailure) -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let bundle = options.certificateBundle {
      do {
        tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(bundle))]
      } catch {
        throw HTTPFailure(.tls, "the certificate bundle \(bundle) cannot be read: \(error)")
      }
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .milliseconds(options.connectTimeoutMs)), proxy: nil, decompression: .disabled)
    configuration.connectionPool.idleTimeout = .milliseconds(options.keepMs)
    // A refused connection is an answer: the outbox does its own trying again.
    configuration.connectionPool.retryConnectionEstablishment = false
    return configuration
  }

  private static func exchange(_ request: HTTPRequest, _ client: HTTPClient) async throws -> HTTPResponse {
    var outgoing = HTTPClientRequest(url: request.url)
    outgoing.method = HTTPMethod(rawValue: request.method)
    for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
    if let body = request.body { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
    let response = try await client.execute(outgoing, timeout: .milliseconds(request.timeoutMs))
    let body = try await response.body.collect(upTo: request.maxBodyBytes)
    return HTTPResponse(
      status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
      body: Array(body.readableBytesView))
  }
}
