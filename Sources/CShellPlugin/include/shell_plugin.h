/*
 * shell_plugin.h: the whole contract between the ESh host and a plugin.
 *
 * A plugin is a shared library that exports ONE function, shell_plugin_query, and a manifest (a JSON file)
 * that says what the plugin contributes and what it may touch. Everything that crosses the boundary is a
 * JSON value of jansson (`json_t *`), a number, a UTF-8 string, or columns of numbers and strings that are
 * lent to one statement. Nothing else does.
 *
 * RULES THAT HOLD EVERYWHERE BELOW
 *
 * Ownership.  A pointer passed INTO a function is BORROWED: it is valid until the function returns and must
 *             not be changed. Keep a value with json_incref (values are immutable once shared), a string by
 *             copying it. A `json_t *` marked STOLEN belongs to the receiver from the moment of the call,
 *             also when the call fails. A `json_t *` marked NEW belongs to the caller, who decrefs it.
 *             Memory is freed by the side that allocated it; `json_t` by json_decref on either side.
 * JSON.       All values come from the ONE libjansson of the process. Link it dynamically (-ljansson), never
 *             statically: two copies hash object keys differently and lookups fail in silence. The host
 *             calls `probe` at load and refuses a plugin with a copy of its own. Never call
 *             json_set_alloc_funcs, json_object_seed or setlocale. Nesting past 128 is refused.
 * Place.      The host opens a plugin in its own process or in a runner, a process of the plugin's own: by default the
 *             latter, unless the plugin came with the host. Every rule here holds in both. In a runner there is no
 *             network, no file to read or write but libraries, no other process, and a bound on memory; a value that is
 *             handed over may have 64 MiB as text.
 * Threads.    [load]  one thread, one plugin at a time, before any call.
 *             [exec]  the plugin's executor: one call at a time, unless the manifest says
 *                     "concurrency": "parallel"; then several at once, on several threads.
 *             [any]   any thread, at any time between `create` and `destroy`.
 *             [body]  only inside the body of `transact`, on the thread that runs it.
 * Errors.     An error is an object {"kind": "dotted.word", "message": {"ru", "en"} or one string} with, where they
 *             apply, "code" (a JSON-RPC code; -32009, refused by a rule, when absent), "issues" ([{"path":
 *             "/phone", "message": "…"}], JSON Pointers into the arguments), "level" ("info", "warning",
 *             "error", "system": how a window shows it), "retryAfterMs", "data" (an object for clients).
 *             A function with a `json_t **error` stores a NEW error there when it returns NULL or -1.
 * Lifetime.   A library is never unloaded: after `destroy` its code stays mapped.
 * Growth.     Every struct starts with shell_header. Fields are only ever added at the end; read a field
 *             only when `header.struct_size` covers it. Another major version is another ABI.
 */
#ifndef SHELL_PLUGIN_H
#define SHELL_PLUGIN_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SHELL_ABI_MAJOR 1
#define SHELL_ABI_MINOR 3

/* The first member of every struct here. struct_size: sizeof of the struct as its author compiled it. */
typedef struct shell_header {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
} shell_header;

/* ---------------------------------------------------------------------------------------- calls */

/* What a call asks for. `name` in shell_call is given in brackets; `params` and the result follow. */
enum {
  /* [command id] params: the arguments, an object. Result: {"result"?: any, "effects"?: [effect]}. */
  SHELL_CALL_COMMAND = 1,
  /* [window type] params: {"arguments": {}}; for an extension also "extends": {"window": type}. Result: a window
   * description (see WINDOWS, EXTENSIONS). */
  SHELL_CALL_WINDOW_OPEN = 2,
  /* [window type] params: {"window": description, "state": any, "changes": {field: value}} or, after an
   * edit of a cell, {"window", "state", "edit": {"table", "row", "values": {}}}. The values are already in
   * `window`. Result: {"patch"?: patch, "state"?: any, "effects"?: [effect]}. */
  SHELL_CALL_WINDOW_CHANGED = 3,
  /* [window type] params: {"window": description, "state": any, "button": id, "row"?: id, "arguments": {}}.
   * Result: as for WINDOW_CHANGED. */
  SHELL_CALL_WINDOW_PRESSED = 4,
  /* [table id] Reserved: hosts up to 1.3 ask it of nobody, since every table that they show has a source in `describe`.
   * params: {"search", "filter", "sort", "after", "limit", "arguments", "state"}. Result:
   * {"rows": [{"id", "cells": {}, "actions"?, "emphasis"?, "locked"?}], "total", "next": cursor or null}. */
  SHELL_CALL_TABLE_ROWS = 5,
  /* [service name] params: the caller's. Result: any object. */
  SHELL_CALL_SERVICE = 6,
  /* [event name] params: {"seq", "name", "owner", "at", "payload"}. No result. The call's first
   * write transaction moves the plugin's cursor past the event: one event, one write, never twice. */
  SHELL_CALL_EVENT = 7,
  /* [job name] params: {"key", "payload", "attempt", "dueAt"}. No result. The job is gone when the call
   * completes, or with the transaction that calls `finish`. A failed job is tried again later. */
  SHELL_CALL_JOB = 8
};

/* One call. [exec] Everything in it is BORROWED until `call` returns; params and session may be kept with
 * json_incref. They are not to be changed: other calls may have the same. */
typedef struct shell_call {
  shell_header header;
  uint64_t call_id;      /* slot and generation; names this call for complete, fail, progress, transact */
  uint32_t kind;         /* SHELL_CALL_… */
  uint32_t reserved;
  const char *name;
  json_t *params;        /* never NULL */
  json_t *session;       /* {"id", "client", "locale", "user": {"id", "login", "displayName", "roles": [],
                            "organization": {}}}, or NULL when nobody signed in stands behind the call */
  int64_t deadline_ms;   /* milliseconds of real time that the call may take; 0: no bound */
  const char *trace;     /* for log lines; never NULL */
} shell_call;

/* Returned by `call`. DONE: complete or fail has been called already. PENDING: it will be, from any thread.
 * REJECT: this name is not handled here; neither was nor will be called. */
enum { SHELL_DONE = 0, SHELL_PENDING = 1, SHELL_REJECT = 2 };

/* ----------------------------------------------------------------------------------------- host */

typedef struct shell_transaction shell_transaction; /* valid only inside the body that received it */

enum { SHELL_READ = 0, SHELL_WRITE = 1, SHELL_REHEARSE = 2 /* since 1.3 */ };
enum { SHELL_LOG_DEBUG = 0, SHELL_LOG_INFO = 1, SHELL_LOG_WARNING = 2, SHELL_LOG_ERROR = 3 };

/* What the body of a transaction returns. Rolled back means: as if it never ran. */
enum { SHELL_COMMIT = 0, SHELL_ROLLBACK = 1 };
typedef int (*shell_body)(shell_transaction *transaction, void *user);

/* Called exactly once, on any thread, with the answer to a service call or an HTTP request. Both pointers
 * are BORROWED; exactly one of them is not NULL. */
typedef void (*shell_reply)(void *user, const json_t *result, const json_t *error);

/* Columns of equal length in a plugin's memory, lent to one statement (since 1.2). There SQL reads them as the table
 * shell_columns, with the columns a, b, c … (8 at most) and a rowid from 1. */
enum { SHELL_COLUMN_INT32 = 1, SHELL_COLUMN_INT64 = 2, SHELL_COLUMN_TEXT = 3 };
typedef struct shell_column {
  uint32_t type; /* SHELL_COLUMN_… */
  uint32_t reserved;
  const void *values;            /* int32_t or int64_t; of texts the bytes of all of them, UTF-8 */
  const uint32_t *starts, *ends; /* of texts the bounds of each in `values`, in bytes; else NULL */
} shell_column;
typedef struct shell_columns {
  shell_header header;
  uint64_t rows;
  const uint32_t *order; /* `rows` places in the columns, from 0, as SQL is to see them; NULL: as they lie */
  uint64_t count;
  const shell_column *columns;
} shell_columns;

/* The functions lent to a plugin. The table and `context` are valid from `create` to the end of the
 * process. Pass `context` as the first argument. Each function checks the manifest's permissions; a denial
 * is an error of kind "permission.denied" and is written to the log. */
typedef struct shell_host {
  shell_header header;
  void *context;

  /* [any] Ends a call with its result (STOLEN; NULL counts as {}). Exactly once a call; a second or late
   * completion is released, counted and logged. */
  void (*complete)(void *context, uint64_t call_id, json_t *result);
  /* [any] Ends a call with an error (STOLEN). */
  void (*fail)(void *context, uint64_t call_id, json_t *error);
  /* [any] Reports progress to whoever asked for it (STOLEN): {"message"?, "percent"?: 0…100}. */
  void (*progress)(void *context, uint64_t call_id, json_t *value);
  /* [any] Says that the call has made all its changes and only waits for news: later requests of the same
   * client need not wait for its end. */
  void (*settled)(void *context, uint64_t call_id);
  /* [any] 1 when the caller no longer wants the answer, or the host is about to end while a job runs; else 0. A job
   * that takes long ends soon then, at a step from which it can go on another time. */
  int (*is_cancelled)(void *context, uint64_t call_id);

  /* [any] One log line. `fields` (BORROWED, NULL for none): a flat object. Personal data stays out. */
  void (*log)(void *context, int level, const char *message, const json_t *fields);
  /* [any] The host's clock: milliseconds since 1970-01-01T00:00:00Z. The only source of "now". */
  int64_t (*now_ms)(void *context);

  /* [any] except [body]. Runs `body` in one transaction and waits for it. SHELL_READ sees one state of the
   * database and runs beside other reads; SHELL_WRITE is the only writer while it runs, so it must not wait
   * for anything. `call_id`: the call that this belongs to, 0 for none. Returns 0 when committed, -1 when
   * not: rolled back by the body (then *error stays NULL) or failed (then *error is NEW). SHELL_REHEARSE is a write
   * of which nothing stays, whatever the body returns; 0 then means that the body said SHELL_COMMIT (see REHEARSALS). */
  int (*transact)(void *context, uint64_t call_id, int mode, shell_body body, void *user, json_t **error);
  /* [body] Runs one SQL statement. `bindings` (BORROWED, NULL for none): an array for `?` or an object for
   * `:name`; strings, numbers, booleans (1 and 0) and null. Returns a NEW array of rows, each an object by
   * column name; empty when the statement gives no rows. NULL on error; the transaction then rolls back.
   * Own tables start with the plugin's prefix; others' data is read through the views that they publish. */
  json_t *(*query)(shell_transaction *transaction, const char *sql, const json_t *bindings, json_t **error);
  /* [body] Rows changed by the last statement. */
  int64_t (*changes)(shell_transaction *transaction);
  /* [body, write] Publishes an event, delivered after the commit to every plugin that subscribes to it.
   * `name` is one that the manifest declares. payload STOLEN. 0, or -1 with *error. */
  int (*emit)(shell_transaction *transaction, const char *name, json_t *payload, json_t **error);
  /* [body, write] Schedules a job: {"name", "key", "dueAt": ms, "payload"?: any}. STOLEN. A job of the same
   * name and key is replaced. A due time in the past runs at once. 0, or -1 with *error. */
  int (*schedule)(shell_transaction *transaction, json_t *job, json_t **error);
  /* [body, write] Takes a scheduled job back. Returns 1 when there was one, 0 when not, -1 with *error. */
  int (*unschedule)(shell_transaction *transaction, const char *name, const char *key, json_t **error);
  /* [body, write] Sets a context key that the manifest declares, for one user or (user_id NULL) for all.
   * value STOLEN; NULL returns it to its default. 0, or -1 with *error. */
  int (*set_context)(
      shell_transaction *transaction, const char *user_id, const char *key, json_t *value, json_t **error);
  /* [body, write] Adds a line to the audit log: {"action", "object", "old"?, "new"?}. STOLEN. Who, when and
   * from which client are the call's. For people: "title"? (what was done; the title of the command `action` when
   * absent), "objectTitle"? (kind and name), "changes"? ("field: old -> new", a line for each; made of "old" and
   * "new" when absent), each {"ru", "en"} or one string. 0, or -1 with *error. */
  int (*audit)(shell_transaction *transaction, json_t *entry, json_t **error);
  /* [body, write] In a job's call: the job ends with this transaction. */
  void (*finish)(shell_transaction *transaction);

  /* [any] Calls a service of another plugin (params STOLEN), named in the manifest's permissions. */
  void (*call_service)(
      void *context, uint64_t call_id, const char *name, json_t *params, shell_reply reply, void *user);
  /* [any] One HTTP request (STOLEN): {"method", "url", "headers"?: {}, "body"?: string, "timeoutMs"?}.
   * Result: {"status", "headers": {lower-case name: value}, "body": string}. Every answer of the server is a
   * result, also 500; an error means that there was none ("http.unreachable", "http.timeout"). */
  void (*http)(void *context, uint64_t call_id, json_t *request, shell_reply reply, void *user);
  /* [any] Shows something to a person who did not ask just now: {"session": id} or {"user": id}, with
   * "effects": [effect]. STOLEN. Nobody there: dropped. */
  void (*present)(void *context, json_t *message);
  /* [any] Settings of the host for this plugin: BORROWED, valid to the end of the process, an object. */
  const json_t *(*settings)(void *context);
  /* [any] Extensions by name, e.g. "shell.metrics/1". BORROWED; NULL when the host has none. */
  const void *(*get_extension)(void *context, const char *name);

  /* Since 1.1 */

  /* [body, write] Runs one statement that gives no rows once for each element of `rows` (BORROWED): an array of
   * bindings as `query` takes them. Returns the number of rows changed in all, or -1 with *error; the transaction
   * then rolls back. For many rows this takes half the time of `query` row by row. */
  int64_t (*insert_many)(shell_transaction *transaction, const char *sql, const json_t *rows, json_t **error);

  /* Since 1.2 */

  /* [body] As `query`, for a statement that reads shell_columns. The columns are BORROWED. Many rows in one statement,
   * INSERT INTO … SELECT … FROM shell_columns, are what a bulk insert costs least with: no value of jansson is made
   * for them, and SQLite begins one statement instead of one a row. */
  json_t *(*query_columns)(
      shell_transaction *transaction, const char *sql, const json_t *bindings, const shell_columns *columns,
      json_t **error);

  /* Since 1.3 */

  /* [body, rehearse] Asks others inside this rehearsal (see REHEARSALS). `name`: a preview point that the manifest
   * publishes; then a NEW array of {"plugin": id, "title": text, "result": object or "error": error}, one for each
   * plugin that answers it. Or a service that the manifest may call; then its result, NEW. params STOLEN. NULL with
   * *error; the rehearsal may go on then, as if it had not asked. */
  json_t *(*rehearse)(shell_transaction *transaction, const char *name, json_t *params, json_t **error);
} shell_host;

/* --------------------------------------------------------------------------------------- plugin */

/* The table that a plugin gives to the host; valid to the end of the process. A NULL function means "not
 * provided"; id, describe, probe, create and call are required. */
typedef struct shell_plugin {
  shell_header header;
  const char *id; /* the manifest's id */
  void *user;     /* the plugin's own; the host never looks at it */

  /* [load] What the code brings: NEW {"migrations": [{"name", "sql": [statement]}], "tables": {id: source},
   * "commands": [id], "windows": [type], "services": [name], "events": [name], "jobs": [name]}. The host
   * checks it against the manifest. No side effects. */
  json_t *(*describe)(const struct shell_plugin *plugin);
  /* [load] A fresh {"probe": ["a", {"b": 1}]}, NEW: proves that both sides share one jansson. */
  json_t *(*probe)(const struct shell_plugin *plugin);
  /* [load] Makes the one instance; `host` stays valid. Returns it, or NULL with *error. */
  void *(*create)(const struct shell_plugin *plugin, const shell_host *host, json_t **error);
  /* [exec] After the migrations, before the first call. 0, or -1 with *error. May use the store. */
  int (*activate)(void *instance, json_t **error);
  /* [exec] One call. Returns SHELL_DONE, SHELL_PENDING or SHELL_REJECT. */
  int (*call)(void *instance, const shell_call *call);
  /* [any] The caller gave up on a pending call; complete or fail it soon. Must not wait. */
  void (*cancel)(void *instance, uint64_t call_id);
  /* [exec] No call follows. Stop timers and tasks; complete what is pending. */
  void (*deactivate)(void *instance);
  /* [load] Last. Frees the instance. */
  void (*destroy)(void *instance);
  /* [any] Extensions by name, BORROWED; NULL when there is none. */
  const void *(*get_extension)(void *instance, const char *name);
} shell_plugin;

/* THE exported function. [load] No side effects. Returns the table, valid to the end of the process, or
 * NULL to refuse a host of that ABI. */
const shell_plugin *shell_plugin_query(uint16_t host_abi_major, uint16_t host_abi_minor);

#ifdef __cplusplus
}
#endif
#endif

/*
 * SQL is SQLite's. Beside its own it has the collation `russian` and these functions:
 *   shell_fold(text)                  text as searches compare it: small letters, ё as е
 *   shell_search_text(a, b, ...)      what a search index is made of
 *   shell_day(ms, zone)               the day of an instant in a time zone: '2026-09-01'
 *   shell_instant(day, time, zone)    the instant of a day and a time there, in ms; the day's end is '24:00'
 * The first two may stand in indexes. The last two are new in hosts of ABI 1.3; NULL for what is no day or time.
 *
 * TABLE SOURCES: what "tables" of `describe` has by table id. The host pages, sorts and searches them itself.
 *   {"from": table or view, "key": column of unique text, "columns": [column], "sort": [{"column", "descending"?}],
 *    "search"?: {"index", "rowid", "text"}, "where"?: SQL, "arguments"?: [name],
 *    "rowActions"?: [{"button", "when": SQL}]       row buttons that a row has
 *    "rowConditions"?: [{"button", "when": SQL, "why"}]  a button of the tab's toolbar is disabled, and says why,
 *                                                    while a row is selected for which "when" does not hold
 *    "emphasis"?: SQL, 'bold' for a row that is emphasized and NULL for others}
 *   column: {"id", "title", "type", "sql"?, "order"?, "sortable"?, "searchable"?, "collation"?, "editable"?, "button"?,
 *    "english"?: the column shown to whoever reads English, "options"?: [{"value", "title"}]: titles of the values
 *    that it may have, "separator"?: what stands between several of them in a cell, "scripts"?: true for a column that
 *    windows do not show}; type "instant" (milliseconds or RFC 3339) is shown in the organization's zone.
 *
 * WINDOWS
 *
 * A window description is what a client will be shown, plus what the host needs to run it:
 *   {"kind": "form"|"picker"|"dialog", "title", "modal"?, "level"?, "text"?,
 *    "fields": [{"id", "label", "type", "value"?, "enabled"?, "visible"?, "required"?, "options"?, "error"?,
 *                "hint"?, "tab"?, "notify"?: true (call WINDOW_CHANGED on a change),
 *                "picker"?: {"table", "display", "title"?, "arguments"?: {}}}],
 *    "tabs": [{"id", "title", "visible"?, "selected"?}],
 *    "tables": [{"id", "title"?, "tab"?, "source": table id, "arguments"?: {}, "columns"?, "selection"?}
 *               or, for rows that the window keeps until they are saved,
 *               {"id", "title"?, "tab"?, "selection"?, "columns": [{"id", "title", "type", "sortable"?,
 *                "searchable"?, "editable"?}], "rows": [{"id", "cells": {}, "value"?, "actions"?, "locked"?:
 *                [column]}]}; members of "cells" that are no column stay with the window],
 *    "buttons": [{"id", "label", "style"?, "enabled"?, "visible"?, "why"?, "tab"?, "table"?, "row"?,
 *                 one of: "command": id with "arguments"?: {name: "=field", "=table" or a literal},
 *                         "close": true, "open": {"window": type, "arguments"?: {}},
 *                         nothing: WINDOW_PRESSED}],
 *    "state"?: any,     kept by the host with the window, given back at each call, never sent to a client
 *    "live"?: true}     WINDOW_CHANGED with empty "changes" when rows change that the window's calls have read; its
 *                       effects are left out, and the patch is told to the client
 * Strings that a person reads are {"ru": "…", "en": "…"} or one plain string. Absent flags: enabled and
 * visible are true, required and modal false.
 * A patch has the members of a description that change; fields, tabs, tables and buttons are matched by id,
 * merged member by member; "removed": {"fields": [id], …} takes elements away.
 * "=field" is the field's value, left out when it is null and the command's schema takes no null; "=table" the
 * array of a window's own rows, each by its "value", or its id when it has none.
 * A button with a "command" runs that command with its arguments; a refusal with "issues" marks the fields of
 * those names, any other shows as a dialog; on success the window closes unless the button says
 * "keepOpen": true. With "changedOnly": true only those "=field" and "=table" are arguments that the person has
 * changed since the window was opened: what somebody else has saved meanwhile stays theirs.
 *
 * EXTENSIONS: elements in a form of another plugin. The manifest of the form says "extensible": true and, in "shares",
 * which opening arguments and fields others may know; the manifest of the extension names the form, a type of its own
 * and perhaps a tab ("extensions": [{"window", "type", "tab"?, "index"?, "access"?, "when"?}]). The host asks
 * WINDOW_OPEN for that type with the shared arguments and shows the fields, tabs, tables and buttons of the answer
 * in the form, their ids behind the plugin's id and a colon. Changes and presses of these go to the extension, with
 * its own description and state, never to the form's plugin; their effects are those of a window of its own, only
 * that a command does not close the form. The host asks again when rows change that the transactions of the last
 * answer read; opening must not write. While an extension fails, is slow or switched off, the form is without it.
 *
 * REHEARSALS: what would follow from a change, before it is made. A plugin makes the change in a transaction of mode
 * SHELL_REHEARSE and asks `rehearse` in it; nothing of it stays, of nobody. Who answers runs at once, on the same thread,
 * inside the same transaction: its own `transact` of any mode is a part of that one, so it sees the change and may
 * carry on from it with the code that follows such changes in earnest. It must complete the call before it returns
 * (no SHELL_PENDING), has no network and no services but `rehearse` (also of its own point or of a service), must leave
 * nothing behind outside the store, and says "concurrency": "parallel" in its manifest, since other calls of it may run
 * beside. A publisher names its points in "publishes": {"previews": [name]}; whoever has something to say to one adds
 * "previews": [{"of": name, "service": own service, "index"?}] to its contributions. What one of them did is undone
 * before the next is asked; what a service did stays for the rest of the rehearsal. A plugin that answers a point is
 * loaded before the rehearsal begins; one whose service is asked must be required by the asker.
 * The result of a preview: {"summary": text, "level"?: "info"|"warning", "rows"?: [{"title": text, "text": text}],
 * "data"?: object for scripts}.
 *
 * EFFECTS, in the order in which they are applied:
 *   {"type": "openWindow", "window": type, "arguments"?: {}}      a window of this plugin or another
 *   {"type": "openRegistry", "registry": id, "tab"?: id}
 *   {"type": "dialog", "level", "text", "title"?, "buttons"?: [as in a description; "press": {"button": id,
 *    "arguments"?: {}} presses a button of the window behind the dialog]}; without buttons one «Ок»
 *   {"type": "pick", "table": source, "title"?, "arguments"?: {}, "multiple"?: false, "button": id, "with"?: {}}
 *    a picker; «Выбрать» presses that button of the window that was pressed (WINDOW_PRESSED), its arguments
 *    "with" and the chosen ids in "rows"
 *   {"type": "updateWindow", "patch": patch}                      the window that was pressed
 *   {"type": "closeWindow"}                                       the window that was pressed
 *   {"type": "openURL", "url"}
 *   {"type": "refresh", "registry": id, "tab"?: id}
 */
