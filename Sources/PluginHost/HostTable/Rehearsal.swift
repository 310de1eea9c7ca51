import Dispatch
import Jansson
import ShellProtocol
import ShellStore
import ShellTime

/// Changes that are made to see what would follow, and of which nothing stays: `SHELL_REHEARSE` and `rehearse` of
/// shell_plugin.h.
extension PluginContext {
  /// Runs a body as the only writer and takes back whatever it did. True: the body ran to its end.
  func rehearse(
    _ host: PluginHost, _ record: CallRecord?, _ body: (OpaquePointer?) -> Bool
  ) throws(PluginFailure) -> Bool {
    // Before the writer is held: loading runs migrations, which write.
    host.loadPreviewers(of: grants.previews)
    do {
      try host.store.transact(.write) { transaction in
        let wanted = unsafe try perform(
          BodyScope(
            context: self, record: record, transaction: transaction, writes: true, isRehearsal: true), body)
        throw Rehearsed(wanted: wanted)
      }
      return false
    } catch let end as Rehearsed {
      return end.wanted
    } catch let failure as PluginFailure {
      throw failure
    } catch {
      throw PluginFailure(storeError: error)
    }
  }

  /// A transaction of somebody who was asked in a rehearsal: a part of that one, which can be rolled back by itself.
  func take(
    part mode: TransactMode, of outer: BodyScope, _ record: CallRecord?, _ body: (OpaquePointer?) -> Bool
  ) throws(PluginFailure) -> Bool {
    do {
      try outer.transaction.savepoint {
        let scope = BodyScope(
          context: self, record: record, transaction: outer.transaction, writes: mode != .read, isRehearsal: true)
        let wanted = unsafe try perform(scope, body)
        guard mode == .write, wanted else { throw Rehearsed(wanted: wanted) }
      }
      return true
    } catch let end as Rehearsed {
      return end.wanted
    } catch let failure as PluginFailure {
      throw failure
    } catch {
      throw PluginFailure(storeError: error)
    }
  }

  private func perform(_ scope: BodyScope, _ body: (OpaquePointer?) -> Bool) throws -> Bool {
    let wanted = scope.run { journaled(.other, "transaction body") { unsafe body(scope.pointer) } }
    if let failure = scope.failure { throw failure }
    return wanted
  }
}

/// The end of a rehearsal, or of a part of one of which nothing is to stay.
private struct Rehearsed: Error {
  /// What the body said: that all went well, or that it gave up.
  let wanted: Bool
}

extension BodyScope {
  /// Asks a service, or everybody who answers a preview point of this plugin.
  func rehearse(_ name: String, _ params: JSONValue) throws(PluginFailure) -> JSONValue {
    guard isRehearsal else { throw .misuse("rehearse in a transaction that is no rehearsal") }
    guard params.isSane else { throw .misuse("params nested deeper than \(maxNesting)") }
    guard let host = context.host else { throw .stopping }
    guard !context.grants.previews.contains(name) else { return previews(of: name, params, host) }
    guard context.grants.services.contains(name) else { throw context.denied("service \(name)") }
    guard let provider = host.owners.owner(of: PluginCall(.service, name)) else {
      throw .notFound(.service, name)
    }
    return try ask(provider, name, params, keeping: true)
  }

  /// One answer each; what one has done is undone before the next is asked.
  private func previews(of point: String, _ params: JSONValue, _ host: PluginHost) -> JSONValue {
    JSONValue(
      host.previewers(of: point).map { instance, service in
        let base: JSONValue = ["plugin": JSONValue(instance.id), "title": instance.manifest.title.json]
        do throws(PluginFailure) {
          return base.setting("result", try ask(instance, service, params, keeping: false))
        } catch {
          host.logger.warning(
            "a preview failed",
            metadata: ["plugin": "\(instance.id)", "preview": "\(point)", "reason": "\(error.message.en)"])
          return base.setting("error", error.abi)
        }
      })
  }

  /// Enters a plugin on this thread, inside this transaction. What it did stays when `keeping`, unless it fails.
  private func ask(
    _ instance: PluginInstance, _ service: String, _ params: JSONValue, keeping: Bool
  ) throws(PluginFailure) -> JSONValue {
    guard instance.manifest.concurrency == .parallel else {
      throw .unavailable(instance.id, "it is asked in a rehearsal and is not \"concurrency\": \"parallel\"")
    }
    guard let loaded = instance.callable else {
      throw .unavailable(instance.id, instance.failure ?? "it is not loaded, or disabled")
    }
    var call = PluginCall(.service, service, params: params, session: record?.call.session, plugin: instance.id)
    call.trace = record?.call.trace ?? context.id
    call.deadlineMs = record?.deadline.map { max(1, $0 - monotonicMs()) }
    var answer: Result<JSONValue, PluginFailure> = .failure(.stopping)
    do {
      try transaction.savepoint {
        answer = hosting(instance.context) { instance.attend(call, loaded) }
        guard keeping, case .success = answer else { throw Rehearsed(wanted: true) }
      }
    } catch is Rehearsed {
      // As if nobody had been asked; only the answer stays.
    } catch {
      throw PluginFailure(storeError: error)
    }
    return try answer.get()
  }
}

extension PluginHost {
  /// Who answers a preview point, with the service that it answers by: in order of the index, then of the id.
  func previewers(of point: String) -> [(instance: PluginInstance, service: String)] {
    let found = instances.flatMap { instance in
      instance.manifest.contributes.previews.filter { $0.of == point }.map { (instance, $0) }
    }
    // One that is switched off has nothing to say; one that is broken is missed.
    return found.filter { !$0.0.isDisabled && $0.0.heldBack == nil }.sorted {
      ($0.1.index, $0.0.id) < ($1.1.index, $1.0.id)
    }
    .map { ($0.0, $0.1.service) }
  }

  /// Loads everybody who answers one of these points and waits for it; who can't be loaded is told so when asked. The
  /// caller's thread is a plugin's own, and holds nothing that loading needs.
  func loadPreviewers(of points: Set<String>) {
    for instance in points.flatMap({ previewers(of: $0) }).map(\.instance) where instance.callable == nil {
      let isEnded = DispatchSemaphore(value: 0)
      withLoaded(instance) { _ in isEnded.signal() }
      isEnded.wait()
    }
  }
}
