/* Part of scripted.c: the steps of a transaction, as tests write them. */

typedef struct script {
  json_t *steps;
  json_t *rows;  /* result of the last statement */
  json_t *error; /* of the last step that failed */
  int nested;    /* what transact inside the body returned */
  int64_t many;  /* what insert_many returned */
} script;

static shell_transaction *escaped;

static int body_of_nested(shell_transaction *transaction, void *user) { return SHELL_COMMIT; }

/* The step's "columns", arrays of integers or of strings, lent to its statement in its "order". "columnType" is said of
 * all of them, whatever they are. */
static json_t *query_columns(shell_transaction *transaction, const char *sql, const json_t *step, json_t **error) {
  const json_t *given = json_object_get(step, "columns"), *wanted = json_object_get(step, "order"), *value;
  static int64_t numbers[9][16];
  static uint32_t starts[9][16], ends[9][16], order[16];
  static char bytes[9][256];
  shell_column columns[9] = {{0}};
  size_t place, row, rows = json_array_size(json_array_get(given, 0));
  for (place = 0; place < json_array_size(given); place++) {
    size_t used = 0;
    int is_text = json_is_string(json_array_get(json_array_get(given, place), 0));
    json_array_foreach(json_array_get(given, place), row, value) {
      numbers[place][row] = json_integer_value(value);
      starts[place][row] = (uint32_t)used;
      if (is_text) memcpy(bytes[place] + used, json_string_value(value), json_string_length(value));
      used += json_string_length(value);
      ends[place][row] = (uint32_t)used;
    }
    columns[place] = is_text ? (shell_column){SHELL_COLUMN_TEXT, 0, bytes[place], starts[place], ends[place]}
                             : (shell_column){SHELL_COLUMN_INT64, 0, numbers[place], NULL, NULL};
    if (json_object_get(step, "columnType"))
      columns[place].type = (uint32_t)json_integer_value(json_object_get(step, "columnType"));
  }
  json_array_foreach(wanted, row, value) order[row] = (uint32_t)json_integer_value(value);
  shell_columns lent = {
      {sizeof lent, SHELL_ABI_MAJOR, SHELL_ABI_MINOR}, wanted ? json_array_size(wanted) : rows, wanted ? order : NULL,
      json_array_size(given), columns};
  return host->query_columns(transaction, sql, json_object_get(step, "bindings"), given ? &lent : NULL, error);
}

static int body(shell_transaction *transaction, void *user) {
  script *script = user;
  size_t index;
  json_t *step;
  escaped = transaction;
  json_array_foreach(script->steps, index, step) {
    json_t *error = NULL;
    json_t *value;
    if ((value = json_object_get(step, "sql"))) {
      json_t *rows =
          host->query(transaction, json_string_value(value), json_object_get(step, "bindings"), &error);
      if (rows) {
        json_decref(script->rows);
        script->rows = rows;
      }
    } else if ((value = json_object_get(step, "over"))) {
      json_t *rows = query_columns(transaction, json_string_value(value), step, &error);
      if (rows) {
        json_decref(script->rows);
        script->rows = rows;
      }
    } else if ((value = json_object_get(step, "many"))) {
      script->many = host->insert_many(transaction, json_string_value(value), json_object_get(step, "rows"), &error);
    } else if ((value = json_object_get(step, "emit"))) {
      host->emit(transaction, json_string_value(value), json_incref(json_object_get(step, "payload")), &error);
    } else if ((value = json_object_get(step, "schedule"))) {
      host->schedule(transaction, json_incref(value), &error);
    } else if ((value = json_object_get(step, "unschedule"))) {
      host->unschedule(
          transaction, json_string_value(value), json_string_value(json_object_get(step, "key")), &error);
    } else if ((value = json_object_get(step, "context"))) {
      host->set_context(
          transaction, json_string_value(json_object_get(step, "user")), json_string_value(value),
          json_incref(json_object_get(step, "value")), &error);
    } else if ((value = json_object_get(step, "audit"))) {
      host->audit(transaction, json_incref(value), &error);
    } else if ((value = json_object_get(step, "rehearse"))) {
      json_t *answer = host->rehearse(
          transaction, json_string_value(value), json_incref(json_object_get(step, "params")), &error);
      if (answer) {
        json_decref(script->rows);
        script->rows = answer;
      }
    } else if (json_object_get(step, "finish")) {
      host->finish(transaction);
    } else if (json_object_get(step, "nest")) {
      script->nested = host->transact(host->context, 0, SHELL_WRITE, body_of_nested, NULL, &error);
    } else if (json_object_get(step, "rollback")) {
      return SHELL_ROLLBACK;
    }
    if (error) {
      json_decref(script->error);
      script->error = error;
      if (!json_is_true(json_object_get(step, "goOn"))) return SHELL_ROLLBACK;
    }
  }
  return SHELL_COMMIT;
}

/* Runs the steps: the status of `transact` and, in *out, {"rows", "status", "stepError"?, "error"?, "nested", "many"}. */
static int run_steps(uint64_t call_id, const json_t *arguments, json_t **out) {
  script script = {json_object_get(arguments, "steps"), json_array(), NULL, 0, 0};
  json_t *error = NULL;
  int mode = json_is_true(json_object_get(arguments, "reads"))       ? SHELL_READ
             : json_is_true(json_object_get(arguments, "rehearses")) ? SHELL_REHEARSE
                                                                     : SHELL_WRITE;
  int status = host->transact(host->context, call_id, mode, body, &script, &error);
  *out = json_pack(
      "{s:o, s:i, s:i, s:I}", "rows", script.rows, "status", status, "nested", script.nested, "many",
      (json_int_t)script.many);
  if (script.error) json_object_set_new(*out, "stepError", script.error);
  if (error) json_object_set_new(*out, "error", error);
  return status;
}
