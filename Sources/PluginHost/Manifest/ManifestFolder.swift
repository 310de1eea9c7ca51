import Dispatch
import Glibc
import ShellProtocol
import Synchronization

/// The folders in which manifests lie, one file `<id>.json` for each plugin.
package enum ManifestFolder {
  /// Bytes that a manifest may have.
  package static let maxFileBytes = 1 << 20

  /// Reads every manifest: folders in the given order, files by name. What cannot be read comes back as errors; it
  /// never keeps the others from being read.
  package static func read(_ folders: [String]) -> (manifests: [Manifest], broken: [ManifestError]) {
    var outcomes: [Result<[UInt8], ManifestError>] = []
    var files: [String] = []
    for folder in folders {
      guard let names = fileNames(in: folder) else {
        files.append(folder)
        outcomes.append(.failure(failure(folder, "cannot be opened as a folder", "не открывается как папка")))
        continue
      }
      for name in names {
        let file = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
        files.append(file)
        outcomes.append(Result { () throws(ManifestError) in try bytes(of: file) })
      }
    }
    var manifests: [Manifest] = []
    var broken: [ManifestError] = []
    for outcome in parsed(files, outcomes) {
      switch outcome {
      case .success(let manifest): manifests.append(manifest)
      case .failure(let error): broken.append(error)
      }
    }
    return (manifests, broken)
  }

  /// The largest file on a thread of its own, since a start waits for it and it is as large as all others together.
  /// On a queue of its own as well: the shared ones are watched by a timer from then on.
  private static func parsed(
    _ files: [String], _ outcomes: [Result<[UInt8], ManifestError>]
  ) -> [Result<Manifest, ManifestError>] {
    @Sendable func parse(_ index: Int) -> Result<Manifest, ManifestError> {
      outcomes[index].flatMap { bytes in
        Result { () throws(ManifestError) in try Manifest(parsing: bytes, file: files[index]) }
      }
    }
    guard let largest = outcomes.indices.max(by: { size(outcomes[$0]) < size(outcomes[$1]) }) else { return [] }
    let beside = Mutex<Result<Manifest, ManifestError>?>(nil)
    let done = DispatchGroup()
    DispatchQueue(label: "esh.manifest").async(group: done) {
      let manifest = parse(largest)
      beside.withLock { $0 = manifest }
    }
    var manifests = Dictionary(
      uniqueKeysWithValues: outcomes.indices.filter { $0 != largest }.map { ($0, parse($0)) })
    done.wait()
    manifests[largest] = beside.withLock { $0 }
    return outcomes.indices.compactMap { manifests[$0] }
  }

  private static func size(_ outcome: Result<[UInt8], ManifestError>) -> Int {
    if case .success(let bytes) = outcome { bytes.count } else { 0 }
  }

  /// Reads one manifest.
  package static func read(file: String) throws(ManifestError) -> Manifest {
    try Manifest(parsing: bytes(of: file), file: file)
  }

  /// Names of the manifests in a folder, sorted; nil when it is no folder that can be read.
  private static func fileNames(in folder: String) -> [String]? {
    guard let directory = unsafe opendir(folder) else { return nil }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      // The schema lies beside the manifests; editors leave files that start with a point.
      if name.hasSuffix(".json"), !name.hasSuffix(".schema.json"), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  static func bytes(of file: String) throws(ManifestError) -> [UInt8] {
    let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(file, "cannot be opened", "не открывается") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
        unsafe count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
      }
      if chunk.isEmpty { return bytes }
      bytes += chunk
      guard bytes.count <= maxFileBytes else {
        throw failure(file, "is larger than \(maxFileBytes) bytes", "больше \(maxFileBytes) байт")
      }
    }
  }

  private static func failure(_ file: String, _ en: String, _ ru: String) -> ManifestError {
    ManifestError(file: file, reason: LocalizedText(ru: ru, en: en))
  }
}
