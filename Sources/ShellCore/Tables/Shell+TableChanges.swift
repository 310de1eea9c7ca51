import Jansson
import ShellProtocol
import ShellTime

extension Shell {
  /// Tells windows and subscriptions whose rows may have changed. `changed`: base tables of the store.
  func tablesChanged(_ changed: Set<String>) {
    guard !changed.isEmpty, !sessions.isEmpty else { return }
    for session in sessions.values where session.signedIn != nil { session.rowsChanged(changed) }
    let sources = Set(
      tables.values.filter { !store.reads($0.source, policy: $0.policy).isDisjoint(with: changed) }.map(\.id))
    guard !sources.isEmpty else { return }
    for session in sessions.values where session.signedIn != nil { tell(session, sources) }
  }

  /// A plugin says that rows of a registry changed which the store cannot see.
  func tableRowsChanged(registry: String, tab: String?) {
    guard let known = catalog.catalog.registry(registry) else { return }
    let ids = known.tabs.all.filter { tab == nil || $0.id == tab }.compactMap(\.table)
    for session in sessions.values where session.signedIn != nil { tell(session, Set(ids)) }
  }

  private func tell(_ session: DesktopSession, _ sources: Set<String>) {
    for window in session.windows {
      var isTouched = false
      for owner in [window] + window.extensions.map(\.window) {
        for table in owner.content[.tables] where !sources.isDisjoint(with: AddedColumns.sources(of: table)) {
          owner.tableRevisions[table["id"]?.string ?? "", default: 1] += 1
          isTouched = true
        }
      }
      if isTouched { tellSoon(session, window) }
    }
    for subscription in session.subscriptions.values where !subscription.tables.isDisjoint(with: sources) {
      subscription.changed(nowMs: monotonicMs(), desk: desk) { [weak session] subscription in
        // It may have been taken back, or its person signed out, during the pause.
        guard let session, session.subscriptions.values.contains(where: { $0 === subscription }) else { return }
        session.conversation.notify("registry/didChange", .value(subscription.json))
      }
    }
  }

  /// A window hears of changes that it did not ask for at most ten times a second.
  func tellSoon(_ session: DesktopSession, _ window: OpenWindow) {
    guard !window.isTellingSoon else { return }
    window.isTellingSoon = true
    _ = desk.schedule(afterMs: waits.newsMs) { [weak session, weak window] in
      guard let session, let window else { return }
      window.isTellingSoon = false
      if session.window(window.id) != nil { session.tell(window) }
    }
  }
}
