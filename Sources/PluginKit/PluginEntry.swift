import CShellPlugin
import Jansson

/// Turns a definition into the C table that the exported function returns.
///
///     @c(shell_plugin_query)
///     public func shellPluginQuery(_ major: UInt16, _ minor: UInt16) -> UnsafePointer<shell_plugin>? {
///       unsafe PluginEntry.table(NotesPlugin.definition, hostMajor: major)
///     }
public enum PluginEntry {
  /// The table, made anew at each call and never freed; nil for a host of another major version.
  public static func table(_ definition: PluginDefinition, hostMajor: UInt16) -> UnsafePointer<shell_plugin>? {
    guard hostMajor == UInt16(SHELL_ABI_MAJOR) else { return nil }
    let table = UnsafeMutablePointer<shell_plugin>.allocate(capacity: 1)
    unsafe table.initialize(to: shell_plugin())
    unsafe table.pointee.header = shell_header(
      struct_size: UInt32(MemoryLayout<shell_plugin>.size), abi_major: UInt16(SHELL_ABI_MAJOR),
      abi_minor: UInt16(SHELL_ABI_MINOR))
    unsafe table.pointee.id = UnsafePointer(copyForever(definition.id))
    unsafe table.pointee.user = Unmanaged.passRetained(Definition(definition)).toOpaque()
    unsafe table.pointee.describe = describe
    unsafe table.pointee.probe = probe
    unsafe table.pointee.create = create
    unsafe table.pointee.activate = activate
    unsafe table.pointee.call = receive
    unsafe table.pointee.cancel = cancel
    unsafe table.pointee.destroy = destroy
    return unsafe UnsafePointer(table)
  }

  private static func copyForever(_ text: String) -> UnsafeMutablePointer<CChar> {
    let bytes = Array(text.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    unsafe copy.initialize(from: bytes, count: bytes.count)
    return unsafe copy
  }
}

private final class Definition: Sendable {
  let value: PluginDefinition
  init(_ value: PluginDefinition) { self.value = value }
}

/// The one instance that a host makes of a plugin.
private final class Instance: Sendable {
  let definition: PluginDefinition
  let host: Host
  let tasks = PendingTasks()

  init(_ definition: PluginDefinition, _ host: Host) {
    self.definition = definition
    self.host = host
  }
}

private func definition(of plugin: UnsafePointer<shell_plugin>?) -> PluginDefinition? {
  guard let user = unsafe plugin?.pointee.user else { return nil }
  return unsafe Unmanaged<Definition>.fromOpaque(user).takeUnretainedValue().value
}

private func instance(_ raw: UnsafeMutableRawPointer?) -> Instance? {
  guard let raw = unsafe raw else { return nil }
  return unsafe Unmanaged<Instance>.fromOpaque(raw).takeUnretainedValue()
}

private func describe(_ plugin: UnsafePointer<shell_plugin>?) -> UnsafeMutablePointer<json_t>? {
  unsafe definition(of: plugin)?.description.retainedPointer()
}

private func probe(_ plugin: UnsafePointer<shell_plugin>?) -> UnsafeMutablePointer<json_t>? {
  let value: JSONValue = ["probe": ["a", ["b": 1]]]
  return unsafe value.retainedPointer()
}

private func create(
  _ plugin: UnsafePointer<shell_plugin>?, _ host: UnsafePointer<shell_host>?,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?
) -> UnsafeMutableRawPointer? {
  guard let definition = unsafe definition(of: plugin), let host = unsafe host else { return nil }
  return unsafe Unmanaged.passRetained(Instance(definition, Host(host))).toOpaque()
}

private func activate(
  _ raw: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>?
) -> Int32 {
  guard let instance = unsafe instance(raw) else { return -1 }
  do {
    try instance.definition.activate?(instance.host)
    return 0
  } catch let thrown {
    unsafe error?.pointee = errorValue(thrown).retainedPointer()
    return -1
  }
}

private func destroy(_ raw: UnsafeMutableRawPointer?) {
  guard let raw = unsafe raw else { return }
  unsafe Unmanaged<Instance>.fromOpaque(raw).release()
}

private func cancel(_ raw: UnsafeMutableRawPointer?, _ callID: UInt64) {
  unsafe instance(raw)?.tasks.cancel(callID)
}

private func receive(_ raw: UnsafeMutableRawPointer?, _ call: UnsafePointer<shell_call>?) -> Int32 {
  guard let instance = unsafe instance(raw), let call = unsafe call,
    let kind = unsafe CallKind(rawValue: call.pointee.kind)
  else { return Int32(SHELL_REJECT) }
  let value = unsafe Call(call, instance.host.table)
  guard let handler = instance.definition.handlers[HandlerKey(kind: kind, name: value.name)] else {
    return Int32(SHELL_REJECT)
  }
  switch handler {
  case .sync(let run):
    finish(value, Result { try run(value) })
    return Int32(SHELL_DONE)
  case .async(let run):
    instance.tasks.start(value.host.callID) {
      do {
        finish(value, .success(try await run(value)))
      } catch {
        finish(value, .failure(error))
      }
    }
    return Int32(SHELL_PENDING)
  }
}

private func finish(_ call: Call, _ result: Result<JSONValue, any Error>) {
  let table = unsafe call.host.table
  switch result {
  case .success(let value):
    unsafe table.pointee.complete(table.pointee.context, call.host.callID, value.retainedPointer())
  case .failure(let error):
    unsafe table.pointee.fail(table.pointee.context, call.host.callID, errorValue(error).retainedPointer())
  }
}

private func errorValue(_ error: any Error) -> JSONValue {
  if let error = error as? PluginError { return error.json }
  if error is CancellationError {
    return PluginError("cancelled", Text("Отменено", en: "Cancelled"), code: -32800).json
  }
  return PluginError(
    "plugin.internal", Text("Внутренняя ошибка модуля", en: "Internal error of the plugin"), code: -32603,
    data: ["reason": JSONValue(String(describing: error))]
  ).json
}
