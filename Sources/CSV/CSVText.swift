/// Writes tables as RFC 4180 has them: commas, quotes where they are needed, lines ended by CRLF.
package enum CSVText {
  /// What makes a spreadsheet take a file for UTF-8.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Appends one record. `isForSpreadsheet`: a cell that a spreadsheet would run as a formula gets an apostrophe in
  /// front, which makes it text there, and is no longer the same cell for anybody else.
  package static func append(_ fields: [String], to output: inout [UInt8], isForSpreadsheet: Bool = false) {
    for (place, field) in fields.enumerated() {
      if place > 0 { output.append(0x2C) }
      let isFormula = isForSpreadsheet && field.utf8.first.map(formulaStarts.contains) == true
      append(field: isFormula ? "'" + field : field, to: &output)
    }
    // One empty field alone would be a blank line.
    if fields.count == 1, fields[0].isEmpty { output += [0x22, 0x22] }
    output += [0x0D, 0x0A]
  }

  private static let formulaStarts: Set<UInt8> = [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D]

  private static func append(field: String, to output: inout [UInt8]) {
    let needsQuotes = field.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else {
      output.append(contentsOf: field.utf8)
      return
    }
    output.append(0x22)
    for byte in field.utf8 {
      if byte == 0x22 { output.append(0x22) }
      output.append(byte)
    }
    output.append(0x22)
  }
}
