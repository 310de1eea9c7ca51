import PluginKit
import Testing

@testable import SchoolPlugin

/// What an import keeps in memory instead of in staging tables.
@Suite struct StagedMembersTests {
  private func insert(_ text: String, _ keys: inout KeyTable) -> (number: Int, isNew: Bool)? {
    keys.insert(Array(text.utf8).span)
  }

  @Test func `keys are numbered as they come, and found by all of their bytes`() throws {
    var keys = KeyTable()
    // Enough of them to grow the table many times; some differ in their last byte or in their length only.
    let texts = (0..<5000).flatMap { ["\($0)", "\($0)-a", "ключ-которого-больше-восьми-байт-\($0)"] } + [""]

    for (number, text) in texts.enumerated() {
      let added = try #require(insert(text, &keys))
      #expect(added == (number, true), "\(text)")
    }

    #expect(keys.count == texts.count)
    for (number, text) in texts.enumerated() {
      #expect(keys.find(Array(text.utf8).span) == number)
      let again = try #require(insert(text, &keys))
      #expect(again == (number, false))
      let range = keys.range(number)
      #expect(Array(keys.bytes[Int(range.lowerBound)..<Int(range.upperBound)]) == Array(text.utf8))
    }
    #expect(keys.find(Array("5000".utf8).span) == nil)
  }

  @Test func `members that groups have are added, but for those of whom the package speaks`() {
    var members = StagedMembers()
    members.add(class: 1, user: 2, id: 0..<2, isActive: false)
    members.add(class: 2, user: 1, id: 2..<4, isActive: true)

    members.addPresent([(class: 1, users: [1, 2, 3]), (class: 2, users: [1, 2])])

    #expect(members.classes == [1, 2, 1, 1, 2])
    #expect(members.users == [2, 1, 1, 3, 2])
    #expect(members.active == [0, 1, 1, 1, 1])
    #expect(members.ids.starts == [0, 2, 0, 0, 0])
    #expect(members.ids.ends == [2, 4, 0, 0, 0])
  }
}
