import Jansson
import ShellStore

extension Deliveries {
  /// Jobs started at one look; more follow when these end.
  private static let batch = 64

  /// Batches that are read in vain: what stands in front may belong to plugins that are busy.
  private static let batchesInVain = 4

  /// [queue] Starts due jobs in the order of their due times.
  func startJobs() {
    guard let host else { return }
    var running = RunningJobs(state.withLock { Array($0.jobs.values) })
    var seen = state.withLock { Set($0.jobs.keys) }
    // Jobs of a plugin that does not work now wait; so do those of one that is gone, until it is brought
    // back.
    let unavailable = Set(host.instances.filter { !$0.isAvailable }.map(\.id))
    var inVain = 0
    while inVain < Self.batchesInVain {
      let due = attempt("due jobs") {
        try store.startableJobs(
          nowMs: clock.nowMs, except: unavailable.union(running.full), running: seen, limit: Self.batch)
      }
      inVain += 1
      for job in due ?? [] {
        seen.insert(job.id)
        guard let instance = host.byID[job.owner] else { continue }
        let isBackground = instance.context.grants.jobs[job.name]?.background ?? false
        guard running.take(job, isBackground: isBackground) else { continue }
        start(job, isBackground: isBackground, host)
        inVain = 0
      }
      guard due?.count == Self.batch else { return }
    }
  }

  /// What runs, counted.
  private struct RunningJobs {
    /// Owners that are given nothing more.
    var full: Set<String> = []
    private var counts: [String: (jobs: Int, background: Int)] = [:]
    private var keys: Set<JobKey> = []

    init(_ jobs: [RunningJob]) {
      for job in jobs { count(job.owner, isBackground: job.isBackground, by: 1) }
      keys = Set(jobs.map { JobKey(owner: $0.owner, name: $0.name, key: $0.key) })
    }

    /// False: the owner has its hands full, or the job was scheduled again while it runs and waits for its
    /// end.
    mutating func take(_ job: StoredJob, isBackground: Bool) -> Bool {
      let (jobs, background) = counts[job.owner] ?? (0, 0)
      guard (isBackground ? background : jobs) < Deliveries.jobsAtOnce,
        keys.insert(JobKey(owner: job.owner, name: job.name, key: job.key)).inserted
      else { return false }
      count(job.owner, isBackground: isBackground, by: 1)
      return true
    }

    private mutating func count(_ owner: String, isBackground: Bool, by change: Int) {
      if isBackground {
        counts[owner, default: (0, 0)].background += change
      } else {
        counts[owner, default: (0, 0)].jobs += change
      }
      let (jobs, background) = counts[owner] ?? (0, 0)
      if jobs >= Deliveries.jobsAtOnce, background >= Deliveries.jobsAtOnce { full.insert(owner) }
    }
  }

  private struct JobKey: Hashable {
    let owner: String
    let name: String
    let key: String
  }

  private func start(_ job: StoredJob, isBackground: Bool, _ host: PluginHost) {
    let mayRun = state.withLock { state -> Bool in
      guard state.budget > 0, !state.stopped else { return false }
      state.budget -= 1
      state.jobs[job.id] = RunningJob(
        owner: job.owner, name: job.name, key: job.key, isBackground: isBackground, handle: nil)
      return true
    }
    guard mayRun else { return }
    let params: JSONValue = [
      "key": JSONValue(job.key), "payload": job.payload, "attempt": JSONValue(job.attempt),
      "dueAt": JSONValue(job.dueAtMs),
    ]
    let call = PluginCall(
      .job, job.name, params: params, plugin: job.owner, trace: "job-\(job.id)-\(job.attempt)")
    let box = RecordBox()
    let record = CallRecord(call, delivery: .job(id: job.id), events: CallEvents()) { [self] result in
      queue.async { self.jobEnded(job, result, isFinished: box.record?.jobFinished ?? false) }
    }
    box.record = record
    let handle = host.start(record)
    state.withLock { state in
      guard let running = state.jobs[job.id] else { return }
      state.jobs[job.id] = RunningJob(
        owner: running.owner, name: running.name, key: running.key, isBackground: running.isBackground,
        handle: handle)
    }
  }

  /// [queue] Takes a job off the list, or puts it off.
  private func jobEnded(_ job: StoredJob, _ result: Result<JSONValue, PluginFailure>, isFinished: Bool) {
    let stopped = state.withLock { $0.stopped }
    switch result {
    case _ where isFinished: break
    case .success: _ = attempt("finish job") { try store.finishJob(id: job.id) }
    case .failure(let failure):
      // The plugin never got it: it waits, unchanged, until the plugin works again.
      guard !stopped, let instance = host?.byID[job.owner], instance.isAvailable else { break }
      putOff(job, failure, instance.context.grants.jobs[job.name]?.retry)
    }
    state.withLock { state in _ = state.jobs.removeValue(forKey: job.id) }
    kick(events: false, jobs: true)
  }

  private func putOff(_ job: StoredJob, _ failure: PluginFailure, _ retry: Manifest.Job.Retry?) {
    // A plugin that rests after a crash, or that calls are kept away from: the job has not been tried.
    let hasRun = failure.kind != "plugin.unavailable"
    let failures = job.attempt + (hasRun ? 1 : 0)
    logger.warning(
      "a job failed",
      metadata: [
        "plugin": "\(job.owner)", "job": "\(job.name)", "attempt": "\(failures)", "kind": "\(failure.kind)",
      ])
    let words = "\(failure.kind): \(failure.message.en)"
    if hasRun, let attempts = retry?.attempts, failures >= attempts {
      _ = attempt("give job up") { try store.failJob(id: job.id, error: words) }
      return
    }
    let backoff = retry.map { Backoff(firstMs: $0.firstMs, maxMs: $0.maxMs) } ?? .jobs
    let pause = max(backoff.pauseMs(failures: max(1, failures), jitter: jitter()), failure.retryAfterMs ?? 0)
    _ = attempt("put job off") {
      try store.rescheduleJob(id: job.id, dueAtMs: clock.nowMs + pause, error: words, hasRun: hasRun)
    }
  }
}
