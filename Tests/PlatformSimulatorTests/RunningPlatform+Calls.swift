import Foundation
import PlatformSimulator
import Testing

/// A call of a test, as its maker knows it.
struct TestCall {
  var id: String
  var path: String { "/sferum/v1/calls/\(id)" }
}

extension RunningPlatform {
  /// Asks the gateway for a call.
  func makeCall(
    _ externalId: String = "v1", in chat: TestChat, name: String = "Algebra", more: String = "", key: String? = nil
  ) async throws -> Answer {
    try await send(
      "POST", "/sferum/v1/calls",
      #"{"external_id":"\#(externalId)","chat_id":\#(chat.id),"name":"\#(name)"\#(more)}"#,
      headers: key.map { ["Idempotency-Key": $0] } ?? [:])
  }

  func call(
    _ externalId: String = "v1", in chat: TestChat, name: String = "Algebra", more: String = ""
  ) async throws -> TestCall {
    TestCall(id: try #require(try await makeCall(externalId, in: chat, name: name, more: more).text("call_id")))
  }

  func start(_ call: TestCall) async throws -> Answer { try await send("POST", "\(call.path)/start") }

  func finish(_ call: TestCall) async throws -> Answer { try await send("POST", "\(call.path)/finish") }

  /// Effects of the requests about a call, reads left out: `POST start applied`.
  func effects(on call: TestCall) async throws -> [String] {
    try await control.log().filter { $0.target == "call:\(call.id)" && $0.method != "GET" }.map { request in
      let last = request.path.split(separator: "/").last.map(String.init) ?? ""
      return "\(request.method) \(last == call.id ? "call" : last) \(request.effect)"
    }
  }
}
