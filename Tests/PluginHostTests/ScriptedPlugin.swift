import Foundation
import Jansson
import Synchronization
import Testing

@testable import PluginHost

/// Fixtures/scripted.c with a manifest that fits it: compiled once for each way in which it is asked for.
struct ScriptedPlugin {
  var id = "scripted"
  /// Without the plugin's name: "echo" becomes "scripted.echo".
  var commands: [String] = []
  var services: [String] = []
  /// Events that it handles, by full name.
  var handles: [String] = []
  var publishes: [String] = []
  var jobs: [JSONValue] = []
  var steps: [(name: String, sql: [String])] = []
  /// Members put over the manifest.
  var manifestExtras: JSONValue = .emptyObject
  var permissions: JSONValue = .emptyObject
  /// Members put over what `describe` returns.
  var descriptionExtras: JSONValue = .emptyObject
  /// Macros, such as "FAULT_CREATE" or "ABI_MAJOR=2".
  var defines: [String] = []
  var linkerFlags = ["-ljansson"]

  var name: String { id.split(separator: "-").map(String.init).joined() }

  var manifestJSON: JSONValue {
    let base: JSONValue = [
      "manifestVersion": 1, "id": JSONValue(id), "version": "1.2.3",
      "title": ["ru": JSONValue(id), "en": JSONValue(id)], "library": JSONValue("lib\(id).so"),
      "abi": ["major": 1, "minor": 0],
      "permissions": JSONValue(["events": JSONValue(handles.map { JSONValue($0) })]).merging(permissions),
      "publishes": ["events": JSONValue(publishes.map { JSONValue($0) })],
      "contributes": [
        "commands": JSONValue(
          commands.map { command in
            [
              "id": JSONValue("\(name).\(command)"), "title": ["ru": "К", "en": "C"],
              "params": ["type": "object"],
            ] as JSONValue
          }),
        "services": JSONValue(services.map { ["name": JSONValue("\(name).\($0)")] as JSONValue }),
        "events": JSONValue(handles.map { ["name": JSONValue($0)] as JSONValue }), "jobs": JSONValue(jobs),
      ],
    ]
    return base.merging(manifestExtras)
  }

  var descriptionJSON: JSONValue {
    let base: JSONValue = [
      "migrations": JSONValue(
        steps.map { step in
          ["name": JSONValue(step.name), "sql": JSONValue(step.sql.map { JSONValue($0) })] as JSONValue
        }), "commands": JSONValue(commands.map { JSONValue("\(name).\($0)") }),
      "services": JSONValue(services.map { JSONValue("\(name).\($0)") }),
      "events": JSONValue(handles.map { JSONValue($0) }), "jobs": JSONValue(jobs.compactMap { $0["name"] }),
    ]
    return base.merging(descriptionExtras)
  }

  func manifest() throws -> Manifest { try Manifest(parsing: manifestJSON.bytes(), file: "\(id).json") }

  /// Puts the library into `folder`.
  func install(in folder: String) throws {
    let library = try FixtureCompiler.shared.library(self)
    try? FileManager.default.removeItem(atPath: "\(folder)/lib\(id).so")
    try FileManager.default.copyItem(atPath: library, toPath: "\(folder)/lib\(id).so")
  }
}

/// Compiles fixtures; the same one only once in a test run.
final class FixtureCompiler: Sendable {
  static let shared = FixtureCompiler()

  private let built = Mutex<[String: String]>([:])
  private let folder = TemporaryFolder()

  func library(_ plugin: ScriptedPlugin) throws -> String {
    let description = JSONValue(plugin.descriptionJSON.text()).text()
    let header = """
      #define PLUGIN_ID "\(plugin.id)"
      #define DESCRIPTION \(description)
      \(plugin.defines.map { "#define \($0.replacing("=", with: " "))" }.joined(separator: "\n"))

      """
    return try built.withLock { built in
      let key = header + plugin.linkerFlags.joined()
      if let path = built[key] { return path }
      let config = "\(folder.path)/\(built.count).h"
      let path = "\(folder.path)/\(built.count).so"
      try header.write(toFile: config, atomically: true, encoding: .utf8)
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      compiler.arguments =
        [
          "cc", "-shared", "-fPIC", "-g", "-pthread", "-I", Self.include, "-include", config,
          "\(Self.fixtures)/scripted.c", "-o", path,
        ] + plugin.linkerFlags
      try compiler.run()
      compiler.waitUntilExit()
      try #require(compiler.terminationStatus == 0, "cc is needed to test plugins")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      built[key] = path
      return path
    }
  }

  private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let fixtures = here.appendingPathComponent("Fixtures").path
  private static let include =
    here.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/CShellPlugin/include").path
}

/// A folder that goes away with its owner.
final class TemporaryFolder: Sendable {
  let path: String
  private let isBorrowed: Bool

  /// The folder of another process, which takes it away.
  init(borrowing path: String) {
    self.path = path
    isBorrowed = true
  }

  init() {
    isBorrowed = false
    path = NSTemporaryDirectory() + "esh-plugins-\(UUID().uuidString)"
    // try?: the first write into it says what is wrong.
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    // try?: at worst a folder is left among the temporary ones.
    if !isBorrowed { try? FileManager.default.removeItem(atPath: path) }
  }
}
