#if canImport(Glibc)
  import Glibc
#endif

/// Which plugins run inside the host and which in a runner.
package struct IsolationPolicy: Sendable {
  package enum Place: String, Sendable, CaseIterable {
    /// Inside the host: fastest, and a crash is the host's.
    case inproc
    /// In a process of its own.
    case runner
  }

  /// What somebody has decided for all plugins; nil: it goes by each.
  package var everywhere: Place?
  /// What somebody has decided for single plugins, by id.
  package var decided: [String: Place] = [:]
  /// Folders of libraries that came with the host itself. A plugin from anywhere else is a third party's.
  package var ownFolders: [String] = []

  package init() {}

  /// In this order: what was decided for the plugin, what was decided for all, its manifest's wish for a runner, whose
  /// it is. A third party's wish to run inside the host is no reason to let it.
  package func place(of manifest: Manifest, library path: String) -> Place {
    if let place = decided[manifest.id] ?? everywhere { return place }
    if manifest.isolation == .runner { return .runner }
    return isOwn(path) ? .inproc : .runner
  }

  private func isOwn(_ path: String) -> Bool {
    guard let folder = Self.folder(of: path) else { return false }
    return ownFolders.contains { Self.real($0) == folder }
  }

  private static func folder(of path: String) -> String? {
    real(path).map { $0.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") }
  }

  private static func real(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}
