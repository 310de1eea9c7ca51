import Foundation
import Jansson

/// A plugin in C with one thing wrong with it, and its manifest: what `esh plugin check` is tried on.
struct BadPlugin {
  /// What it does wrong; the raw value is the C macro.
  enum Fault: String, CaseIterable, Sendable {
    case none = "NOTHING"
    case keepsParams = "KEEP", overReleases = "OVER", keepsResult = "KEEP_RESULT", keepsValues = "KEEP_VALUES"
    case growsMemory = "GROW"
    case endsTwice = "TWICE", endsLate = "LATE", neverEnds = "NEVER", blocksInCancel = "BLOCK_CANCEL", blocks = "BLOCK"
    case exits = "EXIT", crashes = "CRASH", prints = "PRINT"
    case rejects = "REJECT", reaches = "REACH", startsOnce = "ONCE", liesAboutDone = "LIE"
    case readsFiles = "FILES"
    case exports = "EXPORT", describesNothing = "EMPTY_WINDOW", hasEndlessTable = "ENDLESS"
  }

  let folder: String
  var manifest: String { "\(folder)/bad.json" }

  /// Compiles it into a folder of its own. `permissions` go into the manifest; `link` takes the place of -ljansson.
  init(_ fault: Fault, in home: SchoolFolder, permissions: JSONValue = .emptyObject, link: [String] = ["-ljansson"])
    throws
  {
    folder = "\(home.path)/bad"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    let windows: JSONValue = fault == .describesNothing ? [["type": "bad.window", "title": "Bad"]] : []
    let manifest: JSONValue = [
      "manifestVersion": 1, "id": "bad", "version": "1.0.0", "title": ["ru": "Плохой", "en": "Bad"],
      "library": "libBad.so", "abi": ["major": 1, "minor": 0],
      // Only who blocks is to be given up soon; on a machine that stalls the others must not be late.
      "limits": ["callMs": fault == .blocks ? 1500 : 60_000], "permissions": permissions,
      "contributes": [
        "commands": [
          [
            "id": "bad.do", "title": ["ru": "Сделать", "en": "Do"], "access": "signedIn",
            "params": ["type": "object", "properties": ["text": ["type": "string"]]],
          ]
        ], "windows": windows,
      ],
    ]
    _ = try home.write(manifest.text(indent: 2), to: "bad/bad.json")
    let source = try home.write(Self.source, to: "bad/bad.c")
    let library = "\(folder)/libBad.so"
    let run = try CommandRun(
      [
        "/usr/bin/env", "cc", "-std=gnu11", "-Wall", "-Wextra", "-shared", "-fPIC", "-fvisibility=hidden", "-pthread",
        "-D\(fault.rawValue)", "-I\(BuildProducts.root)/Sources/CShellPlugin/include", source, "-o", library,
      ] + link)
    guard run.succeeded else { throw TestTrouble("the C plugin does not compile: \(run.errors)") }
    for file in [library, self.manifest] {
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    }
  }

  private static let source = #"""
    #include <shell_plugin.h>
    #include <pthread.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <unistd.h>

    static const shell_host *host;

    #ifdef EXPORT
    __attribute__((visibility("default"))) int a_name_of_my_own(void) { return 1; }
    #endif
    #ifdef LATE
    static void *complete_again(void *id) {
      usleep(20000);
      host->complete(host->context, *(uint64_t *)id, json_object());
      free(id);
      return NULL;
    }
    #endif
    #ifdef REACH
    static void got(void *user, const json_t *result, const json_t *error) { (void)user, (void)result, (void)error; }
    #endif

    static int call(void *instance, const shell_call *call) {
      (void)instance;
    #ifdef FILES
      FILE *file = fopen("/tmp/esh-check-a-file-of-mine", "w");
      if (!file) {
        host->fail(host->context, call->call_id, json_pack("{s:s, s:s}", "kind", "bad.file", "message", "no file"));
        return SHELL_DONE;
      }
      fclose(file);
      remove("/tmp/esh-check-a-file-of-mine");
    #endif
    #ifdef EMPTY_WINDOW
      if (call->kind == SHELL_CALL_WINDOW_OPEN) {
        host->complete(host->context, call->call_id, json_pack("{s:s, s:[{}]}", "kind", "form", "fields"));
        return SHELL_DONE;
      }
    #endif
      json_t *result = json_pack("{s:{s:b}}", "result", "done", 1);
    #ifdef KEEP
      json_incref(call->params);
    #endif
    #ifdef OVER
      json_decref(call->params);
    #endif
    #ifdef KEEP_RESULT
      json_incref(result);
    #endif
    #ifdef KEEP_VALUES
      json_string("nobody frees this");
    #endif
    #ifdef GROW
      if (!malloc(300)) return SHELL_REJECT;
    #endif
    #ifdef NEVER
      json_decref(result);
      return SHELL_PENDING;
    #endif
    #ifdef BLOCK_CANCEL
      json_decref(result);
      return SHELL_PENDING;
    #endif
    #ifdef BLOCK
      sleep(3600);
    #endif
    #ifdef EXIT
      exit(3);
    #endif
    #ifdef CRASH
      *(volatile int *)8 = 1;
    #endif
    #ifdef PRINT
      printf("hello from the plugin\n");
    #endif
    #ifdef REJECT
      json_decref(result);
      return SHELL_REJECT;
    #endif
    #ifdef LIE
      json_decref(result);
      return SHELL_DONE;
    #endif
    #ifdef REACH
      host->call_service(host->context, call->call_id, "somebody.else", json_object(), got, NULL);
    #endif
    #ifdef TWICE
      host->complete(host->context, call->call_id, json_object());
    #endif
      host->complete(host->context, call->call_id, result);
    #ifdef LATE
      uint64_t *id = malloc(sizeof *id);
      *id = call->call_id;
      pthread_t thread;
      pthread_create(&thread, NULL, complete_again, id);
      pthread_detach(thread);
    #endif
      return SHELL_DONE;
    }

    static json_t *describe(const shell_plugin *plugin) {
      (void)plugin;
    #ifdef EMPTY_WINDOW
      return json_pack("{s:[s], s:[s]}", "commands", "bad.do", "windows", "bad.window");
    #endif
    #ifdef ENDLESS
      return json_pack(
          "{s:[s], s:[{s:s, s:[s]}], s:{s:{s:s, s:s, s:[{s:s, s:s, s:s, s:b}], s:[{s:s}]}}}", "commands", "bad.do",
          "migrations", "name", "rows", "sql",
          "CREATE VIEW bad_endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
          " SELECT CAST(i AS TEXT) AS id, 'x' AS name FROM n WHERE i < 0",
          "tables", "bad.endless", "from", "bad_endless", "key", "id", "columns", "id", "name", "title", "Name", "type",
          "text", "sortable", 1, "sort", "column", "name");
    #endif
      return json_pack("{s:[s]}", "commands", "bad.do");
    }
    static json_t *probe(const shell_plugin *plugin) {
      (void)plugin;
      return json_pack("{s:[s,{s:i}]}", "probe", "a", "b", 1);
    }
    static void *create(const shell_plugin *plugin, const shell_host *given, json_t **error) {
      (void)plugin, (void)error;
    #ifdef ONCE
      if (host) {
        *error = json_pack("{s:s, s:s}", "kind", "bad.once", "message", "only once");
        return NULL;
      }
    #endif
      host = given;
      return &host;
    }
    #ifdef BLOCK_CANCEL
    static void cancel(void *instance, uint64_t id) { (void)instance, (void)id; sleep(3600); }
    #endif

    static const shell_plugin table = {
        .header = {sizeof table, SHELL_ABI_MAJOR, SHELL_ABI_MINOR}, .id = "bad", .describe = describe, .probe = probe,
        .create = create, .call = call,
    #ifdef BLOCK_CANCEL
        .cancel = cancel,
    #endif
    };

    __attribute__((visibility("default"))) const shell_plugin *shell_plugin_query(uint16_t major, uint16_t minor) {
      (void)major, (void)minor;
      return &table;
    }
    """#
}
