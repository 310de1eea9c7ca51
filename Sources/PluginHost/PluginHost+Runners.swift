import Jansson
import Logging
import ShellTime

#if canImport(Glibc)
  import Glibc
#endif

/// Where a plugin's code runs, and what follows when its process ends.
extension PluginHost {
  /// [exec] Finds a plugin's code and starts it: in this process, or in a runner. `isFresh`: beside code of the same
  /// plugin that runs already.
  func code(of instance: PluginInstance, freshly isFresh: Bool) throws(PluginLoadError) -> any PluginCode {
    if let library = configuration.inProcess[instance.id] { return local(library, instance) }
    let path = try configuration.libraryPath(of: instance.manifest)
    guard let runners = configuration.runners,
      configuration.isolation.place(of: instance.manifest, library: path) == .runner
    else {
      let copy = isFresh ? try freshCopy(of: path, for: instance.id) : path
      // A library that is mapped needs its name no longer.
      defer { if copy != path { _ = unsafe unlink(copy) } }
      return local(try PluginLibrary.open(copy), instance)
    }
    let process = try runners.launch(
      instance.id, library: path, isParallel: instance.manifest.concurrency == .parallel,
      memoryMB: instance.manifest.limits.memoryMB)
    let link = RunnerLink(process, path: path, instance.manifest.concurrency, context: instance.context) {
      [weak self, weak instance] link, reason in
      if let self, let instance { crashed(instance, link, reason) }
    }
    guard link.begin() else {
      process.kill()
      throw .runner("this process has no thread left for it")
    }
    return link
  }

  private func local(_ library: PluginLibrary, _ instance: PluginInstance) -> LocalCode {
    unsafe LocalCode(library, context: instance.context, hostTable: instance.hostTable)
  }

  /// Looks whether code ended just before it was said to be loaded.
  func notice(_ loaded: PluginInstance.Loaded, of instance: PluginInstance) {
    if let reason = loaded.code.endedBecause { crashed(instance, loaded.code, reason) }
  }

  /// [reader] A runner has ended by itself, or was ended for what it did.
  private func crashed(_ instance: PluginInstance, _ code: any PluginCode, _ reason: String) {
    let state = instance.state.withLock { state -> PluginStatus.State? in
      // One that ends while it is brought up fails there, and one of an older generation is nobody's loss.
      guard case .active(let loaded) = state.stage, loaded.code === code else { return nil }
      let isOneTooMany = state.crashes.note(reason, at: monotonicMs())
      state.stage = isOneTooMany ? .failed(Self.tooManyCrashes(reason)) : .idle
      return isOneTooMany ? .failed : .resolved
    }
    guard let state else { return }
    logger.error("a plugin has crashed", metadata: ["plugin": "\(instance.id)", "reason": "\(reason)"])
    // Events and jobs that were cut off come again by themselves, after a while.
    delegate?.pluginChanged(instance.id, state)
  }

  private static func tooManyCrashes(_ reason: String) -> String {
    "it crashed \(RunnerCrashes.most) times in \(RunnerCrashes.windowMs / 60_000) minutes, at last: \(reason); "
      + "enable it again with plugin/enable"
  }
}
