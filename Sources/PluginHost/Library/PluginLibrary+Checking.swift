extension PluginLibrary {
  /// Opens a plugin's library in this process, as the host would, and looks at its first answers. The answer
  /// is what is wrong, in English; nil: nothing.
  package static func problem(of manifest: Manifest, folders: [String]) -> String? {
    do throws(PluginLoadError) {
      try checkABI(of: manifest)
      _ = try open(try find(manifest.library, in: folders))
      return nil
    } catch {
      return "\(error)"
    }
  }
}
