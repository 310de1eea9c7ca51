import Foundation
import Glibc
import Jansson

/// Plugins written for one test, and folders of libraries with something wrong in them.
enum NativePlugin {
  /// A folder of the product's libraries in which `file` is missing, or is one of our own.
  static func libraries(in folder: SchoolFolder, without file: String, put source: String? = nil) throws -> String {
    let path = "\(folder.path)/libraries"
    let files = FileManager.default
    try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in try files.contentsOfDirectory(atPath: BuildProducts.plugins)
    where name.hasPrefix("lib") && name.hasSuffix("Plugin.so") && name != file {
      try files.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: "\(BuildProducts.plugins)/\(name)")
    }
    if let source { try compile(source, to: "\(path)/\(file)", in: folder) }
    return path
  }

  /// Compiles C against the header that plugin authors get.
  static func compile(_ source: String, to library: String, in folder: SchoolFolder) throws {
    let file = try folder.write(source, to: "plugin.c")
    let run = try CommandRun([
      "/usr/bin/env", "cc", "-std=c11", "-Wall", "-Wextra", "-shared", "-fPIC",
      "-I\(BuildProducts.root)/Sources/CShellPlugin/include", file, "-o", library, "-ljansson",
    ])
    guard run.succeeded else { throw TestTrouble("the C plugin does not compile: \(run.errors)") }
  }

  /// A whole plugin in C. `create` is the body of its create function, `abi` its major version; it answers any
  /// command with `{"result": {"said": true}}`.
  static func source(id: String, abi: Int = 1, create: String = "return instance;", commands: [String] = []) -> String {
    let list = commands.map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      #include <shell_plugin.h>
      #include <stdio.h>
      #include <unistd.h>
      static const shell_host *the_host;
      static int instance_place;
      static json_t *describe(const shell_plugin *p) {
        (void)p; const char *names[] = {\(list.isEmpty ? "" : list + ", ")NULL};
        json_t *all = json_array();
        for (int i = 0; names[i]; i++) json_array_append_new(all, json_string(names[i]));
        return json_pack("{s:o}", "commands", all);
      }
      static json_t *probe(const shell_plugin *p) { (void)p; return json_pack("{s:[s,{s:i}]}", "probe", "a", "b", 1); }
      static void *create(const shell_plugin *p, const shell_host *host, json_t **error) {
        (void)p; (void)error; the_host = host; void *instance = &instance_place; (void)instance;
        \(create)
      }
      static int call(void *instance, const shell_call *c) {
        (void)instance;
        printf("the plugin prints\\n"); fflush(stdout); (void)!write(1, "the plugin writes\\n", 18);
        the_host->complete(the_host->context, c->call_id, json_pack("{s:{s:b}}", "result", "said", 1));
        return SHELL_DONE;
      }
      static const shell_plugin table = {
        .header = {sizeof(shell_plugin), \(abi), 0}, .id = "\(id)", .describe = describe, .probe = probe,
        .create = create, .call = call};
      const shell_plugin *shell_plugin_query(uint16_t major, uint16_t minor) { (void)major; (void)minor; return &table; }
      """
  }

  /// A folder with one manifest more: a plugin `printer` with the command `printer.print`.
  static func printer(in folder: SchoolFolder, library: String = "libPrinterPlugin.so") throws -> String {
    let path = "\(folder.path)/manifests"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    _ = try folder.write(
      """
      {"manifestVersion": 1, "id": "printer", "version": "1.0.0", "title": "Printer", "library": "\(library)",
       "abi": {"major": 1, "minor": 0},
       "contributes": {"commands": [{"id": "printer.print", "title": "Print", "access": "signedIn", "reads": true}],
        "shortcuts": [{"id": "printer", "title": "Печать", "command": "printer.print"}]}}
      """, to: "manifests/printer.json")
    return path
  }
}
