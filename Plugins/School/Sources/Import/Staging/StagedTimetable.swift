import PluginKit

extension RosterStaging {
  /// `lessons.csv`: the dated timetable.
  func stageLessons(_ rows: RosterRows) throws {
    let ready = batch(
      """
      INSERT INTO school_staged_lessons(n, sourced_id, class, date, number, starts, ends, room, active)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    var ids: Set<Int> = []
    var slots: Set<UInt64> = []
    try each(rows) { row in
      guard checkID(row, isNew: ids.insert(row.bytes("sourcedId").hashValue).inserted),
        let group = try group(row, rows.mode)
      else { return }
      guard let date = RosterValue.date(row.text("date")) else {
        return row.refuse("date", Text("Дата пишется 2026-09-01", en: "A date is written 2026-09-01"))
      }
      guard let number = RosterValue.number(row.text("number")), number <= 20 else {
        return row.refuse("number", Text("Номер урока от 0 до 20", en: "A lesson's number is 0 to 20"))
      }
      guard let starts = RosterValue.time(row.text("startTime")) else {
        return row.refuse("startTime", Text("Время пишется 08:00", en: "A time is written 08:00"))
      }
      guard let ends = RosterValue.time(row.text("endTime")), starts < ends else {
        return row.refuse(
          "endTime", Text("Время пишется 08:45 и позже начала", en: "A time is written 08:45, after the start"))
      }
      let slot = UInt64(group) << 32 | UInt64(UInt32(truncatingIfNeeded: date.day)) << 5 | UInt64(number)
      guard !row.isActive || slots.insert(slot).inserted else {
        return row.refuse(
          "number",
          Text("У группы уже есть урок в этот день под этим номером", en: "The group has a lesson then already"))
      }
      try ready.add([
        JSONValue(nextNumber()), JSONValue(row.text("sourcedId")), JSONValue(group), JSONValue(date.text),
        JSONValue(number), JSONValue(starts), JSONValue(ends), JSONValue(String(row.text("room").trimmed.prefix(100))),
        JSONValue(row.isActive ? 1 : 0),
      ])
    }
    try ready.flush()
  }

  /// `plans.csv`: topics of lesson plans, in their order.
  func stageTopics(_ rows: RosterRows) throws {
    let ready = batch(
      """
      INSERT INTO school_staged_topics(n, sourced_id, class, number, title, hours, active) VALUES (?, ?, ?, ?, ?, ?, ?)
      """)
    var ids: Set<Int> = []
    var places: Set<UInt64> = []
    try each(rows) { row in
      guard checkID(row, isNew: ids.insert(row.bytes("sourcedId").hashValue).inserted),
        let group = try group(row, rows.mode)
      else { return }
      guard let number = RosterValue.number(row.text("number")), (1...1000).contains(number) else {
        return row.refuse("number", Text("Номер темы от 1 до 1000", en: "A topic's number is 1 to 1000"))
      }
      let title = String(row.text("title").trimmed)
      guard (1...500).contains(title.unicodeScalars.count) else {
        return row.refuse("title", Text("Тема: от 1 до 500 знаков", en: "A topic has 1 to 500 characters"))
      }
      let hours = row.bytes("hours").isEmpty ? 1 : RosterValue.number(row.text("hours"))
      guard let hours, (1...100).contains(hours) else {
        return row.refuse("hours", Text("Часы: целое число от 1 до 100", en: "Hours are a whole number, 1 to 100"))
      }
      guard !row.isActive || places.insert(UInt64(group) << 32 | UInt64(number)).inserted else {
        return row.refuse("number", Text("Такой номер в КТП группы уже есть", en: "The plan has this number already"))
      }
      try ready.add([
        JSONValue(nextNumber()), JSONValue(row.text("sourcedId")), JSONValue(group), JSONValue(number),
        JSONValue(title), JSONValue(hours), JSONValue(row.isActive ? 1 : 0),
      ])
    }
    try ready.flush()
  }

  /// `bindings.csv`: phones of people who were bound to Sferum elsewhere.
  func stageBindings(_ rows: RosterRows) throws {
    let ready = batch("INSERT OR IGNORE INTO school_staged_bindings(user, phone) VALUES (?, ?)")
    var phones: [String: Int] = [:]
    try each(rows) { row in
      guard row.isActive, let user = try user(row.text("userSourcedId"), row, "userSourcedId", rows.mode) else {
        return
      }
      guard let phone = RosterValue.phone(row.text("phone")) else {
        return row.refuse("phone", Text("Это не мобильный номер России", en: "Not a Russian mobile number"))
      }
      if let other = phones[phone], other != user.number {
        return row.refuse(
          "phone", Text("Этот номер уже привязан к другому в этом файле", en: "The file binds this number to another"))
      }
      phones[phone] = user.number
      try ready.add([JSONValue(user.number), JSONValue(phone)])
    }
    try ready.flush()
  }

  /// The group that a lesson or a topic is of.
  private func group(_ row: RosterRow, _ mode: RosterMode) throws -> Int? {
    guard let found = try rosterClass(row.text("classSourcedId"), row, "classSourcedId", mode) else { return nil }
    guard found.isHomeroom else { return found.number }
    row.refuse(
      "classSourcedId",
      Text("Это класс (homeroom), а нужна группа (scheduled)", en: "A homeroom, where a group is needed"))
    return nil
  }
}
