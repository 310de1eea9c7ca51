import Glibc

/// Where the host finds what was installed beside it: in a build folder, or under a prefix.
struct Installation {
  /// Folder of the running executable.
  let executableFolder: String

  init() {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = unsafe buffer.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return unsafe readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    let path = String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
    executableFolder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }

  /// `PREFIX/share/esh/manifests` of an installation; in a build, the repository's `Manifests`.
  var manifests: [String] {
    [
      "\(executableFolder)/../share/esh/manifests", "\(executableFolder)/../../../Manifests",
      "\(executableFolder)/../../Manifests",
    ].first(where: Self.isFolder).map { [$0] } ?? []
  }

  /// `PREFIX/lib/esh/plugins` of an installation; in a build, beside the executable.
  var plugins: [String] {
    ["\(executableFolder)/../lib/esh/plugins", executableFolder].filter(Self.isFolder)
  }

  /// `PREFIX/share/esh/sdk` of an installation; in a build, the repository's `SDK`.
  var sdk: String? {
    ["\(executableFolder)/../share/esh/sdk", "\(executableFolder)/../../../SDK", "\(executableFolder)/../../SDK"]
      .first(where: Self.isFolder)
  }

  /// Where libEShTesting.so lies: `PREFIX/lib/esh` of an installation; in a build, beside the executable.
  var testing: String { ["\(executableFolder)/../lib/esh", executableFolder].first(where: Self.isFolder) ?? "" }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
