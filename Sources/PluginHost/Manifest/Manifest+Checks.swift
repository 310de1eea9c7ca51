import JSONSchema
import Jansson
import ShellProtocol

extension Manifest {
  /// Groups inside each other in the Start menu.
  static let maxMenuDepth = 4

  /// What one manifest says against itself and a schema cannot see.
  func selfContradictions() -> [ManifestError.Issue] {
    let claims = claims
    return foreignViews() + ownDuplicates(claims) + reservedNames(claims) + unpermittedEvents() + unpermittedTables()
      + idleShares() + unansweredPreviews() + contributes.startMenu.flatMap { Self.tooDeep($0, level: 1) }
  }

  private func issue(_ pointer: String, ru: String, en: String) -> ManifestError.Issue {
    ManifestError.Issue(pointer: pointer, reason: LocalizedText(ru: ru, en: en))
  }

  private func foreignViews() -> [ManifestError.Issue] {
    publishes.views.enumerated().filter { !$1.hasPrefix(tablePrefix + "v") }.map { index, view in
      issue(
        "/publishes/views/\(index)", ru: "имя «\(view)» должно начинаться с \(tablePrefix)v<N>_",
        en: "'\(view)' must start with \(tablePrefix)v<N>_")
    }
  }

  private func ownDuplicates(_ claims: [ManifestClaim]) -> [ManifestError.Issue] {
    var seen: Set<String> = []
    return claims.filter { !seen.insert($0.key).inserted && !$0.mayRepeat }.map { claim in
      issue(
        claim.pointer, ru: "«\(claim.name)» объявлено дважды (\(claim.kind))",
        en: "\(claim.kind) '\(claim.name)' is declared twice")
    }
  }

  private func unpermittedTables() -> [ManifestError.Issue] {
    contributes.tabs.filter { tab in
      tab.table.map { Self.hostTables.contains($0) && !permissions.tables.contains($0) } ?? false
    }.map { tab in
      issue(
        tab.pointer + "/table", ru: "таблица сервера не названа в permissions.tables",
        en: "the host's table is not named in permissions.tables")
    }
  }

  private func idleShares() -> [ManifestError.Issue] {
    contributes.windows.filter { !$0.isExtensible && !$0.shares.isEmpty }.map { window in
      issue(
        window.pointer + "/shares", ru: "окно «\(window.type)» не extensible, его аргументы никому не передаются",
        en: "the window '\(window.type)' is not extensible, so nobody gets its arguments")
    }
  }

  private func reservedNames(_ claims: [ManifestClaim]) -> [ManifestError.Issue] {
    claims.filter { $0.isReserved }.map { claim in
      issue(
        claim.pointer, ru: "имя «\(claim.name)» принадлежит оболочке",
        en: "the name '\(claim.name)' belongs to the host")
    }
  }

  private func unpermittedEvents() -> [ManifestError.Issue] {
    contributes.events.enumerated().filter { !permissions.events.contains($1) }.map { index, event in
      issue(
        "/contributes/events/\(index)/name", ru: "события «\(event)» нет в permissions.events",
        en: "the event '\(event)' is not in permissions.events")
    }
  }

  private func unansweredPreviews() -> [ManifestError.Issue] {
    let own = Set(contributes.services.map(\.name))
    let strange = contributes.previews.filter { !own.contains($0.service) }.map { preview in
      issue(
        preview.pointer + "/service", ru: "службы «\(preview.service)» нет в contributes.services",
        en: "the service '\(preview.service)' is not in contributes.services")
    }
    // While one answers, other calls of it run beside.
    guard concurrency != .parallel, let first = contributes.previews.first else { return strange }
    return strange + [
      issue(
        first.pointer, ru: "кто отвечает на previews, тот concurrency: parallel",
        en: "whoever answers previews is concurrency: parallel")
    ]
  }

  private static func tooDeep(_ node: MenuNode, level: Int) -> [ManifestError.Issue] {
    guard case .group(let group) = node else { return [] }
    guard level <= maxMenuDepth else {
      return [
        ManifestError.Issue(
          pointer: group.pointer,
          reason: LocalizedText(
            ru: "в меню не больше \(maxMenuDepth) уровней групп",
            en: "a menu has at most \(maxMenuDepth) levels of groups"))
      ]
    }
    return group.children.flatMap { tooDeep($0, level: level + 1) }
  }
}
