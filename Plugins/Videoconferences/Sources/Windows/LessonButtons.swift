import PluginKit

/// The buttons of an online lesson in «Журнал на урок», contributed as any plugin could: the manual's three, and one that
/// asks anew who took part. Source: SPEC E2, E4, X8.
enum LessonButtons {
  static let type = "videoconferences.lessonButtons"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open, pressed: pressed)
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let lesson = call.params["arguments"]?["lesson"]?.string ?? ""
    let user = try call.user()
    return try call.read { transaction in
      let conference = try Conference.ofLesson(lesson, transaction)
      let isBound = try bound(user, transaction)
      let runs = conference?.status == "active"
      return Window(
        title: Text("Онлайн-урок", en: "Online lesson"),
        buttons: [
          Button(
            "create", Text("Создать онлайн-урок", en: "Make an online lesson"), visible: conference == nil,
            tab: "lesson"),
          Button(
            "join", Text("Подключиться к онлайн-уроку", en: "Join the online lesson"), enabled: runs,
            visible: conference != nil, why: when(conference), tab: "lesson"),
          Button(
            "finish", Text("Завершить онлайн-урок", en: "Finish the online lesson"), style: .danger, enabled: runs,
            visible: conference != nil, why: when(conference), tab: "lesson"),
          Button(
            "attendance", Text("Запросить посещаемость", en: "Ask who took part"),
            .command(OfferAttendance.command, arguments: ["conference": JSONValue(conference?.id)]),
            visible: conference?.wasHeld == true, tab: "lesson"),
        ],
        state: ["lesson": JSONValue(lesson), "conference": JSONValue(conference?.id), "bound": JSONValue(isBound)])
    }
  }

  private static func when(_ conference: Conference?) -> Text? {
    guard let conference, conference.status != "active" else { return nil }
    switch conference.status {
    case "finished": return Text("Онлайн-урок завершён", en: "The online lesson is over")
    case "error": return Text("Ошибка: \(conference.reason)", en: "Error: \(conference.reason)")
    default:
      return Text(
        "Онлайн-урок начнётся \(ConferencePlan.shown(conference.date)) в \(conference.starts)",
        en: "The online lesson starts on \(conference.date) at \(conference.starts)")
    }
  }

  private static func bound(_ user: User, _ transaction: Transaction) throws -> Bool {
    guard let person = user.json["personId"]?.string else { return true }
    return try transaction.first(
      "SELECT 1 AS found FROM sferum_binding_v1_bindings WHERE person_id = ? AND state = 'bound'", [JSONValue(person)])
      != nil
  }

  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    let lesson = question.state["lesson"]?.string ?? ""
    switch question.button {
    case "create":
      guard question.state["bound"]?.bool == true else { return WindowAnswer(effects: [notBound]) }
      return WindowAnswer(effects: [.openWindow(ConferenceWindow.type, arguments: ["lesson": JSONValue(lesson)])])
    case "join": return WindowAnswer(effects: try EndConference.join(question.call, try conference(question)).effects)
    default: return WindowAnswer(effects: try EndConference.finish(question.call, try conference(question)).effects)
    }
  }

  private static func conference(_ question: WindowQuestion) throws -> String {
    guard let id = question.state["conference"]?.string else { throw PluginError.notFound("conference", "") }
    return id
  }

  /// Says why, and offers what cures it.
  private static var notBound: Effect {
    let bind = Button(
      "bind", Text("Привязать аккаунт к Сферум", en: "Bind the account to Sferum"),
      .open("sferum.authorization"), style: .primary)
    return .dialog(
      .warning,
      Text(
        "Учетная запись не привязана к учебному аккаунту Сферум. Привяжите её, чтобы создать онлайн-урок.",
        en: "Your account is not bound to Sferum. Bind it to make an online lesson."),
      buttons: [bind, Button("close", Text("Закрыть", en: "Close"), .close)])
  }
}
