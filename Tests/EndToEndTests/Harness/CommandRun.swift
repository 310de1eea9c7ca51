import Glibc
import Jansson

/// A command that ran to its end, with what it printed.
struct CommandRun {
  let end: ChildProcess.End?
  let output: String
  let errors: String

  var succeeded: Bool { end == .status(0) }

  /// Runs `arguments[0]` and collects both of its streams; kills it after `seconds`.
  init(
    _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [], within seconds: Double = 60
  ) throws {
    let (inward, outward, complaints) = (try PipeEnds(), try PipeEnds(), try PipeEnds())
    let process = try ChildProcess(
      arguments, environment: environment, input: inward.reading, output: outward.writing,
      errors: complaints.writing)
    for descriptor in [inward.reading, outward.writing, complaints.writing] { close(descriptor) }
    _ = unsafe input.withUnsafeBytes { unsafe write(inward.writing, $0.baseAddress, $0.count) }
    close(inward.writing)
    let deadline = Deadline(within: seconds)
    var texts: [[UInt8]] = [[], []]
    var open = [outward.reading, complaints.reading]
    while open.contains(where: { $0 >= 0 }) {
      var entries = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      let count = unsafe poll(&entries, nfds_t(entries.count), deadline.leftMs)
      // One wait is a minute at most; a command may be silent for longer.
      if count == 0 ? !deadline.hasPassed : count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      for (index, entry) in entries.enumerated() where entry.revents != 0 {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(open[index], $0.baseAddress, $0.count) }
        if count > 0 { texts[index] += chunk.prefix(count) } else { open[index] = -1 }
      }
    }
    close(outward.reading)
    close(complaints.reading)
    if let ended = process.wait(within: Double(deadline.leftMs) / 1000) {
      end = ended
    } else {
      process.killAndWait()
      end = nil
    }
    output = String(decoding: texts[0], as: UTF8.self)
    errors = String(decoding: texts[1], as: UTF8.self)
  }

  /// Runs `esh` with these arguments.
  static func esh(_ arguments: String..., environment: [String: String] = [:]) throws -> CommandRun {
    try CommandRun([BuildProducts.esh] + arguments, environment: environment)
  }

  /// What it printed, as JSON; a test's trouble when it failed.
  func json() throws -> JSONValue {
    guard succeeded else { throw TestTrouble("the command failed (\(String(describing: end))): \(errors)\(output)") }
    return try JSONValue(parsing: output)
  }
}
