import CPlatformLibrary
import Jansson
import PluginHost
import Synchronization
import Terminal

/// The way out to the network; its library is opened at the first request.
final class LazyNetwork: HTTPFetching {
  private enum State {
    case unopened
    case open(Client)
    case closed
  }

  /// A client inside of the library. Its address is good to the end of the process, for any thread.
  @safe fileprivate struct Client: @unchecked Sendable {
    let library: PlatformLibrary
    let address: UnsafeMutableRawPointer?
  }

  private let certificates: String?
  private let state = Mutex(State.unopened)

  /// `certificates`: a PEM file that is trusted beside the system's.
  init(certificates: String?) { self.certificates = certificates }

  func fetch(
    _ request: HTTPRequest, completion: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  ) {
    do throws(HTTPFailure) {
      let client = try openClient()
      client.fetch(request, completion)
    } catch {
      completion(.failure(error))
    }
  }

  /// Cuts off what is under way and waits for its end; later requests fail.
  func close() {
    let last = state.withLock { state in
      defer { state = .closed }
      return state
    }
    if case .open(let client) = last { unsafe client.library.table.pointee.network_close(client.address) }
  }

  private func openClient() throws(HTTPFailure) -> Client {
    try state.withLock { state throws(HTTPFailure) in
      switch state {
      case .open(let client): return client
      case .closed: throw HTTPFailure(.unreachable, "the host is shutting down")
      case .unopened:
        let library: PlatformLibrary
        do throws(HostError) {
          library = try PlatformLibrary.open()
        } catch {
          throw HTTPFailure(.unreachable, "\(error)")
        }
        let client = unsafe Client(library: library, address: library.table.pointee.network_open(certificates))
        state = .open(client)
        return client
      }
    }
  }
}

extension LazyNetwork.Client {
  fileprivate func fetch(
    _ request: HTTPRequest, _ completion: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  ) {
    let waiter = unsafe Unmanaged.passRetained(Waiter(completion)).toOpaque()
    let headers = JSONValue(request.headers.map { JSONValue([JSONValue($0.name), JSONValue($0.value)]) })
    unsafe request.method.withCString { method in
      unsafe request.url.withCString { url in
        unsafe headers.withPointer { headers in
          unsafe (request.body ?? []).withUnsafeBytes { body in
            var lent = unsafe platform_request()
            unsafe lent.method = method
            unsafe lent.url = url
            unsafe lent.headers = unsafe UnsafePointer(headers)
            // An empty body is not none; its buffer may have no address.
            unsafe lent.body = request.body == nil ? nil : body.baseAddress ?? UnsafeRawPointer(waiter)
            unsafe lent.body_bytes = body.count
            unsafe lent.timeout_ms = request.timeoutMs
            unsafe lent.max_body_bytes = request.maxBodyBytes
            unsafe library.table.pointee.network_fetch(address, &lent, { unsafe Waiter.done($0, $1) }, waiter)
          }
        }
      }
    }
  }
}

/// Who waits for an answer.
private final class Waiter: Sendable {
  private let completion: @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void

  init(_ completion: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void) { self.completion = completion }

  static func done(_ context: UnsafeMutableRawPointer?, _ answer: UnsafePointer<platform_answer>?) {
    guard let context = unsafe context, let answer = unsafe answer?.pointee else { return }
    let waiter = unsafe Unmanaged<Waiter>.fromOpaque(context).takeRetainedValue()
    guard unsafe answer.status != 0 else {
      let cause = unsafe HTTPFailure.Cause(rawValue: answer.cause.map { unsafe String(cString: $0) } ?? "")
      let words = unsafe answer.message.map { unsafe String(cString: $0) } ?? ""
      return waiter.completion(.failure(HTTPFailure(cause ?? .unreachable, words)))
    }
    let headers = unsafe JSONValue(borrowing: answer.headers).array ?? []
    let body = unsafe Array(UnsafeRawBufferPointer(start: answer.body, count: answer.body_bytes))
    waiter.completion(
      .success(
        HTTPResponse(
          status: unsafe Int(answer.status), headers: headers.map { ($0[0]?.string ?? "", $0[1]?.string ?? "") },
          body: body)))
  }
}
