/// The classes, users and roles that rows of enrolments have named so far, found again by the bytes of their fields.
struct EnrolmentEnds {
  struct User {
    let number: Int32
    let role: UserRole?
  }

  var rooms = Known<RosterStaging.Class>()
  var users = Known<User>()
  var roles = Known<UserRole>()

  struct Known<Value> {
    private var keys = KeyTable()
    private var values: [Value] = []
    /// The number of the last one: rows of a class mostly follow each other.
    private var last = 0

    mutating func value(_ row: RosterRow, _ place: Int?) -> Value? {
      if row.isKey(last, place, in: keys) { return values[last] }
      guard let found = row.find(place, in: keys) else { return nil }
      last = found
      return values[found]
    }

    mutating func keep(_ value: Value, _ row: RosterRow, _ place: Int?) {
      if row.keep(place, in: &keys)?.isNew == true { values.append(value) }
    }
  }
}

/// Where the columns are, looked up once a file.
struct EnrolmentColumns {
  let id, room, user, role, begin, end: Int?

  init(_ rows: RosterRows) {
    id = rows.place(of: "sourcedId")
    room = rows.place(of: "classSourcedId")
    user = rows.place(of: "userSourcedId")
    role = rows.place(of: "role")
    begin = rows.place(of: "beginDate")
    end = rows.place(of: "endDate")
  }
}
