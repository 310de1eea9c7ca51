import ShellProtocol
import WhenClause

/// Compiles the clauses of one plugin's manifest with the keys that it may use.
struct ClauseCompiler {
  /// A clause that cannot be compiled, for the plugin's state.
  struct Fault: Error {
    let pointer: String
    let reason: LocalizedText
  }

  private let keys: [String: WhenType]
  /// Keys that the plugin may read and whose owner is not in use.
  private let absent: Set<String>
  /// Key → owner, for keys that exist and are not permitted.
  private let foreign: [String: String]
  private let compiled = Compiled()

  /// What was compiled before: most clauses of a manifest are one of a few rights.
  private final class Compiled {
    var clauses: [String: WhenClause] = [:]
    var ofToolbars: [String: WhenClause] = [:]
  }

  /// `declared`: every key of every plugin in use.
  init(for manifest: Manifest, declared: [String: (type: WhenType, owner: String)]) {
    var keys = WhenClause.builtInKeys
    for key in manifest.contextKeys { keys[key.name] = key.type.whenType }
    var absent: Set<String> = []
    for name in manifest.permissions.context where keys[name] == nil {
      if let key = declared[name] { keys[name] = key.type } else { absent.insert(name) }
    }
    self.keys = keys
    self.absent = absent
    foreign = declared.filter { keys[$0.key] == nil }.mapValues(\.owner)
  }

  /// Whether a clause or a field of the plugin may read the key. True for a key of a plugin that is not in use.
  func mayRead(_ key: String) -> Bool { keys[key] != nil || absent.contains(key) }

  /// The keys that are known here.
  var knownKeys: [String: WhenType] { keys }

  /// No clause at all holds; a clause that reads a key of a plugin that is not in use never does.
  func compile(_ clause: Manifest.Clause?, inToolbar: Bool = false) throws(Fault) -> WhenClause? {
    guard let clause else { return nil }
    if let known = (inToolbar ? compiled.ofToolbars : compiled.clauses)[clause.text] { return known }
    let readable = inToolbar ? keys.merging(WhenClause.toolbarKeys) { first, _ in first } : keys
    do throws(WhenError) {
      let new = try WhenClause(clause.text, keys: readable)
      if inToolbar { compiled.ofToolbars[clause.text] = new } else { compiled.clauses[clause.text] = new }
      return new
    } catch {
      if case .unknownKey(let name) = error.cause {
        if absent.contains(name) { return .never }
        if let owner = foreign[name] {
          throw Fault(pointer: clause.pointer, reason: Self.foreignKey(name, owner))
        }
      }
      throw Fault(
        pointer: clause.pointer,
        reason: LocalizedText(ru: "ошибка в условии: \(error)", en: "in the when-clause: \(error)"))
    }
  }

  /// `access` and `when` of one contribution. Without `access` everybody who has signed in may.
  func rule(
    access: Manifest.Clause?, when: Manifest.Clause? = nil, inToolbar: Bool = false
  ) throws(Fault) -> Catalog.Rule {
    Catalog.Rule(
      access: [try compile(access, inToolbar: inToolbar) ?? .signedIn],
      when: try compile(when, inToolbar: inToolbar).map { [$0] } ?? [])
  }

  /// Everything in a manifest that holds a clause or reads a key, compiled once to see whether it can be.
  func check(_ manifest: Manifest) -> [Fault] {
    var faults: [Fault] = []
    func attempt(_ clauses: [Manifest.Clause?], inToolbar: Bool = false) {
      for clause in clauses {
        do throws(Fault) { _ = try compile(clause, inToolbar: inToolbar) } catch { faults.append(error) }
      }
    }
    let add = manifest.contributes
    for item in manifest.menuItems + add.shortcuts {
      attempt([item.access, item.when])
      if let badge = item.badge, let reason = faultOfBadge(badge) {
        faults.append(Fault(pointer: item.pointer + "/badge", reason: reason))
      }
    }
    for registry in add.registries { attempt([registry.access]) }
    for tab in add.tabs { attempt([tab.access, tab.when]) }
    for button in add.toolbar { attempt([button.access, button.when, button.enabledWhen], inToolbar: true) }
    for window in add.windows { attempt([window.access]) }
    for added in add.extensions { attempt([added.access, added.when]) }
    for command in add.commands { attempt([command.access, command.when]) }
    for field in add.fields {
      attempt([field.access, field.when])
      guard !mayRead(field.value) else { continue }
      faults.append(
        Fault(
          pointer: field.pointer + "/value",
          reason: LocalizedText(
            ru: "ключ «\(field.value)» не объявлен", en: "the context key '\(field.value)' is not declared")))
    }
    return faults
  }

  /// A badge shows a key that the plugin may read, and that is a number. Nil when nothing is wrong.
  private func faultOfBadge(_ key: String) -> LocalizedText? {
    if let type = keys[key] {
      guard type != .number else { return nil }
      return LocalizedText(
        ru: "ключ «\(key)» не число, а метка показывает число",
        en: "the context key '\(key)' is not a number, and a badge shows one")
    }
    guard !absent.contains(key) else { return nil }
    if let owner = foreign[key] { return Self.foreignKey(key, owner) }
    return LocalizedText(ru: "ключ «\(key)» не объявлен", en: "the context key '\(key)' is not declared")
  }

  private static func foreignKey(_ key: String, _ owner: String) -> LocalizedText {
    LocalizedText(
      ru: "ключ «\(key)» принадлежит модулю «\(owner)» и не назван в permissions.context",
      en: "key '\(key)' belongs to plugin '\(owner)' and is not named in permissions.context")
  }
}

extension Manifest {
  /// The items of the Start menu at every depth.
  var menuItems: [MenuItem] { contributes.startMenu.flatMap { Self.items(of: $0) } }

  private static func items(of node: MenuNode) -> [MenuItem] {
    switch node {
    case .item(let item): [item]
    case .group(let group): group.children.flatMap { items(of: $0) }
    }
  }
}
