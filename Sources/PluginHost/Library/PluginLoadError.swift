/// Why a plugin could not be brought to life; `description` is what `plugin/list` shows.
package enum PluginLoadError: Error, CustomStringConvertible {
  case missingFile(String, searched: [String])
  case writableByOthers(path: String)
  case untrusted(DistrustReason)
  case notLoadable(path: String, reason: String)
  case noEntry(path: String, reason: String)
  case refusedHost(path: String)
  case wrongABI(plugin: String, asks: String, speaks: String, path: String)
  case tableTooSmall(path: String, size: UInt32)
  case missingFunctions([String], path: String)
  case otherID(expected: String, found: String, path: String)
  case secondJansson(path: String)
  case secondSwiftRuntime(path: String)
  case badDescription(path: String, reason: String)
  case disagreesWithManifest([String])
  case migration(String)
  case createFailed(String)
  case activateFailed(String)
  case tooSlow(phase: String, limitMs: Int64)
  case requirement(String)
  case runner(String)

  package var description: String {
    switch self {
    case .missingFile(let name, let searched):
      "library '\(name)' not found in "
        + (searched.isEmpty ? "(no folder given)" : searched.joined(separator: ", "))
    case .writableByOthers(let path): "others may write to \(path); take that away with chmod go-w"
    case .untrusted(let reason): reason.description
    case .notLoadable(let path, let reason): "cannot load \(path): \(reason)"
    case .noEntry(let path, let reason): "no shell_plugin_query in \(path): \(reason)"
    case .refusedHost(let path): "the plugin refused this host's ABI \(hostABI) (\(path))"
    case .wrongABI(let plugin, let asks, let speaks, let path):
      "plugin '\(plugin)' asks ABI \(asks), host speaks \(speaks) (\(path))"
    case .tableTooSmall(let path, let size): "the plugin's table has \(size) bytes and lacks `call` (\(path))"
    case .missingFunctions(let names, let path):
      "the plugin's table lacks \(names.joined(separator: ", ")) (\(path))"
    case .otherID(let expected, let found, let path):
      "the library is of plugin '\(found)', the manifest of '\(expected)' (\(path))"
    case .secondJansson(let path):
      "the plugin brings its own copy of jansson, so the host cannot read its objects; "
        + "link it with -ljansson, not statically (\(path))"
    case .secondSwiftRuntime(let path):
      "the plugin brings its own Swift runtime; link the standard library dynamically (\(path))"
    case .badDescription(let path, let reason): "describe gave no usable description: \(reason) (\(path))"
    case .disagreesWithManifest(let differences):
      "code and manifest disagree: \(differences.joined(separator: "; "))"
    case .migration(let reason): "migration failed: \(reason)"
    case .createFailed(let reason): "create failed: \(reason)"
    case .activateFailed(let reason): "activate failed: \(reason)"
    case .tooSlow(let phase, let limitMs): "\(phase) took longer than \(limitMs) ms"
    case .requirement(let reason), .runner(let reason): reason
    }
  }
}
