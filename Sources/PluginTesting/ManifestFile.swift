import PluginHost
import PluginKit

/// Manifests as tests name them.
enum ManifestFile {
  static func read(_ path: String, relativeTo file: String) throws -> JSONValue {
    let path = Self.path(path, relativeTo: file)
    do {
      return try ManifestFolder.read(file: path).json
    } catch {
      throw BenchTrouble("the manifest cannot be used:\n\(error)")
    }
  }

  /// `path`, or the one from the folder of `file` when it is relative.
  static func path(_ path: String, relativeTo file: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return folder.isEmpty ? path : "\(folder)/\(path)"
  }
}
