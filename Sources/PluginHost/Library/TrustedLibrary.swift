extension PluginHostConfiguration {
  /// The file of a plugin's library: the copy of what was agreed to when the plugin was installed in the data folder, else
  /// the first that lies in the host's folders.
  func libraryPath(of manifest: Manifest) throws(PluginLoadError) -> String {
    guard let trusted, trusted.ids.contains(manifest.id) else {
      return try PluginLibrary.find(manifest.library, in: libraryFolders)
    }
    do throws(DistrustReason) {
      return try trusted.folder.libraryToOpen(manifest)
    } catch {
      throw .untrusted(error)
    }
  }
}
