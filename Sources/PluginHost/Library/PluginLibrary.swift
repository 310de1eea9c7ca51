import CJansson
import CShellPlugin
import Jansson

#if canImport(Glibc)
  import Glibc
#endif

/// The ABI that this host speaks.
let hostABI = "\(SHELL_ABI_MAJOR).\(SHELL_ABI_MINOR)"

/// A plugin's code in this process: a shared library, or a table linked into the same image for tests.
///
/// Both go through the same C functions. A library is never closed: Swift images cannot be unloaded.
package struct PluginLibrary: Sendable {
  let table: PluginTable
  /// Where the code came from, for messages.
  package let path: String
  /// Where the library lies; nil in process.
  let image: LibraryImage?

  /// Opens a shared library and checks everything that can be checked before its first call.
  static func open(_ path: String) throws(PluginLoadError) -> PluginLibrary {
    // 1. The file itself. The real path: glibc tells libraries apart by the name it was given.
    let path = realPath(path) ?? path
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw .notLoadable(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    guard status.st_mode & 0o022 == 0 else { throw .writableByOthers(path: path) }

    // 2. Load it. NOW: a missing symbol shows here and not in the middle of a call.
    guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL | Int32(RTLD_NODELETE)) else {
      throw .notLoadable(path: path, reason: loaderError())
    }

    // 3. One jansson and one Swift runtime, before the first of the plugin's functions runs.
    guard unsafe isUnique("json_object", in: handle) else { throw .secondJansson(path: path) }
    guard unsafe isUnique("swift_retain", in: handle) else { throw .secondSwiftRuntime(path: path) }

    // 4. The entry.
    guard let symbol = unsafe dlsym(handle, "shell_plugin_query") else {
      throw .noEntry(path: path, reason: loaderError())
    }
    typealias Query = @convention(c) (UInt16, UInt16) -> UnsafePointer<shell_plugin>?
    let query = unsafe unsafeBitCast(symbol, to: Query.self)
    guard let table = unsafe query(UInt16(SHELL_ABI_MAJOR), UInt16(SHELL_ABI_MINOR)) else {
      throw .refusedHost(path: path)
    }
    return PluginLibrary(
      table: unsafe try PluginTable(table, path: path), path: path,
      image: unsafe LibraryImage(handle: handle))
  }

  /// A table of this very image. It must stay valid to the end of the process.
  package static func inProcess(_ table: UnsafePointer<shell_plugin>) throws -> PluginLibrary {
    PluginLibrary(table: unsafe try PluginTable(table, path: "in process"), path: "in process", image: nil)
  }

  /// Whether this host has all that the manifest says the plugin needs of the ABI.
  static func checkABI(of manifest: Manifest) throws(PluginLoadError) {
    let asked = manifest.abi
    guard asked.major == Int(SHELL_ABI_MAJOR), asked.minor <= Int(SHELL_ABI_MINOR) else {
      throw .wrongABI(
        plugin: manifest.id, asks: "\(asked.major).\(asked.minor)", speaks: hostABI, path: manifest.library)
    }
  }

  /// The first of the folders that holds the file.
  static func find(_ name: String, in folders: [String]) throws(PluginLoadError) -> String {
    for folder in folders {
      let path = "\(folder)/\(name)"
      if unsafe access(path, F_OK) == 0 { return path }
    }
    throw .missingFile(name, searched: folders)
  }

  /// Whether the symbol that the library sees is the process's one; also when the library has no use for it.
  private static func isUnique(_ symbol: String, in handle: UnsafeMutableRawPointer) -> Bool {
    guard let theirs = unsafe dlsym(handle, symbol) else { return true }
    return unsafe theirs == dlsym(nil, symbol)
  }

  private static func loaderError() -> String {
    unsafe dlerror().map { unsafe String(cString: $0) } ?? "unknown reason"
  }
}

private func realPath(_ path: String) -> String? {
  guard let resolved = unsafe realpath(path, nil) else { return nil }
  defer { unsafe free(resolved) }
  return unsafe String(cString: resolved)
}
