/// The bench's own plugin: a registry of a million rows, and commands that do nothing but move data. Written to a
/// folder and compiled when the bench starts, as anybody's plugin in C would be.
enum BenchPlugin {
  static let id = "bench"
  static let library = "libBenchPlugin.so"
  static let rows = 1_000_000
  /// Rows of the large answer and of the large request: 9.5 MB.
  static let largeRows = 50_000

  static let manifest = #"""
    {
      "manifestVersion": 1, "id": "bench", "version": "0.1.0", "title": "Bench",
      "library": "libBenchPlugin.so", "abi": {"major": 1, "minor": 1}, "limits": {"callMs": 300000},
      "contributes": {
        "registries": [{"id": "bench", "title": "Bench", "access": "signedIn"}],
        "tabs": [{"registry": "bench", "id": "people", "title": "People", "table": "bench.people"}],
        "commands": [
          {"id": "bench.echo", "title": "Gives its arguments back", "access": "signedIn", "reads": true,
           "params": {"type": "object", "properties": {"text": {"type": "string"}}}},
          {"id": "bench.rows", "title": "A large answer", "access": "signedIn", "reads": true,
           "params": {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}},
          {"id": "bench.ignore", "title": "Takes a large request", "access": "signedIn", "reads": true,
           "params": {"type": "object", "properties": {"rows": {"type": "array"}}}},
          {"id": "bench.insert", "title": "Inserts rows in one transaction", "access": "signedIn",
           "params": {"type": "object", "properties": {"rows": {"type": "integer"}, "batch": {"type": "integer"}},
                      "required": ["rows", "batch"]}},
          {"id": "bench.clear", "title": "Removes them", "access": "signedIn"}
        ]
      }
    }
    """#

  /// The table that both sides page through, and how the host sees it.
  static let source = #"""
    #include "shell_plugin.h"

    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    static const shell_host *host;

    #define SURNAMES \
      "Абрамов,Алексеев,Андреев,Антонов,Баранов,Белов,Борисов,Васильев,Виноградов,Волков,Воробьёв,Голубев," \
      "Григорьев,Дмитриев,Егоров,Жуков,Зайцев,Захаров,Иванов,Калинин,Ковалёв,Козлов,Комаров,Королёв,Кузнецов," \
      "Лебедев,Макаров,Медведев,Михайлов,Морозов,Никитин,Новиков,Орлов,Павлов,Петров,Попов,Семёнов,Соколов," \
      "Тарасов,Фёдоров"
    #define NAMES \
      "Александр,Алексей,Андрей,Антон,Артём,Борис,Вадим,Виктор,Глеб,Денис,Евгений,Иван,Кирилл,Максим,Михаил," \
      "Никита,Олег,Павел,Роман,Тимофей"
    #define PATRONYMICS \
      "Александрович,Алексеевич,Андреевич,Антонович,Борисович,Вадимович,Викторович,Глебович,Денисович," \
      "Евгеньевич,Иванович,Кириллович,Максимович,Михайлович,Никитич,Олегович,Павлович,Романович,Сергеевич," \
      "Юрьевич"

    static json_t *list(const char *words) {
      json_t *list = json_array();
      for (const char *end; *words; words = *end ? end + 1 : end) {
        end = strchr(words, ',');
        if (!end) end = words + strlen(words);
        json_array_append_new(list, json_stringn(words, (size_t)(end - words)));
      }
      return list;
    }

    /* A statement that lists words by number. */
    static void words(char **at, const char *name, const char *list_of_words) {
      json_t *all = list(list_of_words);
      size_t index;
      json_t *word;
      *at += sprintf(*at, ", %s(place, word) AS (VALUES ", name);
      json_array_foreach(all, index, word)
        *at += sprintf(*at, "%s(%zu, '%s')", index ? ", " : "", index, json_string_value(word));
      *at += sprintf(*at, ")");
      json_decref(all);
    }

    /* Rows in an order that has nothing to do with their names. */
    static json_t *fill(long rows) {
      char *sql = malloc(1 << 16), *at = sql;
      at += sprintf(
          at, "WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < %ld)", rows);
      words(&at, "surnames", SURNAMES);
      words(&at, "names", NAMES);
      words(&at, "patronymics", PATRONYMICS);
      at += sprintf(
          at,
          ", people(n, name) AS (SELECT n, surnames.word || ' ' || names.word || ' ' || patronymics.word FROM counter"
          " JOIN surnames ON surnames.place = n * 7919 %% 40 JOIN names ON names.place = n * 104729 / 40 %% 20"
          " JOIN patronymics ON patronymics.place = n * 1299709 / 800 %% 20)"
          " INSERT INTO bench_people(number, id, name, words, class, phone, born, active)"
          " SELECT n, printf('p%%07d', n), name, shell_search_text(name), (n %% 11 + 1) || 'А',"
          " printf('+79%%09d', n), printf('20%%02d-%%02d-%%02d', 7 + n %% 12, 1 + n %% 12, 1 + n %% 28), n %% 10 > 0"
          " FROM people");
      json_t *text = json_string(sql);
      free(sql);
      return text;
    }

    static json_t *describe(const struct shell_plugin *plugin) {
      (void)plugin;
      json_t *table = json_array(), *index = json_array();
      json_array_append_new(table, json_string(
          "CREATE TABLE bench_people(number INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL COLLATE russian,"
          " words TEXT NOT NULL, class TEXT NOT NULL, phone TEXT NOT NULL, born TEXT NOT NULL,"
          " active INTEGER NOT NULL)"));
      json_array_append_new(table, fill(BENCH_ROWS));
      json_array_append_new(table, json_string(
          "CREATE TABLE bench_inserted(number INTEGER PRIMARY KEY, name TEXT NOT NULL, class TEXT, phone TEXT)"));
      json_array_append_new(index, json_string(
          "CREATE INDEX bench_people_name ON bench_people(name COLLATE russian, id)"));
    #if BENCH_SEARCH
      json_array_append_new(index, json_string(
          "CREATE VIRTUAL TABLE bench_people_words USING fts5(words, content='bench_people', content_rowid='number',"
          " tokenize='trigram', columnsize=0)"));
      json_array_append_new(index, json_string(
          "INSERT INTO bench_people_words(bench_people_words) VALUES ('rebuild')"));
    #endif
      json_t *about = json_pack(
          "{s:[{s:s,s:o},{s:s,s:o}], s:{s:{s:s,s:s,"
          "s:[{s:s,s:s,s:s,s:b,s:b,s:s},{s:s,s:s,s:s},{s:s,s:s,s:s},{s:s,s:s,s:s},{s:s,s:s,s:s}],"
          "s:[{s:s}], s:{s:s,s:s,s:s}}}, s:[s,s,s,s,s]}",
          "migrations", "name", "people", "sql", table, "name", "indexes", "sql", index,
          "tables", "bench.people", "from", "bench_people", "key", "id",
          "columns", "id", "name", "title", "Name", "type", "text", "sortable", 1, "searchable", 1,
          "collation", "russian", "id", "class", "title", "Class", "type", "text", "id", "phone", "title", "Phone",
          "type", "text", "id", "born", "title", "Born", "type", "date", "id", "active", "title", "Active",
          "type", "boolean", "sort", "column", "name",
          "search", "index", "bench_people_words", "rowid", "number", "text", "words",
          "commands", "bench.echo", "bench.rows", "bench.ignore", "bench.insert", "bench.clear");
    #if !BENCH_SEARCH
      json_object_del(json_object_get(json_object_get(about, "tables"), "bench.people"), "search");
    #endif
      return about;
    }

    static json_t *probe(const struct shell_plugin *plugin) {
      (void)plugin;
      return json_pack("{s:[s, {s:i}]}", "probe", "a", "b", 1);
    }

    static void *create(const struct shell_plugin *plugin, const shell_host *lent, json_t **error) {
      (void)plugin, (void)error;
      host = lent;
      return (void *)lent;
    }

    typedef struct insertion {
      long rows, batch;
      json_t *error;
    } insertion;

    static json_t *row(long number) {
      char phone[16];
      snprintf(phone, sizeof phone, "+79%09ld", number);
      return json_pack("[I,s,s,s]", (json_int_t)number, "Александрова Мария Владимировна", "7А", phone);
    }

    static int run(shell_transaction *transaction, const char *sql, json_t *bindings, insertion *insertion) {
      json_t *result = host->query(transaction, sql, bindings, &insertion->error);
      json_decref(bindings);
      json_decref(result);
      return result ? 0 : -1;
    }

    #define INSERT "INSERT INTO bench_inserted(number, name, class, phone) VALUES (?, ?, ?, ?)"

    /* A call a row, or `batch` rows a call. */
    static int insert(shell_transaction *transaction, void *user) {
      insertion *insertion = user;
      for (long number = 1; number <= insertion->rows;) {
        if (insertion->batch <= 1) {
          if (run(transaction, INSERT, row(number++), insertion) != 0) return SHELL_ROLLBACK;
          continue;
        }
        json_t *rows = json_array();
        for (long count = 0; count < insertion->batch && number <= insertion->rows; count++)
          json_array_append_new(rows, row(number++));
        int64_t changed = host->insert_many(transaction, INSERT, rows, &insertion->error);
        json_decref(rows);
        if (changed < 0) return SHELL_ROLLBACK;
      }
      return SHELL_COMMIT;
    }

    static int clear(shell_transaction *transaction, void *user) {
      return run(transaction, "DELETE FROM bench_inserted", NULL, user) == 0 ? SHELL_COMMIT : SHELL_ROLLBACK;
    }

    static json_t *large_rows(long count) {
      static json_t *rows;
      if (json_array_size(rows) != (size_t)count) {
        rows = json_array();
        for (long number = 1; number <= count; number++) json_array_append_new(rows, LARGE_ROW(number));
      }
      return json_pack("{s:{s:o}}", "result", "rows", json_deep_copy(rows));
    }

    static int call(void *instance, const shell_call *call) {
      (void)instance;
      json_t *result = NULL, *error = NULL;
      insertion insertion = {
          .rows = (long)json_integer_value(json_object_get(call->params, "rows")),
          .batch = (long)json_integer_value(json_object_get(call->params, "batch"))};
      int status = 0;
      if (strcmp(call->name, "bench.echo") == 0)
        result = json_pack("{s:O}", "result", call->params);
      else if (strcmp(call->name, "bench.rows") == 0)
        result = large_rows((long)json_integer_value(json_object_get(call->params, "count")));
      else if (strcmp(call->name, "bench.insert") == 0)
        status = host->transact(host->context, call->call_id, SHELL_WRITE, insert, &insertion, &error);
      else if (strcmp(call->name, "bench.clear") == 0)
        status = host->transact(host->context, call->call_id, SHELL_WRITE, clear, &insertion, &error);
      if (status == 0) {
        host->complete(host->context, call->call_id, result);
      } else {
        if (!error) error = insertion.error;
        if (!error) error = json_pack("{s:s,s:s}", "kind", "bench.failed", "message", "rolled back");
        host->fail(host->context, call->call_id, error);
      }
      return SHELL_DONE;
    }

    static const shell_plugin plugin = {
        .header = {sizeof(shell_plugin), SHELL_ABI_MAJOR, SHELL_ABI_MINOR},
        .id = "bench", .describe = describe, .probe = probe, .create = create, .call = call};

    const shell_plugin *shell_plugin_query(uint16_t major, uint16_t minor) {
      (void)minor;
      return major == SHELL_ABI_MAJOR ? &plugin : NULL;
    }
    """#

  /// The same row in the large answer of the plugin (C), in the one of the bare loop, and in the large request.
  static let largeRowInC = #"""
    #define LARGE_ROW(number) json_pack( \
        "{s:s, s:{s:s, s:s, s:s, s:s, s:b, s:I}}", "id", "p00000000001", "cells", "name", \
        "Александрова Мария Владимировна", "class", "7А", "phone", "+79161234567", "born", "2012-03-15", \
        "active", 1, "number", (json_int_t)(number + 1000000))
    """#

  static func largeRowsText() -> String {
    let start = #"{"id":"p00000000001","cells":{"name":"Александрова Мария Владимировна","class":"7А","#
    let rest = #""phone":"+79161234567","born":"2012-03-15","active":true,"number":"#
    return "[" + (1...largeRows).map { "\(start)\(rest)\($0 + 1_000_000)}}" }.joined(separator: ",") + "]"
  }
}
