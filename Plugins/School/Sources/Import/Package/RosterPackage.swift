import CSV
import FilePackage
import PluginKit

/// A OneRoster package, 1.1 or 1.2, folder or archive, with what its manifest says. Where the manifest and the files
/// disagree the files are believed, and it is told; but a file that either calls a delta is never the whole truth.
struct RosterPackage {
  let package: FilePackage
  /// Whose ids these are: the key under which the next package of the same system finds its records.
  let source: String
  /// Files that will be read, in order.
  let files: [RosterFile]
  /// Files that the manifest says to hold changes only.
  let deltas: Set<RosterFile>

  init(path: String, _ report: ImportReport) throws {
    do {
      let package = try FilePackage(path: path)
      self.package = package
      let manifest = try RosterPackage.manifest(package, report)
      source = RosterPackage.source(manifest)
      files = RosterFile.allCases.filter { package.files[$0.name] != nil }
      deltas = Set(RosterFile.allCases.filter { manifest?["file.\($0.rawValue)"] == "delta" })
      RosterPackage.compare(manifest, package, report)
    } catch {
      throw error.explained
    }
    for name in package.nested {
      report.warn(
        name, Text("Файл лежит в папке архива и не прочитан", en: "The file lies in a folder and was not read"))
    }
    guard !files.isEmpty || package.files["manifest.csv"] != nil else {
      throw PluginError(
        "import.empty",
        Text(
          "В «\(path)» нет файлов OneRoster: users.csv, classes.csv, enrollments.csv и других (они лежат в корне)",
          en: "'\(path)' has no files of OneRoster (users.csv, classes.csv, enrollments.csv …) at its root"))
    }
  }

  func has(_ file: RosterFile) -> Bool { files.contains(file) }

  /// Bytes of all files that will be read.
  var totalBytes: Int { files.reduce(0) { $0 + Int(clamping: package.files[$1.name] ?? 0) } }

  // MARK: manifest.csv

  /// Properties by name; nil without a manifest.
  private static func manifest(
    _ package: FilePackage, _ report: ImportReport
  ) throws(FilePackageError) -> [String: String]? {
    guard package.files["manifest.csv"] != nil else {
      report.warn(
        "manifest.csv",
        Text("Описи нет: набор читается как OneRoster 1.0", en: "There is no manifest: read as OneRoster 1.0"))
      return nil
    }
    let source = try package.open("manifest.csv")
    let reader = CSVReader<FilePackageError> { buffer throws(FilePackageError) in try source.read(into: &buffer) }
    var (record, properties, isHeader) = (CSVRecord(), [String: String](), true)
    while try reader.next(&record) {
      defer { isHeader = false }
      guard record.fault == nil, record.count >= 2 else {
        report.add(
          "manifest.csv", record.line, "", "", Text("Строка описи не разобрана", en: "The line cannot be read"))
        continue
      }
      // The second column's heading is «value» in the standard and «propertyValue» in the wild.
      if !isHeader || record[0] != "propertyName" { properties[record[0]] = String(record[1].trimmed) }
    }
    let version = properties["manifest.version"] ?? ""
    // A spreadsheet makes 1 of 1.0.
    if version != "1.0", version != "1" {
      report.warn(
        "manifest.csv",
        Text("manifest.version: «\(version)», ожидалось 1.0", en: "manifest.version is '\(version)', not 1.0"))
    }
    let roster = properties["oneroster.version"] ?? ""
    if !["1.1", "1.2"].contains(roster) {
      report.warn(
        "manifest.csv",
        Text(
          "oneroster.version: «\(roster)», ожидалось 1.1 или 1.2",
          en: "oneroster.version is '\(roster)', not 1.1 or 1.2"))
    }
    return properties
  }

  private static func compare(_ manifest: [String: String]?, _ package: FilePackage, _ report: ImportReport) {
    guard let manifest else { return }
    for file in RosterFile.allCases where file.isStandard {
      let promised = manifest["file.\(file.rawValue)"] ?? "absent"
      let isThere = package.files[file.name] != nil
      if promised != "absent", !isThere {
        report.warn(
          file.name,
          Text(
            "Опись обещает файл (\(promised)), а его нет: считается, что изменений в нём нет",
            en: "The manifest promises the file (\(promised)) and it is not there: taken as no changes"))
      } else if promised == "absent", isThere {
        report.warn(
          file.name, Text("В описи файла нет, но он прочитан", en: "The manifest has it absent, but it was read"))
      }
    }
  }

  private static func source(_ manifest: [String: String]?) -> String {
    for property in ["source.systemCode", "source.systemName"] {
      if let name = manifest?[property], !name.isEmpty { return String(name.prefix(100)) }
    }
    return "oneroster"
  }
}

extension FilePackageError {
  /// The error as a person reads it.
  var explained: PluginError {
    switch self {
    case .notFound(let path):
      PluginError.invalid("path", Text("Нет такой папки или архива: \(path)", en: "No such folder or archive: \(path)"))
    case .unreadable(let path, let reason):
      PluginError.invalid("path", Text("Не читается \(path): \(reason)", en: "Cannot read \(path): \(reason)"))
    case .notAPackage(let path):
      PluginError.invalid(
        "path", Text("Это не папка и не архив zip: \(path)", en: "Neither a folder nor a zip archive: \(path)"))
    case .noSuchFile(let name): PluginError("import.noFile", Text("Нет файла \(name)", en: "There is no file \(name)"))
    case .encrypted(let name):
      PluginError(
        "import.encrypted", Text("Файл \(name) в архиве закрыт паролем", en: "The file \(name) is encrypted"))
    case .broken(let name, let reason):
      PluginError("import.broken", Text("\(name) повреждён: \(reason)", en: "\(name) is damaged: \(reason)"))
    case .tooLarge(let name, let limit):
      PluginError(
        "import.tooLarge",
        Text(
          "\(name) разворачивается больше чем в \(limit >> 20) МиБ: архив не принят",
          en: "\(name) unpacks to more than \(limit >> 20) MiB: the archive is not taken"))
    case .tooManyFiles(let limit):
      PluginError(
        "import.tooManyFiles", Text("Файлов больше \(limit)", en: "There are more than \(limit) files"))
    case .unwritable(let path, let reason):
      PluginError(
        "export.unwritable", Text("Не записывается \(path): \(reason)", en: "Cannot write \(path): \(reason)"))
    }
  }
}
