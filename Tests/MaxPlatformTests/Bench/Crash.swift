import Foundation
import ShellStore
import Synchronization

/// Where the process ends, and what is left of it then: the files as they stood.
final class Crash: Sendable {
  let folder: String
  private let at: Int
  private let source: Mutex<(path: String, http: SwitchedHTTP)?> = Mutex(nil)
  private let happened = Mutex(false)

  init(atCommit at: Int, _ platform: ChatPlatform) throws {
    self.at = at
    folder = try platform.newFolder()
  }

  var isOver: Bool { happened.withLock { $0 } }

  func watch(_ bench: ChatBench) { source.withLock { $0 = (bench.store.path, bench.http) } }

  /// On the thread that committed, which is the only writer: the files stand still.
  func commit(_ number: Int) {
    guard let source = source.withLock({ $0 }), number == at else { return }
    source.http.cut()
    for suffix in ["", "-wal"] {
      try? FileManager.default.copyItem(atPath: source.path + suffix, toPath: "\(folder)/esh.sqlite\(suffix)")
    }
    happened.withLock { $0 = true }
  }
}
