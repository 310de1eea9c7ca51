import Jansson

/// The report as somebody would count it with a pencil: from the school's own tables and the requests, with none of
/// the report's SQL.
struct CountedByHand: Equatable {
  struct Place: Hashable {
    let kind: String
    let name: String
    let label: String
    let state: String
    let since: Int64?
    let phone: String?
  }

  struct Sums: Equatable {
    var bound = 0
    var waiting = 0
    var refused = 0
    var absent = 0
    var unasked = 0
    var accountless = 0

    mutating func count(_ state: String) {
      switch state {
      case "bound": bound += 1
      case "requested": waiting += 1
      case "declined", "expired", "taken", "failed": refused += 1
      case "notFound": absent += 1
      case "none", "unbound": unasked += 1
      default: accountless += 1
      }
    }
  }

  var places: [String: Place] = [:]
  /// By kind and label of the class.
  var sums: [String: Sums] = [:]

  init() {}

  init(_ bench: ReportBench) throws {
    let states = try Self.states(bench)
    let people = Dictionary(
      uniqueKeysWithValues: try bench.query("SELECT id, full_name FROM school_people").map {
        ($0["id"]?.string ?? "", $0["full_name"]?.string ?? "")
      })
    let accounts = Dictionary(
      uniqueKeysWithValues: try bench.query("SELECT id, person_id FROM school_accounts").map {
        ($0["person_id"]?.string ?? "", $0["id"]?.string ?? "")
      })
    let titles = Dictionary(
      uniqueKeysWithValues: try bench.query(
        "SELECT id, grade || letter AS title FROM school_classes WHERE archived = 0"
      )
      .map { ($0["id"]?.string ?? "", $0["title"]?.string ?? "") })
    for kind in ["employee", "pupil", "parent"] { sums["\(kind) Вся школа"] = Sums() }
    for title in titles.values { for kind in ["pupil", "parent"] { sums["\(kind) \(title)"] = Sums() } }

    func add(_ kind: String, _ person: String, in classes: Set<String>) {
      let state = accounts[person].map { states[$0] ?? State(word: "none", at: nil, phone: nil) }
      let word = state?.word ?? "noAccount"
      sums["\(kind) Вся школа", default: Sums()].count(word)
      for place in classes {
        let label = titles[place] ?? ""
        if !place.isEmpty { sums["\(kind) \(label)", default: Sums()].count(word) }
        places["\(kind):\(person):\(place)"] = Place(
          kind: kind, name: people[person] ?? "", label: label, state: word, since: state?.at, phone: state?.phone)
      }
    }
    for person in try Self.employees(bench) { add("employee", person, in: [""]) }
    let pupils = try bench.query(
      """
      SELECT u.id, u.person_id, n.class_id FROM school_pupils u JOIN school_enrolments n ON n.pupil_id = u.id
      WHERE n.until IS NULL
      """)
    for pupil in pupils { add("pupil", pupil["person_id"]?.string ?? "", in: [pupil["class_id"]?.string ?? ""]) }
    for (person, classes) in try Self.parents(bench, pupils) { add("parent", person, in: classes) }
  }

  /// The report's own word.
  static func reported(_ bench: ReportBench) async throws -> CountedByHand {
    var report = CountedByHand()
    for row in try bench.query("SELECT * FROM sferum_binding_places WHERE listed = 1") {
      report.places[row["id"]?.string ?? ""] = Place(
        kind: row["kind"]?.string ?? "", name: row["full_name"]?.string ?? "", label: row["class_title"]?.string ?? "",
        state: row["state"]?.string ?? "", since: row["since"]?.int64, phone: row["phone"]?.string)
    }
    for row in try bench.query("SELECT * FROM sferum_binding_counts") {
      func number(_ column: String) -> Int { row[column]?.int ?? -1 }
      report.sums["\(row["kind"]?.string ?? "") \(row["label"]?.string ?? "")"] = Sums(
        bound: number("bound"), waiting: number("waiting"), refused: number("refused"), absent: number("absent"),
        unasked: number("unasked"), accountless: number("accountless"))
    }
    return report
  }

  struct State {
    let word: String
    let at: Int64?
    let phone: String?
  }

  /// By account: the request that holds it, or the one that ended last.
  static func states(_ bench: ReportBench) throws -> [String: State] {
    var states: [String: State] = [:]
    let rows = try bench.query("SELECT user_id, state, changed_at, phone FROM sferum_binding_requests")
    for row in rows.sorted(by: { ($0["changed_at"]?.int64 ?? 0) < ($1["changed_at"]?.int64 ?? 0) }) {
      let user = row["user_id"]?.string ?? ""
      if let known = states[user], ["requested", "bound"].contains(known.word) { continue }
      let word = row["state"]?.string ?? ""
      states[user] = State(
        word: word, at: row["changed_at"]?.int64, phone: word == "bound" ? row["phone"]?.string : nil)
    }
    return states
  }

  private static func employees(_ bench: ReportBench) throws -> Set<String> {
    Set(
      try bench.query(
        """
        SELECT e.person_id FROM school_employees e JOIN school_positions p ON p.employee_id = e.id
        WHERE p.dismissed IS NULL
        """
      ).compactMap { $0["person_id"]?.string })
  }

  /// Classes by parent.
  private static func parents(_ bench: ReportBench, _ pupils: [JSONValue]) throws -> [String: Set<String>] {
    let classes = Dictionary(
      uniqueKeysWithValues: pupils.map { ($0["id"]?.string ?? "", $0["class_id"]?.string ?? "") })
    var found: [String: Set<String>] = [:]
    let links = try bench.query(
      """
      SELECT r.person_id, k.pupil_id FROM school_parent_links k JOIN school_parents r ON r.id = k.parent_id
      """)
    for link in links {
      guard let place = classes[link["pupil_id"]?.string ?? ""] else { continue }
      found[link["person_id"]?.string ?? "", default: []].insert(place)
    }
    return found
  }
}
