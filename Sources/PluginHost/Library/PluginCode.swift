import CJansson
import CShellPlugin
import Jansson
import ShellStore

/// A plugin's code, wherever it runs: in this process, or in a runner of its own. Threads as in shell_plugin.h.
protocol PluginCode: AnyObject, Sendable {
  /// The id that the code gives itself.
  var id: String { get }
  /// Where it came from, for messages.
  var path: String { get }
  /// Where it lies in this process's memory; nil: not here, or not by itself.
  var image: LibraryImage? { get }
  /// The process that it runs in; nil: this one.
  var process: Int32? { get }

  /// What it is kept from by the kernel, whatever it tries.
  var walls: [RunnerWall] { get }
  /// Why it can no longer be called, when its process has ended by itself.
  var endedBecause: String? { get }

  func describe() throws(PluginLoadError) -> JSONValue
  func create() throws(PluginLoadError)
  func activate() throws(PluginLoadError)
  /// SHELL_DONE, SHELL_PENDING or SHELL_REJECT.
  func call(_ call: PluginCall, id: UInt64, deadlineMs: Int64) -> Int32
  func cancel(_ id: UInt64)
  func deactivate()
  func destroy()
  /// Ends code that does not end by itself. False: it runs in this process, where nothing can be ended.
  func kill(because reason: String) -> Bool
}

/// Code in this process.
@safe final class LocalCode: PluginCode, @unchecked Sendable {
  // Safe to share: `instance` is set by `create`, before anything that reads it is called.
  private let library: PluginLibrary
  private let hostTable: UnsafePointer<shell_host>
  private var instance: UnsafeMutableRawPointer?
  private let context: PluginContext

  /// `hostTable`: of `context`; to the end of the process.
  init(_ library: PluginLibrary, context: PluginContext, hostTable: UnsafePointer<shell_host>) {
    self.library = library
    self.context = context
    unsafe self.hostTable = unsafe hostTable
  }

  var id: String { library.table.id }
  var path: String { library.path }
  var image: LibraryImage? { library.image }
  var process: Int32? { nil }
  var walls: [RunnerWall] { [] }
  var endedBecause: String? { nil }

  func describe() throws(PluginLoadError) -> JSONValue { try library.table.describe() }

  func create() throws(PluginLoadError) { unsafe instance = try library.table.create(hostTable) }

  func activate() throws(PluginLoadError) {
    guard let instance = unsafe instance else { throw .activateFailed("it was not created") }
    unsafe try library.table.activate(instance)
  }

  func call(_ call: PluginCall, id: UInt64, deadlineMs: Int64) -> Int32 {
    guard let instance = unsafe instance else { return Int32(SHELL_REJECT) }
    context.began(id, call)
    defer { context.inside.leave(id) }
    return unsafe library.table.call(instance, call, id: id, deadlineMs: deadlineMs)
  }

  func cancel(_ id: UInt64) {
    if let instance = unsafe instance { unsafe library.table.cancel(instance, id) }
  }

  func deactivate() {
    if let instance = unsafe instance { unsafe library.table.deactivate(instance) }
  }

  func destroy() {
    if let instance = unsafe instance { unsafe library.table.destroy(instance) }
    unsafe instance = nil
  }

  func kill(because reason: String) -> Bool { false }
}

extension PluginTable {
  /// Makes the ABI's struct of a call and enters the plugin with it.
  func call(_ instance: UnsafeMutableRawPointer, _ call: PluginCall, id: UInt64, deadlineMs: Int64) -> Int32 {
    unsafe call.name.withCString { name in
      unsafe call.trace.withCString { trace in
        unsafe call.params.withPointer { params in
          unsafe call.session.withOptionalPointer { session in
            var raw = unsafe shell_call(
              header: shell_header(
                struct_size: UInt32(MemoryLayout<shell_call>.size), abi_major: UInt16(SHELL_ABI_MAJOR),
                abi_minor: UInt16(SHELL_ABI_MINOR)), call_id: id, kind: call.kind.rawValue, reserved: 0,
              name: name, params: params, session: session, deadline_ms: deadlineMs, trace: trace)
            return unsafe self.call(instance, &raw)
          }
        }
      }
    }
  }
}

extension JSONValue? {
  /// The value's pointer for the length of `body`; NULL for nil.
  fileprivate func withOptionalPointer<Result>(_ body: (UnsafeMutablePointer<json_t>?) -> Result) -> Result {
    guard let value = self else { return body(nil) }
    return unsafe value.withPointer { unsafe body($0) }
  }
}
