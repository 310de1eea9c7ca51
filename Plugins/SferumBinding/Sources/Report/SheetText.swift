import PluginKit

/// A sheet as lines of plain text, short enough for paper.
struct SheetText {
  /// Characters of a line on A4 with margins.
  static let width = 76

  private let sheet: BindingSheet
  private let language: Language
  private var lines: [String] = []

  static func text(_ sheet: BindingSheet, _ language: Language) -> String {
    var text = SheetText(sheet: sheet, language: language)
    text.writeHead()
    text.writeTotals()
    text.writeWaiting()
    return text.lines.joined(separator: "\n")
  }

  private init(sheet: BindingSheet, language: Language) {
    self.sheet = sheet
    self.language = language
  }

  private mutating func writeHead() {
    write(sheet.organization)
    write(Text("Привязка учётных записей к Сферум", en: "Binding of accounts to Sferum"))
    let title = sheet.scope.title
    let homeroom = sheet.scope.homeroom ?? ""
    if homeroom.isEmpty {
      write(title)
    } else {
      write(
        Text(
          "\(title.ru), классный руководитель: \(homeroom)", en: "\(title.en), homeroom teacher: \(homeroom)"))
    }
    let today = sheet.day.text(sheet.todayMs)
    write(Text("Дата: \(today)", en: "Date: \(today)"))
  }

  private mutating func writeTotals() {
    write("")
    write(Text("Итого", en: "In all"))
    for count in sheet.totals {
      let title = count.kind.title.text(language)
      let rest = count.rest.filter { $0.people > 0 }.map { ", \($0.title.text(language)) \($0.people)" }.joined()
      write("\(title): \(share(count))\(rest)")
    }
    guard !sheet.classes.isEmpty else { return }
    write("")
    write(Text("По классам", en: "By class"))
    for label in Self.inOrder(sheet.classes.map(\.label)) {
      let parts = sheet.classes.filter { $0.label == label }.map { count in
        "\(count.kind.title.text(language).lowercased()) \(share(count))"
      }
      write("\(label): \(parts.joined(separator: ", "))")
    }
  }

  private func share(_ count: BindingSheet.Count) -> String {
    let percent = count.percent.map { " (\($0) %)" } ?? ""
    return Text(
      "привязаны \(count.bound) из \(count.total)\(percent)", en: "\(count.bound) of \(count.total) bound\(percent)"
    ).text(language)
  }

  private mutating func writeWaiting() {
    write("")
    guard sheet.waitingInAll > 0 else {
      return write(
        sheet.totals.contains { $0.total > 0 }
          ? Text("Привязаны все", en: "Everybody is bound") : Text("Здесь никого нет", en: "There is nobody here"))
    }
    write(
      Text("Кому нужно действовать: \(sheet.waitingInAll)", en: "Who still must act: \(sheet.waitingInAll)"))
    var heading = ""
    var number = 0
    for person in sheet.waiting {
      let title = person.kind.title.text(language)
      let next = person.label.isEmpty ? title : "\(person.label), \(title.lowercased())"
      if next != heading {
        write("")
        write(next)
        (heading, number) = (next, 0)
      }
      number += 1
      let state = person.state.words(person.since.map(sheet.day.text) ?? "—").text(language)
      write("\(number). \(person.name): \(state)")
    }
    let rest = sheet.waitingInAll - sheet.waiting.count
    guard rest > 0 else { return }
    write("")
    write(Text("И ещё \(rest): полный список на вкладке «Люди»", en: "And \(rest) more: see the tab «People»"))
  }

  private mutating func write(_ text: Text) { write(text.text(language)) }

  /// Adds a line, in several where it is too long.
  private mutating func write(_ text: String) {
    var line = ""
    for word in text.split(separator: " ").flatMap(Self.pieces) {
      if !line.isEmpty, line.count + 1 + word.count > Self.width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    lines.append(line)
  }

  /// A word, in pieces where it is longer than a line.
  private static func pieces(_ word: Substring) -> [Substring] {
    guard word.count > width else { return [word] }
    return [word.prefix(width)] + pieces(word.dropFirst(width))
  }

  private static func inOrder(_ labels: [String]) -> [String] {
    labels.enumerated().filter { $0.offset == 0 || labels[$0.offset - 1] != $0.element }.map(\.element)
  }
}
