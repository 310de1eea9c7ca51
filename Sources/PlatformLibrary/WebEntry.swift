import CPlatformLibrary
import Jansson
import WebDesktop

/// The web desktop behind C functions.
enum WebEntry {
  static func start(
    _ options: UnsafePointer<json_t>?, _ ask: platform_question?, _ context: UnsafeMutableRawPointer?,
    _ port: UnsafeMutablePointer<Int32>?, _ error: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?
  ) -> UnsafeMutableRawPointer? {
    guard let ask = unsafe ask else { return nil }
    let host = unsafe QuestionedHost(ask: ask, context: context)
    let face = WebFace(unsafe read(JSONValue(borrowing: options))) { host.ask($0, $1) }
    do {
      let bound = try face.start()
      unsafe port?.pointee = Int32(bound)
      return unsafe .retaining(face)
    } catch let failure {
      face.stop()
      unsafe report(failure, to: error)
      return nil
    }
  }

  private static func read(_ json: JSONValue) -> WebOptions {
    var options = WebOptions(address: json["address"]?.string ?? "127.0.0.1", port: json["port"]?.int ?? 0)
    options.names = (json["names"]?.array ?? []).compactMap(\.string)
    if let bytes = json["messageBytes"]?.int { options.messageBytes = bytes }
    if let connections = json["connections"]?.int { options.connections = connections }
    return options
  }

  static func answer(_ waiter: UnsafeMutableRawPointer?, _ answer: UnsafePointer<json_t>?) {
    guard let waiter = unsafe waiter else { return }
    let completion = unsafe Unmanaged<Completion>.fromOpaque(waiter).takeRetainedValue()
    unsafe completion.done(JSONValue(borrowing: answer))
  }

  static func drain(_ web: UnsafeMutableRawPointer?) { unsafe web?.object(WebFace.self).drain() }

  static func stop(_ web: UnsafeMutableRawPointer?) { unsafe web?.object(WebFace.self).stop() }
}

/// The host that answers. Both pointers are good to the end of the process, for any thread.
@safe private struct QuestionedHost: @unchecked Sendable {
  let ask: platform_question
  let context: UnsafeMutableRawPointer?

  func ask(_ question: JSONValue, _ done: @escaping @Sendable (JSONValue) -> Void) {
    let waiter = unsafe Unmanaged.passRetained(Completion(done)).toOpaque()
    unsafe question.withPointer { unsafe ask(context, $0, waiter) }
  }
}

/// Who waits for an answer.
private final class Completion: Sendable {
  let done: @Sendable (JSONValue) -> Void

  init(_ done: @escaping @Sendable (JSONValue) -> Void) { self.done = done }
}
