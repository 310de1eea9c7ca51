import CPlatformLibrary
import Jansson
import ShellTime
import Terminal

/// The platform's simulator inside of this process: its own state file, its own port, the host's clock.
@safe final class EmbeddedSimulator: @unchecked Sendable {
  // Safe to share: the library's functions are for any thread, and the address is good to the end of the process.
  private let library: PlatformLibrary
  private let address: UnsafeMutableRawPointer

  init(_ folder: DataFolder, _ clock: any HostClock) throws(HostError) {
    library = try PlatformLibrary.open()
    var error: UnsafeMutablePointer<json_t>?
    // Kept for good: the simulator asks for the time as long as the process lives.
    let time = unsafe Unmanaged.passRetained(ClockBox(clock)).toOpaque()
    guard
      let address = unsafe library.table.pointee.simulator_open(
        folder.platformState, folder.path, { unsafe ClockBox.nowMs($0) }, time, &error)
    else { throw unsafe Self.failure(error) }
    unsafe self.address = unsafe address
  }

  /// Listens; the port.
  func start() throws(HostError) -> Int {
    var error: UnsafeMutablePointer<json_t>?
    let port = unsafe library.table.pointee.simulator_start(address, 0, &error)
    guard port >= 0 else { throw unsafe Self.failure(error) }
    return Int(port)
  }

  var botToken: String? { unsafe JSONValue(adopting: library.table.pointee.simulator_bot_token(address)).string }

  func clockMoved() { unsafe library.table.pointee.simulator_clock_moved(address) }

  /// Waits for its end.
  func stop() { unsafe library.table.pointee.simulator_stop(address) }

  private static func failure(_ error: UnsafeMutablePointer<json_t>?) -> HostError {
    let reason = unsafe error.map { unsafe JSONValue(adopting: $0).string ?? "" } ?? "no reason"
    return HostError(ru: reason, en: reason)
  }
}

/// The host's clock for a C function.
private final class ClockBox: Sendable {
  private let clock: any HostClock

  init(_ clock: any HostClock) { self.clock = clock }

  static func nowMs(_ context: UnsafeMutableRawPointer?) -> Int64 {
    guard let context = unsafe context else { return 0 }
    return unsafe Unmanaged<ClockBox>.fromOpaque(context).takeUnretainedValue().clock.nowMs
  }
}
