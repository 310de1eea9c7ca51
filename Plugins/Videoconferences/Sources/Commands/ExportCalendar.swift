import PluginKit

/// `videoconferences.exportCalendar {}` → `{text}`: the conferences that the person sees, as iCalendar (RFC 5545).
enum ExportCalendar {
  static func register(in plugin: inout PluginDefinition) {
    plugin.command("videoconferences.exportCalendar") { call throws -> Outcome in
      let user = try call.user()
      let text = try call.read { transaction in
        let rows = try transaction.rows(
          """
          SELECT id, name, kind_title, subject, class, starts_ms, ends_ms, created_at, revision, status, link
          FROM videoconferences_conferences WHERE phase <> 'removed' AND \(ConferenceRights.sees)
          ORDER BY starts_ms, n
          """, ConferenceRights.bindings(user))
        let organization = try transaction.first("SELECT id FROM school_v1_organization")?["id"]?.string ?? "school"
        return Calendar(rows, organization: organization).text
      }
      return Outcome(result: ["text": JSONValue(text)])
    }
  }
}

/// An iCalendar object: lines end in CRLF and are folded at 75 bytes, never inside a character.
struct Calendar {
  private let rows: [JSONValue]
  private let organization: String

  init(_ rows: [JSONValue], organization: String) {
    self.rows = rows
    self.organization = organization
  }

  var text: String {
    var lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ESh//Videoconferences//RU", "CALSCALE:GREGORIAN"]
    for row in rows { lines += event(row) }
    lines.append("END:VCALENDAR")
    return lines.map(Self.folded).joined(separator: "\r\n") + "\r\n"
  }

  private func event(_ row: JSONValue) -> [String] {
    var lines = [
      "BEGIN:VEVENT", "UID:\(row["id"]?.string ?? "")@\(organization)",
      "DTSTAMP:\(Self.instant(row["created_at"]?.int64 ?? 0))", "DTSTART:\(Self.instant(row["starts_ms"]?.int64 ?? 0))",
      "DTEND:\(Self.instant(row["ends_ms"]?.int64 ?? 0))", "SEQUENCE:\((row["revision"]?.int ?? 1) - 1)",
      "SUMMARY:\(Self.escaped(row["name"]?.string ?? ""))",
      "CATEGORIES:\(Self.escaped(row["kind_title"]?.string ?? ""))",
    ]
    let about = [row["subject"]?.string ?? "", row["class"]?.string ?? ""].filter { !$0.isEmpty }
    if !about.isEmpty { lines.append("DESCRIPTION:\(Self.escaped(about.joined(separator: ", ")))") }
    if let link = row["link"]?.string { lines.append("URL:\(link)") }
    return lines + ["END:VEVENT"]
  }

  /// `20250405T050000Z`.
  static func instant(_ ms: Int64) -> String {
    let seconds = ms / 1000
    let (days, rest) = (seconds / 86_400, seconds % 86_400)
    // After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let index = (5 * dayOfYear + 2) / 153
    let month = index < 10 ? index + 3 : index - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + "\(value)" }
    return "\(year)\(two(month))\(two(dayOfYear - (153 * index + 2) / 5 + 1))T\(two(rest / 3600))"
      + "\(two(rest / 60 % 60))\(two(rest % 60))Z"
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\", ";", ",": result += "\\\(character)"
      case "\n", "\r\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result
  }

  static func folded(_ line: String) -> String {
    var result = ""
    var width = 0
    for character in line {
      let bytes = character.utf8.count
      if width + bytes > 75 {
        result += "\r\n "
        width = 1
      }
      result.append(character)
      width += bytes
    }
    return result
  }
}
