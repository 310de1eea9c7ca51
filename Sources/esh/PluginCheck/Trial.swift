import CPluginCheck
import Glibc
import Jansson
import PluginHost
import ShellProtocol
import ShellStore
import ShellTime
import Terminal

/// One plugin in this process, tried out: the host that it would have, an empty store, a clock that stands still, and
/// beside it only what it requires.
final class Trial {
  let manifest: Manifest
  let host: PluginHost
  let store: Store
  let log: TrialLog
  let uses = TrialUses()
  let wire = TrialWire()
  let limits: TrialLimits
  /// Calls after which memory seemed to grow.
  var suspects: [(call: TrialPlan.Call, params: JSONValue)] = []
  /// What the first of each call was answered to with a result.
  var answered: Set<String> = []
  /// What the host is made of, for another one.
  let configuration: PluginHostConfiguration
  let catalog: PluginHost.CatalogSource
  let clock: ManualClock
  let folder: String
  /// How many completions have come too late so far.
  private var lateBefore = 0

  /// Tuesday, 1 September 2026, 8:30 in Moscow.
  private static let now: Int64 = 1_788_240_600_000
  /// Plugin processes must not eat the machine that checks them.
  private static let memoryBytes: UInt = 4 << 30

  /// `folder`: an empty one, for the store.
  init(
    _ manifest: Manifest, library: String, required: [Manifest], libraries: [String], folder: String,
    limits: TrialLimits
  ) throws {
    self.manifest = manifest
    self.limits = limits
    self.folder = folder
    check_count_json()
    signal(SIGPIPE, SIG_IGN)
    var bound = rlimit(rlim_cur: Self.memoryBytes, rlim_max: Self.memoryBytes)
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &bound)
    bound = rlimit(rlim_cur: 0, rlim_max: 0)
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &bound)

    clock = ManualClock(Self.now)
    store = try Store(path: "\(folder)/esh.sqlite", clock: clock)
    log = TrialLog(plugin: manifest.id)
    var configuration = PluginHostConfiguration(
      libraryFolders: [PluginPackage.folder(of: library)] + libraries, dataFolder: folder, http: TrialNetwork(),
      platformURL: { "http://platform.invalid" },
      settings: { _ in ["platformURL": "http://platform.invalid", "platformToken": "token"] },
      activationLimitMs: 20_000, drainLimitMs: 3000, jitter: { 0 })
    // Here, where every value that it is lent can be seen.
    configuration.isolation.everywhere = .inproc
    configuration.onPermissionUse = { [uses, id = manifest.id] plugin, use in
      if plugin == id { uses.note(use) }
    }
    self.configuration = configuration
    catalog = PluginHost.catalogSource([manifest] + required)
    host = PluginHost(configuration, catalog: catalog, store: store, clock: clock, logger: log.logger)
  }

  /// Goes through all steps from the given one on, then ends the process.
  func run(from first: Int) -> Never {
    // 0. Loading. Every process has to.
    wire.step(0)
    wire.began("load", limitMs: 90_000)
    if let failure = host.bringUp(manifest.id) {
      wire.found(loading(failure))
      end(complete: true)
    }
    tellBreaches(at: "load")
    if first == 0 { wire.did(["start": 1]) }

    // 1. What can be called.
    let steps = plan()
    let growthMs = min(2000, max(200, 60_000 / Int64(max(1, steps.count))))
    for (index, step) in steps.enumerated() where index + 1 >= first {
      wire.step(index + 1)
      step(growthMs)
    }

    // 2. Starts and stops.
    if first <= steps.count + 1 {
      wire.step(steps.count + 1)
      startAndStop()
    }
    confirmSuspects()
    usleep(300_000)
    tellLate(at: manifest.id)
    // 3. Once more where a host would have it. What it requires may be here only once.
    wire.began("stop", limitMs: 30_000)
    host.stop()
    tellBreaches(at: "stop")
    wire.step(steps.count + 2)
    if first <= steps.count + 2 { tryRunner() }
    end(complete: true)
  }

  private func plan() -> [(_ growthMs: Int64) -> Void] {
    var steps: [(Int64) -> Void] = TrialPlan(manifest).calls.map { call in
      { [self] growthMs in call.kind == .windowOpen ? tryWindow(call, growthMs) : exercise(call, growthMs) }
    }
    let sources = host.tableSources(of: manifest.id)
    steps += sources.map { id, source, policy in { [self] _ in tryTable(id, source, policy) } }
    steps += TrialPlan.tables(manifest).filter { table in !sources.contains { $0.id == table } }
      .map { table in { [self] growthMs in exercise(TrialPlan.rows(of: table), growthMs) } }
    return steps
  }

  // MARK: Its end

  /// Ends this process because a call holds it up; the next step is for another.
  func giveUp(_ finding: CheckFinding) -> Never {
    wire.found(finding)
    wire.stuck()
    end(complete: false)
  }

  private func end(complete: Bool) -> Never {
    wire.uses(uses.all)
    if complete {
      wire.began("stop", limitMs: 30_000)
      host.stop()
      tellBreaches(at: "stop")
      wire.ended()
    }
    // try?: whoever started this process takes the folder away.
    try? store.close()
    // What the plugin has printed and not sent yet is to be seen.
    fflush(nil)
    _exit(0)
  }

  // MARK: What the host has noted

  /// Reports breaches that the host has contained since the last time.
  func tellBreaches(at place: String) {
    for breach in log.take() { wire.found(CheckFinding(breach, at: place)) }
    tellLate(at: place)
  }

  private func tellLate(at place: String) {
    let late = host.lateCompletions(of: manifest.id)
    defer { lateBefore = late }
    guard late > lateBefore else { return }
    wire.found(.endedTwice(at: place))
  }

  private func loading(_ failure: PluginFailure) -> CheckFinding {
    CheckFinding(
      "load.failed", .error, at: "load", failure.message,
      advice: LocalizedText(
        ru: "сервер сказал бы то же самое в plugin/list; исправьте названное и проверьте снова",
        en: "a host would say the same in plugin/list; mend what it names and check again"))
  }
}
