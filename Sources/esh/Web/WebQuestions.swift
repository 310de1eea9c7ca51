import Jansson
import ShellCore
import ShellProtocol
import ShellTransport

/// What the web desktop may ask of the host; its own room says what is asked and answered (HostQuestion.swift).
final class WebQuestions: Sendable {
  private let shell: Shell
  private let server: WireServer
  private let desk: ShellTransport.Desk

  /// What the web desktop keeps to as the host does.
  struct Limits {
    let messageBytes: Int
    let connections: Int
  }

  init(_ shell: Shell, _ server: WireServer, _ desk: ShellTransport.Desk) {
    self.shell = shell
    self.server = server
    self.desk = desk
  }

  /// Answers once, on any thread.
  func ask(_ question: JSONValue, _ done: @escaping @Sendable (JSONValue) -> Void) {
    switch question["ask"]?.string {
    case "health": shell.healthNow(done)
    case "signIn": onDesk(question, done, signIn)
    case "signOut": onDesk(question, done, signOut)
    case "connect": onDesk(question, done, connect)
    case "metrics": onDesk(question, done) { [shell] _, done in shell.prometheus { done(["text": JSONValue($0)]) } }
    default: done(["error": ["message": "no such question"]])
    }
  }

  private typealias Done = @Sendable (JSONValue) -> Void

  private func onDesk(
    _ question: JSONValue, _ done: @escaping Done, _ body: @escaping @Sendable (JSONValue, @escaping Done) -> Void
  ) {
    let isTaken = desk.tryExecute { body(question, done) }
    if !isTaken { done(["error": ["message": "the host has ended"]]) }
  }

  private func signIn(_ question: JSONValue, _ done: @escaping Done) {
    let locale = question["locale"]?.string.flatMap(Locale.init(rawValue:)) ?? .ru
    shell.signInWeb(
      login: question["login"]?.string ?? "", password: question["password"]?.string ?? "",
      key: question["key"]?.string ?? "", replaced: question["replaces"]?.string
    ) { refusal in
      done(refusal.map { ["error": $0.json(locale)] } ?? .emptyObject)
    }
  }

  private func signOut(_ question: JSONValue, _ done: @escaping Done) {
    shell.signOutWeb(key: question["key"]?.string ?? "") { done(.emptyObject) }
  }

  private func connect(_ question: JSONValue, _ done: @escaping Done) {
    guard let descriptor = WebChannel.open(session: question["key"]?.string, server: server) else {
      return done(["error": ["message": "no room for a connection"]])
    }
    done(["descriptor": JSONValue(Int(descriptor))])
  }
}
