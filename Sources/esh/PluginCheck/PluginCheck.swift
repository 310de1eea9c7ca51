import Glibc
import Jansson
import PluginHost
import ShellProtocol

/// Looks a plugin over: its manifest and its library as they lie there, then what the library does when it is called,
/// in a process of its own.
struct PluginCheck {
  let package: PluginPackage
  /// Further folders with manifests of plugins that this one may require.
  let manifestFolders: [String]
  /// nil: the library is looked at and not run.
  let trial: TrialLimits?

  struct Report {
    var plugin: String?
    var version: String?
    var findings: [CheckFinding] = []
    /// How often what was tried: "command", "window", "calls", "starts".
    var tried: [String: Int] = [:]
    var milliseconds: Int64 = 0

    var hasErrors: Bool { findings.contains { $0.severity == .error } }
    var errors: Int { findings.count { $0.severity == .error } }
  }

  func run() -> Report {
    let started = monotonicMilliseconds()
    var report = Report()
    look(&report)
    report.findings =
      report.findings.filter { $0.severity == .error } + report.findings.filter { $0.severity != .error }
    report.milliseconds = monotonicMilliseconds() - started
    return report
  }

  private func look(_ report: inout Report) {
    // 1. The manifest: schema, grammar, and what only people would notice.
    let manifest: Manifest
    do throws(ManifestError) {
      manifest = try ManifestFolder.read(file: package.manifestPath)
    } catch {
      report.findings += error.issues.map { issue in
        CheckFinding(
          "manifest.invalid", .error, at: issue.pointer.isEmpty ? package.manifestPath : issue.pointer, issue.reason,
          advice: Self.contributionPoints)
      }
      return
    }
    report.plugin = manifest.id
    report.version = manifest.version.description
    let neighbours = Neighbours(of: manifest, in: [package.folder] + manifestFolders)
    report.findings += ManifestLint.findings(in: manifest, others: neighbours.all).map { finding in
      CheckFinding(
        finding.severity == .error ? "manifest.lint" : "manifest.remark",
        finding.severity == .error ? .error : .warning, at: finding.pointer, finding.message,
        advice: Self.contributionPoints)
    }
    report.findings += manifest.unhandledEvents + FileModes.findings(package.manifestPath)

    // 2. The library, unopened.
    guard let path = package.library(manifest), let library = LibraryCheck(path) else {
      report.findings.append(missingLibrary(manifest))
      return
    }
    report.findings += FileModes.findings(path) + library.findings

    // 3. What it does.
    var uses: Set<String> = []
    // What the host would refuse anyway is not run.
    if let trial, !report.hasErrors {
      let outcome = TrialRun(
        manifest: package.manifestPath, library: path, required: neighbours.required, libraries: package.searched,
        limits: trial
      ).run(missing: neighbours.missing)
      report.findings += outcome.findings
      report.tried = outcome.tried
      uses = outcome.uses
    }
    report.findings +=
      UnusedPermissions(
        manifest: manifest, library: library, uses: uses, wasTried: !report.tried.isEmpty
      ).findings
  }

  private func missingLibrary(_ manifest: Manifest) -> CheckFinding {
    let folders = package.searched.joined(separator: ", ")
    return CheckFinding(
      "library.missing", .error, at: "/library",
      LocalizedText(
        ru: "библиотеки «\(manifest.library)» нет в папках \(folders)",
        en: "there is no library '\(manifest.library)' in \(folders)"),
      advice: LocalizedText(
        ru: "соберите её или назовите её папку: --plugins DIR",
        en: "build it, or name its folder: --plugins DIR"))
  }

  private static let contributionPoints = LocalizedText(
    ru: "исправьте манифест; что в нём бывает: руководство «Contribution points», схема manifest.schema.json",
    en: "mend the manifest; what it may say: the guide 'Contribution points', the schema manifest.schema.json")
}

extension Manifest {
  /// Events that the manifest may receive and that no handler of it is for.
  fileprivate var unhandledEvents: [CheckFinding] {
    permissions.events.enumerated().filter { !contributes.events.contains($0.element) }.map { index, name in
      CheckFinding(
        "permission.unused", .warning, at: "/permissions/events/\(index)",
        LocalizedText(
          ru: "событие «\(name)» разрешено, а contributes.events его не обрабатывает",
          en: "the event '\(name)' is permitted, and contributes.events does not handle it"),
        advice: .dropPermission)
    }
  }
}

extension LocalizedText {
  static let dropPermission = LocalizedText(
    ru: "уберите разрешение, если оно не нужно: чем их меньше, тем легче модулю доверять",
    en: "take the permission out when nothing needs it: the fewer, the easier it is to trust the plugin")
}

/// The plugins that are installed beside the one that is looked at.
struct Neighbours {
  let all: [Manifest]
  /// What it requires, directly or through others.
  let required: [Manifest]
  /// Ids and contracts that nobody here offers.
  let missing: [String]

  init(of manifest: Manifest, in folders: [String]) {
    var seen: Set<String> = [manifest.id]
    let all = ManifestFolder.read(folders + Installation().manifests).manifests.filter { seen.insert($0.id).inserted }
    var found: [String: Manifest] = [:]
    var missing: Set<String> = []
    var waiting = [manifest]
    while let next = waiting.popLast() {
      let wanted = next.requires.plugins.map { id, _ in (id, all.first { $0.id == id }) }
      let contracts = next.requires.services.filter { !next.provides.contains($0) }
        .map { contract in (contract, all.first { $0.provides.contains(contract) }) }
      for (name, plugin) in wanted + contracts {
        guard let plugin else {
          missing.insert(name)
          continue
        }
        if found.updateValue(plugin, forKey: plugin.id) == nil { waiting.append(plugin) }
      }
    }
    found[manifest.id] = nil
    self.all = all
    required = found.values.sorted { $0.id < $1.id }
    self.missing = missing.sorted()
  }
}
