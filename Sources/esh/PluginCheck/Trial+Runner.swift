import Jansson
import PluginHost
import ShellProtocol
import ShellStore

/// The same plugin in a process of its own, walled in as a host has it there.
extension Trial {
  /// Brings it up and makes the first of each call; what was answered before must be answered there, too.
  func tryRunner() {
    wire.began("runner", limitMs: 180_000)
    var configuration = configuration
    configuration.dataFolder = nil
    configuration.runners = RunnerLauncher()
    // Only the plugin itself: what it requires stays here.
    configuration.isolation.decided[manifest.id] = .runner
    let store: Store
    do {
      store = try Store(path: "\(folder)/runner.sqlite", clock: clock)
    } catch {
      return wire.found(.runnerFails(at: "runner", "\(error)"))
    }
    let log = TrialLog(plugin: manifest.id)
    let host = PluginHost(configuration, catalog: catalog, store: store, clock: clock, logger: log.logger)
    defer {
      host.stop()
      // try?: the folder goes away.
      try? store.close()
    }
    if let failure = host.bringUp(manifest.id) {
      return wire.found(.runnerFails(at: "runner", failure.message.en))
    }
    var count = 0
    for call in TrialPlan(manifest).calls {
      guard let params = call.variants.first else { continue }
      let slot = AnswerBox()
      let handle = host.call(
        PluginCall(call.kind, call.name, params: params, session: Self.session, plugin: manifest.id)
      ) { slot.fill($0) }
      count += 1
      let answer = slot.wait(5000)
      if answer == nil { handle.cancel() }
      guard let finding = judge(answer, of: call) else { continue }
      wire.found(finding)
      // After a crash it rests, and every call would be refused.
      if finding.severity == .error { break }
    }
    wire.did(["runner": count])
  }

  private func judge(_ answer: Answer?, of call: TrialPlan.Call) -> CheckFinding? {
    if answer?.failure?.kind == "plugin.crashed" {
      return .runnerFails(at: call.label, answer?.failure?.message.en ?? "")
    }
    guard answered.contains(call.label) else { return nil }
    switch answer {
    case .success?: return nil
    case .failure(let failure)?: return .runnerDiffers(at: call.label, failure.message)
    case nil: return .runnerDiffers(at: call.label, LocalizedText(ru: "нет ответа", en: "no answer"))
    }
  }
}

extension CheckFinding {
  private static let walls = LocalizedText(
    ru: "там нет сети, других программ и файлов, кроме библиотек: просите всё у сервера; если модулю без этого нельзя, "
      + "скажите, что его надо пускать с --isolation ID=inproc",
    en:
      "there is no network there, no other program and no file but libraries: ask the host for everything; if the plugin "
      + "cannot do without, say that it needs --isolation ID=inproc")

  static func runnerFails(at place: String, _ reason: String) -> CheckFinding {
    CheckFinding(
      "runner.fails", .error, at: place,
      LocalizedText(
        ru: "в отдельном процессе модуль не работает: \(reason)",
        en: "in a process of its own it does not work: \(reason)"),
      advice: walls)
  }

  static func runnerDiffers(at place: String, _ reason: LocalizedText) -> CheckFinding {
    CheckFinding(
      "runner.differs", .warning, at: place,
      LocalizedText(
        ru: "в отдельном процессе отвечает иначе: \(reason.ru)",
        en: "in a process of its own it answers otherwise: \(reason.en)"),
      advice: walls)
  }
}
