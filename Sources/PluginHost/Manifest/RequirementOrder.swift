import ShellProtocol

/// Who can be loaded, in which order, and why the others cannot.
///
/// Plugins are ordered so that each comes after those it requires, equal ones by id. Whoever lacks something, or
/// stands in a circle, is held back together with all that need it; the rest is not touched.
struct RequirementOrder {
  /// Ids in load order.
  private(set) var order: [String] = []
  /// Ids held back, each with its reason.
  private(set) var refused: [String: LocalizedText] = [:]
  /// Contract → provider, among the plugins in `order`.
  private(set) var providers: [String: String] = [:]

  private var alive: [String: Manifest]
  /// Plugins that exist and are out already, with the reason in words; and what they would provide.
  private let out: [String: LocalizedText]
  private let absentProviders: [String: String]
  /// For each held-back plugin the ids from it down to the one where the trouble starts, and that one's trouble.
  private var chains: [String: (ids: [String], root: LocalizedText)] = [:]

  /// `candidates` may be loaded as far as they themselves go; `out` are installed but not in use.
  init(candidates: [Manifest], out: [(id: String, manifest: Manifest?, reason: LocalizedText)]) {
    alive = Dictionary(candidates.map { ($0.id, $0) }) { first, _ in first }
    self.out = Dictionary(out.map { ($0.id, $0.reason) }) { first, _ in first }
    var absent: [String: String] = [:]
    for entry in out {
      for contract in entry.manifest?.provides ?? [] where absent[contract] == nil {
        absent[contract] = entry.id
      }
    }
    absentProviders = absent
    refuseDoubledProviders()
    repeat { refuseUnmet() } while refuseCircles()
    sort()
  }

  private var sortedAlive: [Manifest] { alive.values.sorted { $0.id < $1.id } }

  private mutating func refuse(_ id: String, _ reason: LocalizedText) {
    alive[id] = nil
    refused[id] = reason
    chains[id] = ([id], reason)
  }

  private mutating func refuseDoubledProviders() {
    var owners: [String: [String]] = [:]
    for manifest in sortedAlive {
      for contract in manifest.provides { owners[contract, default: []].append(manifest.id) }
    }
    for (contract, ids) in owners.sorted(by: { $0.key < $1.key }) {
      guard ids.count > 1 else {
        providers[contract] = ids[0]
        continue
      }
      let names = ids.map { "«\($0)»" }.joined(separator: ", ")
      let namesEn = ids.map { "'\($0)'" }.joined(separator: ", ")
      for id in ids {
        refuse(
          id,
          LocalizedText(
            ru: "договор «\(contract)» исполняют сразу несколько модулей: \(names)",
            en: "contract '\(contract)' is provided by several plugins: \(namesEn)"))
      }
      // The chain of whoever requires it starts at one of them.
      providers[contract] = ids[0]
    }
  }

  /// Until nothing changes: each refusal may take away what another needs.
  private mutating func refuseUnmet() {
    var changed = true
    while changed {
      changed = false
      for manifest in sortedAlive {
        guard let trouble = trouble(of: manifest) else { continue }
        alive[manifest.id] = nil
        chains[manifest.id] = trouble
        refused[manifest.id] = Self.words(trouble)
        changed = true
      }
    }
  }

  private static func words(_ trouble: (ids: [String], root: LocalizedText)) -> LocalizedText {
    guard trouble.ids.count > 1 else { return trouble.root }
    let chain = trouble.ids.joined(separator: " → ")
    return LocalizedText(
      ru: "нужны модули \(chain): \(trouble.root.ru)", en: "requires \(chain): \(trouble.root.en)")
  }

  private func trouble(of manifest: Manifest) -> (ids: [String], root: LocalizedText)? {
    for (id, range) in manifest.requires.plugins {
      if let chain = absence(of: id) { return ([manifest.id] + chain.ids, chain.root) }
      guard let version = alive[id]?.version else {
        let root = LocalizedText(
          ru: "нужен модуль «\(id)» \(range), он не установлен",
          en: "requires plugin '\(id)' \(range), which is not installed")
        return ([manifest.id], root)
      }
      guard range.contains(version) else {
        let root = LocalizedText(
          ru: "нужен модуль «\(id)» \(range), установлен \(version)",
          en: "requires plugin '\(id)' \(range), version \(version) is installed")
        return ([manifest.id], root)
      }
    }
    for contract in manifest.requires.services where !manifest.provides.contains(contract) {
      guard let provider = providers[contract] ?? absentProviders[contract] else {
        let root = LocalizedText(
          ru: "договор «\(contract)» никто не исполняет",
          en: "requires contract '\(contract)', which nobody provides")
        return ([manifest.id], root)
      }
      if let chain = absence(of: provider) { return ([manifest.id] + chain.ids, chain.root) }
    }
    return nil
  }

  /// Why an installed plugin is not in use; nil when it is, or is not installed at all.
  private func absence(of id: String) -> (ids: [String], root: LocalizedText)? {
    chains[id] ?? out[id].map { ([id], $0) }
  }

  // MARK: Circles

  /// Whom a plugin needs, among those alive.
  private func needs(_ manifest: Manifest) -> Set<String> {
    let contracts = manifest.requires.services.filter { !manifest.provides.contains($0) }
    let ids = manifest.requires.plugins.map(\.id) + contracts.compactMap { providers[$0] }
    return Set(ids.filter { alive[$0] != nil })
  }

  /// Takes out every plugin that needs itself. True when there was one: then others may lack something now.
  private mutating func refuseCircles() -> Bool {
    let needs = alive.mapValues { self.needs($0) }
    let circles = sortedAlive.compactMap { manifest in
      Self.shortestCircle(from: manifest.id, needs).map { (manifest.id, $0) }
    }
    for (id, circle) in circles {
      let chain = circle.joined(separator: " → ")
      refuse(
        id,
        LocalizedText(
          ru: "модули нужны друг другу по кругу: \(chain)", en: "plugins require each other: \(chain)"))
    }
    return !circles.isEmpty
  }

  private static func shortestCircle(from start: String, _ needs: [String: Set<String>]) -> [String]? {
    var paths = [[start]]
    var seen: Set<String> = []
    while !paths.isEmpty {
      var longer: [[String]] = []
      for path in paths {
        guard let last = path.last else { continue }
        for next in needs[last, default: []].sorted() {
          if next == start { return path + [start] }
          if seen.insert(next).inserted { longer.append(path + [next]) }
        }
      }
      paths = longer
    }
    return nil
  }

  /// No circle is left, so in each round somebody has all that it needs.
  private mutating func sort() {
    providers = providers.filter { alive[$0.value] != nil }
    var waiting = alive.mapValues { needs($0) }
    while let next = waiting.filter({ $0.value.isEmpty }).keys.min() {
      order.append(next)
      waiting[next] = nil
      for id in waiting.keys { waiting[id]?.remove(next) }
    }
  }
}
