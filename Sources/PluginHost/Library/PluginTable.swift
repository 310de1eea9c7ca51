import CJansson
import CShellPlugin
import Jansson

#if canImport(Glibc)
  import Glibc
#endif

/// A plugin's function table, checked and copied.
///
/// The copy has NULL wherever the plugin's own struct ended earlier than ours, so a field of a later ABI
/// minor needs no further look at `struct_size`.
@safe struct PluginTable: @unchecked Sendable {
  // Safe to share: constants after init, and the functions' threads are the ABI's contract.
  private let functions: shell_plugin
  /// The plugin's own table, which its first three functions take; valid to the end of the process.
  private let original: UnsafePointer<shell_plugin>
  let id: String
  private let path: String

  init(_ table: UnsafePointer<shell_plugin>, path: String) throws(PluginLoadError) {
    let header = unsafe table.pointee.header
    guard Int32(header.abi_major) == SHELL_ABI_MAJOR else {
      // Of another major only the header is known, so the id stays unread.
      throw .wrongABI(
        plugin: String(path.split(separator: "/").last ?? ""),
        asks: "\(header.abi_major).\(header.abi_minor)",
        speaks: hostABI, path: path)
    }
    let callEnd =
      unsafe (MemoryLayout<shell_plugin>.offset(of: \.call) ?? 0) + MemoryLayout<UnsafeRawPointer>.size
    guard header.struct_size >= callEnd else { throw .tableTooSmall(path: path, size: header.struct_size) }
    var copy = unsafe shell_plugin()
    unsafe withUnsafeMutableBytes(of: &copy) { target in
      let known = min(Int(header.struct_size), target.count)
      unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: table, count: known))
    }
    var missing: [String] = []
    if unsafe copy.id == nil { missing.append("id") }
    if unsafe copy.describe == nil { missing.append("describe") }
    if unsafe copy.probe == nil { missing.append("probe") }
    if unsafe copy.create == nil { missing.append("create") }
    if unsafe copy.call == nil { missing.append("call") }
    guard missing.isEmpty else { throw .missingFunctions(missing, path: path) }
    unsafe functions = copy
    unsafe original = unsafe table
    id = unsafe String(cString: copy.id)
    self.path = path
  }

  /// What the code brings. Also proves that its objects are readable here: a second jansson has another hash
  /// seed, so the host would find none of the keys.
  func describe() throws(PluginLoadError) -> JSONValue {
    guard let object = unsafe functions.probe(original) else {
      throw .badDescription(path: path, reason: "probe gave NULL")
    }
    let probe = unsafe JSONValue(adopting: object)
    guard probe["probe"]?[1]?["b"]?.int == 1, probe["probe"]?[0]?.string == "a" else {
      throw .secondJansson(path: path)
    }
    guard let raw = unsafe functions.describe(original) else {
      throw .badDescription(path: path, reason: "NULL")
    }
    let value = unsafe JSONValue(adopting: raw)
    guard value.isSane else { throw .badDescription(path: path, reason: "nested deeper than \(maxNesting)") }
    guard let members = value.members else { throw .badDescription(path: path, reason: "not an object") }
    // Members are walked without hashing, then looked up with it.
    guard members.allSatisfy({ value[$0.key] != nil }) else { throw .secondJansson(path: path) }
    return value
  }

  func create(_ host: UnsafePointer<shell_host>) throws(PluginLoadError) -> UnsafeMutableRawPointer {
    var error: UnsafeMutablePointer<json_t>?
    let instance = unsafe functions.create(original, host, &error)
    guard let instance = unsafe instance else { throw .createFailed(unsafe Self.reason(error)) }
    if let error = unsafe error { unsafe json_decref(error) }
    return unsafe instance
  }

  func activate(_ instance: UnsafeMutableRawPointer) throws(PluginLoadError) {
    guard let activate = unsafe functions.activate else { return }
    var error: UnsafeMutablePointer<json_t>?
    let status = unsafe activate(instance, &error)
    guard status == 0 else { throw .activateFailed(unsafe Self.reason(error)) }
    if let error = unsafe error { unsafe json_decref(error) }
  }

  /// SHELL_DONE, SHELL_PENDING or SHELL_REJECT.
  func call(_ instance: UnsafeMutableRawPointer, _ call: UnsafePointer<shell_call>) -> Int32 {
    unsafe functions.call(instance, call)
  }

  func cancel(_ instance: UnsafeMutableRawPointer, _ id: UInt64) { unsafe functions.cancel?(instance, id) }

  func deactivate(_ instance: UnsafeMutableRawPointer) { unsafe functions.deactivate?(instance) }

  func destroy(_ instance: UnsafeMutableRawPointer) { unsafe functions.destroy?(instance) }

  private static func reason(_ error: UnsafeMutablePointer<json_t>?) -> String {
    guard let error = unsafe error else { return "no reason given" }
    let value = unsafe JSONValue(adopting: error)
    guard value.isSane else { return "a reason nested too deep" }
    let failure = PluginFailure(abi: value)
    return failure.message.en == failure.kind ? failure.kind : "\(failure.message.en) (\(failure.kind))"
  }
}
