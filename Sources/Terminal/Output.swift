import Glibc
import Jansson

/// What commands print: tables for people, JSON for scripts, progress on standard error.
package enum Output {
  package static func json(_ value: JSONValue) { print(value.text()) }

  /// A table with a line of titles, columns as wide as their widest cell.
  package static func table(_ titles: [String], _ rows: [[String]]) {
    let widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
    for row in [titles, widths.map { String(repeating: "-", count: $0) }] + rows {
      var line = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
        .joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      print(line)
    }
  }

  /// A line on standard error.
  package static func note(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    // Nobody reads it: nothing to do about that.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  }

  /// Prints progress as it comes, over one line on a terminal.
  package static func progress(_ value: JSONValue) {
    let words = value["message"]?["ru"]?.string ?? value["message"]?.string ?? ""
    let percent = value["percent"]?.int.map { " \($0) %" } ?? ""
    note("… \(words)\(percent)")
  }
}
