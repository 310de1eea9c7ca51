import Jansson

/// The manual's sections 2.2 and 3: an online lesson made in the class journal starts and ends by itself, and who took
/// part is offered to the lesson.
struct ConferenceStory {
  private let stage: DemoStage
  private let owner: any Caller
  private let platform: DemoPlatform
  private let cast: ConferenceCast

  init(_ stage: DemoStage) throws {
    self.stage = stage
    platform = try stage.platform()
    owner = try stage.connect()
    _ = try owner.call("session/claim")
    cast = try ConferenceCast(owner)
  }

  func play() throws {
    defer { owner.close() }
    let teacher = try signedIn(cast.teacher)
    defer { teacher.close() }
    let pupil = try signedIn(cast.pupil)
    defer { pupil.close() }
    let journal = try openJournal(teacher)
    let lesson = try openLesson(teacher, journal)
    let name = try makeConference(teacher, lesson)
    let link = try startByItself(teacher, lesson, name)
    try takePart(link)
    try endByItself(link, name)
    try confirmAttendance(teacher, journal, lesson)
  }

  private func signedIn(_ person: ConferenceCast.Person) throws -> any Caller {
    stage.heading("\(person.word) привязывает учётную запись / binds the account: \(person.name)")
    let client = try stage.connect()
    _ = try client.call(
      "session/login", ["login": JSONValue(person.login), "password": JSONValue(DemoStage.password)])
    try stage.bind(client, phone: person.phone, platform)
    return client
  }

  // MARK: In the journal

  private func openJournal(_ teacher: any Caller) throws -> JSONValue {
    stage.heading("«Пуск / Классный журнал / Журнал» / The class journal")
    let title = "Чат группы «\(cast.groupTitle)»"
    _ = try teacher.command(
      "chats.addChat", ["title": JSONValue(title), "kind": "subject", "group": JSONValue(cast.group)])
    stage.say("создан чат группы / a chat of the group: \(title)")
    let journal = try stage.opened(teacher.call("startMenu/open", ["path": ["Классный журнал", "Журнал"]]))
    for (label, title) in [("Класс", cast.place), ("Предмет", cast.subject), ("Группа", cast.groupTitle)] {
      let field = try stage.look(teacher, journal)["fields"]?.array?.first { $0["label"]?.string == label }
      guard let option = field?["options"]?.array?.first(where: { $0["title"]?.string == title })?["value"],
        option != field?["value"]
      else { continue }
      try stage.type(teacher, journal, label: label, option)
    }
    try stage.show(teacher, journal)
    try stage.expect(try isBold(teacher, journal), "дата урока, который ещё не проведён, жирная")
    return journal
  }

  private func heading(_ teacher: any Caller, _ journal: JSONValue) throws -> JSONValue {
    let columns = try stage.look(teacher, journal)["tables"]?[0]?["columns"]?.array ?? []
    guard let column = columns.first(where: { $0["button"]?.string == "lesson.\(cast.lesson)" }) else {
      throw DemoFailure(text: "в журнале нет даты урока / the journal lacks the lesson's date")
    }
    return column
  }

  private func isBold(_ teacher: any Caller, _ journal: JSONValue) throws -> Bool {
    try heading(teacher, journal)["emphasis"] == "bold"
  }

  private func openLesson(_ teacher: any Caller, _ journal: JSONValue) throws -> JSONValue {
    let column = try heading(teacher, journal)
    stage.heading("Нажата дата \(column["title"]?.string ?? ""): «Журнал на урок» / The lesson")
    let lesson = try stage.opened(
      teacher.call("window/press", ["window": journal["id"] ?? "", "button": column["button"] ?? ""]))
    try stage.show(teacher, lesson)
    return lesson
  }

  private func makeConference(_ teacher: any Caller, _ lesson: JSONValue) throws -> String {
    stage.heading("«Создать онлайн-урок» / An online lesson")
    let form = try stage.opened(stage.press(teacher, try stage.look(teacher, lesson), label: "Создать онлайн-урок"))
    try stage.show(teacher, form)
    func value(_ label: String) -> String {
      form["fields"]?.array?.first { $0["label"]?.string == label }?["value"]?.string ?? ""
    }
    try stage.expect(form["title"] == "Видеоконференция Сферума: Добавление", "окно «\(form["title"]?.string ?? "")»")
    let name = value("Наименование видеоконференции")
    try stage.expect(
      name == "\(cast.place) - 23.11.2026 - \(cast.starts) - \(cast.subject)", "наименование заполнено: «\(name)»")
    try stage.expect(
      value("Время начала") == cast.starts && value("Время окончания") == cast.ends, "день и время взяты из расписания")
    _ = try stage.press(teacher, form, label: "Сохранить")
    try stage.expect(try row(name)?["status"] == "Новая", "в реестре «Сферум»: статус «Новая»")
    return name
  }

  // MARK: By itself

  private func row(_ name: String) throws -> JSONValue? {
    let rows = try owner.call("registry/query", ["registry": "sferum", "tab": "conferences", "limit": 100])
    return rows["rows"]?.array?.first { $0["cells"]?["name"]?.string == name }?["cells"]
  }

  private func becomes(_ status: String, _ name: String) throws -> JSONValue? {
    try stage.awaited {
      guard let row = try row(name), row["status"]?.string == status else { return nil }
      return row
    }
  }

  private func startByItself(_ teacher: any Caller, _ lesson: JSONValue, _ name: String) throws -> String {
    try stage.advance(owner, to: cast.starts)
    let row = try becomes("Активная", name)
    let link = row?["link"]?.string ?? ""
    try stage.expect(link.hasPrefix("https://"), "статус «Активная», ссылка \(link)")
    let told = try stage.awaited {
      try platform.inbox(cast.pupil.phone).first { $0["text"]?.string?.contains(link) == true }
    }
    stage.say("ученику / to the pupil: \(told?["text"]?.string ?? "")")
    try stage.expect(told != nil, "участники получили ссылку")
    // The button wakes when the window has heard of the start.
    let joined = try stage.awaited { () -> JSONValue? in
      let window = try stage.look(teacher, lesson)
      let button = window["buttons"]?.array?.first { $0["label"] == "Подключиться к онлайн-уроку" }
      guard button?["enabled"] == true else { return nil }
      return try stage.press(teacher, window, label: "Подключиться к онлайн-уроку")
    }
    let url = joined?["effects"]?.array?.first { $0["type"] == "openURL" }?["url"]?.string
    try stage.expect(url == link, "«Подключиться к онлайн-уроку» открывает ссылку")
    try platform.join(link, cast.teacher.phone)
    return link
  }

  private func takePart(_ link: String) throws {
    try stage.advance(owner, to: cast.time(plus: 3))
    try platform.join(link, cast.pupil.phone)
    stage.say("ученик вошёл в видеоконференцию / the pupil came in")
    try stage.advance(owner, to: cast.time(plus: 33))
    try platform.leave(link, cast.pupil.phone)
    stage.say("ученик вышел / the pupil left")
  }

  private func endByItself(_ link: String, _ name: String) throws {
    try stage.advance(owner, to: cast.ends)
    try stage.expect(try becomes("Завершена", name) != nil, "статус «Завершена»")
    try stage.expect(try platform.state(ofCall: link) == "finished", "и на платформе она закончилась")
  }

  private func confirmAttendance(_ teacher: any Caller, _ journal: JSONValue, _ lesson: JSONValue) throws {
    stage.heading("Посещаемость предложена уроку / The attendance is offered to the lesson")
    func mark() throws -> JSONValue? {
      let list = try owner.command("journal.readLesson", ["lesson": JSONValue(cast.lesson)])["attendance"]?.array
      return list?.first { $0["name"]?.string == cast.pupil.name }
    }
    let offered = try stage.awaited { try mark().flatMap { $0["proposed"]?.bool == true ? $0 : nil } }
    try stage.expect(
      offered?["came"]?.string == cast.time(plus: 3) && offered?["minutes"] == 30,
      "\(cast.pupil.name): с \(cast.time(plus: 3)), 30 минут; это ещё не отметка")
    _ = try teacher.call("window/set", ["window": lesson["id"] ?? "", "values": ["held": true]])
    try stage.show(teacher, lesson)
    _ = try stage.press(teacher, try stage.look(teacher, lesson), label: "Добавить в журнал")
    try stage.expect(try mark()?["present"] == true, "учитель подтвердил: ученик был")
    let plain = try stage.awaited { try isBold(teacher, journal) ? nil : true }
    try stage.show(teacher, journal)
    try stage.expect(plain == true, "урок проведён, его дата больше не жирная")
  }
}
