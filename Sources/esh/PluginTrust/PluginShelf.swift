import Glibc
import Jansson
import PluginHost
import ShellProtocol
import ShellTime
import Terminal

/// The data folder's plugins, as the commands change them: one command at a time.
struct PluginShelf {
  let data: DataFolder
  let trusted: TrustedFolder

  init(_ data: DataFolder) {
    self.data = data
    trusted = TrustedFolder(data.plugins)
  }

  /// Whether a host serves the folder now.
  var isServed: Bool { FolderLock.holder(data) != nil }

  /// What a person is told who has changed something under a running host. `isReloadable`: only the library is another, and
  /// the host has the plugin.
  func noteRestart(_ id: String, isReloadable: Bool = false) {
    guard isServed else { return }
    Output.note(
      isReloadable
        ? "Сервер этой папки работает; новая библиотека заменит прежнюю сразу: esh plugin reload \(id) / "
          + "A host serves this folder; the new library takes the old one's place at once with: esh plugin reload \(id)"
        : "Сервер этой папки работает и увидит это после перезапуска. / "
          + "A host serves this folder and sees it after a restart.")
  }

  /// Copies a plugin in and pins it, after consent.
  func install(_ package: PluginPackage, consent: (Consent) throws -> Void) throws -> PluginPin {
    try data.create()
    try makeFolder(trusted.path)
    try trusting { () throws(DistrustReason) in try TrustedFile.checkFolder(trusted.path) }
    return try locked {
      // 1. Both files through one descriptor each, into a folder that nobody knows yet. What is looked at from here on is
      // the copy.
      let bytes = try trusting { () throws(DistrustReason) in
        try TrustedFile(package.manifestPath, isSource: true).bytes(limit: ManifestFolder.maxFileBytes)
      }
      let manifest = try Self.parse(bytes, package.manifestPath)
      try refuseOwn(manifest)
      guard let library = package.library(manifest) else {
        throw HostError(
          ru: "библиотеки «\(manifest.library)» нет в \(package.folders.joined(separator: ", "))",
          en: "there is no library '\(manifest.library)' in \(package.folders.joined(separator: ", "))")
      }
      let draft = "\(trusted.path)/.new"
      Self.clear(draft)
      defer { Self.clear(draft) }
      try makeFolder(draft)
      let target = "\(draft)/\(manifest.library)"
      let digest = try trusting { () throws(DistrustReason) in
        try TrustedFile(library, isSource: true).copy(to: target, mode: 0o500)
      }
      try Self.write(bytes, to: "\(draft)/\(manifest.id).json")
      try Self.refuseBroken(manifest, target)

      // 2. Consent, then the swap.
      let before = try pins()
      let pin = PluginPin(manifest, bytes, librarySHA256: digest, source: Self.absolute(package.manifestPath))
      try consent(
        Consent(
          manifest: manifest, librarySHA256: digest, manifestSHA256: pin.manifestSHA256, before: before[manifest.id]))
      try swap(draft, in: manifest.id) {
        try trusting { () throws(DistrustReason) in try trusted.write(before.merging([manifest.id: pin]) { $1 }) }
      }
      return pin
    }
  }

  /// Pins the files of a plugin as they lie here now, after consent; nil when they are those that were agreed to.
  func trust(_ id: String, consent: (Consent) throws -> Void) throws -> PluginPin? {
    try locked {
      guard trusted.folders().contains(id) else { throw Self.absent(id) }
      let file = trusted.manifest(of: id)
      let bytes = try trusting { () throws(DistrustReason) in
        try TrustedFile(file).bytes(limit: ManifestFolder.maxFileBytes)
      }
      let manifest = try Self.parse(bytes, file)
      guard manifest.id == id else {
        throw HostError(
          ru: "\(file): это манифест модуля «\(manifest.id)»", en: "\(file) is the manifest of '\(manifest.id)'")
      }
      try refuseOwn(manifest)
      let library = "\(trusted.folder(of: id))/\(manifest.library)"
      let digest = try trusting { () throws(DistrustReason) in try TrustedFile(library).digest() }
      try Self.refuseBroken(manifest, library)
      let before = try pins()
      let pin = PluginPin(manifest, bytes, librarySHA256: digest, source: before[id]?.source ?? file)
      if let old = before[id], old.librarySHA256 == digest, old.manifestSHA256 == pin.manifestSHA256 { return nil }
      try consent(
        Consent(manifest: manifest, librarySHA256: digest, manifestSHA256: pin.manifestSHA256, before: before[id]))
      try trusting { () throws(DistrustReason) in try trusted.write(before.merging([id: pin]) { $1 }) }
      return pin
    }
  }

  /// Takes a plugin's pin and files away; its tables stay. The answer: installed plugins that require it.
  func remove(_ id: String) throws -> [String] {
    try locked {
      // A damaged file of pins must not keep anybody from taking a plugin away.
      var pins = (try? trusted.pins()) ?? [:]
      guard pins[id] != nil || trusted.folders().contains(id) else { throw Self.absent(id) }
      pins[id] = nil
      try trusting { () throws(DistrustReason) in try trusted.write(pins) }
      Self.clear(trusted.folder(of: id))
      return trusted.installed().manifests.filter { $0.requires.plugins.contains { $0.id == id } }.map(\.id)
    }
  }

  // MARK: Steps

  private func pins() throws -> [String: PluginPin] {
    try trusting { () throws(DistrustReason) in try trusted.pins() }
  }

  /// Nobody takes the place of a plugin that came with ESh.
  private func refuseOwn(_ manifest: Manifest) throws {
    guard ManifestFolder.read(Installation().manifests).manifests.contains(where: { $0.id == manifest.id }) else {
      return
    }
    throw HostError(
      ru: "модуль «\(manifest.id)» входит в ESh; дайте своему другое имя",
      en: "plugin '\(manifest.id)' comes with ESh; give yours another id")
  }

  private static func refuseBroken(_ manifest: Manifest, _ library: String) throws {
    guard let check = LibraryCheck(library) else {
      throw HostError(ru: "\(library) не читается", en: "cannot read \(library)")
    }
    if let finding = check.findings.first(where: { $0.severity == .error }) {
      throw HostError(
        ru: "\(manifest.library): \(finding.message.ru); \(finding.advice.ru)",
        en: "\(manifest.library): \(finding.message.en); \(finding.advice.en)")
    }
  }

  private static func parse(_ bytes: [UInt8], _ file: String) throws -> Manifest {
    do throws(ManifestError) {
      return try Manifest(parsing: bytes, file: file)
    } catch {
      throw HostError(ru: error.message.ru, en: error.message.en)
    }
  }

  private static func absent(_ id: String) -> HostError {
    HostError(
      ru: "модуль «\(id)» здесь не установлен; поставить: esh plugin install ПУТЬ",
      en: "plugin '\(id)' is not installed here; to install it: esh plugin install PATH")
  }
}

extension PluginPin {
  init(_ manifest: Manifest, _ bytes: [UInt8], librarySHA256: String, source: String) {
    self.init(
      version: manifest.version.description, library: manifest.library, librarySHA256: librarySHA256,
      manifestSHA256: FileDigest.of(bytes), permissions: manifest.json["permissions"] ?? .emptyObject,
      pinnedAt: RFC3339.text(SystemClock().nowMs), source: source)
  }
}
