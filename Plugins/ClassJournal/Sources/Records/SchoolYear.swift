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

  /// A month by its name `2026-09`.
  struct Month: Equatable, Sendable {
    let id: String

    /// «Сентябрь 2026».
    var title: Text {
      let (year, number) = (id.prefix(4), Int(id.suffix(2)) ?? 1)
      let names = Self.names[(number - 1) % 12]
      return Text("\(names.ru) \(year)", en: "\(names.en) \(year)")
    }

    var first: String { "\(id)-01" }
    /// No month has a later day; days are compared as texts.
    var last: String { "\(id)-31" }

    private static let names: [(ru: String, en: String)] = [
      ("Январь", "January"), ("Февраль", "February"), ("Март", "March"), ("Апрель", "April"), ("Май", "May"),
      ("Июнь", "June"), ("Июль", "July"), ("Август", "August"), ("Сентябрь", "September"), ("Октябрь", "October"),
      ("Ноябрь", "November"), ("Декабрь", "December"),
    ]
  }

  /// From the month in which the year starts to the one in which it ends, a dozen at most.
  var months: [Month] {
    guard var year = Int(starts.prefix(4)), var month = Int(starts.dropFirst(5).prefix(2)) else { return [] }
    var months: [Month] = []
    while months.count < 12 {
      let id = "\(year)-\(month < 10 ? "0" : "")\(month)"
      guard id <= ends.prefix(7) else { break }
      months.append(Month(id: id))
      (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
    }
    return months
  }

  /// The month of a day, or the nearest one that the year has.
  func month(of day: String) -> Month? {
    let months = months
    return months.first { $0.id == day.prefix(7) } ?? (day < starts ? months.first : months.last)
  }
}
