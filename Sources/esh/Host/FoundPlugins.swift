import PluginHost

/// Every plugin that a host has to do with: those of its folders of manifests, and those that were installed in the data
/// folder.
struct FoundPlugins: Sendable {
  let manifests: [Manifest]
  let broken: [ManifestError]
  /// Ids of the installed ones that are used.
  let installed: Set<String>

  /// What lies in the host's own folders comes first: nobody takes the place of such a plugin by its id.
  init(
    _ own: (manifests: [Manifest], broken: [ManifestError]),
    installed: (manifests: [Manifest], pins: [String: PluginPin], broken: [ManifestError])
  ) {
    let taken = Set(own.manifests.map(\.id))
    manifests = own.manifests + installed.manifests
    broken = own.broken + installed.broken
    self.installed = Set(installed.manifests.map(\.id)).subtracting(taken)
  }
}
