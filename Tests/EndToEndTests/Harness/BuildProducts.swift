import Foundation

/// Where the things under test are: the executable and the libraries beside the test bundle, the repository's files.
///
/// `ESH_BINARY` and `ESH_ROOT` name them for a bundle that was built elsewhere.
enum BuildProducts {
  static let esh: String = {
    let environment = ProcessInfo.processInfo.environment
    if let given = environment["ESH_BINARY"] { return given }
    return "\(folder(of: CommandLine.arguments[0]))/esh"
  }()

  /// The folder of the plugins' libraries.
  static let plugins = folder(of: esh)

  /// The repository.
  static let root: String = {
    if let given = ProcessInfo.processInfo.environment["ESH_ROOT"] { return given }
    return folder(of: folder(of: folder(of: folder(of: "\(#filePath)"))))
  }()

  static let manifests = "\(root)/Manifests"

  static func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }
}

/// Something outside of the product stopped a test: a process that did not start, a file that is not there.
struct TestTrouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
