import CPlatformLibrary
import Jansson
import PluginHost
import ShellHTTP

/// The way out to the network behind C functions.
enum NetworkEntry {
  static func open(_ certificates: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer? {
    let bundle = unsafe certificates.map { unsafe String(cString: $0) }
    return unsafe .retaining(NetworkClient(.init(certificateBundle: bundle)))
  }

  static func fetch(
    _ network: UnsafeMutableRawPointer?, _ request: UnsafePointer<platform_request>?, _ done: platform_done?,
    _ context: UnsafeMutableRawPointer?
  ) {
    guard let network = unsafe network, let request = unsafe request, let done = unsafe done else { return }
    let receiver = unsafe Receiver(done: done, context: context)
    unsafe network.object(NetworkClient.self).fetch(unsafe read(request.pointee)) { receiver.receive($0) }
  }

  static func close(_ network: UnsafeMutableRawPointer?) {
    guard let network = unsafe network else { return }
    let client = unsafe network.object(NetworkClient.self)
    waitAlways { await client.close() }
  }

  private static func read(_ request: platform_request) -> HTTPRequest {
    var body: [UInt8]?
    if let start = unsafe request.body {
      body = unsafe Array(UnsafeRawBufferPointer(start: start, count: request.body_bytes))
    }
    let headers = unsafe JSONValue(borrowing: request.headers).array ?? []
    return HTTPRequest(
      method: unsafe text(request.method), url: unsafe text(request.url),
      headers: headers.map { ($0[0]?.string ?? "", $0[1]?.string ?? "") }, body: body,
      timeoutMs: unsafe request.timeout_ms, maxBodyBytes: unsafe request.max_body_bytes)
  }
}

/// Who waits for an answer. Used once, on whatever thread the answer comes.
@safe private struct Receiver: @unchecked Sendable {
  let done: platform_done
  let context: UnsafeMutableRawPointer?

  func receive(_ result: Result<HTTPResponse, HTTPFailure>) {
    switch result {
    case .success(let response): answer(response)
    case .failure(let failure): refuse(failure)
    }
  }

  private func answer(_ response: HTTPResponse) {
    let headers = JSONValue(response.headers.map { JSONValue([JSONValue($0.name), JSONValue($0.value)]) })
    unsafe headers.withPointer { headers in
      unsafe response.body.withUnsafeBytes { body in
        var answer = unsafe platform_answer()
        unsafe answer.status = Int32(response.status)
        unsafe answer.headers = unsafe UnsafePointer(headers)
        unsafe answer.body = body.baseAddress
        unsafe answer.body_bytes = body.count
        unsafe done(context, &answer)
      }
    }
  }

  private func refuse(_ failure: HTTPFailure) {
    unsafe failure.cause.rawValue.withCString { cause in
      unsafe failure.message.withCString { message in
        var answer = unsafe platform_answer()
        unsafe answer.cause = cause
        unsafe answer.message = message
        unsafe done(context, &answer)
      }
    }
  }
}
