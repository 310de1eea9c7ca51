import Glibc
import Jansson
import PluginHost
import ShellProtocol
import Terminal

/// Runs a trial in a process of its own and writes down how that ended. When the plugin takes it down or holds it up,
/// another process goes on with the next step.
struct TrialRun {
  let manifest: String
  let library: String
  let required: [Manifest]
  /// Folders of the libraries of what it requires.
  let libraries: [String]
  let limits: TrialLimits

  struct Outcome {
    var findings: [CheckFinding] = []
    var tried: [String: Int] = [:]
    var uses: Set<String> = []
  }

  /// Processes in all; each but the last was taken down by another call.
  private static let mostProcesses = 40

  func run(missing: [String]) -> Outcome {
    guard missing.isEmpty else { return Outcome(findings: [Self.untried(missing)]) }
    var outcome = Outcome()
    let end = monotonicMilliseconds() + Int64(limits.seconds) * 1000
    var step = 0
    for _ in 0..<Self.mostProcesses {
      let process: TrialProcess
      do {
        let folder = try TemporaryFolder()
        process = try TrialProcess(arguments(from: step, folder.path))
        process.follow(until: end)
      } catch {
        outcome.findings.append(Self.notStarted("\(error)"))
        return outcome
      }
      for finding in process.findings where !outcome.findings.contains(where: { $0.isSame(as: finding) }) {
        outcome.findings.append(finding)
      }
      outcome.tried.merge(process.tried) { $0 + $1 }
      outcome.uses.formUnion(process.uses)
      if process.isComplete { return outcome }
      guard monotonicMilliseconds() < end else {
        outcome.findings.append(Self.outOfTime(limits.seconds, at: process.current))
        return outcome
      }
      // What cannot even be loaded has no next step.
      guard process.step > 0 else { return outcome }
      step = process.step + 1
    }
    return outcome
  }

  private func arguments(from step: Int, _ folder: String) -> [String] {
    var words = ["plugin", "trial", manifest, "--library", library, "--from", "\(step)", "--folder", folder]
    words += ["--calls", "\(limits.calls)", "--starts", "\(limits.starts)"]
    for plugin in required { words += ["--required", plugin.file] }
    for folder in libraries { words += ["--libraries", folder] }
    return words
  }

  private static func untried(_ missing: [String]) -> CheckFinding {
    let names = missing.joined(separator: ", ")
    return CheckFinding(
      "trial.requirements", .warning, at: "/requires",
      LocalizedText(
        ru: "модуль не вызывался: здесь нет того, что ему нужно: \(names)",
        en: "the plugin was not called: what it requires is not here: \(names)"),
      advice: LocalizedText(
        ru: "покажите, где это лежит: --manifests DIR --plugins DIR",
        en: "say where that lies: --manifests DIR --plugins DIR"))
  }

  private static func notStarted(_ reason: String) -> CheckFinding {
    CheckFinding(
      "trial.notStarted", .error, at: "esh", LocalizedText(verbatim: reason),
      advice: LocalizedText(ru: "проверьте без запуска: --static", en: "check without running it: --static"))
  }

  private static func outOfTime(_ seconds: Int, at place: String) -> CheckFinding {
    CheckFinding(
      "trial.unfinished", .warning, at: place,
      LocalizedText(
        ru: "за \(seconds) с попробовано не всё", en: "not everything was tried within \(seconds) s"),
      advice: LocalizedText(
        ru: "дайте больше времени (--limit СЕКУНДЫ) или меньше вызовов (--calls N)",
        en: "give it more time (--limit SECONDS) or fewer calls (--calls N)"))
  }
}

extension CheckFinding {
  /// Whether it says the same of the same place.
  func isSame(as other: CheckFinding) -> Bool {
    id == other.id && place == other.place && message.en == other.message.en
  }
}

/// A folder that goes away with its owner; there are only files in it.
private struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws {
    var template = Array("\(DataFolder.environment("TMPDIR") ?? "/tmp")/esh-check-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let start = buffer.baseAddress, let path = unsafe mkdtemp(start) else { return nil }
      return unsafe String(cString: path)
    }
    guard let made else { throw HostError(ru: HostError.systemReason, en: HostError.systemReason) }
    path = made
  }

  deinit { PluginShelf.clear(path) }
}
