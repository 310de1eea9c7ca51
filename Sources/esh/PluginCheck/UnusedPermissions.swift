import PluginHost
import ShellProtocol

/// Permissions that a manifest asks for and that neither was made use of while it was tried, nor is even named in the
/// library.
struct UnusedPermissions {
  let manifest: Manifest
  let library: LibraryCheck
  /// What was seen: "view notes_v1_all", "service notes.find", "http https://…".
  let uses: Set<String>
  /// Whether it was tried at all.
  let wasTried: Bool

  var findings: [CheckFinding] {
    let permissions = manifest.permissions
    return unused("views", permissions.views, "view") + unused("services", permissions.services, "service")
      + unusedTables() + unusedAddresses()
  }

  private func unused(_ list: String, _ names: [String], _ word: String) -> [CheckFinding] {
    names.enumerated().filter { !uses.contains("\(word) \($0.element)") && !library.mentions($0.element) }
      .map { finding("/permissions/\(list)/\($0.offset)", $0.element) }
  }

  /// Tables of the host: only tabs show them.
  private func unusedTables() -> [CheckFinding] {
    let shown = Set(manifest.contributes.tabs.compactMap(\.table))
    return manifest.permissions.tables.enumerated()
      .filter { !shown.contains($0.element) && !library.mentions($0.element) }
      .map { finding("/permissions/tables/\($0.offset)", $0.element) }
  }

  private func unusedAddresses() -> [CheckFinding] {
    let asked = uses.filter { $0.hasPrefix("http ") }
    return manifest.permissions.http.enumerated().filter { _, pattern in
      // The configured address may be any; what is asked for at it cannot be told from a pattern.
      guard pattern != "@platform" else { return false }
      let host = Self.host(pattern)
      return !asked.contains { $0.contains(host) } && !library.mentions(host)
    }
    .map { finding("/permissions/http/\($0.offset)", $0.element) }
  }

  /// The longest piece of the host in which no star is.
  private static func host(_ pattern: String) -> String {
    let parts: [Substring] = pattern.split(separator: "/")
    let rest = parts.dropFirst().first ?? ""
    let pieces: [Substring] = rest.split(separator: "*")
    return pieces.max { $0.count < $1.count }.map(String.init) ?? ""
  }

  private func finding(_ place: String, _ name: String) -> CheckFinding {
    CheckFinding(
      "permission.unused", .warning, at: place,
      wasTried
        ? LocalizedText(
          ru: "«\(name)» не понадобилось ни при одном вызове и в библиотеке не названо",
          en: "'\(name)' was not made use of by any call, and the library does not name it")
        : LocalizedText(
          ru: "«\(name)» в библиотеке не названо", en: "the library does not name '\(name)'"),
      advice: .dropPermission)
  }
}
