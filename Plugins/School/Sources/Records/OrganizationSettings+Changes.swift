import PluginKit

extension OrganizationSettings {
  /// The settings with the arguments of `school.saveSettings` put over them, and what is wrong with those. An
  /// argument that is absent changes nothing.
  func applying(_ arguments: JSONValue) -> (settings: OrganizationSettings, issues: [PluginError.Issue]) {
    var changed = self
    var issues: [PluginError.Issue] = []
    func refuse(_ argument: String, _ message: Text) {
      issues.append(PluginError.Issue(path: "/\(argument)", message))
    }

    if let value = arguments["name"] {
      changed.name = OrganizationSettings.trimmed(value.string ?? "")
      if !(1...300).contains(changed.name.count) {
        refuse("name", Text("Наименование: от 1 до 300 знаков", en: "A name has 1 to 300 characters"))
      }
    }
    if let value = arguments["shortName"] {
      changed.shortName = OrganizationSettings.trimmed(value.string ?? "")
      if !(1...100).contains(changed.shortName.count) {
        refuse(
          "shortName", Text("Краткое наименование: от 1 до 100 знаков", en: "A short name has 1 to 100 characters"))
      }
    }
    if let value = arguments["timeZone"] {
      changed.timeZone = OrganizationSettings.trimmed(value.string ?? "")
      if !TimeZones.exists(changed.timeZone) {
        refuse(
          "timeZone",
          Text(
            "Нет такого часового пояса: «\(changed.timeZone)». Пример: Europe/Moscow",
            en: "There is no time zone '\(changed.timeZone)'. An example: Europe/Moscow"))
      }
    }
    if let value = arguments["platformAddress"] {
      changed.platformAddress = OrganizationSettings.trimmed(value.string ?? "")
      if !OrganizationSettings.isWebAddress(changed.platformAddress) {
        refuse(
          "platformAddress",
          Text("Адрес начинается с https:// или http://", en: "An address starts with https:// or http://"))
      }
    }
    if let value = arguments["chatAdministrator"] {
      let id = value.string ?? ""
      changed.chatAdministrator = id.isEmpty ? nil : id
    }
    if let value = arguments["requestExpiryHours"] {
      changed.requestExpiryHours = OrganizationSettings.number(value) ?? -1
      if !(1...720).contains(changed.requestExpiryHours) {
        refuse(
          "requestExpiryHours", Text("Срок заявки: от 1 до 720 часов", en: "A request lives for 1 to 720 hours"))
      }
    }
    if let value = arguments["removalThresholdPercent"] {
      changed.removalThresholdPercent = OrganizationSettings.number(value) ?? -1
      if !(0...100).contains(changed.removalThresholdPercent) {
        refuse("removalThresholdPercent", Text("Порог: от 0 до 100 %", en: "The threshold is 0 to 100 %"))
      }
    }
    if let value = arguments["lessonKinds"] {
      changed.lessonKinds = OrganizationSettings.kinds(value)
      if let message = OrganizationSettings.objection(toKinds: changed.lessonKinds) { refuse("lessonKinds", message) }
    }
    return (changed, issues)
  }

  /// A list, or one text with the kinds apart by `;` or line breaks, as people type it into the form.
  private static func kinds(_ value: JSONValue) -> [String] {
    let texts =
      value.array?.map { $0.string ?? "" }
      ?? (value.string ?? "").split { $0 == ";" || $0.isNewline }.map(String.init)
    return texts.map(trimmed).filter { !$0.isEmpty }
  }

  private static func objection(toKinds kinds: [String]) -> Text? {
    guard (1...100).contains(kinds.count) else {
      return Text("Видов работ: от 1 до 100", en: "There are 1 to 100 kinds of work")
    }
    if let long = kinds.first(where: { $0.count > 100 }) {
      return Text("Длиннее 100 знаков: «\(long.prefix(30))…»", en: "Longer than 100 characters: '\(long.prefix(30))…'")
    }
    var seen = Set<String>()
    guard let double = kinds.first(where: { !seen.insert($0).inserted }) else { return nil }
    return Text("Повторяется: «\(double)»", en: "Named twice: '\(double)'")
  }

  private static func isWebAddress(_ text: String) -> Bool {
    for scheme in ["https://", "http://"] where text.lowercased().hasPrefix(scheme) {
      let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      let isClean = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") }
      return !host.isEmpty && !host.contains("@") && isClean && text.utf8.count <= 500
    }
    return false
  }

  /// A number, also as the text that a form may give.
  private static func number(_ value: JSONValue) -> Int? {
    value.int ?? value.double.flatMap { Int(exactly: $0) } ?? value.string.flatMap { Int(trimmed($0)) }
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
