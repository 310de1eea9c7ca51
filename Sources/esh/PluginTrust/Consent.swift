import Glibc
import Jansson
import PluginHost
import ShellProtocol
import Terminal

/// Shows what somebody is about to agree to, and asks.
struct Consent {
  let manifest: Manifest
  let librarySHA256: String
  let manifestSHA256: String
  /// What was agreed to before; nil: nothing.
  let before: PluginPin?

  /// What is asked for now and was not granted before.
  var widened: [PermissionWords.Line] {
    guard let before else { return [] }
    let granted = Set(Self.granted(before))
    return PermissionWords.permissions(manifest).filter { !granted.contains($0.key) }
  }

  /// Whether the manifest is the one that was agreed to.
  var isLibraryOnly: Bool { before?.manifestSHA256 == manifestSHA256 }

  private var narrowed: [String] {
    let asked = Set(PermissionWords.permissions(manifest).map(\.key))
    return (before.map(Self.granted) ?? []).filter { !asked.contains($0) }
  }

  /// The permissions of a pin, by the keys of `PermissionWords`.
  private static func granted(_ pin: PluginPin) -> [String] {
    let lists = [
      ("views", "view"), ("services", "service"), ("http", "http"), ("events", "event"), ("tables", "table"),
      ("context", "context"),
    ]
    let names = lists.flatMap { list, word in
      (pin.permissions[list]?.array ?? []).compactMap(\.string).map { "\(word) \($0)" }
    }
    return names + (pin.permissions["present"] == true ? ["present"] : [])
  }

  /// Everything to be known before the answer.
  var text: String {
    var lines = ["\(manifest.title.ru) / \(manifest.title.en): \(manifest.id) \(manifest.version)"]
    if let description = manifest.description { lines.append("  \(description.ru) / \(description.en)") }
    if let before { lines.append("  сейчас / now: \(before.version), \(before.pinnedAt)") }
    lines.append("  sha256 \(manifest.library): \(change(before?.librarySHA256, librarySHA256))")
    lines.append("  sha256 \(manifest.id).json: \(change(before?.manifestSHA256, manifestSHA256))")

    let permissions = PermissionWords.permissions(manifest)
    let fresh = Set(widened)
    lines.append(
      permissions.isEmpty ? "Ничего чужого не трогает. / Touches nothing of others." : "Разрешения / Permissions:")
    lines += permissions.map { "  \(fresh.contains($0) ? "+ НОВОЕ / NEW: " : "- ")\($0.ru) / \($0.en)" }
    lines += narrowed.map { "  − больше не нужно / no longer asked for: \($0)" }
    let contributions = PermissionWords.contributions(manifest)
    if !contributions.isEmpty { lines.append("Добавит / Adds:") }
    lines += contributions.map { "  - \($0.ru) / \($0.en)" }
    lines.append("\(PermissionWords.honest.ru)\n\(PermissionWords.honest.en)")
    return lines.joined(separator: "\n")
  }

  private func change(_ before: String?, _ now: String) -> String {
    guard let before, before != now else { return now }
    return "\(before.prefix(12))… → \(now)"
  }

  /// Shows it and waits for a yes. `isGiven`: it was given on the command line.
  func ask(isGiven: Bool) throws {
    Output.note(text)
    if isGiven { return }
    guard isatty(0) == 1, isatty(2) == 1 else {
      throw HostError(
        ru: "здесь некого спросить (это не терминал); прочитайте, что выше, и повторите с --yes",
        en: "there is nobody to ask (this is no terminal); read what stands above and repeat with --yes")
    }
    let question = widened.isEmpty ? "Разрешить? / Agree?" : "Разрешить и новое? / Agree, to what is new as well?"
    Output.note("\(question) [д/Н, y/N]")
    let answer = readLine()?.lowercased() ?? ""
    guard ["д", "да", "y", "yes"].contains(answer) else {
      throw HostError(ru: "не разрешено, ничего не изменено", en: "not agreed to, nothing was changed")
    }
  }
}
