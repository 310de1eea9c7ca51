import Glibc
import Jansson
import Testing

/// A host with the web desktop.
struct WebHost {
  let host: HostUnderTest
  let url: String
}

extension HostUnderTest {
  /// Starts a host on a port of its own, or a given one.
  static func onTheWeb(_ folder: SchoolFolder, _ options: [String] = [], port: UInt16? = nil) throws -> WebHost {
    let port = try port ?? LoopbackAddress.freePort()
    let host = try start(folder, ["--http", "127.0.0.1:\(port)"] + options)
    // The host's socket is there before its port is.
    let isOpen = try awaited(within: 30) { () -> Bool? in
      guard host.process.isRunning else { throw TestTrouble("the host ended at once: \(folder.logText())") }
      // try?: nobody listens yet.
      guard let descriptor = try? LoopbackAddress.connect(port) else { return nil }
      close(descriptor)
      return true
    }
    guard isOpen == true else { throw TestTrouble("no web desktop: \(folder.logText())") }
    return WebHost(host: host, url: "http://127.0.0.1:\(port)/")
  }
}

/// How a person works with the desktop.
enum Hand: String, CaseIterable, CustomTestStringConvertible {
  case mouse, keyboard
  var testDescription: String { rawValue }
}
