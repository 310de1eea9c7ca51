import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct PruningTests {
  /// A bench whose `school.rehearse` is an operation that adds a subject and touches `u1`.
  private func bench() throws -> SchoolBench {
    try SchoolBench { call in
      try call.write { transaction in
        try TouchedRecords.note(["u1"], transaction)
        let operation = try Operation.open(.import, title: "Новый предмет", call, transaction)
        try operation.inserting(.subjects) {
          try transaction.query("INSERT INTO school_subjects(title) VALUES ('Предмет ' || hex(randomblob(8)))")
        }
        try operation.close(added: 1, summary: .emptyObject)
        return Outcome(result: ["operation": JSONValue(operation.id)])
      }
    }
  }

  private func prune(_ bench: SchoolBench) async throws {
    _ = try await bench.host.call(PluginCall(.job, Pruning.job, params: ["key": "daily", "payload": .null]))
  }

  @Test func `X3: the last fifty operations stay, however old, and all of the last four hundred days`() async throws {
    let bench = try bench()
    for _ in 0..<60 { try await bench.run("school.rehearse") }
    try await prune(bench)
    #expect(try bench.value("SELECT count(*) FROM school_operations") == 60)

    _ = bench.clock.advance(toMs: SchoolBench.start + 401 * 86_400_000)
    try await bench.run("school.rehearse")
    try await prune(bench)
    #expect(try bench.value("SELECT count(*) FROM school_operations") == 50)
    #expect(try bench.value("SELECT min(n) FROM school_operations") == 12)
    #expect(
      try bench.value("SELECT count(*) FROM school_operation_ranges WHERE operation < 12") == 0)
    // Touches that only a pruned operation would ask for are gone; those after the oldest kept one are there.
    #expect(try bench.value("SELECT min(n) > (SELECT min(touched) FROM school_operations) FROM school_touched") == 1)
    #expect(try bench.value("SELECT count(*) FROM school_touched") == 49)
    try await bench.run("school.undoOperation", ["operation": "x61"])
  }

  @Test func `X3: pruning comes every day by itself, from the first operation on`() async throws {
    let bench = try bench()
    try await bench.run("school.addParent", ["familyName": "Ёлкина", "givenName": "Анна"])
    #expect(try bench.query("SELECT key FROM shell_jobs").isEmpty)
    try await bench.run("school.rehearse")
    #expect(
      try bench.query("SELECT key, due_at FROM shell_jobs WHERE name = 'school.prune'") == [
        ["key": "daily", "due_at": JSONValue(SchoolBench.start + 86_400_000)]
      ])
    _ = bench.clock.advance(toMs: SchoolBench.start + 86_400_000)
    try await prune(bench)
    #expect(
      try bench.value("SELECT due_at FROM shell_jobs WHERE name = 'school.prune'")
        == JSONValue(SchoolBench.start + 2 * 86_400_000))
  }
}
