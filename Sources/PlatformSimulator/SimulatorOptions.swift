/// How a simulator behaves.
package struct SimulatorOptions: Sendable {
  /// Limits on the bot's requests.
  ///
  /// The real service's figures by default.
  package var limits: RateLimits
  /// Folder in which `platform.url` and `platform.token` tell others where the simulator is; nil: nowhere.
  package var announcementFolder: String?
  /// Milliseconds of real time from any beginning, never backwards.
  ///
  /// They count for limits while a manual clock stands still.
  package var elapsed: @Sendable () -> Int64

  package init(
    limits: RateLimits = .real,
    announcementFolder: String? = nil,
    elapsed: @escaping @Sendable () -> Int64 = SimulatorOptions.realElapsed
  ) {
    self.limits = limits
    self.announcementFolder = announcementFolder
    self.elapsed = elapsed
  }

  private static let beginning = ContinuousClock.now

  /// Real milliseconds since the process first asked.
  @Sendable package static func realElapsed() -> Int64 {
    let (seconds, attoseconds) = (ContinuousClock.now - beginning).components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}

/// Why a simulator cannot work.
package enum SimulatorError: Error, Equatable, CustomStringConvertible {
  case cannotOpenState(path: String, reason: String)
  case cannotListen(port: Int, reason: String)
  case cannotAnnounce(path: String, reason: String)
  case invalidPhone(String)
  case alreadyStarted

  package var description: String {
    switch self {
    case .cannotOpenState(let path, let reason): "cannot open the platform's state \(path): \(reason)"
    case .cannotListen(let port, let reason): "cannot listen on 127.0.0.1:\(port): \(reason)"
    case .cannotAnnounce(let path, let reason): "cannot write \(path): \(reason)"
    case .invalidPhone(let text): "'\(text)' is no Russian phone number"
    case .alreadyStarted: "the simulator was started before"
    }
  }
}
