import Glibc
import Synchronization
import Terminal

/// Why the terminal woke up.
enum TtyEvent: Equatable {
  case keys([Key])
  case resized
  case wire
  case ended
}

/// The person's terminal in raw mode, on its alternate screen; put back as it was when this goes, whatever happens.
final class Tty {
  private var before = termios()
  private var decoder = KeyDecoder()
  private(set) var columns = 80
  private(set) var lines = 24
  private let isColoured: Bool
  /// Set by the signals that end a program.
  private static let isEnded = Atomic<Bool>(false)

  init() throws {
    guard isatty(0) == 1, isatty(1) == 1, unsafe tcgetattr(0, &before) == 0 else {
      throw HostError(
        ru: "«esh desktop» работает в терминале; для сценариев есть «esh call»",
        en: "'esh desktop' needs a terminal; scripts use 'esh call'")
    }
    isColoured = DataFolder.environment("NO_COLOR") == nil
    var raw = before
    unsafe cfmakeraw(&raw)
    unsafe tcsetattr(0, TCSAFLUSH, &raw)
    catchSignals()
    measure()
    write("\u{1b}[?1049h\u{1b}[?25h")
  }

  deinit {
    write("\u{1b}[0m\u{1b}[?1049l")
    unsafe tcsetattr(0, TCSAFLUSH, &before)
  }

  /// A resize only has to wake the poll; the ends have to be told to it.
  private func catchSignals() {
    signal(SIGWINCH) { _ in }
    for end in [SIGTERM, SIGHUP, SIGINT] { signal(end) { _ in Tty.isEnded.store(true, ordering: .relaxed) } }
    signal(SIGPIPE, SIG_IGN)
  }

  private func measure() {
    var size = winsize()
    if unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 {
      (columns, lines) = (Int(size.ws_col), Int(size.ws_row))
    }
  }

  /// Waits for a key, a new size, or something to read on `wire`.
  func wait(wire: CInt?) -> TtyEvent {
    while true {
      if Self.isEnded.load(ordering: .relaxed) { return .ended }
      var entries = [pollfd(fd: 0, events: Int16(POLLIN), revents: 0)]
      if let wire { entries.append(pollfd(fd: wire, events: Int16(POLLIN), revents: 0)) }
      let count = unsafe poll(&entries, nfds_t(entries.count), -1)
      if count < 0 {
        guard errno == EINTR else { return .ended }
        let old = (columns, lines)
        measure()
        if old != (columns, lines) { return .resized }
        continue
      }
      if entries[0].revents != 0 {
        guard let keys = read() else { return .ended }
        if !keys.isEmpty { return .keys(keys) }
      } else if entries.count > 1, entries[1].revents != 0 {
        return .wire
      }
    }
  }

  /// Nil when the terminal is gone.
  private func read() -> [Key]? {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(0, $0.baseAddress, $0.count) }
    return count > 0 ? decoder.decode(bytes.prefix(count)) : nil
  }

  func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// The control sequence that begins a style; with NO_COLOR only weight and inversion are used.
  func sequence(_ style: Style, isCurrent: Bool) -> String {
    var codes = ["0"]
    switch style {
    case .title, .heading, .bold, .tabSelected: codes.append("1")
    case .button, .tab: codes.append("4")
    case .hint, .disabled: codes.append("2")
    case .selected: codes += ["1", "7"]
    case .error: codes += isColoured ? ["31", "1"] : ["1"]
    case .warning: codes += isColoured ? ["33", "1"] : ["1"]
    case .label: if isColoured { codes.append("36") }
    case .value: if isColoured { codes.append("32") }
    case .plain: break
    }
    if isCurrent { codes.append("7") }
    return "\u{1b}[\(codes.joined(separator: ";"))m"
  }
}
