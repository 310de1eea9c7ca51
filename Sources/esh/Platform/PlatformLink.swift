import Dispatch
import Glibc
import Jansson
import Logging
import ShellTime
import Synchronization
import Terminal

/// The platform that the school talks to: the simulator inside, or a service elsewhere.
final class PlatformLink: Sendable {
  private let folder: DataFolder
  private let external: String?
  private let isNone: Bool
  private let clock: any HostClock
  private let log: Logger
  private let simulator = Mutex<EmbeddedSimulator?>(nil)
  private let stage = Mutex(Stage.waiting)
  private let isReady = DispatchGroup()

  private enum Stage { case waiting, started, stopped }

  /// So long the simulator leaves the processor to those who ask first.
  private static let startDelayMs = 50

  /// `choice`: `embedded`, `none`, or the address of a platform.
  init(_ choice: String, folder: DataFolder, clock: any HostClock, log: Logger) throws {
    self.folder = folder
    self.clock = clock
    self.log = log
    isNone = choice == "none"
    external = choice == "embedded" || isNone ? nil : choice
    if let external, !external.hasPrefix("http://"), !external.hasPrefix("https://") {
      throw HostError(
        ru: "--platform: нужно «embedded» или адрес http(s), а не «\(external)»",
        en: "--platform takes 'embedded' or an http(s) address, not '\(external)'")
    }
  }

  /// Starts the simulator beside everything else, and a little later: the first answers do not wait for it.
  func start() {
    guard external == nil, !isNone else { return }
    DispatchQueue(label: "esh.platform").asyncAfter(deadline: .now() + .milliseconds(Self.startDelayMs)) { [self] in
      launch()
    }
  }

  /// Starts it now, unless that was done before; waits until it listens, or has failed to.
  private func launch() {
    let isFirst = stage.withLock { stage -> Bool in
      guard stage == .waiting else { return false }
      stage = .started
      isReady.enter()
      return true
    }
    guard isFirst else { return isReady.wait() }
    defer { isReady.leave() }
    do {
      let simulator = try EmbeddedSimulator(folder, clock)
      self.simulator.withLock { $0 = simulator }
      let port = try simulator.start()
      log.info("platform simulator listens", metadata: ["port": "\(port)"])
    } catch {
      log.error("the platform simulator does not start", metadata: ["reason": "\(error)"])
    }
  }

  /// Waits for its end.
  func stop() {
    let wasStarted = stage.withLock { stage in
      defer { stage = .stopped }
      return stage == .started
    }
    if wasStarted { isReady.wait() }
    simulator.withLock { $0 }?.stop()
  }

  func clockMoved() { simulator.withLock { $0 }?.clockMoved() }

  /// The address now; waits for the simulator to be up. Not from the desk.
  func address() -> String? {
    if let external { return external }
    if !isNone { launch() }
    return Self.line(folder.platformURL)
  }

  /// `{platformURL, platformToken}` for the plugin that talks to it. Not from the desk.
  func settings() -> JSONValue {
    let address = address()
    let token = external == nil ? simulator.withLock { $0 }?.botToken : externalToken
    return ["platformURL": JSONValue(address), "platformToken": JSONValue(token)]
  }

  /// The token of a platform elsewhere: of the environment, of the folder, or of a simulator that runs for it.
  private var externalToken: String? {
    if let token = DataFolder.environment("ESH_PLATFORM_TOKEN") { return token }
    if let token = Self.line("\(folder.path)/bot.token") { return token }
    guard external == Self.line(folder.platformURL), let text = Self.line("\(folder.path)/platform.token") else {
      return nil
    }
    // A file that is no JSON is not one of a simulator.
    return (try? JSONValue(parsing: text))?["bot"]?.string
  }

  /// The first line of a small file; nil when it is not there.
  static func line(_ path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    return String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self)
  }
}
