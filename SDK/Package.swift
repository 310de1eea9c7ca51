// swift-tools-version: 6.2
import PackageDescription

// What a plugin's package needs, and nothing else: it builds in a minute or two, without the network. The sources are
// the repository's own, by links; an installation has copies of them.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
]

// The host writes its log through swift-log. Here a stand-in of a hundred lines takes its place, under a name of its
// own, so that a plugin's package may use swift-log itself.
let logging: [SwiftSetting] = [.unsafeFlags(["-module-alias", "Logging=EShLogging"])]

func library(_ name: String, _ dependencies: [Target.Dependency] = [], logs: Bool = false) -> Target {
  .target(
    name: name, dependencies: dependencies + (logs ? ["EShLogging"] : []),
    swiftSettings: settings + (logs ? logging : []))
}

let package = Package(
  name: "ESh",
  products: [
    .library(name: "PluginKit", targets: ["CShellPlugin", "PluginKit"]),
    .library(name: "PluginTesting", targets: ["PluginTesting"]),
  ],
  targets: [
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

    // For the plugin itself.
    .target(name: "CShellPlugin", dependencies: ["CJansson"]),
    library("Jansson", ["CJansson"]),
    library("PluginKit", ["CShellPlugin", "Jansson"]),

    // For its tests: the host, without sockets and without the network.
    .target(name: "CPoll"),
    .target(name: "CRunner"),
    .target(name: "CDigest"),
    .target(name: "CLentColumns", linkerSettings: [.linkedLibrary("sqlite3")]),
    library("EShLogging"),
    library("ShellTime"),
    library("ZoneRules"),
    library("WhenClause"),
    library("JSONSchema", ["Jansson"]),
    library("ShellProtocol", ["Jansson"]),
    library("ShellTransport", ["CPoll", "ShellProtocol"], logs: true),
    library("ShellStore", ["CLentColumns", "CSQLite", "Jansson", "ShellTime", "ZoneRules"]),
    library(
      "PluginHost",
      [
        "CDigest", "CRunner", "CShellPlugin", "Jansson", "JSONSchema", "ShellProtocol", "ShellStore", "ShellTime",
        "WhenClause",
      ], logs: true),
    library(
      "ShellCore",
      [
        "Jansson", "JSONSchema", "PluginHost", "ShellProtocol", "ShellStore", "ShellTime", "ShellTransport",
        "WhenClause",
      ], logs: true),
    library(
      "ShellTesting",
      [
        "CShellPlugin", "Jansson", "PluginHost", "ShellCore", "ShellProtocol", "ShellStore", "ShellTime",
        "ShellTransport",
      ], logs: true),
    library("PluginTesting", ["PluginHost", "PluginKit", "ShellStore", "ShellTesting", "ShellTime"], logs: true),
  ]
)
