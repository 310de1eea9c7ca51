import Jansson
import PluginHost
import ShellProtocol
import ShellStore
import ShellTime
import Synchronization

/// Where tables are read: on the desk, which answers one page faster than a thread can be woken, or beside it.
extension Shell {
  typealias PageText = Result<Reply, PageError>

  /// Reads a table on the thread that asks, which others may wait for. A table that is known to be slow is not read:
  /// the caller goes on without.
  nonisolated func readHere<T>(
    _ table: LoadedTable, _ purpose: TablePaces.Purpose = .byTheWay, _ read: (ReadLimit) throws(PageError) -> T
  ) throws(PageError) -> T {
    guard let limit = paces.deskLimit(table, purpose) else { throw .tooSlow(ms: 0) }
    let start = monotonicMs()
    defer { paces.took(table, ms: monotonicMs() - start) }
    do {
      return try read(limit)
    } catch {
      if case .tooSlow(let ms) = error {
        paces.wasSlow(table)
        plugins.tableWasSlow(table.id, of: table.policy.owner, ms: ms)
      }
      throw error
    }
  }

  /// Reads a page and answers with it. `read` runs on any thread.
  ///
  /// A stranger's table is read beside the desk. Any other is read on it, or by a second core when one client asks for
  /// much at once; when that takes too long it is tried again beside the desk.
  func answer(
    _ table: LoadedTable, _ request: Request, _ responder: Responder,
    read: @escaping @Sendable (ReadLimit) -> PageText
  ) {
    let (locale, isGone) = (request.locale, Departure())
    request.onCancel { _ in isGone.note() }
    let aside: @Sendable () -> Void = { [self] in answerAside(table, locale, responder, isGone, read) }
    guard !table.isStranger else { return aside() }
    let here: @Sendable () -> PageText = { [self] in
      Result { () throws(PageError) in
        try readHere(table, .page) { limit throws(PageError) in try read(limit).get() }
      }
    }
    guard let side = sideReader.take(inFlight: request.conversation.inFlight.count) else {
      return finish(here(), locale, responder, aside)
    }
    side.async { [self] in
      let page = here()
      sideReader.give()
      finish(page, locale, responder, aside)
    }
  }

  private nonisolated func finish(
    _ page: PageText, _ locale: Locale, _ responder: Responder, _ aside: () -> Void
  ) {
    if case .failure(.tooSlow) = page { return aside() }
    responder.complete(page.mapError { $0.wire(locale) })
  }

  private nonisolated func answerAside(
    _ table: LoadedTable, _ locale: Locale, _ responder: Responder, _ isGone: Departure,
    _ read: @escaping @Sendable (ReadLimit) -> PageText
  ) {
    let owner = table.policy.owner
    if let rest = paces.rest(table) { return responder.fail(.tableRests(table.id, of: owner, retryAfterMs: rest)) }
    let isTaken = patientReader.read(owner) { [self] in
      // Nobody waits for it any longer, and others do behind it.
      guard !isGone.value else { return responder.answer(.empty) }
      if let rest = paces.rest(table) { return responder.fail(.tableRests(table.id, of: owner, retryAfterMs: rest)) }
      let page = read(ReadLimit(ms: paces.limits.asideMs, isPatient: true))
      if case .failure(.tooSlow(let ms)) = page {
        paces.wasTooSlow(table)
        plugins.tableWasSlow(table.id, of: owner, ms: ms)
      }
      responder.complete(page.mapError { $0.wire(locale) })
    }
    if !isTaken { responder.fail(.tableRests(table.id, of: owner, retryAfterMs: paces.limits.asideMs)) }
  }
}

/// Whether whoever asked has given up.
private final class Departure: Sendable {
  private let flag = Atomic(false)
  var value: Bool { flag.load(ordering: .relaxed) }
  func note() { flag.store(true, ordering: .relaxed) }
}

extension WireError {
  /// A table that cannot be read in time is left alone for a while.
  fileprivate static func tableRests(_ table: String, of plugin: String, retryAfterMs: Int64) -> WireError {
    WireError(
      .overloaded, kind: "table.slow",
      LocalizedText(
        ru: "Таблица «\(table)» модуля «\(plugin)» читается слишком долго. Повторите позже",
        en: "Table '\(table)' of plugin '\(plugin)' takes too long to read. Try again later"),
      data: ["table": JSONValue(table), "plugin": JSONValue(plugin), "retryAfterMs": JSONValue(retryAfterMs)])
  }
}
