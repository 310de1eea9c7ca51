import Foundation
import GRDB
import HummingbirdCore
import Synchronization

/// The messenger with the Sferum gateway, as a second party that the school talks to over HTTP on loopback.
///
/// It has a state file of its own and loses nothing that it has answered, whenever its process ends. It sets
/// no timer and looks at nothing until a request comes. <doc:Simulator> has the shapes.
package final class Simulator: Sendable {
  private enum Phase {
    case new
    case running(Listener, address: String)
    case stopped
  }

  /// A bound port and the task that serves it.
  private struct Listener {
    var port: Int
    var server: Server<HTTP1Channel>
    var task: Task<Void, any Error>
  }

  private let state: State
  private let bell = Bell()
  private let reception: Reception
  private let announcement: Announcement?
  private let phase = Mutex(Phase.new)

  /// Opens the state file, and makes it when it isn't there; its folder must be.
  ///
  /// - Parameters:
  ///   - stateFile: a path; two journals of SQLite stand beside it. Mode 0600.
  ///   - clock: milliseconds since 1970. May stand still and jump forward; call ``clockMoved()`` when it
  ///     jumped.
  ///   - options: limits, and where to leave the address.
  /// - Throws: ``SimulatorError/cannotOpenState(path:reason:)``
  package init(
    stateFile: String,
    clock: @escaping @Sendable () -> Int64 = Simulator.systemClock,
    options: SimulatorOptions = SimulatorOptions()
  ) throws {
    state = try Simulator.open(stateFile)
    announcement = options.announcementFolder.map { Announcement(folder: $0) }
    reception = Reception(
      state: state,
      clock: clock,
      bell: bell,
      limiter: RateLimiter(limits: options.limits, clock: clock, elapsed: options.elapsed)
    )
  }

  /// What the bot sends as `Authorization`.
  ///
  /// Made at the first start and kept.
  package var botToken: String { state.botToken }

  /// What the control interface asks for.
  ///
  /// Made at the first start and kept.
  package var controlToken: String { state.controlToken }

  /// Milliseconds since 1970 by the machine's clock.
  @Sendable package static func systemClock() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1000)
  }

  /// Listens on 127.0.0.1 and announces the address.
  ///
  /// Once in a simulator's life.
  ///
  /// - Parameter port: 0 takes the port of the last run when it is free, or else any.
  /// - Returns: the bound port.
  /// - Throws: ``SimulatorError/cannotListen(port:reason:)``, ``SimulatorError/cannotAnnounce(path:reason:)``
  package func start(port: Int = 0) async throws -> Int {
    guard case .new = phase.withLock({ $0 }) else { throw SimulatorError.alreadyStarted }
    let lastPort = try await state.database.read { try State.value($0, "port").flatMap { Int($0) } }
    let listener = try await listen(port, preferred: lastPort)
    let address = "http://127.0.0.1:\(listener.port)"
    phase.withLock { $0 = .running(listener, address: address) }
    do {
      if listener.port != lastPort {
        try await state.database.write { try State.setValue($0, "port", String(listener.port)) }
      }
      try announcement?.publish(address: address, tokens: .init(bot: botToken, control: controlToken))
    } catch {
      await stop()
      throw error
    }
    return listener.port
  }

  /// Ends what is being answered, closes the connections and the state file.
  ///
  /// Nothing that was answered is lost.
  package func stop() async {
    let ended = phase.withLock { phase in
      defer { phase = .stopped }
      return phase
    }
    if case .running(let listener, let address) = ended {
      announcement?.withdraw(address: address)
      bell.close()
      await Simulator.end(listener)
    }
    try? state.database.close()  // a second stop, or a read that is just ending: the file is safe either way
  }

  /// Tells that the clock has jumped: long polls and delayed answers look whether their time is over.
  package func clockMoved() {
    bell.ring()
  }

  /// Registers people in a state file.
  ///
  /// A simulator that runs on it sees them at once.
  ///
  /// - Parameters:
  ///   - users: phones in any spelling of a Russian number, with the name shown on the platform.
  ///   - stateFile: as in ``init(stateFile:clock:options:)``.
  ///   - now: milliseconds since 1970.
  /// - Throws: ``SimulatorError/invalidPhone(_:)``; nobody is registered then.
  package static func register(
    users: [(phone: String, name: String)],
    stateFile: String,
    now: Int64 = Simulator.systemClock()
  ) throws {
    let people = try users.map { user in
      guard let phone = Phone.normalized(user.phone) else { throw SimulatorError.invalidPhone(user.phone) }
      return (phone: phone, name: user.name)
    }
    let state = try open(stateFile)
    defer { try? state.database.close() }  // everything is committed by then
    try state.database.write { db in
      for person in people {
        _ = try Person.register(db, phone: person.phone, name: person.name, now: now)
      }
    }
  }

  private static func open(_ path: String) throws -> State {
    do {
      return try State(path: path)
    } catch let error as DatabaseError {
      throw SimulatorError.cannotOpenState(path: path, reason: error.message ?? "\(error.resultCode)")
    }
  }

  private func listen(_ port: Int, preferred: Int?) async throws -> Listener {
    if port == 0, let preferred {
      // Taken by somebody else meanwhile: any other will do.
      if let kept = try? await listen(preferred) { return kept }
    }
    return try await listen(port)
  }

  private func listen(_ port: Int) async throws -> Listener {
    let (ports, listening) = AsyncThrowingStream<Int, any Error>.makeStream()
    let server = HTTPFace(port: port, reception: reception) { listening.yield($0) }.server
    // Awaited by `stop`; the server's own tasks are its children.
    let task = Task {
      do {
        try await server.run()
        listening.finish()
      } catch {
        listening.finish(throwing: error)
        throw error
      }
    }
    do {
      for try await bound in ports { return Listener(port: bound, server: server, task: task) }
    } catch {
      throw SimulatorError.cannotListen(port: port, reason: "\(error)")
    }
    throw SimulatorError.cannotListen(port: port, reason: "the server ended")
  }

  /// Lets what is being answered end, then closes.
  ///
  /// Cancelling alone would not do: a connection that is accepted and not yet served would be dropped in a way
  /// that its library takes for a programmer's error. After the polite way only a client that never finishes its
  /// request can be left, and it gets a second.
  private static func end(_ listener: Listener) async {
    let polite = Task { try await listener.server.shutdownGracefully() }
    let patience = Task {
      try await Task.sleep(for: .seconds(1))
      listener.task.cancel()
    }
    _ = await listener.task.result  // the error of a server that is being stopped says nothing
    patience.cancel()
    _ = await polite.result
  }
}
