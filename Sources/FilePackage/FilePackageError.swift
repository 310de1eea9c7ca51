/// Why a package of files cannot be read or written. `reason` is the system's or libzip's own word.
package enum FilePackageError: Error, Equatable, Sendable {
  case notFound(path: String)
  case unreadable(path: String, reason: String)
  /// Neither a folder nor a zip archive.
  case notAPackage(path: String)
  case noSuchFile(name: String)
  case encrypted(name: String)
  /// A damaged archive, or a compression that we do not know.
  case broken(name: String, reason: String)
  /// More bytes than a package of tables has; `limit` in bytes.
  case tooLarge(name: String, limit: UInt64)
  case tooManyFiles(limit: Int)
  case unwritable(path: String, reason: String)
}
