import ArgumentParser
import CSV
import Glibc
import Jansson
import Terminal

/// `esh export …`.
struct ExportCommands: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Выгрузить данные. / Exports data.",
    subcommands: [Registry.self, OneRoster.self], defaultSubcommand: Registry.self)

  /// `esh export REGISTRY[/TAB] --format csv`.
  struct Registry: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "registry", abstract: "Выгрузить реестр. / Exports a registry.",
      discussion: """
        Первая строка — названия столбцов, даты — 2026-09-01. С --bom таблица для Excel: с меткой UTF-8 и без формул. / \
        The first row has the columns' titles. With --bom the table is for a spreadsheet: marked as UTF-8, and cells \
        that would be run as formulas made text.
        """)

    enum Format: String, ExpressibleByArgument { case csv, ics }

    @Argument(help: "Реестр или РЕЕСТР/ВКЛАДКА из registry/list. / A registry, or REGISTRY/TAB.") var registry: String
    @Option(name: .long, help: "Вид: csv; для conferences ещё ics. / Format: csv; ics for conferences.") var format =
      Format.csv
    @Flag(name: .long, help: "Для таблиц: метка UTF-8, формулы обезврежены. / For spreadsheets.") var bom = false
    @Option(name: [.long, .short], help: "Файл вместо вывода. / A file in place of standard output.") var output:
      String?
    @Option(name: .long, help: "Искать слова. / Rows with these words.") var search: String?
    @OptionGroup var data: DataOptions

    func run() throws {
      try reporting {
        let caller = try Callers.open(data.folder)
        defer { caller.close() }
        let sink = try TableSink(output)
        if format == .ics { return try calendar(caller, sink) }
        if bom { try sink.write(CSVText.byteOrderMark) }
        var after: JSONValue?
        var isFirst = true
        repeat {
          let page = try caller.call("registry/query", query(after))
          let columns = page["columns"]?.array ?? []
          if isFirst { try sink.write(line(columns.map { $0["title"]?.string ?? "" })) }
          isFirst = false
          for row in page["rows"]?.array ?? [] {
            try sink.write(line(columns.map { cell(row["cells"]?[$0["id"]?.string ?? ""]) }))
          }
          after = page["next"].flatMap { $0.isNull ? nil : $0 }
        } while after != nil
        try sink.finish()
      }
    }

    /// The schedule of conferences as iCalendar, RFC 5545.
    private func calendar(_ caller: any Caller, _ sink: TableSink) throws {
      guard ["conferences", "sferum/conferences"].contains(registry) else {
        throw HostError(
          ru: "вид ics есть только у conferences: esh export conferences --format ics",
          en: "only conferences have the format ics: esh export conferences --format ics")
      }
      let text = try caller.command("videoconferences.exportCalendar")["text"]?.string ?? ""
      try sink.write(Array(text.utf8))
      try sink.finish()
    }

    private func query(_ after: JSONValue?) -> JSONValue {
      let parts = registry.split(separator: "/", maxSplits: 1).map(String.init)
      var members: [(String, JSONValue)] = [("registry", JSONValue(parts.first ?? "")), ("limit", 500)]
      if parts.count > 1 { members.append(("tab", JSONValue(parts[1]))) }
      if let search { members.append(("search", JSONValue(search))) }
      if let after { members.append(("after", after)) }
      return JSONValue(members: members)
    }

    private func line(_ fields: [String]) -> [UInt8] {
      var bytes: [UInt8] = []
      CSVText.append(fields, to: &bytes, isForSpreadsheet: bom)
      return bytes
    }

    private func cell(_ value: JSONValue?) -> String {
      guard let value, !value.isNull else { return "" }
      return value.string ?? value.bool.map { $0 ? "Да" : "Нет" } ?? value.text()
    }
  }

  /// `esh export oneroster PATH`.
  struct OneRoster: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "oneroster",
      abstract: "Выгрузить школу набором OneRoster. / Exports the school as a OneRoster package.",
      discussion: "Папка или, если путь кончается на .zip, архив. / A folder, or an archive when PATH ends in .zip.")

    @Argument(help: "Куда. / Where to.") var path: String
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
      try reporting {
        let caller = try Callers.open(data.folder)
        defer { caller.close() }
        let made = try caller.command(
          "school.exportRoster", ["path": JSONValue(absolutePath(path))],
          progress: output.progress)
        if output.json { return Output.json(made) }
        Output.table(
          ["файл / file", "строк / rows"],
          (made["files"]?.members ?? []).map { [$0.key, String($0.value.int ?? 0)] })
      }
    }
  }
}

/// Where a table goes: standard output, or a file that is whole or not there.
private final class TableSink {
  private let path: String?
  private let descriptor: CInt
  private var buffer: [UInt8] = []

  init(_ path: String?) throws {
    self.path = path
    guard let path else {
      descriptor = 1
      return
    }
    descriptor = unsafe open("\(path).partial", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw TableSink.failure(path) }
  }

  func write(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= 1 << 16 { try flush() }
  }

  func finish() throws {
    try flush()
    guard let path else { return }
    guard close(descriptor) == 0, unsafe rename("\(path).partial", path) == 0 else { throw TableSink.failure(path) }
  }

  private func flush() throws {
    var sent = 0
    while sent < buffer.count {
      let count = unsafe buffer[sent...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw TableSink.failure(path ?? "stdout") }
      sent += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private static func failure(_ path: String) -> HostError {
    HostError(
      ru: "не записывается \(path): \(HostError.systemReason)", en: "cannot write \(path): \(HostError.systemReason)")
  }
}
