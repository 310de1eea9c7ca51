import Jansson
import PluginHost
import ShellProtocol

/// Whether a result has the shape that shell_plugin.h gives to its kind, and a size that a client can take.
struct ResultCheck {
  private let call: TrialPlan.Call
  private let result: JSONValue

  /// Bytes past which a client waits, and past which the host's connection takes no message.
  private static let large = 1 << 20
  private static let tooLarge = 16 << 20

  private static let effects: Set = [
    "openWindow", "openRegistry", "dialog", "pick", "updateWindow", "closeWindow", "openURL", "refresh",
  ]

  init(_ call: TrialPlan.Call, _ result: JSONValue) {
    self.call = call
    self.result = result
  }

  var findings: [CheckFinding] { sizeFindings + shapeFindings + effectFindings }

  private var sizeFindings: [CheckFinding] {
    let bytes = result.bytes().count
    guard bytes > Self.large else { return [] }
    return [
      CheckFinding(
        "result.large", bytes > Self.tooLarge ? .error : .warning, at: call.label,
        LocalizedText(ru: "результат занимает \(bytes) байт", en: "the result has \(bytes) bytes"),
        advice: LocalizedText(
          ru: "отдавайте строки таблицей с источником или страницами, а не одним значением",
          en: "give rows through a table with a source, or in pages, not in one value"))
    ]
  }

  private var shapeFindings: [CheckFinding] {
    let known: Set<String>
    switch call.kind {
    case .command: known = ["result", "effects"]
    case .windowChanged, .windowPressed: known = ["patch", "state", "effects"]
    case .windowOpen: return []
    case .tableRows: return result["rows"]?.array == nil ? [shape("rows")] : []
    case .service, .event, .job: return []
    }
    guard let members = result.members else { return [shape("{}")] }
    return members.filter { !known.contains($0.key) }.prefix(1).map { shape($0.key) }
  }

  private var effectFindings: [CheckFinding] {
    let types = (result["effects"]?.array ?? []).map { $0["type"]?.string ?? "" }
    return types.filter { !Self.effects.contains($0) }.prefix(1).map { type in
      CheckFinding(
        "result.effect", .warning, at: call.label,
        LocalizedText(ru: "такого эффекта нет: «\(type)»", en: "there is no effect '\(type)'"),
        advice: LocalizedText(
          ru: "эффекты перечислены в конце shell_plugin.h", en: "effects are listed at the end of shell_plugin.h"))
    }
  }

  private func shape(_ member: String) -> CheckFinding {
    CheckFinding(
      "result.shape", .warning, at: call.label,
      LocalizedText(ru: "не та форма результата: «\(member)»", en: "the result has another shape: '\(member)'"),
      advice: LocalizedText(
        ru: "форма результата каждого вида вызова описана в shell_plugin.h, у SHELL_CALL_…",
        en: "shell_plugin.h says at SHELL_CALL_… what the result of each kind is"))
  }
}
