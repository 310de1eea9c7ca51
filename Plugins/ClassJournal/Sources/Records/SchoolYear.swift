import PluginKit

/// The academic year, and its months: the grid shows one at a time.
struct SchoolYear: Sendable {
  /// Days `2026-09-01`.
  let starts: String
  let ends: String

  /// The current one; before there is any, no day at all.
  init(_ transaction: Transaction) throws {
    let row = try transaction.first("SELECT year_starts, year_ends FROM school_v1_organization")
    starts = row?["year_starts"]?.string ?? ""
    ends = row?["year_ends"]?.string ?? ""
  }

  /// Days from the first to the last one, both included. No month has a later day than the 31st; days are compared as
  /// texts.
  struct Period: Equatable, Sendable {
    let id: String
    let title: Text
    let first: String
    let last: String

    /// A month by its name `2026-09`: «Сентябрь 2026».
    init(month: String) {
      let names = Self.names(month)
      id = month
      title = Text("\(names.ru) \(month.prefix(4))", en: "\(names.en) \(month.prefix(4))")
      (first, last) = ("\(month)-01", "\(month)-31")
    }

    /// «I четверть (сентябрь–октябрь)».
    init(quarter number: Int, from start: String, until end: String) {
      let numeral = ["I", "II", "III", "IV"][number]
      let (from, until) = (Self.names(start), Self.names(end))
      id = "q\(number + 1)"
      title = Text(
        "\(numeral) четверть (\(from.ru.lowercased())–\(until.ru.lowercased()))",
        en: "Quarter \(number + 1) (\(from.en)–\(until.en))")
      (first, last) = ("\(start)-01", "\(end)-31")
    }

    private static func names(_ month: String) -> (ru: String, en: String) {
      let names = [
        ("Январь", "January"), ("Февраль", "February"), ("Март", "March"), ("Апрель", "April"), ("Май", "May"),
        ("Июнь", "June"), ("Июль", "July"), ("Август", "August"), ("Сентябрь", "September"), ("Октябрь", "October"),
        ("Ноябрь", "November"), ("Декабрь", "December"),
      ]
      return names[((Int(month.suffix(2)) ?? 1) + 11) % 12]
    }
  }

  /// From the month in which the year starts to the one in which it ends, a dozen at most.
  var months: [Period] {
    guard var year = Int(starts.prefix(4)), var month = Int(starts.dropFirst(5).prefix(2)) else { return [] }
    var months: [Period] = []
    while months.count < 12 {
      let id = "\(year)-\(month < 10 ? "0" : "")\(month)"
      guard id <= ends.prefix(7) else { break }
      months.append(Period(month: id))
      (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
    }
    return months
  }

  /// The four quarters of a year that starts in September, by whole months: between them are holidays, with no lessons. A
  /// year that starts otherwise has months only.
  var quarters: [Period] {
    let ids = months.map(\.id)
    guard ids.first?.hasSuffix("-09") == true, ids.count >= 9 else { return [] }
    let bounds = [(0, 1), (2, 3), (4, 6), (7, ids.count - 1)]
    return bounds.enumerated().map { Period(quarter: $0, from: ids[$1.0], until: ids[$1.1]) }
  }

  /// The month of a day, or the nearest one that the year has.
  func month(of day: String) -> Period? {
    let months = months
    return months.first { $0.id == day.prefix(7) } ?? (day < starts ? months.first : months.last)
  }
}
