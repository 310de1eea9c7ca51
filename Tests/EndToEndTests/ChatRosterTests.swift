import Jansson
import Testing

/// The end of the manual's section 2.1: what happens in chats by itself when people come to the school, move in it and
/// leave it, seen on both sides.
struct ChatRosterTests {
  private let host: HostUnderTest
  private let admin: WireClient
  private var platform: PlatformInHand { host.platform }

  init() throws {
    host = try HostUnderTest.start(SchoolFolder())
    admin = try host.client(signedInAs: Person.administrator())
  }

  @Test func `C9, C9a: a transfer moves a bound pupil and the bound parent from chat to chat on the platform`() throws {
    let family = try admin.family()
    let subject = try admin.addSubjectChat(ofClass: family.schoolClass)
    try host.bind(family)
    #expect(try platform.becomeChats(of: family.child.phone, [family.classChat, subject]))
    #expect(try platform.becomeChats(of: family.parent.phone, [family.parentsChat]))

    let place = try #require(
      try admin.registry("classes").first { $0["cells"]?["title"]?.string != family.schoolClass }?["cells"]?["title"]?
        .string)
    let pupils = try admin.openMenu("Реестры", "Ученики")
    try admin.select([family.pupil], in: pupils)
    let transfer = try WireClient.only(admin.press("Перевести", of: pupils))
    try admin.pick(place, into: "Класс", of: transfer)
    try admin.press("Перевести", of: transfer)

    #expect(try platform.becomeChats(of: family.child.phone, ["Классный чат \(place)"]))
    #expect(try platform.becomeChats(of: family.parent.phone, ["Родительский чат \(place)"]))
    #expect(try host.client(signedInAs: family.child).chatTitles() == ["Классный чат \(place)"])
    #expect(try host.client(signedInAs: family.parent).chatTitles() == ["Родительский чат \(place)"])
  }

  @Test
  func
    `C9: who is enrolled comes into the class chat and the subject chat, the parent into theirs, until expelled`()
    throws
  {
    let place = "5А"
    let subject = try admin.addSubjectChat(ofClass: place)
    let pupils = try admin.openMenu("Реестры", "Ученики")
    let enrolment = try WireClient.only(admin.press("Добавить", of: pupils))
    try admin.fill(enrolment, ["Фамилия": "Щукин", "Имя": "Семён", "Дата рождения": "2014-04-05"])
    try admin.pick(place, into: "Класс", of: enrolment)
    try admin.press("Сохранить", of: enrolment)
    let pupil = try admin.registryRow("pupils", named: "Щукин Семён")
    try admin.execute(
      "school.addParent",
      [
        "familyName": "Щукина", "givenName": "Ольга", "phone": "+79120000302",
        "children": [["pupil": pupil["id"] ?? "", "relation": "mother"]],
      ])
    let parent = try admin.registryRow("parents", named: "Щукина Ольга")

    // Here they are at once, account or none; on the platform as soon as they bind.
    for title in ["Классный чат \(place)", subject] {
      #expect(try appears("Щукин Семён", in: title, "pupil"))
    }
    #expect(try appears("Щукина Ольга", in: "Родительский чат \(place)", "parent"))
    let child = try host.person(pupil, role: "pupil", login: "shchukin", phone: "+79120000301")
    let mother = try host.person(parent, role: "parent", login: "shchukina", phone: "+79120000302")
    for person in [child, mother] { try host.bind(person, on: host.client(signedInAs: person)) }
    #expect(try platform.becomeChats(of: child.phone, ["Классный чат \(place)", subject]))
    #expect(try platform.becomeChats(of: mother.phone, ["Родительский чат \(place)"]))

    try admin.select([pupil], in: pupils)
    try admin.press("Отчислить", of: WireClient.only(admin.press("Отчислить", of: pupils)))
    #expect(try platform.becomeChats(of: child.phone, []))
    #expect(try platform.becomeChats(of: mother.phone, []))
    for title in ["Классный чат \(place)", "Родительский чат \(place)", subject] {
      #expect(try admin.names(in: title).isDisjoint(with: ["Щукин Семён", "Щукина Ольга"]), "\(title)")
    }
  }

  @Test
  func
    `C10: a restored pupil and the parent are in their chats again, and out of all once that is cancelled`()
    throws
  {
    let family = try admin.family(1)
    let subject = try admin.addSubjectChat(ofClass: family.schoolClass)
    try host.bind(family)
    #expect(try platform.becomeChats(of: family.child.phone, [family.classChat, subject]))
    let pupils = try admin.openMenu("Реестры", "Ученики")
    try admin.select([family.pupil], in: pupils)
    try admin.press("Отчислить", of: WireClient.only(admin.press("Отчислить", of: pupils)))
    for phone in family.phones { #expect(try platform.becomeChats(of: phone, [])) }

    let gone = try admin.openMenu("Реестры", "Выпускники и отчисленные")
    try admin.select([family.pupil], in: gone)
    try admin.press("Восстановить", of: WireClient.only(admin.press("Восстановить", of: gone)))
    #expect(try platform.becomeChats(of: family.child.phone, [family.classChat, subject]))
    #expect(try platform.becomeChats(of: family.parent.phone, [family.parentsChat]))
    #expect(try admin.names(in: family.classChat, "pupil").contains(family.child.name))
    #expect(try admin.names(in: family.parentsChat, "parent").contains(family.parent.name))

    try admin.select([family.pupil], in: gone)
    try admin.press("Да", of: WireClient.only(admin.press("Отменить восстановление", of: gone)))
    for phone in family.phones { #expect(try platform.becomeChats(of: phone, [])) }
    #expect(try host.client(signedInAs: family.child).chatTitles() == [])
    #expect(try host.client(signedInAs: family.parent).chatTitles() == [])
  }

  @Test func `C9, C10: a parent stays for as long as another child of theirs is in the class`() throws {
    let family = try admin.family(2)
    let other = try #require(
      try admin.registry("pupils").first {
        $0["cells"]?["class"]?.string == family.schoolClass && $0["id"] != family.pupil["id"]
      })
    let parent = try admin.registryRow("parents", named: family.parent.name)
    try admin.execute(
      "school.linkParent", ["parent": parent["id"] ?? "", "pupil": other["id"] ?? "", "relation": "guardian"])
    try host.bind(family)
    #expect(try platform.becomeChats(of: family.child.phone, [family.classChat]))
    #expect(try platform.becomeChats(of: family.parent.phone, [family.parentsChat]))

    try admin.execute("school.expel", ["pupil": family.pupil["id"] ?? ""])
    #expect(try platform.becomeChats(of: family.child.phone, []))
    #expect(try platform.chats(of: family.parent.phone) == [family.parentsChat])
    try admin.execute("school.restore", ["pupil": family.pupil["id"] ?? ""])
    #expect(try platform.becomeChats(of: family.child.phone, [family.classChat]))
    try admin.execute("school.cancelRestoration", ["pupil": family.pupil["id"] ?? ""])
    #expect(try platform.becomeChats(of: family.child.phone, []))
    #expect(try platform.chats(of: family.parent.phone) == [family.parentsChat])

    try admin.execute("school.expel", ["pupil": other["id"] ?? ""])
    #expect(try platform.becomeChats(of: family.parent.phone, []))
  }

  @Test func `C9: «Уволить» takes a teacher out of «Учительский чат», and whoever is hired joins it`() throws {
    let teachers = "Учительский чат"
    let keeper = try keeper()
    let teacher = try #require(
      try SchoolFolder.people().first { person in
        try person.roles == ["employee"] && person.name != keeper
          && admin.registryRow("employees", named: person.name)["cells"]?["positionType"] == "Педагогический состав"
      })
    try host.bind(teacher, on: host.client(signedInAs: teacher))
    #expect(try platform.becomesChat(teachers) { $0.phones.contains(teacher.phone) })

    let registry = try admin.openMenu("Реестры", "Сотрудники")
    let row = try admin.registryRow("employees", named: teacher.name)
    try admin.select([row], in: registry)
    try admin.press("Уволить", of: WireClient.only(admin.press("Уволить", of: registry)))
    #expect(try platform.becomeChats(of: teacher.phone, []))
    #expect(try !admin.names(in: teachers).contains(teacher.name))

    // Who comes back is bound as before.
    try admin.execute(
      "school.hire",
      ["person": row["id"] ?? "", "position": "Учитель музыки", "positionType": "Педагогический состав"])
    #expect(try platform.becomesChat(teachers) { $0.phones.contains(teacher.phone) })

    try hire("Ёжикова", "Алёна", "Учитель химии", "Педагогический состав", in: registry)
    try hire("Ужова", "Инна", "Гардеробщик", "Обслуживающий персонал", in: registry)
    #expect(try appears("Ёжикова Алёна", in: teachers, "employee"))
    let new = try host.person(
      admin.registryRow("employees", named: "Ёжикова Алёна"), role: "employee", login: "ezhikova",
      phone: "+79120000303")
    try host.bind(new, on: host.client(signedInAs: new))
    #expect(try platform.becomesChat(teachers) { $0.phones.contains(new.phone) })
    #expect(try !admin.names(in: teachers).contains("Ужова Инна"))
  }

  @Test func `C9: a new homeroom teacher takes both chats of the class over, with the mark`() throws {
    let place = try #require(try admin.registry("classes").first)
    let title = place["cells"]?["title"]?.string ?? ""
    let old = place["cells"]?["homeroomTeacher"]?.string ?? ""
    let keeper = try keeper()
    let people = try SchoolFolder.people().filter { $0.roles.contains("employee") && $0.name != keeper }
    let before = try #require(people.first { $0.name == old })
    let homerooms = try admin.registry("classes").compactMap { $0["cells"]?["homeroomTeacher"]?.string }
    let after = try #require(people.first { $0.roles == ["employee"] && !homerooms.contains($0.name) })
    for person in [before, after] { try host.bind(person, on: host.client(signedInAs: person)) }
    let chats = ["Классный чат \(title)", "Родительский чат \(title)"]
    for chat in chats { #expect(try platform.becomesChat(chat) { $0.administrators == [before.phone] }) }

    let classes = try admin.openMenu("Реестры", "Классы")
    try admin.select([place], in: classes)
    let form = try WireClient.only(admin.press("Изменить", of: classes))
    try admin.pick(after.name, into: "Классный руководитель", of: form)
    try admin.press("Сохранить", of: form)

    for chat in chats {
      #expect(try platform.becomesChat(chat) { $0.phones == [after.phone] && $0.administrators == [after.phone] })
      #expect(try !admin.names(in: chat).contains(before.name))
    }
  }

  /// «Администратор чатов Сферум» of «Настройки организации».
  private func keeper() throws -> String {
    try admin.openMenu("Администрирование", "Настройки организации").field("Администратор чатов Сферум")["display"]?
      .string ?? ""
  }

  /// «Добавить» in «Сотрудники».
  private func hire(
    _ family: String, _ given: String, _ position: String, _ type: String, in registry: Screen
  ) throws {
    let form = try WireClient.only(admin.press("Добавить", of: registry))
    try admin.fill(form, ["Фамилия": family, "Имя": given, "Должность": position, "Тип должности": type])
    try admin.press("Сохранить", of: form)
  }

  /// Waits until somebody is in a chat here: it follows the school's event.
  private func appears(_ name: String, in title: String, _ side: String) throws -> Bool {
    try awaited(within: 30) { try admin.names(in: title, side).contains(name) ? true : nil } == true
  }
}
