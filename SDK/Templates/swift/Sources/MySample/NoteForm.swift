import PluginKit

/// The window mySample.note, opened with {"pupil": id} from the registry of pupils, or with nothing.
enum NoteForm {
  static func open(_ call: Call) throws -> Window {
    let pupil = call.params["arguments"]?["pupil"] ?? .null
    var fields = [Field("text", Text("Заметка", en: "Note"), required: true)]
    if let id = pupil.string {
      let name = try call.read { try Notes.name(of: id, $0) }
      fields.append(Field("name", Text("Ученик", en: "Pupil"), .label, value: name))
    }
    fields.append(
      Field(
        "days", Text("Напомнить через, дней", en: "Remind in, days"), .number,
        hint: Text("Пусто — без напоминания", en: "Empty: no reminder")))
    return Window(
      title: Text("Заметка", en: "Note"), fields: fields,
      buttons: [
        Button(
          "save", Text("Сохранить", en: "Save"),
          .command("mySample.add", arguments: ["text": "=text", "days": "=days", "pupil": pupil]), style: .primary),
        .cancel,
      ])
  }
}
