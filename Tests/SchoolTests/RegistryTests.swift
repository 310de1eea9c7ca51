import PluginHost
import PluginKit
import ShellStore
import Testing

@testable import SchoolPlugin

private let tables = [
  "school.employees", "school.pupils", "school.gone", "school.parents", "school.classes", "school.groups",
  "school.timetable", "school.plans", "school.accounts", "school.employeePicker", "school.pupilPicker",
  "school.parentPicker", "school.classPicker", "school.groupPicker", "school.lessonPicker", "school.topicPicker",
]

@Suite struct RegistryTests {
  @Test func `F1: every sort of every table walks an index, to the last page`() async throws {
    let bench = try await SchoolBench.large.value
    for table in tables {
      let (source, policy) = try await bench.source(table)
      let parameters: [String: JSONValue] = ["arg_group": "g1"]
      let sorts = [[]] + source.columns.filter(\.sortable).flatMap { [[($0.id, false)], [($0.id, true)]] }
      for sort in sorts {
        let first = try await bench.page(
          table, sort: sort.map { (column: $0.0, descending: $0.1) }, limit: 1, parameters: parameters)
        for after in [nil, first.info.next] {
          let request = PageRequest(
            sort: sort.map { (column: $0.0, descending: $0.1) }, after: after, limit: 1, parameters: parameters)
          let plan = try bench.store.explain(source, request, policy: policy)
          #expect(isInOrder(plan), "\(table) \(sort) \(after ?? ""): \(plan)")
        }
      }
    }
  }

  @Test func `F1: people come in the order of the Russian alphabet, all of them, page by page`() async throws {
    let bench = try await SchoolBench.large.value
    var names: [String] = []
    var after: String?
    repeat {
      let page = try await bench.page("school.parents", after: after, limit: 100)
      names += page.rows.compactMap { $0["cells"]?["name"]?.string }
      after = page.info.next
    } while after != nil
    #expect(names.count == 880)
    #expect(names == names.sorted { key($0).lexicographicallyPrecedes(key($1)) })
  }

  @Test func `F1: search finds any part, in any letter case, with е for ё`() async throws {
    let bench = try await SchoolBench.large.value
    let searches = [
      ("school.pupils", "СЕМЕН"), ("school.employees", "педагогический учитель"), ("school.plans", "натюр"),
      ("school.timetable", "матем 5а"), ("school.parents", "ма 5б"),
    ]
    for (table, search) in searches {
      let page = try await bench.page(table, search: search)
      #expect(!page.rows.isEmpty, "\(table) \(search)")
    }
    let found = try await bench.page("school.pupils", search: "семен", limit: 500).rows
    let expected = try bench.query("SELECT full_name FROM school_pupils WHERE shell_fold(full_name) LIKE '%семен%'")
    #expect(found.count == expected.count)
  }

  @Test func `F1: the tables show what the manual and the list of registries ask for`() async throws {
    let bench = try SchoolBench()
    let titles = [
      "school.employees": ["ФИО", "Должность", "Тип должности", "Дата приёма", "Дата увольнения", "Заблокирован"],
      "school.pupils": ["ФИО", "Класс", "Зачислен", "Состояние"], "school.parents": ["ФИО", "Дети"],
      "school.classes": ["Наименование", "Параллель", "Классный руководитель", "Учеников"],
      "school.groups": ["Предмет", "Класс", "Учитель", "Учеников"],
      "school.timetable": ["Дата", "№", "Начало", "Окончание", "Группа", "Кабинет", "Замена"],
    ]
    for (table, expected) in titles {
      let (source, _) = try await bench.source(table)
      #expect(source.columns.map { $0.title["ru"]?.string } == expected)
    }
  }

  /// Whether nothing is sorted but rows that are equal in what they are sorted by: the lessons of one day.
  private func isInOrder(_ plan: [String]) -> Bool {
    zip(plan, plan.dropFirst()).allSatisfy { step, next in
      !next.hasPrefix("USE TEMP B-TREE FOR ORDER BY")
        || (step.hasSuffix("=?)") && !step.contains(">?") && !step.contains("<?"))
    }
  }

  /// Letters by their place in the alphabet.
  private func key(_ name: String) -> [Int] {
    name.lowercased().unicodeScalars.map { $0 == "ё" ? Int(("е" as Unicode.Scalar).value) * 2 + 1 : Int($0.value) * 2 }
  }
}
