import CJansson
import CShellPlugin
import Jansson
import ShellStore

// The functions lent to a plugin in a runner, as C sees them: what `HostTable.swift` is in the host.

extension RunnerGuest {
  /// The table for the plugin. It is never freed, nor is this object.
  func hostTable() -> UnsafePointer<shell_host> {
    let table = UnsafeMutablePointer<shell_host>.allocate(capacity: 1)
    var host = unsafe shell_host()
    unsafe host.header = shell_header(
      struct_size: UInt32(MemoryLayout<shell_host>.size), abi_major: UInt16(SHELL_ABI_MAJOR),
      abi_minor: UInt16(SHELL_ABI_MINOR))
    unsafe host.context = Unmanaged.passRetained(self).toOpaque()
    unsafe host.complete = { unsafe guest($0)?.end(.complete, $1, stolen($2)) }
    unsafe host.fail = { unsafe guest($0)?.end(.fail, $1, stolen($2)) }
    unsafe host.progress = { context, id, value in
      guard let value = unsafe stolen(value) else { return }
      unsafe guest(context)?.send(.progress, id) { $0.json(value.sendable) }
    }
    unsafe host.settled = { unsafe guest($0)?.send(.settled, $1) }
    unsafe host.is_cancelled = { context, id in
      unsafe guest(context)?.ask(.isCancelled) { $0.number(Int64(bitPattern: id)) }?.value(1)?.int.map { Int32($0) }
        ?? 1
    }
    unsafe host.log = { context, level, message, fields in
      unsafe guest(context)?.send(.log, 0) { frame in
        frame.number(Int64(level))
        unsafe frame.text(text(message))
        unsafe frame.json(borrowed(fields)?.sendable)
      }
    }
    unsafe host.now_ms = { unsafe guest($0)?.nowMs ?? 0 }
    unsafe host.transact = unsafe guestTransact
    unsafe host.query = { transaction, sql, bindings, error in
      unsafe giving(error) { () throws(PluginFailure) in
        try unsafe GuestTransaction.running(transaction).step(.query) { frame in
          unsafe frame.text(text(sql))
          unsafe frame.json(borrowed(bindings)?.sendable)
        }
      }
    }
    unsafe host.changes = { transaction in
      // try?: outside of a body nothing was changed.
      unsafe (try? GuestTransaction.running(transaction))?.changes ?? 0
    }
    unsafe host.emit = { transaction, name, payload, error in
      unsafe doing(transaction, error, .emit) { frame in
        unsafe frame.text(text(name))
        unsafe frame.json(stolen(payload)?.sendable)
      }
    }
    unsafe host.schedule = { transaction, job, error in
      unsafe doing(transaction, error, .schedule) { unsafe $0.json(stolen(job)?.sendable) }
    }
    unsafe host.unschedule = { transaction, name, key, error in
      unsafe doing(transaction, error, .unschedule) { frame in
        unsafe frame.text(text(name))
        unsafe frame.text(text(key))
      }
    }
    unsafe host.set_context = { transaction, user, key, value, error in
      unsafe doing(transaction, error, .setContext) { frame in
        frame.number(unsafe user == nil ? 0 : 1)
        unsafe frame.text(text(user))
        unsafe frame.text(text(key))
        unsafe frame.json(stolen(value)?.sendable)
      }
    }
    unsafe host.audit = { transaction, entry, error in
      unsafe doing(transaction, error, .audit) { unsafe $0.json(stolen(entry)?.sendable) }
    }
    // try?: outside of a job's transaction there is nothing to finish.
    unsafe host.finish = { unsafe (try? GuestTransaction.running($0))?.finishesJob = true }
    unsafe host.call_service = { context, id, name, params, reply, user in
      let reply = unsafe GuestReply(function: reply, user: user)
      unsafe guest(context)?.request(.callService, id, text(name), stolen(params), reply)
    }
    unsafe host.http = { context, id, request, reply, user in
      let reply = unsafe GuestReply(function: reply, user: user)
      unsafe guest(context)?.request(.http, id, "", stolen(request), reply)
    }
    unsafe host.present = { context, message in
      guard let message = unsafe stolen(message) else { return }
      unsafe guest(context)?.send(.present, 0) { $0.json(message.sendable) }
    }
    unsafe host.settings = { context in
      // Kept to the end of the process.
      unsafe guest(context)?.settings.withPointer { unsafe UnsafePointer($0) }
    }
    unsafe host.get_extension = { _, _ in nil }
    unsafe host.insert_many = { transaction, sql, rows, error in
      let rows = unsafe giving(error) { () throws(PluginFailure) in
        try unsafe GuestTransaction.running(transaction).step(.insertMany) { frame in
          unsafe frame.text(text(sql))
          unsafe frame.json(borrowed(rows)?.sendable)
        }
      }
      guard let rows = unsafe rows else { return -1 }
      defer { unsafe json_decref(rows) }
      return unsafe json_integer_value(rows)
    }
    unsafe host.query_columns = { transaction, sql, bindings, columns, error in
      unsafe giving(error) { () throws(PluginFailure) in
        let running = try unsafe GuestTransaction.running(transaction)
        _ = try unsafe LentColumns(plugin: columns)
        guard let columns = unsafe columns?.pointee else { throw .misuse("query_columns without columns") }
        return try running.step(.queryColumns) { frame in
          unsafe frame.text(text(sql))
          unsafe frame.json(borrowed(bindings)?.sendable)
          unsafe SentColumns.write(columns, into: &frame)
        }
      }
    }
    unsafe host.rehearse = { transaction, name, params, error in
      let params = unsafe stolen(params)
      return unsafe giving(error) { () throws(PluginFailure) in
        try unsafe GuestTransaction.running(transaction).step(.rehearse) { frame in
          unsafe frame.text(text(name))
          frame.json(params?.sendable)
        }
      }
    }
    unsafe table.initialize(to: host)
    return unsafe UnsafePointer(table)
  }

  // MARK: What the functions do

  fileprivate func send(_ kind: Frame.Kind, _ id: UInt64, _ fill: (inout FrameText) -> Void = { _ in }) {
    var frame = FrameText(kind, id)
    fill(&frame)
    if frame.fits { pipe.send(frame) }
  }

  /// Ends a call. Also one that has ended before: counting that is the host's part.
  func end(_ kind: Frame.Kind, _ call: UInt64, _ value: JSONValue?) {
    calls.ended(call)
    var frame = FrameText(kind, call)
    frame.json(value?.sendable)
    if !frame.fits {
      frame = FrameText(.fail, call)
      frame.json(PluginFailure.misuse("a result larger than the host takes from a runner").abi)
    }
    pipe.send(frame)
  }

  fileprivate func request(
    _ kind: Frame.Kind, _ call: UInt64, _ name: String, _ params: JSONValue?, _ reply: GuestReply
  ) {
    let request = newRequest()
    var frame = FrameText(kind, request)
    frame.number(Int64(bitPattern: call))
    frame.text(name)
    frame.json(params?.sendable)
    frame.number(Int64(bitPattern: GuestThread.current?.call ?? 0))
    guard frame.fits else { return answer(reply, .failure(.misuse("params larger than the host takes from a runner"))) }
    replies.withLock { $0[request] = reply }
    pipe.send(frame)
  }
}

private func guest(_ pointer: UnsafeMutableRawPointer?) -> RunnerGuest? {
  unsafe pointer.map { unsafe Unmanaged<RunnerGuest>.fromOpaque($0).takeUnretainedValue() }
}

private func stolen(_ value: UnsafeMutablePointer<json_t>?) -> JSONValue? {
  unsafe value.map { unsafe JSONValue(adopting: $0) }
}

private func borrowed(_ value: UnsafePointer<json_t>?) -> JSONValue? {
  unsafe value.map { unsafe JSONValue(borrowing: $0) }
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String {
  unsafe pointer.map { unsafe String(cString: $0) } ?? ""
}

extension JSONValue {
  /// The value itself; in place of one that is nested too deep or is endless something as deep, which the host refuses
  /// in the words that it has for that.
  fileprivate var sendable: JSONValue {
    if isSane { return self }
    return (0...maxNesting).reduce(JSONValue(1)) { deep, _ in [deep] }
  }
}

/// Hands a value over to the plugin; NULL and the error when there is none.
private func giving(
  _ error: ErrorOut?, _ body: () throws(PluginFailure) -> JSONValue
) -> UnsafeMutablePointer<json_t>? {
  unsafe error?.pointee = nil
  do throws(PluginFailure) { return unsafe try body().retainedPointer() } catch let failure {
    if let error = unsafe error { unsafe error.pointee = failure.abi.retainedPointer() }
    return nil
  }
}

/// A step of a transaction that gives a number: 0 or 1, or -1 and the error.
private func doing(
  _ transaction: OpaquePointer?, _ error: ErrorOut?, _ kind: Frame.Kind, _ fill: (inout FrameText) -> Void
) -> Int32 {
  // What is handed over is taken also when there is nothing to do it in.
  var frame = FrameText(kind, 0)
  fill(&frame)
  let given = unsafe giving(error) { () throws(PluginFailure) in
    try unsafe GuestTransaction.running(transaction).step(frame)
  }
  guard let given = unsafe given else { return -1 }
  defer { unsafe json_decref(given) }
  return Int32(truncatingIfNeeded: unsafe json_integer_value(given))
}

private func guestTransact(
  _ context: UnsafeMutableRawPointer?, _ id: UInt64, _ mode: Int32, _ body: shell_body?,
  _ user: UnsafeMutableRawPointer?, _ error: ErrorOut?
) -> Int32 {
  var isWanted = false
  let given = unsafe giving(error) { () throws(PluginFailure) in
    guard let guest = unsafe guest(context), let body = unsafe body else {
      throw .misuse("transact without a context or a body")
    }
    isWanted = unsafe try guest.transactions.transact(call: id, mode: mode) { unsafe body($0, user) == SHELL_COMMIT }
    return .null
  }
  if let given = unsafe given { unsafe json_decref(given) }
  return isWanted ? 0 : -1
}
