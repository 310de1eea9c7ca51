import ArgumentParser
import Glibc
import Jansson
import Terminal

/// `esh import …`.
struct ImportCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Загрузить данные. / Imports data.", subcommands: [OneRoster.self])

  /// `esh import oneroster PATH`.
  struct OneRoster: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "oneroster",
      abstract: "Загрузить набор OneRoster: папку или zip. / A OneRoster package, folder or zip.",
      discussion: """
        Завершается с 0, если данные приняты (в том числе без отдельных строк) или проверены, с 1 — если не принято \
        ничего. / Ends with 0 when the data were applied (also with rows left out) or checked, with 1 when nothing was.
        """)

    @Argument(help: "Папка или архив. / A folder or an archive.") var path: String
    @Flag(name: .long, help: "Только показать, что изменится. / Only show what would change.") var dryRun = false
    @Flag(name: .long, help: "С любой ошибкой не принимать ничего. / With any bad row apply nothing.") var strict =
      false
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      try reporting {
        let caller = try Callers.open(data.folder)
        defer { caller.close() }
        let result = try caller.command(
          "school.importRoster",
          ["path": JSONValue(absolutePath(path)), "dryRun": JSONValue(dryRun), "strict": JSONValue(strict)],
          progress: output.progress)
        if output.json { Output.json(result) } else { ImportText(result).show() }
        let isRefused = strict && (result["errorCount"]?.int ?? 0) > 0
        if result["applied"]?.bool != true, !dryRun || isRefused { throw ExitCode(1) }
      }
    }
  }
}

/// A path as the host can use it, wherever it was started.
func absolutePath(_ path: String) -> String {
  guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
  defer { unsafe free(folder) }
  return "\(unsafe String(cString: folder))/\(path)"
}

/// What an import answers, as a person reads it.
private struct ImportText {
  let result: JSONValue

  init(_ result: JSONValue) { self.result = result }

  func show() {
    let isDryRun = result["dryRun"]?.bool == true
    let isApplied = result["applied"]?.bool == true
    print(isApplied ? "принято / applied" : isDryRun ? "проверка / dry run" : "не принято / not applied")
    let registries = result["registries"]?.members ?? []
    if !registries.isEmpty {
      Output.table(
        ["реестр / registry", "добавлено / added", "изменено / changed", "выбыло / removed", "ждёт / held"],
        registries.map { name, counts in
          [Self.titles[name] ?? name] + ["added", "changed", "removed", "held"].map { String(counts[$0]?.int ?? 0) }
        })
    } else if isApplied || isDryRun {
      print("изменений нет / no changes")
    }
    if (result["previews"]?.array ?? []).isEmpty { showChats() } else { showPreviews() }
    for warning in result["warnings"]?.array ?? [] {
      print("! \(warning["file"]?.string ?? ""): \(warning["reason"]?.string ?? "")")
    }
    let errors = result["errors"]?.array ?? []
    if !errors.isEmpty {
      print("ошибок / errors: \(result["errorCount"]?.int ?? errors.count)")
      Output.table(
        ["файл", "строка", "столбец", "значение", "причина"],
        errors.prefix(200).map { error in
          [error["file"]?.string ?? "", String(error["line"]?.int ?? 0)]
            + ["column", "value", "reason"].map { error[$0]?.string ?? "" }
        })
      if errors.count > 200 { print("… все ошибки: --json / all of them: --json") }
    }
    showHeld()
    if let operation = result["operation"]?.string { print("операция / operation: \(operation)") }
  }

  /// What other plugins say would follow.
  private func showPreviews() {
    for preview in result["previews"]?.array ?? [] {
      print("\(preview["title"]?.string ?? ""): \(preview["summary"]?.string ?? "")")
      let rows = preview["rows"]?.array ?? []
      guard !rows.isEmpty else { continue }
      Output.table(
        ["запись / record", "что изменится / what changes"],
        rows.map { row in ["title", "text"].map { row[$0]?.string ?? "" } })
    }
  }

  private func showChats() {
    guard let chats = result["chats"], chats.isObject else { return }
    var rows: [[String]] = []
    func add(_ kind: String, _ title: String, _ change: JSONValue?) {
      let numbers = ["joins", "leaves"].map { change?[$0]?.int ?? 0 }
      if numbers != [0, 0] { rows.append(["\(kind) \(title)"] + numbers.map { String($0) }) }
    }
    add("Учительский чат", "", chats["teachers"])
    for (list, kind) in [("classes", "Классный чат"), ("parents", "Родительский чат"), ("groups", "Группа")] {
      for change in chats[list]?.array ?? [] { add(kind, change["title"]?.string ?? "", change) }
    }
    guard !rows.isEmpty else { return }
    Output.table(["чат / chat", "войдут / joins", "выйдут / leaves"], Array(rows.prefix(60)))
    if rows.count > 60 { print("… ещё \(rows.count - 60); все: --json / all of them: --json") }
  }

  private func showHeld() {
    let held = result["heldRemovals"]?.array ?? []
    guard !held.isEmpty else { return }
    print("ждут подтверждения / wait for confirmation: \(result["held"]?.int ?? held.count)")
    for removal in held.prefix(50) { print("  \(removal["name"]?.string ?? "")") }
    if held.count > 50 { print("  …") }
  }

  private static let titles = [
    "employees": "Сотрудники", "pupils": "Ученики", "parents": "Родители", "classes": "Классы", "groups": "Группы",
    "members": "Состав групп", "timetable": "Расписание уроков", "plans": "КТП",
  ]
}
