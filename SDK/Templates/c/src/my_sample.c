/*
 * Notes about pupils, with reminders: a registry, a form, two commands, a job, an event, and a button and a column in the
 * school's registry «Ученики». jansson and shell_plugin.h are all that it needs.
 *
 * Read it from the end: the exported function, the table of functions, what the plugin brings, and the calls that it
 * answers. Every name stands in the manifest as well; the host compares the two.
 */
#include <shell_plugin.h>

#include <ctype.h>
#include <string.h>

#define DAY_MS (24 * 60 * 60 * 1000LL)

static const shell_host *host;

static json_t *text(const char *ru, const char *en) { return json_pack("{s:s, s:s}", "ru", ru, "en", en); }

/* ------------------------------------------------------------------------------------- transactions */

/* What one transaction is to do, and what came of it. */
typedef struct work {
  json_t *params; /* the call's, BORROWED */
  json_t *result; /* NEW, or NULL */
  json_t *error;  /* NEW, or NULL */
} work;

/* Runs one statement and gives its rows, NEW; NULL when it failed, with the reason in the work. bindings STOLEN. */
static json_t *run(work *work, shell_transaction *transaction, const char *sql, json_t *bindings) {
  json_t *rows = host->query(transaction, sql, bindings, &work->error);
  json_decref(bindings);
  return rows;
}

/* The same where nobody wants the rows. 1 when it ran. */
static int done(work *work, shell_transaction *transaction, const char *sql, json_t *bindings) {
  json_t *rows = run(work, transaction, sql, bindings);
  json_decref(rows);
  return rows != NULL;
}

static int refused(work *work, const char *kind, int code, const char *ru, const char *en) {
  work->error = json_pack("{s:s, s:i, s:o}", "kind", kind, "code", code, "message", text(ru, en));
  return SHELL_ROLLBACK;
}

/* Runs a body in a transaction. 1 when it was committed; else the call has been answered with the reason. */
static int transacted(const shell_call *call, int mode, shell_body body, work *work) {
  json_t *error = NULL;
  if (host->transact(host->context, call->call_id, mode, body, work, &error) == 0) return 1;
  /* The body's own reason says more than the host's. */
  host->fail(host->context, call->call_id, work->error ? work->error : error);
  if (work->error) json_decref(error);
  json_decref(work->result);
  return 0;
}

/* Answers a call with what one transaction brings. */
static int answer_with(const shell_call *call, shell_body body) {
  work work = {call->params, NULL, NULL};
  if (transacted(call, SHELL_WRITE, body, &work))
    host->complete(host->context, call->call_id, work.result ? work.result : json_object());
  return SHELL_DONE;
}

/* ------------------------------------------------------------------------------------------- notes */

/* How many notes a pupil has, for the column in the registry of pupils. 1 when it is written. */
static int count_notes(work *work, shell_transaction *transaction, json_t *pupil) {
  if (!json_is_string(pupil)) return 1;
  return done(
      work, transaction,
      "INSERT INTO my_sample_counts (pupil, notes) SELECT ?1, count(*) FROM my_sample_notes WHERE pupil = ?1"
      " ON CONFLICT (pupil) DO UPDATE SET notes = excluded.notes",
      json_pack("[O]", pupil));
}

/* The pupil's name, NEW; null when no pupil is meant, NULL when there is none of that id. */
static json_t *name_of(work *work, shell_transaction *transaction, json_t *pupil) {
  json_t *rows, *name;
  if (!json_is_string(pupil)) return json_null();
  rows = run(work, transaction, "SELECT full_name FROM school_v1_pupils WHERE id = ?", json_pack("[O]", pupil));
  name = json_incref(json_object_get(json_array_get(rows, 0), "full_name"));
  if (rows && !name) refused(work, "pupil.notFound", -32004, "Такого ученика нет", "There is no such pupil");
  json_decref(rows);
  return name;
}

static int is_blank(const char *text) {
  while (isspace((unsigned char)*text)) text++;
  return *text == '\0';
}

/* mySample.add {text, pupil?, days?}: adds a note, and schedules its reminder in the same transaction. */
static int add_note(shell_transaction *transaction, void *user) {
  work *work = user;
  json_t *words = json_object_get(work->params, "text"), *pupil = json_object_get(work->params, "pupil");
  json_t *days = json_object_get(work->params, "days"), *name, *rows, *id;
  int64_t now = host->now_ms(host->context);
  if (is_blank(json_string_value(words))) {
    /* "issues" mark the field of the form by the name of the command's argument. */
    work->error = json_pack(
        "{s:s, s:i, s:o, s:[{s:s, s:o}]}", "kind", "params.invalid", "code", -32602, "message",
        text("Напишите что-нибудь", "Write something"), "issues", "path", "/text", "message",
        text("Напишите что-нибудь", "Write something"));
    return SHELL_ROLLBACK;
  }
  if ((name = name_of(work, transaction, pupil)) == NULL) return SHELL_ROLLBACK;
  rows = run(
      work, transaction,
      "INSERT INTO my_sample_notes (id, text, pupil, name, added) VALUES (hex(randomblob(8)), ?, ?, ?, ?) RETURNING id",
      json_pack("[O, O, o, I]", words, pupil ? pupil : json_null(), name, (json_int_t)now));
  if (rows == NULL) return SHELL_ROLLBACK;
  work->result = json_pack("{s:O}", "result", json_array_get(rows, 0));
  json_decref(rows);
  id = json_object_get(json_object_get(work->result, "result"), "id");
  if (json_is_integer(days)
      && host->schedule(
             transaction,
             json_pack(
                 "{s:s, s:O, s:I}", "name", "mySample.remind", "key", id, "dueAt",
                 (json_int_t)(now + json_integer_value(days) * DAY_MS)),
             &work->error) != 0)
    return SHELL_ROLLBACK;
  if (!count_notes(work, transaction, pupil)) return SHELL_ROLLBACK;
  return host->audit(
             transaction,
             json_pack("{s:s, s:O, s:{s:O}}", "action", "mySample.add", "object", id, "new", "text", words),
             &work->error) == 0
             ? SHELL_COMMIT
             : SHELL_ROLLBACK;
}

/* Takes the rows' reminders back and counts what is left. rows: [{"id", "pupil"}]. 1 when all of it is written. */
static int forget(work *work, shell_transaction *transaction, json_t *rows) {
  size_t index;
  json_t *row;
  json_array_foreach(rows, index, row) {
    const char *id = json_string_value(json_object_get(row, "id"));
    if (host->unschedule(transaction, "mySample.remind", id, &work->error) < 0) return 0;
    if (!count_notes(work, transaction, json_object_get(row, "pupil"))) return 0;
  }
  return 1;
}

/* mySample.done {notes}: they are gone, with their reminders. */
static int end_notes(shell_transaction *transaction, void *user) {
  work *work = user;
  size_t index;
  json_t *note;
  json_array_foreach(json_object_get(work->params, "notes"), index, note) {
    json_t *rows = run(
        work, transaction, "DELETE FROM my_sample_notes WHERE id = ? RETURNING id, pupil", json_pack("[O]", note));
    int written = rows != NULL && forget(work, transaction, rows);
    size_t found = json_array_size(rows);
    json_decref(rows);
    if (!written) return SHELL_ROLLBACK;
    if (found == 0) return refused(work, "note.notFound", -32004, "Такой заметки нет", "There is no such note");
    if (host->audit(transaction, json_pack("{s:s, s:O}", "action", "mySample.done", "object", note), &work->error) != 0)
      return SHELL_ROLLBACK;
  }
  return SHELL_COMMIT;
}

/* The job of one note: it is shown in bold from now on, and whoever listens is told. */
static int remind(shell_transaction *transaction, void *user) {
  work *work = user;
  json_t *id = json_object_get(work->params, "key");
  if (!done(work, transaction, "UPDATE my_sample_notes SET is_due = 1 WHERE id = ?", json_pack("[O]", id)))
    return SHELL_ROLLBACK;
  if (host->changes(transaction) > 0
      && host->emit(transaction, "mySample.v1.due", json_pack("{s:O}", "note", id), &work->error) != 0)
    return SHELL_ROLLBACK;
  host->finish(transaction);
  return SHELL_COMMIT;
}

/* Notes about a pupil who has left are of no use any more. The event says who; how things stand is read. */
static int enrolment_changed(shell_transaction *transaction, void *user) {
  work *work = user;
  json_t *pupil = json_object_get(json_object_get(work->params, "payload"), "pupilId"), *rows;
  const char *state;
  int stays, written;
  rows = run(work, transaction, "SELECT state FROM school_v1_pupils WHERE id = ?", json_pack("[O]", pupil));
  if (rows == NULL) return SHELL_ROLLBACK;
  state = json_string_value(json_object_get(json_array_get(rows, 0), "state"));
  stays = state != NULL && strcmp(state, "studying") == 0;
  json_decref(rows);
  if (stays) return SHELL_COMMIT;
  rows = run(
      work, transaction, "DELETE FROM my_sample_notes WHERE pupil = ? RETURNING id, pupil", json_pack("[O]", pupil));
  written = rows != NULL && forget(work, transaction, rows);
  json_decref(rows);
  return written ? SHELL_COMMIT : SHELL_ROLLBACK;
}

/* -------------------------------------------------------------------------------------------- form */

static int read_name(shell_transaction *transaction, void *user) {
  work *work = user;
  work->result = name_of(work, transaction, json_object_get(work->params, "pupil"));
  return work->result ? SHELL_COMMIT : SHELL_ROLLBACK;
}

/* The window mySample.note, opened with {"pupil": id} from the registry of pupils, or with nothing. */
static int open_form(const shell_call *call) {
  json_t *arguments = json_object_get(call->params, "arguments"), *pupil = json_object_get(arguments, "pupil"), *fields;
  work work = {arguments, NULL, NULL};
  if (!transacted(call, SHELL_READ, read_name, &work)) return SHELL_DONE;
  fields = json_pack(
      "[{s:s, s:o, s:s, s:b}]", "id", "text", "label", text("Заметка", "Note"), "type", "text", "required", 1);
  if (json_is_string(pupil))
    json_array_append_new(
        fields, json_pack(
                    "{s:s, s:o, s:s, s:O}", "id", "name", "label", text("Ученик", "Pupil"), "type", "label", "value",
                    work.result));
  json_array_append_new(
      fields, json_pack(
                  "{s:s, s:o, s:s, s:o}", "id", "days", "label", text("Напомнить через, дней", "Remind in, days"),
                  "type", "number", "hint", text("Пусто — без напоминания", "Empty: no reminder")));
  json_decref(work.result);
  host->complete(
      host->context, call->call_id,
      json_pack(
          "{s:s, s:o, s:o, s:[{s:s, s:o, s:s, s:s, s:{s:s, s:s, s:O}}, {s:s, s:o, s:b}]}", "kind", "form", "title",
          text("Заметка", "Note"), "fields", fields, "buttons",                                        /* buttons: */
          "id", "save", "label", text("Сохранить", "Save"), "style", "primary", "command", "mySample.add",
          "arguments", "text", "=text", "days", "=days", "pupil", pupil ? pupil : json_null(),         /* and: */
          "id", "cancel", "label", text("Отмена", "Cancel"), "close", 1));
  return SHELL_DONE;
}

/* ------------------------------------------------------------------------------- what the plugin is */

static int answer(void *instance, const shell_call *call) {
  (void)instance;
  switch (call->kind) {
  case SHELL_CALL_COMMAND:
    if (strcmp(call->name, "mySample.add") == 0) return answer_with(call, add_note);
    if (strcmp(call->name, "mySample.done") == 0) return answer_with(call, end_notes);
    break;
  case SHELL_CALL_WINDOW_OPEN: return open_form(call);
  case SHELL_CALL_JOB: return answer_with(call, remind);
  case SHELL_CALL_EVENT: return answer_with(call, enrolment_changed);
  }
  return SHELL_REJECT;
}

/* A column of a table source that rows can be sorted by; each has an index. */
static json_t *column(const char *id, json_t *title, const char *type) {
  int is_text = strcmp(type, "text") == 0;
  return json_pack(
      "{s:s, s:o, s:s, s:b, s:s}", "id", id, "title", title, "type", type, "sortable", 1, "collation",
      is_text ? "russian" : "binary");
}

/* Migrations run once each, in their order; a step that has run somewhere is never changed. Names of tables begin with
 * the plugin's id. The rows of my_sample_counts have the ids of pupils: they fill the column of that registry. */
static json_t *describe(const shell_plugin *plugin) {
  json_t *migrations = json_pack(
      "[{s:s, s:[s, s, s, s, s, s]}]", "name", "notes", "sql",
      "CREATE TABLE my_sample_notes (id TEXT PRIMARY KEY, text TEXT NOT NULL COLLATE russian, pupil TEXT,"
      " name TEXT COLLATE russian, added INTEGER NOT NULL, is_due INTEGER NOT NULL DEFAULT 0)",
      "CREATE INDEX my_sample_notes_by_text ON my_sample_notes (text COLLATE russian, id)",
      "CREATE INDEX my_sample_notes_by_name ON my_sample_notes (name COLLATE russian, id)",
      "CREATE INDEX my_sample_notes_by_added ON my_sample_notes (added, id)",
      "CREATE INDEX my_sample_notes_by_pupil ON my_sample_notes (pupil)",
      "CREATE TABLE my_sample_counts (pupil TEXT PRIMARY KEY, notes INTEGER NOT NULL) WITHOUT ROWID");
  json_t *notes = json_pack(
      "{s:s, s:s, s:[o, o, o], s:[{s:s, s:b}], s:s}", "from", "my_sample_notes", "key", "id", "columns",
      column("text", text("Заметка", "Note"), "text"), column("name", text("Ученик", "Pupil"), "text"),
      column("added", text("Добавлена", "Added"), "instant"), "sort", "column", "added", "descending", 1, "emphasis",
      "CASE WHEN is_due THEN 'bold' END");
  json_t *counts = json_pack(
      "{s:s, s:s, s:[{s:s, s:o, s:s}], s:[{s:s}]}", "from", "my_sample_counts", "key", "pupil", "columns", "id",
      "notes", "title", text("Заметок", "Notes"), "type", "number", "sort", "column", "notes");
  (void)plugin;
  return json_pack(
      "{s:o, s:{s:o, s:o}, s:[s, s], s:[s], s:[s], s:[s]}", "migrations", migrations, "tables", "mySample.notes", notes,
      "mySample.counts", counts, "commands", "mySample.add", "mySample.done", "windows", "mySample.note", "events",
      "school.v1.enrolmentChanged", "jobs", "mySample.remind");
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
    .id = "my-sample",
    .describe = describe,
    .probe = probe,
    .create = create,
    .call = answer,
};

__attribute__((visibility("default"))) const shell_plugin *shell_plugin_query(uint16_t major, uint16_t minor) {
  (void)minor;
  return major == SHELL_ABI_MAJOR ? &table : NULL;
}
