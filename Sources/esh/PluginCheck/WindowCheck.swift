import Jansson
import PluginHost
import ShellProtocol

/// Whether a window that a plugin describes can be shown, and its buttons lead somewhere.
struct WindowCheck {
  private let place: String
  private let window: JSONValue
  private let manifest: Manifest

  private static let parts = ["fields", "tabs", "tables", "buttons"]

  init(_ window: JSONValue, at place: String, of manifest: Manifest) {
    self.place = place
    self.window = window
    self.manifest = manifest
  }

  var findings: [CheckFinding] { frame + elements + targets }

  /// Without these the host shows an error in the window's place.
  private var frame: [CheckFinding] {
    let kind = window["kind"]?.string ?? "form"
    guard LocalizedText(window["title"]) != nil, ["form", "picker", "dialog"].contains(kind) else {
      return [
        finding(
          "window.broken", .error, ru: "у окна нет title, или kind неизвестен",
          en: "the window has no title, or an unknown kind",
          do: "опишите окно с title и kind: form, picker или dialog",
          "describe it with a title and a kind: form, picker or dialog")
      ]
    }
    return []
  }

  /// An element without an id is left out, and of two with one id nobody can tell which is meant.
  private var elements: [CheckFinding] {
    Self.parts.compactMap { part in
      let elements = window[part]?.array ?? []
      let ids = elements.compactMap { $0["id"]?.string }
      guard ids.count < elements.count || Set(ids).count < ids.count else { return nil }
      return finding(
        "window.element", .warning, ru: "в \(part) есть элементы без id или с одинаковыми",
        en: "\(part) has elements with no id, or two with the same", do: "дайте каждому элементу свой id",
        "give each element an id of its own")
    }
  }

  /// Only the plugin's own names: others may not be installed here.
  private var targets: [CheckFinding] {
    let commands = manifest.contributes.commands.map(\.id)
    let windows = manifest.contributes.windows.map(\.type)
    let buttons = window["buttons"]?.array ?? []
    let lost =
      buttons.compactMap { $0["command"]?.string }.filter { isOwn($0, among: commands) && !commands.contains($0) }
      + buttons.compactMap { $0["open"]?["window"]?.string }.filter {
        isOwn($0, among: windows) && !windows.contains($0)
      }
    return lost.prefix(1).map { name in
      finding(
        "window.target", .warning, ru: "кнопка ведёт к «\(name)», чего в манифесте нет",
        en: "a button leads to '\(name)', which the manifest does not have",
        do: "исправьте имя или впишите его в манифест",
        "mend the name, or add it to the manifest")
    }
  }

  private func isOwn(_ name: String, among names: [String]) -> Bool {
    names.contains { $0.prefix { $0 != "." } == name.prefix { $0 != "." } }
  }

  private func finding(
    _ id: String, _ severity: CheckFinding.Severity, ru: String, en: String, do adviceRu: String, _ adviceEn: String
  ) -> CheckFinding {
    CheckFinding(
      id, severity, at: place, LocalizedText(ru: ru, en: en), advice: LocalizedText(ru: adviceRu, en: adviceEn))
  }
}
