/*
 * Шкафчики: which pupil has which locker. A whole plugin in C, with jansson and nothing else.
 *
 * It adds to the school's registry «Ученики», of which it knows no more than the manifest of the school says: a column
 * with the number, a button that opens a form, and the command behind the form's «Сохранить». Read it from the end:
 * the exported function, the table of functions, what the plugin brings, and the two calls that it answers.
 */
#include <shell_plugin.h>

#include <string.h>

static const shell_host *host;

static json_t *text(const char *ru, const char *en) { return json_pack("{s:s, s:s}", "ru", ru, "en", en); }

/* ----------------------------------------------------------------------------------------- the store */

/* What one transaction is to do, and what came of it. */
typedef struct work {
  const json_t *arguments;
  json_t *found; /* rows, NEW */
  json_t *error; /* NEW */
} work;

/* Runs one statement and gives its rows; 0 when it failed, with the reason in the work. */
static int run(work *work, shell_transaction *transaction, const char *sql, json_t *bindings) {
  json_t *rows = host->query(transaction, sql, bindings, &work->error);
  json_decref(bindings);
  json_decref(work->found);
  work->found = rows;
  return rows != NULL;
}

static int read_locker(shell_transaction *transaction, void *user) {
  work *work = user;
  return run(
             work, transaction,
             "SELECT p.full_name AS name, l.number FROM school_v1_pupils p LEFT JOIN lockers_lockers l ON l.pupil = p.id WHERE p.id = ?",
             json_pack("[O]", json_object_get(work->arguments, "pupil")))
             ? SHELL_COMMIT
             : SHELL_ROLLBACK;
}

/* A refusal that marks the field of the form, by the name of the command's argument. */
static json_t *refusal(const char *kind, const char *ru, const char *en) {
  return json_pack(
      "{s:s, s:o, s:[{s:s, s:o}]}", "kind", kind, "message", text(ru, en), "issues", "path", "/number", "message",
      text(ru, en));
}

static int write_locker(shell_transaction *transaction, void *user) {
  work *work = user;
  json_t *pupil = json_object_get(work->arguments, "pupil"), *number = json_object_get(work->arguments, "number");
  if (!run(work, transaction, "SELECT 1 FROM school_v1_pupils WHERE id = ?", json_pack("[O]", pupil)))
    return SHELL_ROLLBACK;
  if (json_array_size(work->found) == 0) {
    work->error = json_pack(
        "{s:s, s:i, s:o}", "kind", "notFound", "code", -32004, "message",
        text("Такого ученика нет", "There is no such pupil"));
    return SHELL_ROLLBACK;
  }
  if (number == NULL || json_is_null(number))
    return run(work, transaction, "DELETE FROM lockers_lockers WHERE pupil = ?", json_pack("[O]", pupil))
               ? SHELL_COMMIT
               : SHELL_ROLLBACK;
  if (!run(
          work, transaction, "SELECT 1 FROM lockers_lockers WHERE number = ? AND pupil <> ?",
          json_pack("[O, O]", number, pupil)))
    return SHELL_ROLLBACK;
  if (json_array_size(work->found) > 0) {
    work->error = refusal("lockers.taken", "Этот шкафчик занят", "This locker is taken");
    return SHELL_ROLLBACK;
  }
  if (!run(
          work, transaction,
          "INSERT INTO lockers_lockers (pupil, number) VALUES (?, ?)"
          " ON CONFLICT (pupil) DO UPDATE SET number = excluded.number",
          json_pack("[O, O]", pupil, number)))
    return SHELL_ROLLBACK;
  return host->audit(
             transaction,
             json_pack(
                 "{s:s, s:O, s:{s:O}}", "action", "lockers.assign", "object", pupil, "new", "number", number),
             &work->error) == 0
             ? SHELL_COMMIT
             : SHELL_ROLLBACK;
}

/* Runs a body in a transaction. 1 when it was committed; else the call has been answered with the reason. */
static int transacted(const shell_call *call, int mode, shell_body body, work *work) {
  json_t *error = NULL;
  if (host->transact(host->context, call->call_id, mode, body, work, &error) == 0) return 1;
  /* The body's own reason says more than the host's. */
  host->fail(host->context, call->call_id, work->error ? work->error : error);
  if (work->error) json_decref(error);
  json_decref(work->found);
  return 0;
}

/* ------------------------------------------------------------------------------------------- calls */

/* lockers.assign {"pupil", "number"}: null takes the locker away. */
static int assign(const shell_call *call) {
  work work = {call->params, NULL, NULL};
  if (!transacted(call, SHELL_WRITE, write_locker, &work)) return SHELL_DONE;
  json_decref(work.found);
  host->complete(host->context, call->call_id, json_object());
  return SHELL_DONE;
}

/* The window lockers.locker, opened with {"pupil": id}. */
static int open_form(const shell_call *call) {
  work work = {json_object_get(call->params, "arguments"), NULL, NULL};
  json_t *row, *number, *window;
  if (!transacted(call, SHELL_READ, read_locker, &work)) return SHELL_DONE;
  row = json_array_get(work.found, 0);
  if (row == NULL) {
    json_decref(work.found);
    host->fail(
        host->context, call->call_id,
        json_pack(
            "{s:s, s:i, s:o}", "kind", "notFound", "code", -32004, "message",
            text("Такого ученика нет", "There is no such pupil")));
    return SHELL_DONE;
  }
  number = json_object_get(row, "number");
  window = json_pack(
      "{s:s, s:o, s:[{s:s, s:o, s:s, s:O}, {s:s, s:o, s:s, s:O?, s:o}],"
      " s:[{s:s, s:o, s:s, s:s, s:{s:O, s:s}}, {s:s, s:o, s:b}]}",
      "kind", "form", "title", text("Шкафчик", "Locker"), "fields",                            /* fields: */
      "id", "pupil", "label", text("Ученик", "Pupil"), "type", "label", "value", json_object_get(row, "name"),
      "id", "number", "label", text("Номер", "Number"), "type", "number", "value", number, "hint",
      text("Пусто — шкафчика нет", "Empty: no locker"), "buttons",                             /* buttons: */
      "id", "save", "label", text("Сохранить", "Save"), "style", "primary", "command", "lockers.assign", "arguments",
      "pupil", json_object_get(work.arguments, "pupil"), "number", "=number",
      "id", "cancel", "label", text("Отмена", "Cancel"), "close", 1);
  json_decref(work.found);
  host->complete(host->context, call->call_id, window);
  return SHELL_DONE;
}

static int answer(void *instance, const shell_call *call) {
  (void)instance;
  if (call->kind == SHELL_CALL_COMMAND && strcmp(call->name, "lockers.assign") == 0) return assign(call);
  if (call->kind == SHELL_CALL_WINDOW_OPEN && strcmp(call->name, "lockers.locker") == 0) return open_form(call);
  return SHELL_REJECT;
}

/* ------------------------------------------------------------------------------- what the plugin is */

/* Migrations run once each, in their order. The table's name begins with the plugin's id; its rows have the ids of the
 * pupils whose column they fill. */
static json_t *describe(const shell_plugin *plugin) {
  (void)plugin;
  return json_pack(
      "{s:[{s:s, s:[s]}], s:{s:{s:s, s:s, s:[{s:s, s:o, s:s}], s:[{s:s}]}}, s:[s], s:[s]}",
      "migrations", "name", "lockers", "sql",
      "CREATE TABLE lockers_lockers (pupil TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE) WITHOUT ROWID",
      "tables", "lockers.numbers", "from", "lockers_lockers", "key", "pupil", "columns",
      "id", "number", "title", text("Шкафчик", "Locker"), "type", "number", "sort", "column", "number",
      "commands", "lockers.assign", "windows", "lockers.locker");
}

static json_t *probe(const shell_plugin *plugin) {
  (void)plugin;
  return json_pack("{s:[s, {s:i}]}", "probe", "a", "b", 1);
}

static void *create(const shell_plugin *plugin, const shell_host *given, json_t **error) {
  (void)plugin, (void)error;
  host = given;
  return &host;
}

static const shell_plugin table = {
    .header = {sizeof table, SHELL_ABI_MAJOR, SHELL_ABI_MINOR},
    .id = "lockers",
    .describe = describe,
    .probe = probe,
    .create = create,
    .call = answer,
};

const shell_plugin *shell_plugin_query(uint16_t major, uint16_t minor) {
  (void)minor;
  return major == SHELL_ABI_MAJOR ? &table : NULL;
}
