import Jansson
import ShellProtocol

/// What an administrator agreed to when a plugin was installed: these two files, with these permissions.
package struct PluginPin: Sendable, Equatable {
  package let version: String
  /// The library's file name.
  package let library: String
  /// 64 hexadecimal digits each.
  package let librarySHA256: String
  package let manifestSHA256: String
  /// The manifest's `permissions` as they were granted.
  package let permissions: JSONValue
  /// When, in words of RFC 3339, and where the files came from; for people.
  package let pinnedAt: String
  package let source: String

  package init(
    version: String, library: String, librarySHA256: String, manifestSHA256: String, permissions: JSONValue,
    pinnedAt: String, source: String
  ) {
    self.version = version
    self.library = library
    self.librarySHA256 = librarySHA256
    self.manifestSHA256 = manifestSHA256
    self.permissions = permissions
    self.pinnedAt = pinnedAt
    self.source = source
  }

  init?(_ json: JSONValue) {
    guard let version = json["version"]?.string, let library = json["library"]?["file"]?.string,
      let librarySHA256 = json["library"]?["sha256"]?.string, let manifestSHA256 = json["manifest"]?["sha256"]?.string,
      ManifestGrammar.isLibrary(library)
    else { return nil }
    self.init(
      version: version, library: library, librarySHA256: librarySHA256, manifestSHA256: manifestSHA256,
      permissions: json["permissions"] ?? .emptyObject, pinnedAt: json["pinnedAt"]?.string ?? "",
      source: json["source"]?.string ?? "")
  }

  var json: JSONValue {
    [
      "version": JSONValue(version), "library": ["file": JSONValue(library), "sha256": JSONValue(librarySHA256)],
      "manifest": ["sha256": JSONValue(manifestSHA256)], "permissions": permissions, "pinnedAt": JSONValue(pinnedAt),
      "source": JSONValue(source),
    ]
  }
}

/// Why a plugin of a trusted folder is kept out, with what to do about it.
package struct DistrustReason: Error, Sendable, CustomStringConvertible {
  package let text: LocalizedText
  package var description: String { text.en }

  package init(ru: String, en: String) { text = LocalizedText(ru: ru, en: en) }
}
