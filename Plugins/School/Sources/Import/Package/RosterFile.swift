/// The files of a package that we read, in the order in which they depend on each other.
enum RosterFile: String, CaseIterable, Sendable {
  case orgs, academicSessions, courses, users, roles, demographics, classes, enrollments, lessons, plans, bindings

  var name: String { "\(rawValue).csv" }

  /// Columns without which a row says nothing. Columns beyond ours are passed over, whatever their names.
  var required: [String] {
    switch self {
    case .orgs: ["sourcedId", "name", "type"]
    case .academicSessions: ["sourcedId", "title", "type", "startDate", "endDate"]
    case .courses: ["sourcedId", "title"]
    case .users: ["sourcedId", "givenName", "familyName"]
    case .roles: ["sourcedId", "userSourcedId", "role"]
    case .demographics: []
    case .classes: ["sourcedId", "title", "classType"]
    case .enrollments: ["sourcedId", "classSourcedId", "userSourcedId", "role"]
    case .lessons: ["sourcedId", "classSourcedId", "date", "number", "startTime", "endTime"]
    case .plans: ["sourcedId", "classSourcedId", "number", "title"]
    case .bindings: ["userSourcedId", "phone"]
    }
  }

  /// Whether the standard's manifest names it; the last three are ours.
  var isStandard: Bool { ![.lessons, .plans, .bindings].contains(self) }
}

/// How the rows of a file are meant: the whole truth of the source, or what has changed.
enum RosterMode: String, Sendable { case bulk, delta }
