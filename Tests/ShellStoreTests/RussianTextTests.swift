import Jansson
import ShellStore
import Testing

struct RussianTextTests {
  @Test(arguments: [
    ["Еж", "Ёж", "Жаба"],
    ["елка", "ель", "ёлка", "жаба"],
    ["1", "2а", "abc", "Zoo", "Анна", "анна-мария", "Борис", "ёж", "Жанна"],
    ["", " ", "Иванов", "иванов", "Ивановa", "Иванова", "ИВАНОВЪ"],
    ["я", "яя", "яяя"],
  ]) func `the collation orders Russian words`(_ sorted: [String]) throws {
    let test = try TestStore()

    let rows = try test.read(
      "SELECT value FROM json_each(?) ORDER BY value COLLATE russian",
      [JSONValue(JSONValue(sorted.reversed().map { JSONValue($0) }).text())])

    #expect((rows.array ?? []).compactMap { $0["value"]?.string } == sorted)
  }

  @Test func `the collation is a total order, on broken text too`() throws {
    let test = try TestStore()
    let hex = [
      "", "41", "61", "D090", "D0B0", "D190", "D091", "80", "8080", "D0", "D0D0", "D0B080", "D0B0D0", "E28080", "FF",
      "F09F9880", "ED A0 80".filter { $0 != " " }, "D0B0D191", "D0B0D0B6", "D0B0D0B5", "D081", "D095",
    ]
    let texts = hex.map { "CAST(x'\($0)' AS TEXT)" }
    let rows = try test.read(
      """
      WITH t(v) AS (VALUES \(texts.map { "(\($0))" }.joined(separator: ", ")))
      SELECT count(*) AS broken FROM t AS a, t AS b, t AS c
      WHERE (a.v < b.v COLLATE russian AND b.v < c.v COLLATE russian AND NOT a.v < c.v COLLATE russian)
        OR (a.v = b.v COLLATE russian) <> (hex(a.v) = hex(b.v))
        OR (a.v < b.v COLLATE russian) + (b.v < a.v COLLATE russian) + (a.v = b.v COLLATE russian) <> 1
      """)

    #expect(rows[0]?["broken"]?.int == 0)
  }

  @Test(arguments: [
    ("Ёлкина", "елкина"), ("ИВАН\u{A0}Иванович", "иван иванович"), ("  два   слова ", "два слова"),
    ("е\u{308}ж", "еж"), ("и\u{306}од", "йод"), ("Салты\u{AD}ков‑Щедрин", "салтыков-щедрин"), ("7А", "7а"),
    ("ÀÉß", "àéß"), ("", ""), ("за\u{301}мок", "замок"),
  ]) func `text is folded for search`(_ text: String, _ folded: String) throws {
    let test = try TestStore()

    let row = try test.read("SELECT shell_fold(?) AS folded", [JSONValue(text)])

    #expect(row[0]?["folded"]?.string == folded)
    #expect(FoldedText.fold(text) == folded)
  }

  @Test func `searched text marks the start of each word`() throws {
    let test = try TestStore()

    let row = try test.read(
      "SELECT shell_search_text('Иванов Пётр', NULL, ' ', '7А') AS text, shell_fold(NULL) AS none")

    #expect(row[0]?["text"]?.string == "\u{2}\u{2}иванов\u{2}\u{2}петр\u{2}\u{2}7а")
    #expect(row[0]?["none"]?.isNull == true)
  }
}
