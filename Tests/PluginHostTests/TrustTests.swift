import Foundation
import Jansson
import Testing

@testable import PluginHost

/// What of an installed plugin is used, and what keeps it out.
@Suite struct TrustTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func `a digest is that of the standard's examples, in whatever pieces the bytes come`(text: String, expected: String)
  {
    let bytes = Array(text.utf8)
    #expect(FileDigest.of(bytes) == expected)
    for size in [1, 55, 56, 63, 64, 65, 1000] where bytes.count < 100_000 || size > 50 {
      var digest = FileDigest()
      for start in stride(from: 0, to: bytes.count, by: size) {
        digest.add(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(digest.end() == expected, "in pieces of \(size)")
    }
  }

  /// A plugin as `esh plugin install` leaves it.
  private struct Shelf {
    let home = TemporaryFolder()
    let plugin = ScriptedPlugin(commands: ["echo"])
    var folder: TrustedFolder { TrustedFolder("\(home.path)/plugins") }
    var library: String { "\(home.path)/plugins/scripted/libscripted.so" }
    var manifest: String { "\(home.path)/plugins/scripted/scripted.json" }

    init() throws {
      let files = FileManager.default
      for path in ["", "/plugins", "/plugins/scripted"] {
        try files.createDirectory(
          atPath: home.path + path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home.path + path)
      }
      try plugin.install(in: "\(home.path)/plugins/scripted")
      try set(library, mode: 0o500)
      let bytes = plugin.manifestJSON.bytes(indent: 2)
      try Data(bytes).write(to: URL(fileURLWithPath: manifest))
      try set(manifest, mode: 0o600)
      let pin = PluginPin(
        version: "1.2.3", library: "libscripted.so",
        librarySHA256: FileDigest.of(Array(try Data(contentsOf: URL(fileURLWithPath: library)))),
        manifestSHA256: FileDigest.of(bytes), permissions: .emptyObject, pinnedAt: "", source: "")
      try folder.write(["scripted": pin])
    }

    func set(_ path: String, mode: Int) throws {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func change(_ path: String) throws {
      try set(path, mode: 0o600)
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data([10]))
      try handle.close()
    }

    /// Why the plugin is kept out; nil: it is not.
    var reason: String? {
      let found = folder.installed()
      return found.manifests.map(\.id) == ["scripted"] ? nil : found.broken.map { "\($0)" }.joined(separator: "\n")
    }

    /// A host that has the plugin from here.
    func bench() throws -> HostBench {
      try HostBench([plugin], in: home, install: false) { configuration in
        configuration.libraryFolders = []
        configuration.trusted = (folder, ["scripted"])
      }
    }
  }

  @Test func `I2: what was agreed to is used, from a copy that only its owner may read`() async throws {
    let shelf = try Shelf()
    #expect(shelf.reason == nil)

    let bench = try shelf.bench()
    #expect(await bench.run("scripted.echo", ["a": 1]).value?["params"] == ["a": 1])

    let copies = try FileManager.default.contentsOfDirectory(atPath: shelf.folder.runFolder)
    #expect(copies == ["\(try TrustedFile(shelf.library).digest()).so"])
    let mode = try FileManager.default.attributesOfItem(atPath: "\(shelf.folder.runFolder)/\(copies[0])")
    #expect(mode[.posixPermissions] as? Int == 0o500)
  }

  @Test func `I2: each change keeps the plugin out, with what to do about it`() throws {
    let changes: [(Shelf) throws -> String] = [
      { shelf in
        try shelf.change(shelf.library)
        return "esh plugin trust scripted"
      },
      { shelf in
        try shelf.change(shelf.manifest)
        return "has changed since it was installed"
      },
      { shelf in
        try FileManager.default.removeItem(atPath: shelf.library)
        return "cannot open"
      },
      { shelf in
        try FileManager.default.removeItem(atPath: shelf.manifest)
        return "cannot open"
      },
      { shelf in
        try shelf.set(shelf.library, mode: 0o520)
        return "chmod go-w \(shelf.library)"
      },
      { shelf in
        try shelf.set("\(shelf.folder.path)/scripted", mode: 0o770)
        return "chmod go-w \(shelf.folder.path)/scripted"
      },
      { shelf in
        try shelf.set(shelf.folder.path, mode: 0o777)
        return "chmod go-w \(shelf.folder.path)"
      },
      { shelf in
        try shelf.set(shelf.home.path, mode: 0o770)
        return "chmod go-w \(shelf.home.path)"
      },
      { shelf in
        try FileManager.default.removeItem(atPath: shelf.library)
        try FileManager.default.createSymbolicLink(atPath: shelf.library, withDestinationPath: "/etc/passwd")
        return "cannot open"
      },
      { shelf in
        try shelf.folder.write([:])
        return "nobody has agreed to it"
      },
      { shelf in
        try "{".write(toFile: "\(shelf.folder.path)/trust.json", atomically: false, encoding: .utf8)
        return "trust.json is damaged"
      },
    ]
    for (number, change) in changes.enumerated() {
      let shelf = try Shelf()
      let expected = try change(shelf)
      #expect(shelf.reason?.contains(expected) == true, "\(number): \(shelf.reason ?? "used")")
    }
  }

  @Test func `I2: a library that changes before it is first needed is not opened`() async throws {
    let shelf = try Shelf()
    let bench = try shelf.bench()
    try shelf.change(shelf.library)

    let refused = await bench.run("scripted.echo")

    #expect(refused.failure?.message.en.contains("has changed since it was installed") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: shelf.folder.runFolder) == [])
  }
}
