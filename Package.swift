// swift-tools-version: 6.2
import PackageDescription

// One settings array for every target: a warning is an error, and a pointer says `unsafe`.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: fixtures ? ["Fixtures"] : [], swiftSettings: settings)
}

/// A plugin is two targets: the logic, which tests link, and the entry, which becomes the dynamic library.
func plugin(_ name: String, in folder: String = "Plugins", _ dependencies: [Target.Dependency] = []) -> [Target] {
  [
    .target(
      name: "\(name)Plugin", dependencies: ["PluginKit"] + dependencies, path: "\(folder)/\(name)/Sources",
      swiftSettings: settings),
    .target(
      name: "\(name)Entry", dependencies: ["CShellPlugin", "PluginKit", .byName(name: "\(name)Plugin")],
      path: "\(folder)/\(name)/Entry", swiftSettings: settings,
      // Of all its names a library shows the one that the host looks up.
      linkerSettings: [
        .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/plugin.map"])
      ]),
  ]
}

let pluginNames = ["School", "MaxPlatform", "SferumBinding", "Chats", "ClassJournal", "Videoconferences"]
// Built and tested like the others, and installed with none.
let exampleNames = ["Announcements"]

let package = Package(
  name: "ESh",
  products: [
    .executable(name: "esh", targets: ["esh"]),
    .executable(name: "shell-bench", targets: ["shell-bench"]),
    .executable(name: "chat-bench", targets: ["chat-bench"]),
    // What `esh` opens when a plugin first needs the network, and the platform's simulator.
    .library(name: "EShPlatform", type: .dynamic, targets: ["PlatformLibrary"]),
    .library(name: "PluginKit", targets: ["PluginKit"]),
    // With which plugins in C are tested.
    .library(name: "EShTesting", type: .dynamic, targets: ["PluginTestingLibrary"]),
  ] + (pluginNames + exampleNames).map { .library(name: "\($0)Plugin", type: .dynamic, targets: ["\($0)Entry"]) },
  dependencies: [
    // Each with its reason in Sources/ShellCore/Documentation.docc/Decisions/0002-dependencies.md.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
  ],
  targets: [
    // The boundary: jansson, the C ABI, and the Swift overlay for plugin authors.
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CShellPlugin", dependencies: ["CJansson"]),
    library("Jansson", ["CJansson"]),
    library("PluginKit", ["CShellPlugin", "Jansson"]),

    // Tables in files: RFC 4180, and folders or archives of them.
    library("CSV"),
    library("FilePackage", ["CZip"]),

    // The host.
    library("ShellTime"),
    library("ZoneRules"),
    library("WhenClause"),
    library("JSONSchema", ["Jansson"]),
    library("ShellProtocol", ["Jansson"]),
    .target(name: "CPoll"),
    library(
      "ShellTransport",
      ["CPoll", "ShellProtocol", .product(name: "Logging", package: "swift-log")]),
    .target(name: "CLentColumns", linkerSettings: [.linkedLibrary("sqlite3")]),
    library("ShellStore", ["CLentColumns", "CSQLite", "Jansson", "ShellTime", "ZoneRules"]),
    .target(name: "CRunner"),
    // SHA-256 of plugins' files.
    .target(name: "CDigest"),
    library(
      "PluginHost",
      [
        "CDigest", "CRunner", "CShellPlugin", "Jansson", "JSONSchema", "ShellProtocol", "ShellStore", "ShellTime",
        "WhenClause",
        .product(name: "Logging", package: "swift-log"),
      ]),
    library(
      "ShellCore",
      [
        "Jansson", "JSONSchema", "PluginHost", "ShellProtocol", "ShellStore", "ShellTime", "ShellTransport",
        "WhenClause", .product(name: "Logging", package: "swift-log"),
      ]),
    library(
      "ShellHTTP",
      [
        "PluginHost", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    library(
      "PlatformSimulator",
      [
        .product(name: "HummingbirdCore", package: "hummingbird"), .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    // The web desktop: its page as bytes, and HTTP with WebSockets in front of the host.
    .target(name: "CWebPage"),
    .target(
      name: "WebDesktop",
      dependencies: [
        "CWebPage", "Jansson", "ShellProtocol", "ShellTransport", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
      ], exclude: ["Page"], swiftSettings: settings),
    library("Terminal", ["Jansson", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    library("TerminalDesktop", ["Jansson", "Terminal"]),
    .target(name: "CPlatformLibrary", dependencies: ["CJansson"]),
    .target(name: "CTaskPool"),
    .target(name: "CPluginCheck", dependencies: ["CJansson"], linkerSettings: [.linkedLibrary("sqlite3")]),
    library(
      "PlatformLibrary",
      [
        "CPlatformLibrary", "Jansson", "PlatformSimulator", "PluginHost", "ShellHTTP", "Terminal", "WebDesktop",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "esh",
      dependencies: [
        "CPlatformLibrary", "CPluginCheck", "CSV", "CTaskPool", "ShellCore", "Terminal", "TerminalDesktop",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    .target(name: "CBareLoop", dependencies: ["CJansson"], linkerSettings: [.linkedLibrary("sqlite3")]),
    .executableTarget(
      name: "shell-bench",
      dependencies: [
        "CBareLoop", "Jansson", "ShellTime", "ZoneRules",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    // How the platform's plugin takes over the chats of a region: see Figures.md.
    .executableTarget(
      name: "chat-bench",
      dependencies: [
        "CShellPlugin", "Jansson", "MaxPlatformPlugin", "PluginHost", "PluginKit", "ShellStore", "ShellTime",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: settings),
    library(
      "ShellTesting",
      [
        "CShellPlugin", "Jansson", "PluginHost", "ShellCore", "ShellProtocol", "ShellStore", "ShellTime",
        "ShellTransport", .product(name: "Logging", package: "swift-log"),
      ]),

    // What the benches of the platform's plugins share: a network that can be cut, and the end of a process.
    library("PlatformTesting", ["PluginHost", "ShellHTTP"]),

    // For plugin authors: see SDK, which has all that these need as a package of its own.
    library(
      "PluginTesting",
      [
        "PluginHost", "PluginKit", "ShellStore", "ShellTesting", "ShellTime",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(name: "CPluginTesting", dependencies: ["CJansson"]),
    library("PluginTestingLibrary", ["CPluginTesting", "PluginTesting"]),

    // Tests, beside what they test.
    tests("JanssonTests", ["Jansson"]),
    tests("CSVTests", ["CSV"]),
    tests("FilePackageTests", ["FilePackage"]),
    tests("JSONSchemaTests", ["JSONSchema", "Jansson"]),
    tests("ShellTimeTests", ["ShellTime"]),
    tests("WhenClauseTests", ["WhenClause"]),
    tests("ShellProtocolTests", ["ShellProtocol", "Jansson"]),
    tests(
      "ShellTransportTests",
      [
        "ShellTransport", "ShellProtocol", .product(name: "Logging", package: "swift-log"),
      ]),
    tests(
      "WebDesktopTests",
      [
        "WebDesktop", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    tests("ShellStoreTests", ["ShellStore", "ShellTime", "Jansson"]),
    tests(
      "PluginHostTests",
      [
        "CShellPlugin", "PluginHost", "ShellStore", "JSONSchema", "Jansson", "ShellProtocol", "WhenClause", "ShellTime",
        .product(name: "Logging", package: "swift-log"),
      ], fixtures: true),
    tests("ShellCoreTests", ["ShellCore", "ShellTesting", "PluginKit", "Jansson", "ShellProtocol"]),
    tests(
      "PlatformSimulatorTests",
      [
        "PlatformSimulator", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    tests(
      "SchoolTests",
      [
        "SchoolPlugin", "FilePackage", "PluginHost", "PluginKit", "ShellStore", "ShellTesting", "ShellTime",
        .product(name: "Logging", package: "swift-log"),
      ]),
    tests(
      "MaxPlatformTests",
      [
        "MaxPlatformPlugin", "PlatformTesting", "PluginHost", "PluginKit", "CShellPlugin", "ShellHTTP",
        "PlatformSimulator", "ShellStore", "ShellTime", "Jansson", .product(name: "Logging", package: "swift-log"),
      ]),
    tests(
      "SferumBindingTests",
      [
        "SferumBindingPlugin", "MaxPlatformPlugin", "SchoolPlugin", "PlatformTesting", "PluginHost", "PluginKit",
        "CShellPlugin", "ShellHTTP", "PlatformSimulator", "ShellStore", "ShellTime", "Jansson",
        .product(name: "Logging", package: "swift-log"),
      ]),
    tests(
      "ChatsTests",
      [
        "ChatsPlugin", "SchoolPlugin", "SferumBindingPlugin", "MaxPlatformPlugin", "PluginHost", "PluginKit",
        "CShellPlugin", "ShellHTTP", "PlatformSimulator", "ShellStore", "ShellTime", "Jansson", "ZoneRules",
        .product(name: "Logging", package: "swift-log"),
      ]),
    tests("ClassJournalTests", ["ClassJournalPlugin", "SchoolPlugin", "PluginKit", "ShellStore", "ShellTesting"]),
    tests("PluginTestingTests", ["PluginTesting"], fixtures: true),
    // What `esh plugin new` makes, as it stands.
    .target(
      name: "MySample", dependencies: ["PluginKit"], path: "SDK/Templates/swift/Sources/MySample",
      swiftSettings: settings),
    .testTarget(
      name: "MySampleTests", dependencies: ["MySample", "PluginTesting"],
      path: "SDK/Templates/swift/Tests/MySampleTests", swiftSettings: settings),
    tests("TerminalDesktopTests", ["TerminalDesktop", "Jansson"]),
    tests(
      "VideoconferencesTests",
      [
        "VideoconferencesPlugin", "ChatsPlugin", "ClassJournalPlugin", "SchoolPlugin", "PluginHost", "PluginKit",
        "CShellPlugin", "ShellStore", "ShellTesting", "ZoneRules",
      ]),
    // The model of a plugin's own tests, and the same plugin beside the real school.
    .testTarget(
      name: "AnnouncementsModelTests", dependencies: ["AnnouncementsPlugin", "PluginTesting"],
      path: "Plugins/Examples/Announcements/Tests", swiftSettings: settings),
    tests("AnnouncementsTests", ["AnnouncementsPlugin", "PluginKit", "SchoolPlugin", "ShellStore", "ShellTesting"]),
    tests("EndToEndTests", ["Jansson"], fixtures: true),
    tests("ArchitectureTests", ["Jansson"]),
  ]
    + plugin("School", ["CSV", "FilePackage", "ZoneRules", .product(name: "CryptoExtras", package: "swift-crypto")])
    + plugin("MaxPlatform")
    + plugin("SferumBinding", ["ZoneRules"])
    + plugin("Chats", ["ZoneRules"])
    + plugin("ClassJournal", ["ZoneRules"])
    + plugin("Videoconferences", ["ZoneRules"])
    + plugin("Announcements", in: "Plugins/Examples")
)
