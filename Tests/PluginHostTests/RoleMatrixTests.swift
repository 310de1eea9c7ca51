import Jansson
import Testing
import WhenClause

@testable import PluginHost

/// Who may do what, for everything that the shipped manifests contribute. The first rule that fits a name holds; a
/// name that no rule fits, or one that is open to more people than its rule says, fails.
struct RoleMatrixTests {
  private enum Audience {
    case everybody, staff, administrators

    func includes(_ role: String) -> Bool {
      switch self {
      case .everybody: true
      case .staff: role == "employee" || role == "administrator"
      case .administrators: role == "administrator"
      }
    }
  }

  private static let roles = ["pupil", "parent", "employee", "administrator"]

  // Section H, by the beginnings of names.
  private static let commands: [(String, Audience)] = [
    ("sferum.bindingSheet", .staff), ("sferum.exportReport", .administrators), ("sferum.", .everybody),
    ("school.", .administrators), ("chats.listParticipants", .everybody),
    ("chats.refresh", .everybody), ("chats.preview", .administrators), ("chats.confirmRemovals", .administrators),
    ("chats.", .staff), ("journal.", .staff), ("videoconferences.join", .everybody),
    ("videoconferences.exportCalendar", .everybody), ("videoconferences.", .staff),
  ]
  private static let windows = commands
  private static let registries: [(String, Audience)] = [
    ("sferum", .everybody), ("binding-report", .administrators), ("accounts", .administrators),
    ("audit", .administrators),
    ("import", .administrators), ("employees", .staff), ("pupils", .staff), ("parents", .staff),
    ("classes", .staff), ("groups", .staff), ("timetable", .staff), ("plans", .staff), ("gone", .staff),
  ]

  @Test func `H: every command is open to those whom the table of rights names, and to nobody else`() throws {
    let catalog = try shipped()
    #expect(!catalog.commands.isEmpty)
    for command in catalog.commands.values { check("command", command.id, command.rule, Self.commands) }
  }

  @Test func `H: every window is`() throws {
    let catalog = try shipped()
    #expect(!catalog.windows.isEmpty)
    for window in catalog.windows.values { check("window", window.type, window.rule, Self.windows) }
  }

  @Test func `H: every registry is, and its toolbar offers nothing that the command refuses`() throws {
    let catalog = try shipped()
    for registry in catalog.registries.values {
      check("registry", registry.id, registry.rule, Self.registries)
      for button in registry.tabs.all.flatMap({ $0.toolbar.all }) {
        let behind: Catalog.Rule? =
          switch button.action {
          case .command(let id, _): catalog.command(id)?.rule
          case .window(let type, _): catalog.window(type)?.rule
          case .refresh: nil
          }
        guard let behind else { continue }
        for role in Self.roles where button.rule.verdict(context(role)) == .allowed {
          #expect(behind.verdict(context(role)) == .allowed, "\(registry.id)/\(button.id) for \(role)")
        }
      }
    }
  }

  @Test func `H: nobody may do anything before signing in`() throws {
    let catalog = try shipped()
    let stranger: (String) -> WhenValue = { key in catalog.defaultValue(of: key) }
    for command in catalog.commands.values {
      #expect(command.rule.verdict(stranger) == .forbidden, "\(command.id)")
    }
  }

  private func check(_ kind: String, _ name: String, _ rule: Catalog.Rule, _ table: [(String, Audience)]) {
    guard let audience = table.first(where: { name.hasPrefix($0.0) })?.1 else {
      Issue.record("\(kind) '\(name)' has no rule in the table of rights")
      return
    }
    for role in Self.roles {
      let isOpen = rule.verdict(context(role)) != .forbidden
      #expect(isOpen == audience.includes(role), "\(kind) '\(name)' for \(role)")
    }
  }

  private func context(_ role: String) -> (String) -> WhenValue {
    { key in
      switch key {
      case "signedIn": .boolean(true)
      case "roles": .list([.string(role)])
      case "selection.count": .number(1)
      case "sferum.bound": .boolean(false)
      default: .string("")
      }
    }
  }

  private func shipped() throws -> Catalog {
    let (manifests, broken) = ManifestFolder.read([ManifestSample.folder])
    #expect(broken.isEmpty)
    return ManifestSample.catalog(manifests)
  }
}
