import ArgumentParser
import Glibc
import Jansson
import ShellTime
import Terminal

/// The stage of a demonstration: a folder with a generated school, and a host in a process of its own.
final class DemoStage {
  let folder: DataFolder
  static let password = "demo-2026"
  /// A Monday morning; the clock is moved by hand, so the demonstration is the same on every day.
  static let start = "2026-11-23T07:00:00+03:00"
  private var host: ChildHost?
  private var step = 0
  /// The connection over which the clock is moved.
  private var timekeeper: (any Caller)?

  init(_ folder: DataFolder) { self.folder = folder }

  /// Makes the school, starts the host and waits until its socket answers.
  func prepare() throws {
    heading("Школа из 450 учеников / A school of 450 pupils")
    try folder.create()
    if FolderLock.holder(folder) != nil {
      throw DemoFailure(text: "папку \(folder.path) уже обслуживает другой сервер / the folder is served already")
    }
    let generate = try SchoolCommands.Generate.parse([
      "--pupils", "450", "--seed", "2026", "--password", Self.password, "--clock", "manual:\(Self.start)",
      "--data", folder.path,
    ])
    try generate.run()
    heading("Сервер / The host")
    host = try ChildHost([
      "serve", "--data", folder.path, "--socket", folder.socket, "--clock", "manual:\(Self.start)",
    ])
    let caller = try connect()
    say("слушает / listens: \(folder.socket)")
    caller.close()
  }

  /// A client that has said hello; waits up to ten seconds for the host to be there.
  func connect() throws -> any Caller {
    let end = monotonicMilliseconds() + 10_000
    while true {
      do {
        let caller = try SocketCaller(path: folder.socket)
        try Callers.greet(caller)
        return caller
      } catch let error as HostError {
        guard monotonicMilliseconds() < end, host?.isRunning != false else { throw error }
        usleep(20_000)
      }
    }
  }

  /// A second passes on the host's clock.
  func passSecond() throws {
    let caller = try timekeeper ?? connect()
    timekeeper = caller
    guard let now = try caller.call("clock/get")["now"]?.string.flatMap(RFC3339.parse) else { return }
    _ = try caller.call("clock/advance", ["to": JSONValue(RFC3339.text(now + 1000))])
  }

  /// The people's side of the platform; waits up to ten seconds for its address.
  func platform() throws -> DemoPlatform {
    let end = monotonicMilliseconds() + 10_000
    while unsafe access(folder.platformURL, R_OK) != 0 {
      guard monotonicMilliseconds() < end else {
        throw DemoFailure(text: "платформа не отвечает / the platform does not listen")
      }
      usleep(20_000)
    }
    return DemoPlatform(folder: folder)
  }

  func end() {
    guard let host, host.isRunning else { return }
    say("сервер остановлен, код \(host.end()) / the host ended")
  }

  /// The folder was made for this demonstration alone; what cannot be removed stays in the temporary folder.
  func removeFolder() {
    guard let listing = unsafe opendir(folder.path) else { return }
    while let entry = unsafe readdir(listing) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      // Files only; the two folders "." and ".." are refused.
      unsafe _ = unlink("\(folder.path)/\(name)")
    }
    unsafe closedir(listing)
    unsafe _ = rmdir(folder.path)
  }

  func heading(_ text: String) {
    step += 1
    print("\n[\(step)] \(text)")
  }

  func say(_ text: String) { print("    " + text.split(separator: "\n").joined(separator: "\n    ")) }

  /// Fails the demonstration when something is not as the manual says.
  func expect(_ holds: Bool, _ what: String) throws {
    guard holds else { throw DemoFailure(text: "ожидалось / expected: \(what)") }
    say("✓ \(what)")
  }
}
