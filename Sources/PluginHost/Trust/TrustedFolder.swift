import Jansson
import ShellProtocol

#if canImport(Glibc)
  import Glibc
#endif

/// The plugins that an administrator has installed, and what was agreed to: `DATA/plugins`.
///
/// `trust.json` holds the pins; `<id>/<id>.json` and `<id>/<library>` are the files; `.run/<sha256>.so` are the copies that
/// are opened, made anew each time a plugin is loaded. The folder is its owner's alone.
package struct TrustedFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package func folder(of id: String) -> String { "\(path)/\(id)" }
  package func manifest(of id: String) -> String { "\(path)/\(id)/\(id).json" }
  private var pinFile: String { "\(path)/trust.json" }
  /// Where the copies are that a host opens.
  package var runFolder: String { "\(path)/.run" }

  private static let maxPinBytes = 4 << 20

  // MARK: Pins

  /// The pins by plugin; empty when nothing was ever installed.
  package func pins() throws(DistrustReason) -> [String: PluginPin] {
    guard unsafe access(pinFile, F_OK) == 0 else { return [:] }
    // Who may write into the folder above may put another one in this one's place.
    let above = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    try TrustedFile.checkFolder(above.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : above)
    let bytes = try TrustedFile(pinFile).bytes(limit: Self.maxPinBytes)
    // try?: the words below say more than a parser's.
    guard let json = try? JSONValue(parsing: bytes), json["version"] == 1, let members = json["plugins"]?.members else {
      throw DistrustReason(
        ru: "\(pinFile) испорчен: поставьте модули заново (esh plugin install)",
        en: "\(pinFile) is damaged: install the plugins anew (esh plugin install)")
    }
    var pins: [String: PluginPin] = [:]
    for (id, entry) in members where ManifestGrammar.isPluginID(id) { pins[id] = PluginPin(entry) }
    return pins
  }

  /// Puts the pins in the place of the old ones: after a crash there are those or these, whole.
  package func write(_ pins: [String: PluginPin]) throws(DistrustReason) {
    let entries = pins.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
    let json: JSONValue = ["version": 1, "plugins": JSONValue(members: entries)]
    guard FileBytes.replace(pinFile, with: json.bytes(indent: 2) + [UInt8(ascii: "\n")]) else {
      let reason = unsafe String(cString: strerror(errno))
      throw DistrustReason(ru: "не записывается \(pinFile): \(reason)", en: "cannot write \(pinFile): \(reason)")
    }
  }

  /// Ids of the folders that lie here, with a pin or without.
  package func folders() -> [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if ManifestGrammar.isPluginID(name), unsafe access(manifest(of: name), F_OK) == 0 {
        names.append(name)
      }
    }
    return names.sorted()
  }

  // MARK: What a host makes of them

  /// The plugins that may be used, with their pins, and those that are kept out, each with the reason.
  package func installed() -> (manifests: [Manifest], pins: [String: PluginPin], broken: [ManifestError]) {
    let names = folders()
    var broken: [ManifestError] = []
    let pins: [String: PluginPin]
    do throws(DistrustReason) {
      pins = try self.pins()
      if !pins.isEmpty || !names.isEmpty { try TrustedFile.checkFolder(path) }
    } catch {
      let ids = names.isEmpty ? ["trust"] : names
      return ([], [:], ids.map { ManifestError(file: manifest(of: $0), reason: error.text) })
    }
    var manifests: [Manifest] = []
    for id in Set(names).union(pins.keys).sorted() {
      do throws(ManifestError) {
        guard let pin = pins[id] else { throw ManifestError(file: manifest(of: id), reason: Self.untrusted(id)) }
        manifests.append(try verified(id, pin))
      } catch {
        broken.append(error)
      }
    }
    return (manifests, pins, broken)
  }

  /// The manifest of a plugin whose files are those that were agreed to.
  private func verified(_ id: String, _ pin: PluginPin) throws(ManifestError) -> Manifest {
    let file = manifest(of: id)
    let bytes: [UInt8]
    do throws(DistrustReason) {
      bytes = try TrustedFile(file).bytes(limit: ManifestFolder.maxFileBytes)
      try Self.compare(FileDigest.of(bytes), pin.manifestSHA256, file, id)
      let library = "\(folder(of: id))/\(pin.library)"
      try Self.compare(try TrustedFile(library).digest(), pin.librarySHA256, library, id)
    } catch {
      throw ManifestError(file: file, reason: error.text)
    }
    let manifest = try Manifest(parsing: bytes, file: file)
    guard manifest.id == id, manifest.library == pin.library else {
      throw ManifestError(
        file: file,
        reason: LocalizedText(
          ru: "манифест чужой: в нём «\(manifest.id)» и \(manifest.library)",
          en: "the manifest is of another: it says '\(manifest.id)' and \(manifest.library)"))
    }
    return manifest
  }

  /// A copy of the plugin's library that only this user may read, made and compared now: what is opened is what was
  /// hashed. The pins are read anew, so a plugin that was trusted again needs no new host.
  func libraryToOpen(_ manifest: Manifest) throws(DistrustReason) -> String {
    let id = manifest.id
    guard let pin = try pins()[id] else { throw DistrustReason(Self.untrusted(id)) }
    guard try TrustedFile(self.manifest(of: id)).digest() == pin.manifestSHA256, manifest.library == pin.library,
      manifest.version.description == pin.version
    else {
      throw DistrustReason(
        ru: "манифест модуля «\(id)» сменился, пока сервер работал: перезапустите сервер",
        en: "the manifest of plugin '\(id)' has changed while this host runs: restart the host")
    }
    guard unsafe mkdir(runFolder, 0o700) == 0 || errno == EEXIST else {
      let reason = unsafe String(cString: strerror(errno))
      throw DistrustReason(ru: "\(runFolder): \(reason)", en: "\(runFolder): \(reason)")
    }
    try TrustedFile.checkFolder(runFolder)
    let source = "\(folder(of: id))/\(pin.library)"
    let copy = "\(runFolder)/\(pin.librarySHA256).so"
    let found = try TrustedFile(source).copy(to: copy, mode: 0o500)
    do throws(DistrustReason) {
      try Self.compare(found, pin.librarySHA256, source, id)
    } catch {
      unsafe unlink(copy)
      throw error
    }
    return copy
  }

  private static func compare(_ found: String, _ pinned: String, _ path: String, _ id: String) throws(DistrustReason) {
    guard found != pinned else { return }
    throw DistrustReason(
      ru:
        "\(path) изменён после установки (sha256 \(found.prefix(12))…, а было \(pinned.prefix(12))…); если это сделали "
        + "вы: esh plugin trust \(id); если нет: esh plugin install заново",
      en:
        "\(path) has changed since it was installed (sha256 \(found.prefix(12))…, was \(pinned.prefix(12))…); if that "
        + "was you: esh plugin trust \(id); if not: esh plugin install anew")
  }

  private static func untrusted(_ id: String) -> LocalizedText {
    LocalizedText(
      ru: "модуль лежит в папке, но никто не разрешал его: esh plugin trust \(id)",
      en: "the plugin lies in the folder and nobody has agreed to it: esh plugin trust \(id)")
  }
}

extension DistrustReason {
  init(_ text: LocalizedText) { self.init(ru: text.ru, en: text.en) }
}
