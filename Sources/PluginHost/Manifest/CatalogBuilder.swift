import ShellProtocol
import WhenClause

/// Gathers manifests and freezes them into a catalog. The outcome does not depend on the order of adding, except that
/// of two manifests with the same id the first stays.
package struct CatalogBuilder {
  private let disabled: Set<String>
  private var manifests: [String: Manifest] = [:]
  private var broken: [String: ManifestError] = [:]
  private var excluded: [String: LocalizedText] = [:]
  private var warnings: [LocalizedText] = []

  /// `disabled`: ids of the plugins that an administrator has switched off.
  package init(disabled: Set<String> = []) { self.disabled = disabled }

  package mutating func add(_ manifest: Manifest) {
    if let first = manifests[manifest.id]?.file ?? broken[manifest.id]?.file {
      warnings.append(
        LocalizedText(
          ru:
            "модуль «\(manifest.id)» описан дважды: \(first) и \(manifest.file); второе описание не действует",
          en:
            "plugin '\(manifest.id)' is described twice: \(first) and \(manifest.file); the second is left out"
        ))
      return
    }
    manifests[manifest.id] = manifest
  }

  /// A manifest that could not be read. It is listed under its file's name.
  package mutating func add(broken error: ManifestError) {
    let file = error.file.split(separator: "/").last.map(String.init) ?? error.file
    let id = file.hasSuffix(".json") ? String(file.dropLast(5)) : file
    guard manifests[id] == nil, broken[id] == nil else {
      warnings.append(error.message)
      return
    }
    broken[id] = error
  }

  /// Keeps a plugin's contributions out for a reason that the manifest does not show, such as a quarantine.
  package mutating func exclude(_ plugin: String, because reason: LocalizedText) { excluded[plugin] = reason }

  package func build() -> Catalog {
    var states: [String: (state: Catalog.Plugin.State, error: LocalizedText?)] = [:]
    for (id, error) in broken { states[id] = (.failed, error.message) }
    for (id, reason) in excluded where manifests[id] != nil { states[id] = (.failed, reason) }
    for id in disabled where manifests[id] != nil || broken[id] != nil { states[id] = (.disabled, nil) }

    // 1. Clauses, with the keys of all: a mistake in one is its author's, whatever else is installed.
    let enabled = sorted(where: { states[$0] == nil })
    let keys = Self.declaredKeys(enabled)
    for manifest in enabled {
      let faults = ClauseCompiler(for: manifest, declared: keys).check(manifest)
      guard !faults.isEmpty else { continue }
      let issues = faults.map { ManifestError.Issue(pointer: $0.pointer, reason: $0.reason) }
      states[manifest.id] = (.failed, ManifestError(file: manifest.file, issues: issues).message)
    }
    // 2. Names: the first by id keeps them.
    for (id, reason) in Self.nameConflicts(sorted(where: { states[$0] == nil })) {
      states[id] = (.disabled, reason)
    }
    // 3. Requirements.
    let switchedOff = LocalizedText(ru: "модуль отключён", en: "the plugin is switched off")
    let order = RequirementOrder(
      candidates: sorted(where: { states[$0] == nil }),
      out: states.map { (id: $0.key, manifest: manifests[$0.key], reason: $0.value.error ?? switchedOff) }
        .sorted { $0.id < $1.id })
    for (id, reason) in order.refused { states[id] = (.disabled, reason) }

    var assembly = CatalogAssembly(order.order.compactMap { manifests[$0] }, providers: order.providers)
    assembly.parts.plugins = plugins(states, leftOut: assembly.parts.leftOut)
    assembly.parts.warnings = warnings + assembly.parts.warnings
    return Catalog(assembly.parts)
  }

  private func sorted(where isIn: (String) -> Bool) -> [Manifest] {
    manifests.values.filter { isIn($0.id) }.sorted { $0.id < $1.id }
  }

  static func declaredKeys(_ manifests: [Manifest]) -> [String: (type: WhenType, owner: String)] {
    var keys: [String: (type: WhenType, owner: String)] = [:]
    for manifest in manifests {
      for key in manifest.contextKeys where keys[key.name] == nil {
        keys[key.name] = (key.type.whenType, manifest.id)
      }
    }
    return keys
  }

  /// Plugins that want a name which an earlier one has, with both named.
  private static func nameConflicts(_ manifests: [Manifest]) -> [(String, LocalizedText)] {
    var owners: [String: String] = [:]
    var conflicts: [(String, LocalizedText)] = []
    for manifest in manifests {
      let claims = manifest.claims.filter { $0.kind != "contract" }
      let conflict = claims.lazy.compactMap { claim in owners[claim.key].map { (claim, $0) } }.first
      if let (claim, owner) = conflict {
        let reason = LocalizedText(
          ru: "имя «\(claim.name)» (\(claim.kind)) объявлено модулями «\(owner)» и «\(manifest.id)»",
          en: "\(claim.kind) '\(claim.name)' is declared by '\(owner)' and by '\(manifest.id)'")
        conflicts.append((manifest.id, reason))
      } else {
        for claim in claims { owners[claim.key] = manifest.id }
      }
    }
    return conflicts
  }

  private func plugins(
    _ states: [String: (state: Catalog.Plugin.State, error: LocalizedText?)], leftOut: [String: [LocalizedText]]
  ) -> [Catalog.Plugin] {
    Set(manifests.keys).union(broken.keys).sorted().map { id in
      let outcome = states[id] ?? (.resolved, nil)
      return Catalog.Plugin(
        id: id, file: manifests[id]?.file ?? broken[id]?.file ?? "", manifest: manifests[id],
        state: outcome.state, error: outcome.error, leftOut: leftOut[id] ?? [])
    }
  }
}
