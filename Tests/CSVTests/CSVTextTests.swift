import Testing

@testable import CSV

@Suite struct CSVTextTests {
  @Test func `fields are quoted where RFC 4180 asks for it and nowhere else`() {
    var bytes: [UInt8] = []
    CSVText.append(["a", "b,c", "d\"e", "f\ng", "", " h "], to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "a,\"b,c\",\"d\"\"e\",\"f\ng\",, h \r\n")
  }

  @Test(arguments: ["=1+1", "+79161234567", "-2", "@SUM(A1)", "\tx"])
  func `for a spreadsheet, and only for one, a formula is made text`(cell: String) {
    var (plain, safe): ([UInt8], [UInt8]) = ([], [])
    CSVText.append([cell], to: &plain)
    CSVText.append([cell], to: &safe, isForSpreadsheet: true)
    #expect(String(decoding: plain, as: UTF8.self) == "\(cell)\r\n")
    #expect(String(decoding: safe, as: UTF8.self) == "'\(cell)\r\n")
  }
}
