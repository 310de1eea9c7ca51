import Jansson
import PluginHost
import ShellProtocol

// Windows that say `live` stay as their plugin would describe them now.
extension DesktopSession {
  /// Rows of these tables changed: asks whoever described something from them.
  func rowsChanged(_ changed: Set<String>) {
    for upkeep in starting { _ = upkeep.changed(changed) }
    for window in windows + opening {
      if window.upkeep?.changed(changed) == true { lookAgain(window) }
      for added in window.extensions where added.upkeep.changed(changed) { askSoon(added, in: window) }
    }
  }

  /// Asks the plugin of a live window what is different, now or when a pause is over.
  func lookAgain(_ window: OpenWindow) {
    window.upkeep?.soon(
      shell.desk, while: { [weak self, weak window] in window.flatMap { self?.window($0.id) } != nil },
      ask: { [weak self, weak window] in
        if let self, let window { look(again: window) }
      })
  }

  /// WINDOW_CHANGED with no changes. Effects are for what a person does, and are left out.
  private func look(again window: OpenWindow) {
    guard let upkeep = window.upkeep else { return }
    upkeep.begin()
    let (answers, typings) = (window.answers, window.typings)
    let reads = NotedReads()
    let call = PluginCall(
      .windowChanged, window.type,
      params: [
        "window": window.content.description(selected: window.selected), "state": window.state, "changes": .emptyObject,
      ], session: pluginSession)
    shell.call(call, request: nil, reads: reads.add) { [self] result in
      upkeep.reads.formUnion(reads.all)
      switch result {
      case .failure(let failure):
        shell.logger.warning(
          "a live window is not told what is new",
          metadata: ["window": "\(window.type)", "reason": "\(failure.message.en)"])
      case .success(let answer):
        // What the person did meanwhile is newer than the answer.
        if (answers, typings) == (window.answers, window.typings) { adopt(answer, window) } else { upkeep.askAgain() }
      }
      if upkeep.end() { lookAgain(window) }
    }
  }

  private func adopt(_ answer: JSONValue, _ window: OpenWindow) {
    guard self.window(window.id) === window else { return }
    window.take(answer)
    shell.dropForeignTables(&window.content, type: window.type)
    shell.loadTables(of: window) { [self] in
      if self.window(window.id) === window { tell(window) }
    }
  }
}
