import Testing

@testable import PluginHost

/// Runs each test twice: with its plugins inside the host, and behind the runner's protocol, where the same calls must
/// behave the same. What a process adds to that (crashes, walls, limits) is tested end to end.
struct EveryPlace: TestTrait, SuiteTrait, TestScoping {
  var isRecursive: Bool { true }

  func scopeProvider(for test: Test, testCase: Test.Case?) -> EveryPlace? { testCase == nil ? nil : self }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    for place in IsolationPolicy.Place.allCases {
      try await HostBench.$place.withValue(place) { try await function() }
    }
  }
}

extension Trait where Self == EveryPlace {
  static var everyPlace: EveryPlace { EveryPlace() }
}

extension HostBench {
  /// Where the plugins of a bench run.
  @TaskLocal static var place = IsolationPolicy.Place.inproc
}

/// Runners on threads of this process: the same frames over the same kind of socket.
struct ThreadRunners: RunnerLaunching {
  func launch(
    _ plugin: String, library path: String, isParallel: Bool, memoryMB: Int64
  ) throws(PluginLoadError) -> RunnerProcess {
    guard let (ours, theirs) = FramePipe.pair() else { throw .runner("no socket") }
    return Self.process(ours, theirs, plugin, isParallel)
  }

  static func process(_ ours: FramePipe, _ theirs: FramePipe, _ plugin: String, _ isParallel: Bool) -> RunnerProcess {
    let guest = RunnerGuest(theirs, plugin: plugin, isParallel: isParallel)
    _ = OwnThread.start("test") { guest.serve() }
    return RunnerProcess(pipe: ours, id: nil, output: -1, kill: { theirs.shut() }, ended: { "the thread ended" })
  }
}
