import Foundation
import Synchronization

/// Where the process ends, and what is left of it then: the files as they stood.
package final class Crash: Sendable {
  /// Where the files are, once it is over.
  package let folder: String
  private let at: Int
  private let state = Mutex((commits: 0, isOver: false))

  /// `at`: the commit, from the start of the host on, after which the process ends. `folder`: an empty one.
  package init(atCommit at: Int, folder: String) {
    self.at = at
    self.folder = folder
  }

  package var isOver: Bool { state.withLock { $0.isOver } }

  /// On the thread that committed, which is the only writer: the files stand still. `store`: the path of the store's.
  package func committed(_ store: String, _ http: SwitchedHTTP) {
    let isNow = state.withLock { state in
      state.commits += 1
      return state.commits == at
    }
    guard isNow else { return }
    http.cut()
    for suffix in ["", "-wal"] {
      // try?: what is missing shows in the next host.
      try? FileManager.default.copyItem(atPath: store + suffix, toPath: "\(folder)/esh.sqlite\(suffix)")
    }
    state.withLock { $0.isOver = true }
  }
}
