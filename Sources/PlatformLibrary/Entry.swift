import CPlatformLibrary
import Jansson

/// The one exported function of libEShPlatform.so.
@c(platform_library_query)
public func platformLibraryQuery() -> UnsafePointer<platform_library>? { unsafe UnsafePointer(table) }

/// Made at the first call, never freed or changed.
nonisolated(unsafe) private let table: UnsafeMutablePointer<platform_library> = {
  let table = UnsafeMutablePointer<platform_library>.allocate(capacity: 1)
  unsafe table.initialize(
    to: platform_library(
      version: UInt32(PLATFORM_LIBRARY_VERSION),
      network_open: { unsafe NetworkEntry.open($0) },
      network_fetch: { unsafe NetworkEntry.fetch($0, $1, $2, $3) },
      network_close: { unsafe NetworkEntry.close($0) },
      simulator_open: { unsafe SimulatorEntry.open($0, $1, $2, $3, $4) },
      simulator_start: { unsafe SimulatorEntry.start($0, $1, $2) },
      simulator_bot_token: { unsafe SimulatorEntry.botToken($0) },
      simulator_clock_moved: { unsafe SimulatorEntry.clockMoved($0) },
      simulator_stop: { unsafe SimulatorEntry.stop($0) },
      ask: { unsafe Asking.ask($0, $1, $2) },
      web_start: { unsafe WebEntry.start($0, $1, $2, $3, $4) },
      web_answer: { unsafe WebEntry.answer($0, $1) },
      web_drain: { unsafe WebEntry.drain($0) },
      web_stop: { unsafe WebEntry.stop($0) },
      command: { unsafe PlatformCommands.run($0, $1) }))
  return unsafe table
}()

/// A C string, "" for none.
func text(_ pointer: UnsafePointer<CChar>?) -> String { unsafe pointer.map { unsafe String(cString: $0) } ?? "" }

/// Leaves an error's words for the caller.
func report(_ error: any Error, to place: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?) {
  unsafe place?.pointee = unsafe JSONValue("\(error)").retainedPointer()
}

/// Objects that cross the boundary as addresses; kept to the end of the process.
extension UnsafeMutableRawPointer {
  static func retaining(_ object: AnyObject) -> UnsafeMutableRawPointer {
    unsafe Unmanaged.passRetained(object).toOpaque()
  }

  func object<Object: AnyObject>(_ type: Object.Type) -> Object {
    unsafe Unmanaged<Object>.fromOpaque(self).takeUnretainedValue()
  }
}
