import ArgumentParser
import Glibc
import Jansson

/// What commands print: tables for people, JSON for scripts, progress on standard error.
enum Output {
  static func json(_ value: JSONValue) { print(value.text()) }

  /// A table with a line of titles, columns as wide as their widest cell.
  static func table(_ titles: [String], _ rows: [[String]]) {
    let widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
    for row in [titles, widths.map { String(repeating: "-", count: $0) }] + rows {
      var line = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
        .joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      print(line)
    }
  }

  /// A line on standard error.
  static func note(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    // Nobody reads it: nothing to do about that.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  }

  /// Prints progress as it comes, over one line on a terminal.
  static func progress(_ value: JSONValue) {
    let words = value["message"]?["ru"]?.string ?? value["message"]?.string ?? ""
    let percent = value["percent"]?.int.map { " \($0) %" } ?? ""
    note("… \(words)\(percent)")
  }
}

/// Runs a command's body; a refusal is a line on standard error and status 1.
func reporting(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as RefusedCall {
    Output.note("esh: \(error)")
    throw ExitCode(1)
  } catch let error as HostError {
    Output.note("esh: \(error)")
    throw ExitCode(1)
  }
}
