import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// The simulator's face: HTTP/1.1 on loopback.
///
/// Requests become calls, answers become responses.
struct HTTPFace {
  private static let maxBodyBytes = 1 << 20

  let server: Server<HTTP1Channel>

  /// Port 0 is any; `onListening` is told the bound one.
  init(port: Int, reception: Reception, onListening: @escaping @Sendable (Int) -> Void) {
    let channel = HTTP1Channel { request, writer, _ in
      let reply: Reception.Reply
      do {
        reply = await reception.receive(try await HTTPFace.call(request))
      } catch is NIOTooManyBytesError {
        reply = .answer(Answer(.tooLarge))
      }
      switch reply {
      case .answer(let answer):
        try await writer.write(
          response: HTTPFace.head(answer),
          body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        )
      case .dropped:
        throw Dropped()
      }
    }
    server = Server(
      childChannelSetup: channel,
      configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
      onServerRunning: { onListening($0.localAddress?.port ?? port) },
      // One loop for the listener and its connections: a connection that is handed from loop to loop while the
      // listener closes would be lost on the way, which the library punishes by ending the process.
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton.any(),
      // Silent: the simulator's record is its own log, and standard output belongs to the host's protocol.
      logger: Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() }
    )
  }

  /// Thrown to the server, which then closes the connection without an answer.
  private struct Dropped: Error {}

  private static func call(_ request: Request) async throws -> Call {
    var call = Call(method: request.method.rawValue, target: request.head.path ?? "/")
    call.authorization = request.headers[.authorization]
    call.idempotencyKey = HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }
    let body = try await request.body.collect(upTo: maxBodyBytes)
    call.body = Data(body.readableBytesView)
    return call
  }

  private static func head(_ answer: Answer) -> HTTPResponse {
    var response = HTTPResponse(status: HTTPResponse.Status(code: answer.status))
    response.headerFields[.contentType] = "application/json; charset=utf-8"
    response.headerFields[.contentLength] = String(answer.body.count)
    if let seconds = answer.retryAfterSeconds { response.headerFields[.retryAfter] = String(seconds) }
    return response
  }
}
