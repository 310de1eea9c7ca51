import Jansson
import JSONSchema
import ShellProtocol
import WhenClause

/// What `esh plugin check` says about a manifest that can be read: mistakes that would fail the plugin, and things
/// that work but are hardly meant.
package struct ManifestLint {
  package struct Finding: Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable {
      /// The host would not use the plugin, or not this part of it.
      case error
      case warning
    }

    package let severity: Severity
    /// JSON Pointer into the manifest.
    package let pointer: String
    package let message: LocalizedText

    package var description: String { "\(severity.rawValue): \(pointer): \(message.en)" }
  }

  private let manifest: Manifest
  private let others: [Manifest]
  private var findings: [Finding] = []

  /// What is to be said about `manifest` among the `others` that are installed, errors first.
  package static func findings(in manifest: Manifest, others: [Manifest] = []) -> [Finding] {
    var lint = ManifestLint(manifest: manifest, others: others.filter { $0.id != manifest.id })
    lint.checkLanguages()
    lint.checkClauses()
    lint.checkNames()
    lint.checkPermissions()
    lint.checkTargets()
    lint.checkExtensions()
    lint.checkPreviews()
    lint.checkButtons()
    lint.checkBadges()
    lint.checkAccess()
    return lint.findings.filter { $0.severity == .error } + lint.findings.filter { $0.severity == .warning }
  }

  private init(manifest: Manifest, others: [Manifest]) {
    self.manifest = manifest
    self.others = others
  }

  private mutating func say(_ severity: Finding.Severity, _ pointer: String, ru: String, en: String) {
    findings.append(Finding(severity: severity, pointer: pointer, message: LocalizedText(ru: ru, en: en)))
  }

  private var all: [Manifest] { [manifest] + others }

  // MARK: Checks

  private mutating func checkLanguages() {
    for pointer in manifest.plainTexts {
      say(.warning, pointer, ru: "текст только на одном языке", en: "the text is given in one language only")
    }
  }

  private mutating func checkClauses() {
    let compiler = ClauseCompiler(for: manifest, declared: CatalogBuilder.declaredKeys(all))
    for fault in compiler.check(manifest) {
      say(.error, fault.pointer, ru: fault.reason.ru, en: fault.reason.en)
    }
    let read = manifest.keysRead(compiler)
    for (index, key) in manifest.permissions.context.enumerated() {
      let pointer = "/permissions/context/\(index)"
      if manifest.contextKeys.contains(where: { $0.name == key }) {
        say(.warning, pointer, ru: "свой ключ не нужно разрешать", en: "an own key needs no permission")
      } else if !read.contains(key) {
        say(.warning, pointer, ru: "разрешение не используется", en: "the permission is not used")
      }
    }
  }

  private mutating func checkNames() {
    for claim in manifest.claims where claim.kind != "contract" {
      for other in others where other.claims.contains(where: { $0.key == claim.key }) {
        say(
          .error, claim.pointer, ru: "«\(claim.name)» (\(claim.kind)) объявляет и модуль «\(other.id)»",
          en: "\(claim.kind) '\(claim.name)' is declared by plugin '\(other.id)' too")
      }
    }
  }

  private mutating func checkPermissions() {
    let lists: [(String, [String], (Manifest) -> [String])] = [
      ("views", manifest.permissions.views, \.publishes.views),
      ("services", manifest.permissions.services, { $0.contributes.services.map(\.name) }),
      ("events", manifest.permissions.events, \.publishes.events),
    ]
    for (kind, names, offered) in lists {
      let own = Set(offered(manifest))
      let known = Set(others.flatMap(offered))
      for (index, name) in names.enumerated() {
        let pointer = "/permissions/\(kind)/\(index)"
        if names[..<index].contains(name) {
          say(.warning, pointer, ru: "«\(name)» названо дважды", en: "'\(name)' is named twice")
        } else if own.contains(name), kind != "events" {
          say(.warning, pointer, ru: "своё не нужно разрешать", en: "the plugin's own needs no permission")
        } else if !own.contains(name), !others.isEmpty, !known.contains(name), !name.hasPrefix("shell.") {
          say(
            .warning, pointer, ru: "«\(name)» никто из установленных модулей не предлагает",
            en: "no installed plugin offers '\(name)'")
        }
      }
    }
  }

  private mutating func checkTargets() {
    let commands = Set(all.flatMap { $0.contributes.commands.map(\.id) })
    let registries = Set(all.flatMap { $0.contributes.registries.map(\.id) })
    let tabs = Set(all.flatMap { $0.contributes.tabs.map { "\($0.registry)/\($0.id)" } })
    for item in manifest.menuItems + manifest.contributes.shortcuts {
      switch item.target {
      case .command(let command, let arguments):
        checkCommand(command, arguments, item.pointer, among: commands)
      case .registry(let registry, let tab):
        if !registries.contains(registry) {
          missing("registry", registry, item.pointer + "/registry")
        } else if let tab, !tabs.contains("\(registry)/\(tab)") {
          missing("tab", tab, item.pointer + "/tab")
        }
      }
    }
    for tab in manifest.contributes.tabs where !registries.contains(tab.registry) {
      missing("registry", tab.registry, tab.pointer + "/registry")
    }
    let places =
      manifest.contributes.toolbar.map { ($0.registry, $0.tab, $0.pointer) }
      + manifest.contributes.fields.map { ($0.registry, $0.tab, $0.pointer) }
      + manifest.contributes.columns.map { ($0.registry, $0.tab, $0.pointer) }
    for (registry, tab, pointer) in places where !tabs.contains("\(registry)/\(tab)") {
      missing("tab", "\(registry)/\(tab)", pointer + "/tab")
    }
    let windows = Set(all.flatMap { $0.contributes.windows.map(\.type) })
    for button in manifest.contributes.toolbar {
      switch button.action {
      case .command(let command, let arguments): checkCommand(command, arguments, button.pointer, among: commands)
      case .window(let type, _):
        if !windows.contains(type) { missing("window", type, button.pointer + "/window") }
      case .refresh: break
      }
    }
  }

  private mutating func missing(_ kind: String, _ name: String, _ pointer: String) {
    say(
      .warning, pointer, ru: "«\(name)» (\(kind)) нет ни у этого, ни у установленных модулей",
      en: "there is no \(kind) '\(name)' here or in the installed plugins")
  }

  private mutating func checkCommand(
    _ id: String, _ arguments: JSONValue?, _ pointer: String, among commands: Set<String>
  ) {
    guard !id.hasPrefix("shell.") else { return }
    guard commands.contains(id) else { return missing("command", id, pointer + "/command") }
    guard let schema = all.lazy.flatMap(\.contributes.commands).first(where: { $0.id == id })?.schema else {
      return
    }
    // What the host fills in ("=row") is known only when the button is pressed.
    let filledIn = Set(
      (arguments?.members ?? []).filter { $0.value.string?.hasPrefix("=") ?? false }.map(\.key))
    for issue in schema.validate(arguments ?? .emptyObject) {
      let name = issue.path.split(separator: "/").first.map(String.init) ?? ""
      if filledIn.contains(name), !issue.en.hasPrefix("unknown") { continue }
      say(.warning, pointer + "/arguments" + issue.path, ru: issue.ru, en: issue.en)
    }
  }

  private mutating func checkExtensions() {
    let windows = all.flatMap(\.contributes.windows)
    for added in manifest.contributes.extensions {
      guard let window = windows.first(where: { $0.type == added.window }) else {
        missing("window", added.window, added.pointer + "/window")
        continue
      }
      if !window.isExtensible {
        say(
          .warning, added.pointer + "/window", ru: "окно «\(added.window)» не extensible, дополнить его нельзя",
          en: "the window '\(added.window)' is not extensible")
      }
    }
  }

  private mutating func checkPreviews() {
    let points = Set(all.flatMap(\.publishes.previews))
    for preview in manifest.contributes.previews where !points.contains(preview.of) {
      missing("preview point", preview.of, preview.pointer + "/of")
    }
  }

  private mutating func checkButtons() {
    for button in manifest.contributes.toolbar {
      if button.enabledWhen != nil, button.why == nil {
        say(
          .warning, button.pointer, ru: "не сказано, почему кнопка недоступна (why)",
          en: "no 'why' tells why the button is disabled")
      }
      if button.why != nil, button.enabledWhen == nil {
        say(
          .warning, button.pointer + "/why", ru: "why есть, а enabledWhen нет",
          en: "'why' without 'enabledWhen'")
      }
    }
  }

  /// A badge counts: a key that starts as something else shows nothing.
  private mutating func checkBadges() {
    for item in manifest.menuItems + manifest.contributes.shortcuts {
      let declared = manifest.contextKeys.first { $0.name == item.badge }
      guard let key = declared, key.type == .number else { continue }
      guard let start = key.defaultValue.double, Int64(exactly: start).map({ $0 >= 0 }) != true else { continue }
      say(
        .warning, "/contextKeys/\(key.name)/default", ru: "метка показывает целые числа больше нуля",
        en: "a badge shows whole numbers above zero")
    }
  }

  private mutating func checkAccess() {
    for right in manifest.unusedRights {
      say(.warning, "/rights/\(right)", ru: "право никто не спрашивает", en: "nothing asks for this right")
    }
    for command in manifest.contributes.commands where command.access == nil {
      say(
        .warning, command.pointer, ru: "нет access: команду может выполнить каждый, кто вошёл",
        en: "no 'access': everybody who has signed in may run the command")
    }
  }
}

extension Manifest {
  /// The context keys that the clauses and fields of this manifest read.
  func keysRead(_ compiler: ClauseCompiler) -> Set<String> {
    let add = contributes
    let clauses =
      (menuItems + add.shortcuts).flatMap { [$0.access, $0.when] } + add.registries.map(\.access)
      + add.tabs.flatMap { [$0.access, $0.when] }
      + add.toolbar.flatMap { [$0.access, $0.when, $0.enabledWhen] }
      + add.windows.map(\.access) + add.extensions.flatMap { [$0.access, $0.when] }
      + add.commands.flatMap { [$0.access, $0.when] }
      + add.fields.flatMap { [$0.access, $0.when] }
    let known = compiler.knownKeys.merging(WhenClause.toolbarKeys) { first, _ in first }
    let compiled = clauses.compactMap { $0.flatMap { try? WhenClause($0.text, keys: known) } }
    let shown = add.fields.map(\.value) + (menuItems + add.shortcuts).compactMap(\.badge)
    return compiled.reduce(into: Set(shown)) { $0.formUnion($1.keys) }
  }
}
