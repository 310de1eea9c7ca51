import Glibc
import Terminal

/// The desktop of one signed-in person on a terminal, until they leave.
package final class TerminalDesktop {
  /// Where the wire's news can be waited for, and read.
  package struct News {
    let descriptor: CInt
    /// Takes in what has come; told that the descriptor can be read, it may wait for the rest of a message.
    let read: (_ isReadable: Bool) throws -> Void

    package init(descriptor: CInt, read: @escaping (_ isReadable: Bool) throws -> Void) {
      self.descriptor = descriptor
      self.read = read
    }
  }

  private let session: DeskSession
  private let tty: Tty
  private let screen: Screen
  private let prompts: TerminalPrompts
  private let acting: Acting
  /// The window on the screen; nil: the Start page.
  private var shown: String?
  private var cursors: [String: Spot] = [:]
  private var page = Canvas()

  package init(_ session: DeskSession) throws {
    self.session = session
    tty = try Tty()
    screen = Screen(tty)
    prompts = TerminalPrompts(tty)
    acting = Acting(session, prompts)
  }

  /// Asks who the person is, as often as `signIn` throws a refusal; false when they think better of it.
  package func greet(login: String?, _ signIn: (_ login: String, _ password: String) throws -> Void) throws -> Bool {
    while true {
      tty.write("\u{1b}[2J\u{1b}[H\u{1b}[1mESh\u{1b}[0m\r\n\r\n\(prompts.said)")
      guard let name = try login ?? prompts.line(session.words.login, initial: "", isSecret: false),
        let password = try prompts.line(session.words.password, initial: "", isSecret: true)
      else { return false }
      do {
        try signIn(name, password)
        prompts.forget()
        return true
      } catch let refusal as DeskRefusal { prompts.say(refusal.text) }
    }
  }

  /// Shows the desktop until the person leaves or the host does.
  package func run(_ news: News) throws {
    try session.reload()
    while !session.isEnded {
      // Some came with the answers to what was asked.
      try guarded { try news.read(false) }
      try redraw()
      switch tty.wait(wire: news.descriptor) {
      case .keys(let keys):
        prompts.keep(keys)
        guard try take() else { return }
      case .wire: try guarded { try news.read(true) }
      case .resized: break
      case .ended: return
      }
    }
    prompts.say(session.words.sessionEnded)
  }

  private var cursor: Spot? {
    get { cursors[shown ?? ""] }
    set { cursors[shown ?? ""] = newValue }
  }

  private func redraw() throws {
    if let opened = session.takeOpened() { shown = opened }
    try guarded {
      if let shown, let window = try WindowPage.draw(session, shown, width: screen.width) {
        page = window
      } else {
        shown = shown.flatMap { _ in session.windows.last?.id }
        page = try shown.flatMap { try WindowPage.draw(session, $0, width: screen.width) } ?? DesktopPage.draw(session)
      }
    }
    cursor = SpotWalk.restored(page.spots, cursor) ?? page.spots.first
    screen.draw(page, current: cursor, foot: prompts.said.isEmpty ? session.words.keys : prompts.said)
  }

  /// A refusal is words at the foot; the desktop goes on.
  private func guarded(_ body: () throws -> Void) throws {
    do { try body() } catch let refusal as DeskRefusal { prompts.say(refusal.text) }
  }

  /// Carries out the keys that are waiting; false when the person leaves.
  private func take() throws -> Bool {
    prompts.forget()
    while let key = prompts.kept() {
      guard try carryOut(key) else { return false }
      // A question may have been answered by keys that follow; the page has to be what they see.
      try redraw()
    }
    return true
  }

  private func carryOut(_ key: Key) throws -> Bool {
    switch key {
    case .enter, .character(" "): if let cursor { try perform(cursor.action) }
    case .tab: cursor = SpotWalk.next(page.spots, from: cursor, step: 1)
    case .backTab: cursor = SpotWalk.next(page.spots, from: cursor, step: -1)
    case .up: move(.up)
    case .down: move(.down)
    case .left: move(.left)
    case .right: move(.right)
    case .home: cursor = page.spots.first
    case .end: cursor = page.spots.last
    case .pageUp: leaf(-1)
    case .pageDown: try leafDown()
    case .function(10), .character("m"): shown = nil
    case .function(6), .character("w"): nextWindow()
    case .function(5): if let shown { session.forgetRows(shown) }
    case .character("/"): try search()
    case .function(1), .character("?"): help()
    case .control("l"): tty.write("\u{1b}[2J")
    case .escape, .character("q"), .control("c"): return try leave(isAsked: key != .control("c"))
    default: break
    }
    return true
  }

  private func perform(_ action: Action) throws {
    try guarded {
      if case .show(let window) = action { shown = window } else { try acting.perform(action) }
    }
  }

  private func move(_ direction: SpotWalk.Direction) {
    if let next = SpotWalk.neighbour(page.spots, of: cursor, direction) { cursor = next }
  }

  private func leaf(_ pages: Int) {
    let line = (cursor?.line ?? 0) + pages * screen.height
    cursor = page.spots.min { abs($0.line - line) < abs($1.line - line) }
  }

  /// At the end of a table its next page is read.
  private func leafDown() throws {
    let last = page.spots.last?.line ?? 0
    if let shown, (cursor?.line ?? 0) + screen.height >= last, let table = session.window(shown)?.shownTables.last {
      try guarded { _ = try session.readMore(shown, table.id) }
      try redraw()
    }
    leaf(1)
  }

  private func nextWindow() {
    let ids = session.windows.map(\.id)
    guard !ids.isEmpty else { return }
    let place = shown.flatMap { ids.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
    shown = ids[place % ids.count]
  }

  private func search() throws {
    guard let shown, let table = session.window(shown)?.shownTables.first,
      let text = try prompts.line(
        session.words.search, initial: session.search(shown, table.id), isSecret: false)
    else { return }
    session.search(shown, table.id, for: text)
  }

  private func help() {
    var page = Canvas()
    for line in session.words.help { page.line(line) }
    screen.draw(page, current: nil, foot: session.words.keys)
    _ = prompts.key()
  }

  /// Closes the window, or leaves from the Start page; false when the person leaves.
  private func leave(isAsked: Bool) throws -> Bool {
    guard isAsked else { return false }
    if let shown {
      try guarded { try acting.close(shown) }
      return true
    }
    return try prompts.choice(session.words.leave, options: [session.words.yes, session.words.no], initial: 0) != 0
  }
}

/// The host's word against something, for the foot of the screen.
package struct DeskRefusal: Error {
  package let text: String
  package init(_ text: String) { self.text = text }
}
