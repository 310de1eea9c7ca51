import CPlatformLibrary
import Jansson
import Logging
import ShellCore
import ShellTransport
import Terminal

/// The web desktop, which lives in the library with the network in it, and the answers to what it asks of the host.
@safe final class WebLink: @unchecked Sendable {
  // Safe to share: set in `start` and read-only after; the library's functions are for any thread.
  private let library: PlatformLibrary
  private let web: UnsafeMutableRawPointer
  /// Where it listens.
  let port: Int

  /// Begins to serve.
  init(_ address: WebAddress, names: [String], limits: WebQuestions.Limits, _ questions: WebQuestions)
    throws(HostError)
  {
    let library = try PlatformLibrary.open()
    let options: JSONValue = [
      "address": JSONValue(address.host), "port": JSONValue(address.port),
      "names": JSONValue(names.map { JSONValue($0) }),
      "messageBytes": JSONValue(limits.messageBytes), "connections": JSONValue(limits.connections),
    ]
    // Kept for good: a question may come as long as the process lives.
    let context = unsafe Unmanaged.passRetained(Questioned(questions, library)).toOpaque()
    var (bound, error): (Int32, UnsafeMutablePointer<json_t>?) = (0, nil)
    let web = unsafe options.withPointer { options in
      unsafe library.table.pointee.web_start(options, { unsafe Questioned.ask($0, $1, $2) }, context, &bound, &error)
    }
    guard let web = unsafe web else {
      let reason = unsafe error.map { unsafe JSONValue(adopting: $0).string ?? "" } ?? "no reason"
      throw HostError(
        ru: "--http \(address.host):\(address.port): \(reason)",
        en: "cannot serve \(address.host):\(address.port): \(reason)")
    }
    self.library = library
    unsafe self.web = unsafe web
    port = Int(bound)
  }

  /// Takes nobody in any more.
  func drain() { unsafe library.table.pointee.web_drain(web) }

  /// Waits for its end; after the host has ended its connections.
  func stop() { unsafe library.table.pointee.web_stop(web) }
}

/// The way of a question through the C boundary and of its answer back.
private final class Questioned: Sendable {
  private let questions: WebQuestions
  private let library: PlatformLibrary

  init(_ questions: WebQuestions, _ library: PlatformLibrary) {
    self.questions = questions
    self.library = library
  }

  static func ask(
    _ context: UnsafeMutableRawPointer?, _ question: UnsafePointer<json_t>?, _ waiter: UnsafeMutableRawPointer?
  ) {
    guard let context = unsafe context else { return }
    let asked = unsafe Unmanaged<Questioned>.fromOpaque(context).takeUnretainedValue()
    let waiting = unsafe Waiter(address: waiter)
    unsafe asked.questions.ask(JSONValue(borrowing: question)) { answer in
      unsafe answer.withPointer { unsafe asked.library.table.pointee.web_answer(waiting.address, $0) }
    }
  }

  /// Whoever waits in the library: an address that is only handed back.
  @safe private struct Waiter: @unchecked Sendable {
    let address: UnsafeMutableRawPointer?
  }
}
