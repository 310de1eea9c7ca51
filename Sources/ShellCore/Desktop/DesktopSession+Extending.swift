import Jansson
import PluginHost
import ShellProtocol

// What plugins show in forms of others. A form never waits for them longer than a moment, and looks as if they were
// not there while they fail.
extension DesktopSession {
  /// Fits a form with the extensions that the catalog has for it now: new ones are asked, others are gone. `done` runs
  /// when they have answered, or when the form has waited long enough; what comes later is told.
  func extend(_ form: OpenWindow, _ done: @escaping () -> Void = {}) {
    let wanted = form.content.kind == .form ? shell.catalog.catalog.extensions(of: form.type) : []
    guard !wanted.isEmpty || !form.extensions.isEmpty else { return done() }
    form.extensions = wanted.map { entry in
      guard let known = form.extensions.first(where: { $0.entry == entry }) else {
        return OpenExtension(entry, in: form)
      }
      known.entry = entry
      return known
    }
    allow(form)
    let fresh = form.extensions.filter { $0.isAllowed && $0.asked == nil }
    guard !fresh.isEmpty else { return done() }
    let moment = Moment(fresh.count, done)
    let alarm = shell.desk.schedule(afterMs: shell.waits.extensionsMs) { moment.end() }
    moment.onEnd = { alarm.cancel() }
    for added in fresh { ask(added, in: form) { moment.answered() } }
  }

  /// Sees which extensions the person may see now.
  func allow(_ form: OpenWindow) {
    guard !form.extensions.isEmpty else { return }
    let context = clauseContext()
    for added in form.extensions { added.isAllowed = added.entry.rule.verdict(context.value) == .allowed }
  }

  /// Whose element a client means, and its id there.
  func place(_ id: String, in window: OpenWindow) -> (owner: OpenWindow, id: String) {
    allow(window)
    for added in window.extensions where added.isShown {
      if let own = added.names.own(id) { return (added.window, own) }
    }
    return (window, id)
  }

  /// An open window, or the one inside of an extension: what a dialog or a picker can stand before.
  func standing(_ id: String) -> OpenWindow? {
    window(id) ?? windows.lazy.flatMap(\.extensions).first { $0.window.id == id }?.window
  }

  /// Asks extensions again that know arguments which have another value now.
  func extensionsKnow(_ form: OpenWindow) {
    for added in form.extensions where added.asked != nil && added.asked != shared(by: form) {
      askSoon(added, in: form)
    }
  }

  /// What the form shares: arguments that it was opened with and, before them, fields of these names.
  private func shared(by form: OpenWindow) -> JSONValue {
    let names = shell.catalog.catalog.window(form.type)?.shares ?? []
    return JSONValue(
      members: names.compactMap { name in
        (form.content.element(.fields, name)?["value"] ?? form.arguments[name]).map { (name, $0) }
      })
  }
}

// MARK: - Asking

extension DesktopSession {
  /// Asks now, or when a pause is over.
  func askSoon(_ added: OpenExtension, in form: OpenWindow) {
    added.upkeep.soon(
      shell.desk,
      while: { [weak self, weak form, weak added] in
        if let self, let form, let added { isOpen(form, added) } else { false }
      },
      ask: { [weak self, weak form, weak added] in
        if let self, let form, let added { ask(added, in: form) {} }
      })
  }

  private func isOpen(_ form: OpenWindow, _ added: OpenExtension) -> Bool {
    (windows + opening).contains { $0 === form } && form.extensions.contains { $0 === added }
  }

  private func ask(_ added: OpenExtension, in form: OpenWindow, _ done: @escaping () -> Void) {
    let arguments = shared(by: form)
    added.upkeep.begin()
    added.asked = arguments
    let answers = added.window.answers
    let reads = NotedReads()
    let call = PluginCall(
      .windowOpen, added.entry.type, params: ["arguments": arguments, "extends": ["window": JSONValue(form.type)]],
      session: pluginSession, plugin: added.entry.owner, deadlineMs: shell.waits.extensionCallMs)
    shell.call(call, request: nil, reads: reads.add) { [self] result in
      switch result {
      case .success(let description):
        added.upkeep.reads = reads.all
        // A press was answered meanwhile: this description may be older.
        if added.window.answers == answers { return take(description, added, in: form, done) }
        added.upkeep.askAgain()
      case .failure(let failure):
        added.upkeep.reads.formUnion(reads.all)
        give(up: added, in: form, failure.message.en)
      }
      answered(added, in: form, done)
    }
  }

  private func take(_ description: JSONValue, _ added: OpenExtension, in form: OpenWindow, _ done: @escaping () -> Void)
  {
    guard var content = WindowContent(description: description) else {
      give(up: added, in: form, "it described no window")
      return answered(added, in: form, done)
    }
    shell.dropForeignTables(&content, type: added.entry.type)
    let taken = content
    shell.loadTables(of: content) { [self] in
      added.take(taken, state: description["state"] ?? .null)
      answered(added, in: form, done)
    }
  }

  private func give(up added: OpenExtension, in form: OpenWindow, _ reason: String) {
    added.fail()
    shell.logger.warning(
      "a form does without an extension",
      metadata: ["window": "\(form.type)", "plugin": "\(added.entry.owner)", "reason": "\(reason)"])
  }

  private func answered(_ added: OpenExtension, in form: OpenWindow, _ done: () -> Void) {
    let asksAgain = added.upkeep.end()
    done()
    guard isOpen(form, added) else { return }
    if window(form.id) === form { tell(form) }
    if asksAgain || added.asked != shared(by: form) { askSoon(added, in: form) }
  }
}

/// What several answers are waited for, with an end that comes once. Desk only.
private final class Moment: @unchecked Sendable {
  // Safe to carry to the desk's timer: touched on the desk only.
  private var left: Int
  private var done: (() -> Void)?
  var onEnd: () -> Void = {}

  init(_ count: Int, _ done: @escaping () -> Void) {
    left = count
    self.done = done
  }

  func answered() {
    left -= 1
    if left == 0 { end() }
  }

  func end() {
    guard let done else { return }
    self.done = nil
    onEnd()
    done()
  }
}
