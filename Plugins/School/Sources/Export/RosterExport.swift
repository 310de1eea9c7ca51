import CSV
import FilePackage
import PluginKit

/// `school.exportRoster {path}` → `{files: {name: rows}}`: the school as it stands today as a OneRoster 1.1 bulk package
/// with our `lessons.csv`, `plans.csv` and `bindings.csv`; a folder, or an archive when the path ends in `.zip`.
///
/// One state of the database, sorted, with no time in it: the same school gives the same bytes, and so does a school
/// that has been imported from them. Who has left and what has ended is history and stays here.
enum RosterExport {
  static let command = "school.exportRoster"
  /// The source that our packages name: under it another school of ours finds their records again.
  static let source = "esh"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let path = try call.string("path")
    guard path.hasPrefix("/") else {
      throw PluginError.invalid("path", Text("Нужен полный путь: он начинается с /", en: "The path must be absolute"))
    }
    do {
      let writer = try PackageWriter(path: path, known: RosterFile.allCases.map(\.name))
      let files = try call.read { try ExportRun(call, $0, writer).run() }
      try writer.finish()
      let rows = JSONValue(members: files.map { ($0.name, JSONValue($0.rows)) })
      // Who took the whole school's data out, and how much of it.
      try call.write { try SchoolAudit.note(command, object: "export", new: ["files": rows], $0) }
      return Outcome(result: ["files": rows, "path": JSONValue(path)])
    } catch let error as FilePackageError {
      throw error.explained
    }
  }
}

/// One file that is being written.
final class ExportFile {
  let name: String
  private let writer: FileWriter
  private(set) var rows = 0

  init(_ name: String, _ header: [String], _ package: PackageWriter) throws {
    self.name = name
    writer = try package.file(name)
    try write(header)
    rows = 0
  }

  func write(_ fields: [String]) throws {
    var bytes: [UInt8] = []
    CSVText.append(fields, to: &bytes)
    try writer.write(bytes)
    rows += 1
  }

  func finish() throws { try writer.finish() }
}
