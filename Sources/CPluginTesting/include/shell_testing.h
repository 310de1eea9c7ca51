/*
 * shell_testing.h: a bench for the tests of a plugin that is written in C, or in anything that makes a shared library.
 *
 * A bench is the real host around the built library: permissions, migrations, events, jobs and windows are its own, on a
 * database in a temporary folder and a clock that only the test moves. There is no process, no socket and no network.
 * Link with -lEShTesting -ljansson. Call these functions from one thread at a time; each waits for its end.
 *
 * Errors are objects as clients get them: {"code", "message", "data": {"kind", "issues"?, …}}; of the bench itself
 * {"message", "data": {"kind": "bench.trouble"}}. A function with `json_t **error` stores a NEW one there (unless error
 * is NULL) when it returns NULL.
 */
#ifndef SHELL_TESTING_H
#define SHELL_TESTING_H

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct shell_bench shell_bench;

/* Opens a bench. options (STOLEN):
 *   "manifest": path, "library": folder of the library,
 *   "at"?: instant of RFC 3339 that the clock shows first, "timeZone"?: "Europe/Moscow",
 *   "beside"?: plugins that are played, each {"id", "version"?, "views"?: {name: [row]}, "events"?: [name],
 *     "registries"?: [{"id", "tab", "view", "columns": [name]}], "services"?: {name: answer},
 *     "contextKeys"?: {name: value}},
 *   "http"?: what the world outside answers, {"GET https://…": {"status"?, "headers"?: {}, "body"?}}; nothing is sent
 * NULL when the manifest is wrong or the plugin cannot be loaded. */
shell_bench *shell_bench_open(json_t *options, json_t **error);

/* One call; params (STOLEN, NULL for none) may name who makes it: "as": {"login", "roles": [], "language"?}; else it is
 * an administrator. Returns NEW. `method` is any method of the wire (command/execute, registry/query, table/query,
 * window/get, window/select, window/edit, desktop/get, …), or one of the bench's own:
 *   bench/open      {"window": type, "arguments"?} or {"registry": id, "tab"?}   -> the window
 *   bench/set       {"window": id, "values": {field: value}}                     -> outcome; fields by id or label
 *   bench/press     {"window": id, "button", "row"?}                             -> outcome; buttons by id or label
 *   bench/render    {"window": id, "width"?}                                     -> {"text"}
 *   bench/ask       {"service", "params"?}                                       -> what the service answers
 *   bench/query     {"sql", "bindings"?}                                         -> [row]
 *   bench/events    {"name"?}                                                    -> [{"name", "plugin", "payload"}]
 *   bench/jobs      {}                -> [{"name", "key", "dueAt", "payload", "attempt", "lastError"}]
 *   bench/log       {}                -> [{"level", "message", "fields"}]
 *   bench/requests  {}                -> HTTP requests so far, [{"method", "url", "headers", "body"}]
 *   bench/conduct   {}                -> {"calls", "failures", "lateCompletions", "denials", "violations"}
 *   bench/now       {}                -> milliseconds since 1970
 *   bench/advance   {"ms"} or {"to": instant}   moves the clock and runs what falls due on the way
 *   bench/publish   {"event", "payload"?, "rows"?: {view: [row]}}   as the played plugin of that event
 *   bench/replace   {"view", "rows"}            other rows for a played plugin's view */
json_t *shell_bench_call(shell_bench *bench, const char *method, json_t *params, json_t **error);

/* Ends the bench: the plugin is deactivated and destroyed, the folder removed. */
void shell_bench_close(shell_bench *bench);

#ifdef __cplusplus
}
#endif
#endif
