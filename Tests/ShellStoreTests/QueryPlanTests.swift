import Jansson
import ShellStore
import Testing

struct QueryPlanTests {
  let people: PageTests

  init() throws {
    people = try PageTests()
    try people.fill(50_000)
  }

  /// Lines of a plan that look at rows that no index asked for, or sort what an index could have given.
  private func faults(_ request: PageRequest, sorting: Bool = false) throws -> [String] {
    try people.test.store.explain(people.source, request, policy: people.school).filter { line in
      line == "SCAN school_people" || (!sorting && line.hasPrefix("USE TEMP B-TREE"))
    }
  }

  @Test func `sorted and filtered pages go by an index, the first and those after it`() throws {
    for request in [
      PageRequest(), PageRequest(sort: [("name", true)]), PageRequest(sort: [("born", false)]),
      PageRequest(sort: [("born", true)]), PageRequest(sort: [("group", false), ("name", false)]),
      PageRequest(filter: [("group", 3)]), PageRequest(filter: [("group", .null)]),
      PageRequest(filter: [("name", "Елкина")]),
    ] {
      #expect(try faults(request) == [])
      var next = request
      next.after = try people.page(request).info.next
      #expect(next.after != nil)
      #expect(try faults(next) == [])
      // Behind a cursor every statement is a range of the index.
      let lines = try people.test.store.explain(people.source, next, policy: people.school)
      #expect(lines.filter { !$0.hasPrefix("SEARCH") } == [])
    }
  }

  @Test func `searched pages go by the search index or by the order`() throws {
    for search in ["елкина", "слово10 туман", "слово7 zed", "а", "туман"] {
      let request = PageRequest(search: search)
      #expect(try faults(request, sorting: true) == [])
      var next = request
      next.after = try people.page(request).info.next
      #expect(try faults(next, sorting: true) == [])
    }
    let few = try people.test.store.explain(people.source, PageRequest(search: "слово7 zed"), policy: people.school)
    #expect(few.contains { $0.hasPrefix("SCAN school_people_words VIRTUAL TABLE") })
    let many = try people.test.store.explain(people.source, PageRequest(search: "туман"), policy: people.school)
    #expect(many.contains("SCAN school_people USING INDEX school_people_name"))
  }

  @Test func `a walk that finds too little falls back to the search index`() throws {
    // All matches of a common word lie at the far end of the order.
    try people.test.write("UPDATE school_people SET note = 'редкость' WHERE name = 'Яшина'", policy: people.school)
    let request = PageRequest(search: "редкость", limit: 50)

    let (rows, info) = try people.page(request)

    #expect(info.total > 2_000)
    #expect(rows.count == 50)
    #expect(try people.walk(PageRequest(search: "редкость", limit: 500)).count == info.total)
  }
}
