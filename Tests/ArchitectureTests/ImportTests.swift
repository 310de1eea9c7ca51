import Testing

/// Imports follow the arrows of the house.
struct ImportTests {
  /// What each room may import. The system's own modules are in `system`; whoever needs Foundation is named there.
  static let arrows: [String: Set<String>] = [
    "CSV": [],
    "FilePackage": ["CZip"],
    "Jansson": ["CJansson"],
    "PluginKit": ["CShellPlugin", "Jansson"],
    "ShellTime": [],
    "ZoneRules": [],
    "WhenClause": [],
    "JSONSchema": ["Jansson"],
    "ShellProtocol": ["Jansson"],
    "ShellTransport": ["CPoll", "Jansson", "ShellProtocol", "Logging"],
    // CJansson for JSON text that is made straight from a row.
    "ShellStore": ["CJansson", "CLentColumns", "CSQLite", "Jansson", "ShellTime", "ZoneRules"],
    "PluginHost": [
      "CDigest", "CJansson", "CRunner", "CShellPlugin", "Jansson", "JSONSchema", "ShellProtocol", "ShellStore",
      "ShellTime",
      "WhenClause",
      "Logging",
    ],
    "ShellCore": [
      "Jansson", "JSONSchema", "PluginHost", "ShellProtocol", "ShellStore", "ShellTime", "ShellTransport", "WhenClause",
      "Logging",
    ],
    "ShellHTTP": ["PluginHost", "Jansson", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOSSL", "NIOPosix"],
    "PlatformSimulator": [
      "Hummingbird", "HummingbirdCore", "GRDB", "Crypto", "NIOCore", "NIOPosix", "HTTPTypes", "ServiceLifecycle",
      "Logging",
      "AsyncHTTPClient",
    ],
    "WebDesktop": [
      "CWebPage", "Crypto", "Jansson", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOWebSocket", "ShellProtocol",
      "ShellTransport",
    ],
    "ShellTesting": [
      "CShellPlugin", "Jansson", "Logging", "PluginHost", "ShellCore", "ShellProtocol", "ShellStore", "ShellTime",
      "ShellTransport",
    ],
    "PlatformTesting": ["PluginHost", "ShellHTTP"],
    "PluginTesting": ["Logging", "PluginHost", "PluginKit", "ShellStore", "ShellTesting", "ShellTime"],
    "PluginTestingLibrary": ["CPluginTesting", "PluginTesting"],
    "Terminal": ["ArgumentParser", "Jansson"],
    "TerminalDesktop": ["Jansson", "Terminal"],
    // What the host opens when it is first needed; the only place that brings the two together.
    "PlatformLibrary": [
      "ArgumentParser", "CPlatformLibrary", "Jansson", "PlatformSimulator", "PluginHost", "ShellHTTP", "Terminal",
      "WebDesktop",
    ],
    "esh": [
      "ArgumentParser", "CPlatformLibrary", "CPluginCheck", "CSV", "CTaskPool", "JSONSchema", "Jansson", "Logging",
      "PluginHost", "ShellCore", "ShellProtocol", "ShellStore", "ShellTime", "ShellTransport", "Terminal",
      "TerminalDesktop",
    ],
    "shell-bench": ["ArgumentParser", "CBareLoop", "Jansson", "ShellTime", "ZoneRules"],
    "chat-bench": [
      "ArgumentParser", "CShellPlugin", "Jansson", "Logging", "MaxPlatformPlugin", "PluginHost", "PluginKit",
      "ShellStore", "ShellTime",
    ],
  ]

  static let system: Set<String> = ["Glibc", "Dispatch", "Synchronization"]
  static let withFoundation: Set<String> = ["PlatformSimulator", "PlatformTesting", "ShellTesting", "shell-bench"]

  @Test(arguments: arrows.keys.sorted())
  func `a room imports only the rooms that its arrows point to`(room: String) throws {
    var allowed = (Self.arrows[room] ?? []).union(Self.system)
    if Self.withFoundation.contains(room) { allowed.insert("Foundation") }

    for file in try Repository.files(under: "Sources/\(room)", endings: [".swift"]) {
      for module in Repository.imports(try Repository.text(file)) {
        #expect(allowed.contains(module), "\(file) imports \(module)")
      }
    }
  }

  @Test func `every room with Swift in it has its arrows written down here`() throws {
    let rooms = try Repository.files(under: "Sources", endings: [".swift"]).map { String($0.split(separator: "/")[1]) }

    #expect(Set(rooms).subtracting(Self.arrows.keys) == [])
  }

  @Test func `plugins import the kit and never each other or the host`() throws {
    let allowed = Self.system.union([
      "CSV", "FilePackage", "PluginKit", "ZoneRules", "Foundation", "Crypto", "CryptoExtras",
    ])
    // Tests that lie beside an example are a stranger's: they take the bench, too. So is its package.
    for file in try Repository.files(under: "Plugins", endings: [".swift"])
    where !file.contains("/Tests/") && !file.hasSuffix("/Package.swift") {
      let parts = file.split(separator: "/").map(String.init)
      for module in Repository.imports(try Repository.text(file)) {
        let entry = parts.firstIndex(of: "Entry")
        let isOwn = entry.map { module == "\(parts[$0 - 1])Plugin" || module == "CShellPlugin" } ?? false
        #expect(isOwn || allowed.contains(module) || module == "Jansson", "\(file) imports \(module)")
      }
    }
  }

  @Test func `only the store knows the database, and only School's passwords and the simulator know cryptography`()
    throws
  {
    for file in try Repository.files(under: "Sources", endings: [".swift"]) {
      let modules = Set(Repository.imports(try Repository.text(file)))
      if modules.contains("CSQLite") { #expect(file.hasPrefix("Sources/ShellStore/"), "\(file)") }
      if modules.contains("GRDB") { #expect(file.hasPrefix("Sources/PlatformSimulator/"), "\(file)") }
    }
    for file in try Repository.files(under: "Plugins", endings: [".swift"])
    where !Set(Repository.imports(try Repository.text(file))).isDisjoint(with: ["Crypto", "CryptoExtras"]) {
      #expect(file.hasPrefix("Plugins/School/"), "\(file)")
    }
  }

  @Test func `pointers live in a handful of rooms`() throws {
    let rooms: Set = [
      "Jansson", "PluginHost", "PluginKit", "ShellTransport", "ShellStore", "CShellPlugin", "PlatformLibrary",
      "PluginTestingLibrary", "esh", "shell-bench",
    ]
    for file in try Repository.files(under: "Plugins", endings: [".swift"]) where !file.contains("/Entry/") {
      let text = try Repository.text(file)
      #expect(!text.contains("UnsafeMutablePointer") && !text.contains("UnsafePointer"), "\(file)")
    }
    for file in try Repository.files(under: "Sources", endings: [".swift"])
    where try Repository.text(file).contains("json_t") {
      #expect(rooms.contains(String(file.split(separator: "/")[1])), "\(file)")
    }
  }
}
