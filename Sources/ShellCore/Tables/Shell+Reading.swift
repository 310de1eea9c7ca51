import Jansson
import PluginHost
import ShellProtocol
import ShellStore

/// Where tables are read: on the desk, which answers one page faster than a thread can be woken, or beside it.
extension Shell {
  typealias PageText = Result<Reply, PageError>

  /// Reads a table on the thread that asks, which others may wait for. A table that is known to be slow is not read:
  /// the caller goes on without.
  nonisolated func readHere<T>(
    _ table: LoadedTable, _ read: (ReadLimit) throws(PageError) -> T
  ) throws(PageError) -> T {
    guard let limit = paces.deskLimit(table) else { throw .tooSlow(ms: 0) }
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
    let locale = request.locale
    guard !table.isStranger else { return answerAside(table, locale, responder, read) }
    let here: @Sendable () -> PageText = { [self] in
      Result { () throws(PageError) in try readHere(table) { limit throws(PageError) in try read(limit).get() } }
    }
    guard let side = sideReader.take(inFlight: request.conversation.inFlight.count) else {
      return finish(here(), table, locale, responder, read)
    }
    side.async { [self] in
      let page = here()
      sideReader.give()
      finish(page, table, locale, responder, read)
    }
  }

  private nonisolated func finish(
    _ page: PageText, _ table: LoadedTable, _ locale: Locale, _ responder: Responder,
    _ read: @escaping @Sendable (ReadLimit) -> PageText
  ) {
    if case .failure(.tooSlow) = page { return answerAside(table, locale, responder, read) }
    responder.complete(page.mapError { $0.wire(locale) })
  }

  private nonisolated func answerAside(
    _ table: LoadedTable, _ locale: Locale, _ responder: Responder, _ read: @escaping @Sendable (ReadLimit) -> PageText
  ) {
    let owner = table.policy.owner
    let isTaken = patientReader.read(owner) { [self] in
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
