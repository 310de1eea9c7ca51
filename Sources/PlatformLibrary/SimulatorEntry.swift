import CPlatformLibrary
import Jansson
import PlatformSimulator

/// The simulator behind C functions.
enum SimulatorEntry {
  static func open(
    _ stateFile: UnsafePointer<CChar>?, _ folder: UnsafePointer<CChar>?, _ clock: platform_clock?,
    _ context: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?
  ) -> UnsafeMutableRawPointer? {
    var options = SimulatorOptions()
    options.announcementFolder = unsafe text(folder)
    let hostClock = unsafe ForeignClock(clock: clock, context: context)
    do {
      let simulator = try Simulator(
        stateFile: unsafe text(stateFile), clock: { hostClock.nowMs }, options: options)
      return unsafe .retaining(simulator)
    } catch let failure {
      unsafe report(failure, to: error)
      return nil
    }
  }

  static func start(
    _ simulator: UnsafeMutableRawPointer?, _ port: Int32,
    _ error: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?
  ) -> Int32 {
    guard let simulator = unsafe simulator?.object(Simulator.self) else { return -1 }
    do {
      return Int32(try waiting { try await simulator.start(port: Int(port)) })
    } catch let failure {
      unsafe report(failure, to: error)
      return -1
    }
  }

  static func botToken(_ simulator: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<json_t>? {
    unsafe JSONValue(simulator?.object(Simulator.self).botToken).retainedPointer()
  }

  static func clockMoved(_ simulator: UnsafeMutableRawPointer?) {
    unsafe simulator?.object(Simulator.self).clockMoved()
  }

  static func stop(_ simulator: UnsafeMutableRawPointer?) {
    guard let simulator = unsafe simulator?.object(Simulator.self) else { return }
    waitAlways { await simulator.stop() }
  }
}

/// The host's clock. Both pointers are good to the end of the process.
@safe private struct ForeignClock: @unchecked Sendable {
  let clock: platform_clock?
  let context: UnsafeMutableRawPointer?

  var nowMs: Int64 { unsafe clock?(context) ?? Simulator.systemClock() }
}
