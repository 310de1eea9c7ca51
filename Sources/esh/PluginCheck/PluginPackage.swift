import Glibc
import Jansson
import PluginHost
import Terminal

/// A plugin as it lies on somebody's disk: a manifest, and the library that it names.
struct PluginPackage {
  let manifestPath: String
  /// Where the library may lie, in this order.
  let folders: [String]

  /// Finds the plugin behind a path: a manifest, a library, or a folder that holds both. `libraryFolders` are looked
  /// into first.
  static func find(_ path: String, libraryFolders: [String] = []) throws -> PluginPackage {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw HostError(
        ru: "\(path): \(HostError.systemReason)", en: "\(path): \(HostError.systemReason)")
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      // A package has its manifest in a folder of its own.
      let inside = manifests(in: path).isEmpty && exists("\(path)/manifests") ? "\(path)/manifests" : path
      return PluginPackage(manifest: try onlyManifest(in: inside, naming: nil), libraryFolders)
    }
    guard path.hasSuffix(".so") else { return PluginPackage(manifest: path, libraryFolders) }
    let folder = Self.folder(of: path)
    let manifest = try onlyManifest(in: folder, naming: String(path.split(separator: "/").last ?? ""))
    return PluginPackage(manifest: manifest, [folder] + libraryFolders)
  }

  private init(manifest: String, _ libraryFolders: [String]) {
    manifestPath = manifest
    let folder = Self.folder(of: manifest)
    // Beside the manifest, or where `esh plugin new` has it built; a release build before the one for debugging.
    let built = [folder, "\(folder)/.."].flatMap { ["\($0)/build", "\($0)/.build/release", "\($0)/.build/debug"] }
    folders = libraryFolders + [folder] + built.filter(Self.exists)
  }

  /// The library's path, in the plugin's own folders or the installation's; nil: it is in none of them.
  func library(_ manifest: Manifest) -> String? {
    searched.map { "\($0)/\(manifest.library)" }.first(where: Self.exists)
  }

  /// All folders in which the library is looked for.
  var searched: [String] { folders + Installation().plugins }

  var folder: String { Self.folder(of: manifestPath) }

  private static func onlyManifest(in folder: String, naming library: String?) throws -> String {
    let found = manifests(in: folder).filter { library == nil || $0.library == library }
    if found.count == 1, let only = found.first { return only.path }
    let names = found.compactMap { $0.path.split(separator: "/").last }.joined(separator: ", ")
    if found.isEmpty {
      let wanted = library.map { " библиотеки \($0)" } ?? ""
      throw HostError(
        ru: "\(folder): здесь нет манифеста\(wanted) (файла *.json с «manifestVersion»)",
        en: "\(folder): there is no manifest here\(library.map { " of \($0)" } ?? "")"
          + " (a file *.json with \"manifestVersion\")")
    }
    throw HostError(
      ru: "\(folder): здесь несколько манифестов, назовите один: \(names)",
      en: "\(folder): several manifests are here, name one: \(names)")
  }

  /// Files that say they are manifests, whether or not they can be used.
  private static func manifests(in folder: String) -> [(path: String, library: String?)] {
    guard let directory = unsafe opendir(folder) else { return [] }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".json"), !name.hasSuffix(".schema.json"), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted().compactMap { name in
      let path = "\(folder)/\(name)"
      // try?: what is no JSON is no manifest.
      guard let bytes = FileContent.read(path, limit: ManifestFolder.maxFileBytes),
        let json = try? JSONValue(parsing: bytes), json["manifestVersion"] != nil
      else { return nil }
      return (path, json["library"]?.string)
    }
  }

  static func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folder = parts.joined(separator: "/")
    return folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
