import PluginKit

/// A change of a lesson's entry as people read it in the audit log.
struct EntryWords: Sendable {
  let lesson: JournalLesson
  /// The title of the topic that the lesson is bound to now.
  let topicTitle: String?
  /// What the line is called where no command has its name.
  let title: Text?

  func words(_ differences: [LessonEntry.Difference]) -> AuditWords {
    let lines = differences.map(line)
    return AuditWords(
      title: title,
      object: Text(
        "Урок: \(lesson.groupTitle), \(lesson.place.ru)", en: "Lesson: \(lesson.groupTitle), \(lesson.place.en)"),
      changes: Text(lines.map(\.ru).joined(separator: "\n"), en: lines.map(\.en).joined(separator: "\n")))
  }

  private func line(_ difference: LessonEntry.Difference) -> Text {
    switch difference.name {
    case "held": change(Text("Урок проведен", en: "Held"), yes(difference.old), yes(difference.new))
    case "topic":
      change(
        Text("Тема", en: "Topic"), Text(stringLiteral: lesson.topicTitle ?? "—"), Text(stringLiteral: topicTitle ?? "—")
      )
    case "kind": change(Text("Вид работы", en: "Kind of work"), name(difference.old), name(difference.new))
    default: Text("Посещаемость изменена", en: "The attendance has changed")
    }
  }

  private func change(_ label: Text, _ old: Text, _ new: Text) -> Text {
    Text("\(label.ru): \(old.ru) → \(new.ru)", en: "\(label.en): \(old.en) → \(new.en)")
  }

  private func yes(_ value: JSONValue) -> Text {
    value.bool == true ? Text("Да", en: "Yes") : Text("Нет", en: "No")
  }

  private func name(_ value: JSONValue) -> Text { Text(stringLiteral: value.string ?? "—") }
}
