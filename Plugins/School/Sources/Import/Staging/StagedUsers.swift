import PluginKit

/// What a user's role in OneRoster says.
struct RosterRole {
  let kind: UserRole
  var position = ""
  var type: PositionType?
  /// Of a parent; nil when the sex or the name tells.
  var relation: String?

  /// Roles of 1.1 and 1.2.
  static let all: [String: RosterRole] = [
    "student": RosterRole(kind: .pupil),
    "teacher": RosterRole(kind: .employee, position: "Учитель", type: .teaching),
    "administrator": RosterRole(kind: .employee, position: "Администратор", type: .administration),
    "principal": RosterRole(kind: .employee, position: "Директор", type: .administration),
    "siteAdministrator": RosterRole(kind: .employee, position: "Администратор", type: .administration),
    "districtAdministrator": RosterRole(kind: .employee, position: "Администратор", type: .administration),
    "systemAdministrator": RosterRole(kind: .employee, position: "Администратор", type: .administration),
    "counselor": RosterRole(kind: .employee, position: "Педагог-психолог", type: .assisting),
    "aide": RosterRole(kind: .employee, position: "Помощник учителя", type: .assisting),
    "proctor": RosterRole(kind: .employee, position: "Дежурный", type: .assisting),
    "parent": RosterRole(kind: .parent), "guardian": RosterRole(kind: .parent, relation: "guardian"),
    "relative": RosterRole(kind: .parent, relation: "relative"),
  ]
}

/// A user's list of agents: of a pupil's row the parents, of a parent's row (mirrored) the children.
struct Agents {
  let user: Int
  let line: Int
  let ids: [String]
  let relations: [String]
  let isActive: Bool
}

extension RosterStaging {
  /// 1.2: roles stand in a file of their own, after the users; one user may have several, the primary one counts.
  func stageRoles(_ rows: RosterRows) throws {
    var primary: Set<String> = []
    let known = batch(
      """
      UPDATE school_staged_users SET role = ?, position_default = ?, position_type = ? WHERE n = ?
      """)
    try each(rows) { row in
      let id = row.text("userSourcedId")
      guard row.isActive, let user = try user(id, row, "userSourcedId", rows.mode) else { return }
      guard let role = RosterRole.all[row.text("role")] else { return row.refuse("role", RosterStaging.badRole) }
      let isPrimary = row.text("roleType") == "primary"
      guard user.role == nil || (isPrimary && !primary.contains(id)) else { return }
      if isPrimary { primary.insert(id) }
      users[id]?.role = role.kind
      users[id]?.relation = role.relation
      try known.add([
        JSONValue(role.kind.rawValue), JSONValue(role.position),
        JSONValue(positionTypes[user.number] ?? role.type?.rawValue), JSONValue(user.number),
      ])
    }
    try known.flush()
    try resolveAgents(modes[.users] ?? rows.mode)
  }

  func stageUsers(_ rows: RosterRows) throws {
    let ready = batch(
      """
      INSERT INTO school_staged_users(n, sourced_id, active, role, position, position_default, position_type, hired,
        family, given, middle, phone, email, birth, sex) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    try each(rows) { row in
      guard let user = try stagedUser(row) else { return }
      try ready.add(user)
    }
    try ready.flush()
    if !package.has(.roles) { try resolveAgents(rows.mode) }
  }

  static let badRole = Text(
    "Нет такой роли (роли пишутся, как в стандарте: student, teacher, parent …)",
    en: "There is no such role (student, teacher, parent …, in these letters)")

  private func stagedUser(_ row: RosterRow) throws -> JSONValue? {
    let id = row.text("sourcedId")
    guard checkID(row, isNew: users[id] == nil) else { return nil }
    var role: RosterRole?
    // 1.2 has no such column: roles.csv follows.
    if row.has("role") || !package.has(.roles) {
      role = RosterRole.all[row.text("role")]
      guard role != nil else {
        row.refuse("role", RosterStaging.badRole)
        return nil
      }
    }
    let names = ["familyName", "givenName", "middleName"].map { String(row.text($0).trimmed) }
    for (column, name) in zip(["familyName", "givenName", "middleName"], names) {
      guard name.unicodeScalars.count <= 100, !name.contains(where: \.isNewline),
        column == "middleName" || !name.isEmpty
      else {
        row.refuse(
          column, Text("Имя: от 1 до 100 знаков в одну строку", en: "A name has 1 to 100 characters on one line"))
        return nil
      }
    }
    let user = User(number: nextNumber(), role: role?.kind, relation: role?.relation)
    let type = positionType(row)
    if role == nil { positionTypes[user.number] = type }
    users[id] = user
    let ids = row.list("agentSourcedIds")
    hasAgents = hasAgents || row.has("agentSourcedIds")
    if !ids.isEmpty {
      agents.append(
        Agents(
          user: user.number, line: row.line, ids: ids, relations: row.list("metadata.agentRelations"),
          isActive: row.isActive))
    }
    return [
      JSONValue(user.number), JSONValue(id), JSONValue(row.isActive ? 1 : 0), JSONValue(role?.kind.rawValue),
      JSONValue(position(row)), JSONValue(role?.position), JSONValue(type ?? role?.type?.rawValue),
      JSONValue(date("metadata.hired", row)), JSONValue(names[0]), JSONValue(names[1]), JSONValue(names[2]),
      JSONValue(phone(row)), JSONValue(email(row)), JSONValue(date("metadata.birthDate", row)),
      JSONValue(nil as String?),
    ]
  }

  /// Whether the row's id is one, and is there for the first time; reported when not.
  func checkID(_ row: RosterRow, isNew: Bool) -> Bool {
    guard RosterValue.isID(row.text("sourcedId")) else {
      row.refuse(
        "sourcedId", Text("Ключ: от 1 до 255 знаков без запятых", en: "An id has 1 to 255 signs and no commas"))
      return false
    }
    guard isNew else {
      row.refuse("sourcedId", Text("Этот ключ уже был в файле", en: "This id was in the file before"))
      return false
    }
    return true
  }

  private func position(_ row: RosterRow) -> String? {
    let title = String(row.text("metadata.position").trimmed)
    return (1...200).contains(title.unicodeScalars.count) ? title : nil
  }

  private func positionType(_ row: RosterRow) -> String? {
    let text = row.text("metadata.positionType")
    guard !text.isEmpty else { return nil }
    if PositionType(rawValue: text) == nil {
      row.refuse("metadata.positionType", Text("Нет такого типа должности", en: "There is no such type of position"))
    }
    return PositionType(rawValue: text)?.rawValue
  }

  /// A field that is wrong is reported and left empty; the rest of its row is taken.
  func date(_ column: String, _ row: RosterRow) -> String? {
    let text = row.text(column)
    guard !text.isEmpty else { return nil }
    let date = RosterValue.date(text)
    if date == nil { row.refuse(column, Text("Дата пишется 2026-09-01", en: "A date is written 2026-09-01")) }
    return date?.text
  }

  private func phone(_ row: RosterRow) -> String? {
    for column in ["phone", "sms"] {
      let text = row.text(column)
      if text.isEmpty { continue }
      if let phone = RosterValue.phone(text) { return phone }
      row.refuse(
        column,
        Text(
          "Это не мобильный номер России; поле оставлено пустым",
          en: "Not a Russian mobile number; the field is left empty"))
    }
    return nil
  }

  private func email(_ row: RosterRow) -> String? {
    let text = row.text("email")
    guard !text.isEmpty else { return nil }
    guard RosterValue.isEmail(text) else {
      row.refuse("email", Text("Это не адрес почты; поле оставлено пустым", en: "Not a mail address; left empty"))
      return nil
    }
    return text
  }

  /// Parents of pupils, from either side, as links between staged users.
  private func resolveAgents(_ mode: RosterMode) throws {
    let ready = batch("INSERT OR IGNORE INTO school_staged_links(pupil, parent, relation) VALUES (?, ?, ?)")
    let kinds = Dictionary(uniqueKeysWithValues: users.values.map { ($0.number, $0) })
    for agent in agents where agent.isActive {
      let isPupil = kinds[agent.user]?.role == .pupil
      for (place, id) in agent.ids.enumerated() {
        guard let other = try agentUser(id, agent, mode) else { continue }
        guard isPupil != (other.role == .pupil) else {
          report.add(
            RosterFile.users.name, agent.line, "agentSourcedIds", id,
            Text("Связь бывает между учеником и взрослым", en: "A relation is between a pupil and an adult"))
          continue
        }
        let given = agent.relations.indices.contains(place) ? agent.relations[place] : ""
        let (pupil, parent) = isPupil ? (agent.user, other.number) : (other.number, agent.user)
        let isNamed = ["mother", "father", "guardian", "relative"].contains(given)
        let relation = isNamed ? given : (isPupil ? other.relation : kinds[agent.user]?.relation) ?? ""
        try ready.add([JSONValue(pupil), JSONValue(parent), JSONValue(relation)])
      }
    }
    try ready.flush()
  }

  private func agentUser(_ id: String, _ agent: Agents, _ mode: RosterMode) throws -> User? {
    if let known = users[id] { return known }
    if mode == .delta, let found = try earlierUser(id) { return found }
    report.add(
      RosterFile.users.name, agent.line, "agentSourcedIds", id,
      Text("Нет такого пользователя, или его строка не принята", en: "There is no such user, or its row was left out"))
    return nil
  }

  func stageDemographics(_ rows: RosterRows) throws {
    let ready = batch("UPDATE school_staged_users SET birth = coalesce(?, birth), sex = coalesce(?, sex) WHERE n = ?")
    try each(rows) { row in
      let column = row.has("sourcedId") ? "sourcedId" : "userSourcedId"
      guard row.isActive, let user = try user(row.text("sourcedId"), row, column, rows.mode) else { return }
      let sex = row.text("sex")
      let isKnown = sex == "male" || sex == "female"
      if !isKnown, !["", "other", "unspecified"].contains(sex) {
        row.refuse("sex", Text("Пол пишется male или female", en: "The sex is male or female"))
      }
      let birth = date("birthDate", row)
      guard birth != nil || isKnown else { return }
      try ready.add([JSONValue(birth), JSONValue(isKnown ? sex : nil), JSONValue(user.number)])
    }
    try ready.flush()
  }
}
