import Jansson
import Testing

@Suite struct JSONValueTests {
  @Test(arguments: [
    #"{"a":1,"б":[true,null,"ё"],"c":{"d":-2.5}}"#, "[]", "{}", #""\u0001\"\\""#, "12345678901234567", "null",
  ])
  func `text comes back as it was`(text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(value.text() == text)
  }

  @Test func `members keep their order and the last of a name wins`() {
    let value: JSONValue = ["z": 1, "a": 2, "z": 3]
    #expect(value.members?.map(\.key) == ["z", "a"])
    #expect(value["z"] == 3)
  }

  @Test func `an absent member is nil, a null one is a value`() {
    let value: JSONValue = ["a": .null]
    #expect(value["a"]?.isNull == true)
    #expect(value["b"] == nil)
  }

  @Test func `changing makes a copy and leaves the value alone`() {
    let before: JSONValue = ["a": 1, "b": 2]
    let after = before.setting("a", 9).removing("b").merging(["c": 3])
    #expect(after == ["a": 9, "c": 3])
    #expect(before == ["a": 1, "b": 2])
  }

  @Test func `strings may hold NUL and be empty`() {
    #expect(JSONValue("a\u{0}б").string == "a\u{0}б")
    #expect(JSONValue("").string == "")
    #expect((["": ""] as JSONValue)[""] == nil || (["": ""] as JSONValue)[""] == "")
  }

  @Test(arguments: [
    (#"{"a":1,"a":2}"#, JSONTextError.Cause.duplicateKey), ("[1,", .syntax), ("", .empty), ("[\"\u{1}\"]", .syntax),
  ])
  func `broken text says why`(text: String, cause: JSONTextError.Cause) {
    let error = #expect(throws: JSONTextError.self) { try JSONValue(parsing: text) }
    #expect(error?.cause == cause)
  }

  @Test func `nesting is measured no further than asked`() throws {
    let deep = try JSONValue(parsing: String(repeating: "[", count: 500) + String(repeating: "]", count: 500))
    #expect(deep.nesting(limit: 128) > 128)
    #expect((["a": [1]] as JSONValue).nesting(limit: 128) == 2)
    #expect((7 as JSONValue).nesting(limit: 128) == 0)
  }

  @Test func `numbers are what they were written as`() {
    #expect((7 as JSONValue).int == 7 && (7 as JSONValue).double == 7.0)
    #expect((7.5 as JSONValue).int == nil && (true as JSONValue).int == nil)
    #expect(JSONValue(Double.infinity).isNull)
  }
}
