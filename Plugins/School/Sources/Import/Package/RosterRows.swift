import CSV
import FilePackage
import PluginKit

/// One row of a file as the import's steps see it.
struct RosterRow {
  fileprivate let rows: RosterRows
  /// Copied once a row: each look into `rows` would be another copy.
  fileprivate let record: CSVRecord

  var line: Int { record.line }
  var fileName: String { rows.file.name }

  /// The field of that column; empty when the file has no such column.
  func text(_ column: String) -> String { text(at: rows.columns[column]) }

  /// The field at a place that was looked up once; empty when there is none.
  func text(at place: Int?) -> String {
    guard let place, !record.isEmpty(place) else { return "" }
    return record[place]
  }

  func isEmpty(at place: Int?) -> Bool { place.map { record.isEmpty($0) } ?? true }

  /// The field's bytes.
  func bytes(_ column: String) -> ArraySlice<UInt8> {
    guard let place = rows.columns[column] else { return [] }
    return record.slice(place)
  }

  /// Looks the field's bytes up in a table of keys; their number there.
  func find(_ place: Int?, in keys: KeyTable) -> Int? {
    guard let place else { return nil }
    return keys.find(record.bytes.span.extracting(record.range(place)))
  }

  /// Whether the field's bytes are the key of that number.
  func isKey(_ number: Int, _ place: Int?, in keys: KeyTable) -> Bool {
    guard let place else { return false }
    return keys.isKey(number, record.bytes.span.extracting(record.range(place)))
  }

  /// Puts the field's bytes into a table of keys: their number there, and whether they are new. Nil when it is full.
  func keep(_ place: Int?, in keys: inout KeyTable) -> (number: Int, isNew: Bool)? {
    guard let place else { return nil }
    return keys.insert(record.bytes.span.extracting(record.range(place)))
  }

  func has(_ column: String) -> Bool { rows.columns[column] != nil }

  /// The items of a list: `id1,id2` in one field.
  func list(_ column: String) -> [String] {
    text(column).split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
  }

  /// False in a delta for what is gone.
  var isActive: Bool { rows.mode == .bulk || text(at: rows.status) == "active" }

  /// Reports what is wrong with a field of this row.
  func refuse(_ column: String, _ reason: Text) {
    rows.report.spare(rows.file.name, text("sourcedId"))
    rows.report.add(rows.file.name, line, column, text(column), reason)
  }
}

/// The rows of one file, one after the other, each checked for what every file has: its quotes, its width, its
/// required fields, its status. What is wrong is reported and passed over.
final class RosterRows {
  let file: RosterFile
  fileprivate let report: ImportReport
  fileprivate private(set) var columns: [String: Int] = [:]
  private var names: [String] = []
  private let reader: CSVReader<FilePackageError>
  private var record = CSVRecord()
  let mode: RosterMode
  private(set) var count = 0
  private let required: [String]
  /// Where the required columns and the status are, so that a million rows need not look.
  private var requiredPlaces: [Int] = []
  fileprivate private(set) var status: Int?

  /// Nil, and reported, when the file has no usable header.
  init?(
    _ file: RosterFile, _ package: FilePackage, _ report: ImportReport, isDelta: Bool = false
  ) throws(FilePackageError) {
    self.file = file
    let hasChanges = if isDelta { true } else { try RosterRows.hasAnyStatus(file, package) }
    mode = hasChanges ? .delta : .bulk
    self.report = report
    required = file.required
    let source = try package.open(file.name)
    reader = CSVReader { buffer throws(FilePackageError) in try source.read(into: &buffer) }
    guard try readHeader() else { return nil }
  }

  var bytesRead: Int { reader.bytesRead }

  func place(of column: String) -> Int? { columns[column] }

  func next() throws(FilePackageError) -> RosterRow? {
    while try reader.next(&record) {
      count += 1
      if let fault = record.fault {
        report.add(file.name, record.line, name(fault.field), "", RosterRows.words(fault.cause))
        spare()
        continue
      }
      guard isWide() else { continue }
      let row = RosterRow(rows: self, record: record)
      guard hasStatus(row), hasRequired(row) else { continue }
      return row
    }
    return nil
  }

  private func readHeader() throws(FilePackageError) -> Bool {
    guard try reader.next(&record) else {
      report.warn(file.name, Text("Файл пуст: нет строки заголовков", en: "The file is empty: it has no header"))
      return false
    }
    if let fault = record.fault {
      report.add(file.name, 1, "", "", RosterRows.words(fault.cause))
      return false
    }
    names = (0..<record.count).map { record[$0] }
    for (place, name) in names.enumerated() where columns[name] == nil { columns[name] = place }
    // Older files have another name for it, and spreadsheets of ours may lack what follows from the file.
    if file == .demographics, columns["sourcedId"] == nil { columns["sourcedId"] = columns["userSourcedId"] }
    var isWhole = true
    for column in required + (file == .demographics ? ["sourcedId"] : []) where columns[column] == nil {
      isWhole = false
      report.add(
        file.name, 1, column, "",
        Text(
          "Нет обязательного столбца «\(column)» (регистр букв важен)",
          en: "The required column '\(column)' is missing (letter case matters)"))
    }
    requiredPlaces = required.compactMap { columns[$0] }
    status = columns["status"]
    return isWhole
  }

  /// Whom a broken row was about, where that can be told.
  private func spare() {
    guard let place = columns["sourcedId"], place < (record.fault?.field ?? record.count) else { return }
    report.spare(file.name, record[place])
  }

  private func name(_ field: Int) -> String { names.indices.contains(field) ? names[field] : "\(field + 1)" }

  private func isWide() -> Bool {
    guard record.count != names.count else { return true }
    let surplus = names.count..<max(names.count, record.count)
    if record.count > names.count, surplus.allSatisfy({ record.isEmpty($0) }) { return true }
    report.add(
      file.name, record.line, name(min(record.count, names.count) - (record.count > names.count ? 0 : 1)), "",
      Text(
        "Полей в строке \(record.count), а в заголовке \(names.count)",
        en: "The row has \(record.count) fields, the header \(names.count)"))
    spare()
    return false
  }

  private func hasRequired(_ row: RosterRow) -> Bool {
    for place in requiredPlaces where row.record.isEmpty(place) {
      row.refuse(names[place], Text("Обязательное поле не заполнено", en: "A required field is empty"))
      return false
    }
    return true
  }

  /// Whether any row has a status: one such row makes a file a delta, since a file that was taken for the whole truth
  /// by mistake would remove everybody else. A delta tells on its first row; a bulk file is read through.
  private static func hasAnyStatus(_ file: RosterFile, _ package: FilePackage) throws(FilePackageError) -> Bool {
    let source = try package.open(file.name)
    let reader = CSVReader<FilePackageError> { buffer throws(FilePackageError) in try source.read(into: &buffer) }
    var record = CSVRecord()
    guard try reader.next(&record), record.fault == nil,
      let place = (0..<record.count).first(where: { record[$0] == "status" })
    else { return false }
    while try reader.next(&record) {
      if record.fault == nil, place < record.count, !record.isEmpty(place) { return true }
    }
    return false
  }

  /// Bulk rows have no status, delta rows have one.
  private func hasStatus(_ row: RosterRow) -> Bool {
    guard mode == .delta else { return true }
    guard ["active", "tobedeleted"].contains(row.text(at: status)) else {
      row.refuse(
        "status",
        Text("Статус — active или tobedeleted (строчными буквами)", en: "The status is active or tobedeleted"))
      return false
    }
    guard row.has("dateLastModified") else { return true }
    let instant = row.text("dateLastModified")
    guard !RosterValue.isInstant(instant) else { return true }
    row.refuse(
      "dateLastModified",
      Text(
        "Время изменения пишется 2026-09-01T08:00:00.000Z", en: "The time of change is written 2026-09-01T08:00:00.000Z"
      ))
    return false
  }

  private static func words(_ cause: CSVFault.Cause) -> Text {
    switch cause {
    case .strayQuote:
      Text("Кавычка внутри поля, которое не взято в кавычки", en: "A quote in a field that is not quoted")
    case .afterQuote: Text("После закрывающей кавычки нет запятой", en: "No comma after a closing quote")
    case .openQuote: Text("Кавычка открыта и не закрыта", en: "A quote is opened and never closed")
    case .bareReturn: Text("Возврат каретки внутри поля", en: "A carriage return in a field")
    case .encoding: Text("Текст не в кодировке UTF-8", en: "The text is not UTF-8")
    case .nul: Text("Нулевой байт: файл не в кодировке UTF-8?", en: "A NUL byte: is the file not UTF-8?")
    case .tooLong: Text("Строка длиннее 1 МиБ", en: "The row is longer than 1 MiB")
    }
  }
}

extension StringProtocol {
  /// Without blanks at both ends.
  var trimmed: SubSequence {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
    return self[start..<end]
  }
}
