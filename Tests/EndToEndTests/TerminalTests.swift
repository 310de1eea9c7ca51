import Foundation
import Jansson
import Testing

/// A person at a real terminal: tmux shows the screen and presses the keys.
struct TerminalTests {
  @Test
  func `I4: esh desktop signs in, opens from the Start menu, searches, selects, edits, saves and leaves, by keys`()
    throws
  {
    let folder = try SchoolFolder()
    let (administrator, pupil) = (try Person.administrator(), try Person.with("pupil"))
    let terminal = try TerminalUnderTest("\(BuildProducts.esh) desktop --data \(folder.path)")
    try terminal.sees("Логин")
    try terminal.press(administrator.login, "Enter")
    try terminal.sees("Пароль")
    try terminal.press("wrong", "Enter")
    try terminal.sees("Логин")
    try terminal.press(administrator.login, "Enter", SchoolFolder.password, "Enter")
    try terminal.sees("Пуск")
    #expect(try terminal.screen().contains(administrator.name))
    #expect(try !terminal.screen().contains(SchoolFolder.password))

    try terminal.goTo("Ученики")
    try terminal.press("Enter")
    try terminal.sees("(Отчислить)")
    try terminal.press("/", pupil.name, "Enter")
    try terminal.sees("Поиск «\(pupil.name)»: 1")
    try terminal.goTo("  \(pupil.name)")
    try terminal.press("Enter")
    try terminal.sees("▸ \(pupil.name)")
    try terminal.goTo("<Изменить>")
    try terminal.press("Enter")
    try terminal.sees("Ученик: Изменение")
    try terminal.goTo("Почта")
    try terminal.press("Enter", "C-u", "terminal@example.org", "Enter")
    try terminal.sees("terminal@example.org")
    try terminal.goTo("<Сохранить>")
    try terminal.press("Enter")
    try terminal.sees("Поиск «")
    try terminal.press("F10", "q")
    try terminal.sees("Выйти из ESh?")
    try terminal.press("Enter")
    #expect(try terminal.ends() == "0")
    // The host that was started for the desktop has gone with it.
    let export = try CommandRun.esh("export", "oneroster", "\(folder.path)/export", "--data", folder.path)
    #expect(export.succeeded, "\(export.errors)")
    let users = try String(contentsOfFile: "\(folder.path)/export/users.csv", encoding: .utf8)
    #expect(users.contains("terminal@example.org"), "what was saved on the terminal is not in the school")
  }
}

/// A terminal of 100 by 40 in a tmux server of its own.
final class TerminalUnderTest {
  private let server = "esh-\(UUID().uuidString.prefix(8))"

  init(_ command: String) throws {
    try tmux(
      "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "40", "-s", "t", "\(command); echo ended=$?; cat")
  }

  deinit {
    // It may have gone already.
    _ = try? CommandRun([Self.program, "-L", server, "kill-server"])
  }

  private static let program = "/usr/bin/tmux"

  @discardableResult
  private func tmux(_ arguments: String...) throws -> String {
    guard FileManager.default.isExecutableFile(atPath: Self.program) else {
      throw TestTrouble("tmux is not installed; 'apt-get install tmux' brings it")
    }
    let run = try CommandRun(
      [Self.program, "-u", "-L", server] + arguments,
      environment: ["LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"])
    guard run.succeeded else { throw TestTrouble("tmux \(arguments): \(run.errors)") }
    return run.output
  }

  func screen() throws -> String { try tmux("capture-pane", "-p", "-t", "t") }

  /// Presses keys by tmux's names; any other text is typed.
  func press(_ keys: String...) throws {
    for key in keys { try tmux("send-keys", "-t", "t", key) }
  }

  /// Waits until the screen shows `text`.
  func sees(_ text: String) throws {
    let deadline = Deadline(within: 30)
    while try !screen().contains(text) {
      guard deadline.leftMs > 0 else { throw TestTrouble("never saw «\(text)» on\n\(try screen())") }
      usleep(20_000)
    }
  }

  /// Presses Down or Right until the cursor is on the line, and in a line of buttons on the word, that says `text`.
  func goTo(_ text: String) throws {
    try sees(text)
    for _ in 0..<80 {
      let (column, line) = try cursor()
      let lines = try screen().split(separator: "\n", omittingEmptySubsequences: false)
      if lines.indices.contains(line), let found = lines[line].range(of: text) {
        let from = lines[line].distance(from: lines[line].startIndex, to: found.lowerBound)
        if !text.hasPrefix("<") || column == from { return }
        try move(column < from ? "Right" : "Left")
      } else {
        let target = lines.firstIndex { $0.contains(text) } ?? line
        try move(target > line ? "Down" : "Up")
      }
    }
    throw TestTrouble("the cursor does not reach «\(text)» on\n\(try screen())")
  }

  /// Presses an arrow and waits until the cursor is elsewhere.
  private func move(_ arrow: String) throws {
    let before = try cursor()
    try press(arrow)
    let deadline = Deadline(within: 30)
    while try cursor() == before {
      guard deadline.leftMs > 0 else { throw TestTrouble("\(arrow) moves nothing on\n\(try screen())") }
      usleep(5000)
    }
  }

  private func cursor() throws -> (column: Int, line: Int) {
    let place = try tmux("display-message", "-p", "-t", "t", "#{cursor_x} #{cursor_y}").split { $0.isWhitespace }
    guard place.count == 2, let column = Int(place[0]), let line = Int(place[1]) else {
      throw TestTrouble("tmux tells no cursor: \(place)")
    }
    return (column, line)
  }

  /// Waits for the command's end; its exit status.
  func ends() throws -> String {
    try sees("ended=")
    return String(try screen().split(separator: "\n").first { $0.hasPrefix("ended=") }?.dropFirst(6) ?? "")
  }
}
