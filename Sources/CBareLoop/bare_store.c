#include "bare_store.h"
#include "russian_order.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define COLUMNS "id, name, class, phone, born, active, id, name"

struct bare_store {
  sqlite3 *reader, *writer;
  sqlite3_stmt *first, *after, *walked, *matched, *insert;
};

static int failed(sqlite3 *database, const char *what) {
  fprintf(stderr, "bare loop: %s: %s\n", what, database ? sqlite3_errmsg(database) : "no database");
  return -1;
}

static sqlite3 *open_file(const char *path, int flags, const char *setup) {
  sqlite3 *database = NULL;
  if (sqlite3_open_v2(path, &database, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
    failed(database, path);
    sqlite3_close(database);
    return NULL;
  }
  sqlite3_busy_timeout(database, 10000);
  sqlite3_create_collation_v2(database, "russian", SQLITE_UTF8, NULL, russian_order, NULL);
  /* What the host gives its own connections. */
  const char *memory = "PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;";
  if (sqlite3_exec(database, memory, NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_exec(database, setup, NULL, NULL, NULL) != SQLITE_OK) {
    failed(database, path);
    sqlite3_close(database);
    return NULL;
  }
  return database;
}

static int prepare(sqlite3 *database, const char *sql, sqlite3_stmt **statement) {
  if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) == SQLITE_OK) return 0;
  return failed(database, sql);
}

/* Statements are prepared when they are first needed: the table is made while the loop runs. */
static sqlite3_stmt *prepared(sqlite3 *database, sqlite3_stmt **statement, const char *sql) {
  if (!*statement && prepare(database, sql, statement) != 0) return NULL;
  return *statement;
}

bare_store *bare_store_open(const char *database_path, const char *scratch_path) {
  bare_store *store = calloc(1, sizeof *store);
  if (!store) return NULL;
  if (database_path && !(store->reader = open_file(database_path, SQLITE_OPEN_READWRITE, ""))) return NULL;
  const char *setup =
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "CREATE TABLE IF NOT EXISTS bench_inserted"
      "(number INTEGER PRIMARY KEY, name TEXT NOT NULL, class TEXT, phone TEXT)";
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (scratch_path && !(store->writer = open_file(scratch_path, flags, setup))) return NULL;
  return store;
}

static void bind_text(sqlite3_stmt *statement, int place, const json_t *value) {
  if (json_is_string(value))
    sqlite3_bind_text(
        statement, place, json_string_value(value), (int)json_string_length(value), SQLITE_TRANSIENT);
}

/* The statement of the page, its values bound but for the limit, which is ?1. */
static sqlite3_stmt *page_statement(bare_store *store, const json_t *params) {
  const json_t *after = json_object_get(params, "after"), *search = json_object_get(params, "search"),
               *match = json_object_get(params, "match");
  sqlite3_stmt *statement;
  if (match) {
    statement = prepared(
        store->reader, &store->matched,
        "SELECT " COLUMNS " FROM (SELECT rowid AS found FROM bench_people_words WHERE bench_people_words MATCH ?2)"
        " CROSS JOIN bench_people ON number = found ORDER BY name, id LIMIT ?1");
    if (statement) bind_text(statement, 2, match);
  } else if (search) {
    statement = prepared(
        store->reader, &store->walked,
        "SELECT " COLUMNS " FROM bench_people WHERE instr(words, ?2) > 0 ORDER BY name, id LIMIT ?1");
    if (statement) bind_text(statement, 2, search);
  } else if (json_is_array(after)) {
    statement = prepared(
        store->reader, &store->after,
        "SELECT " COLUMNS " FROM bench_people WHERE (name, id) > (?2, ?3) ORDER BY name, id LIMIT ?1");
    if (statement) {
      bind_text(statement, 2, json_array_get(after, 0));
      bind_text(statement, 3, json_array_get(after, 1));
    }
  } else {
    statement = prepared(
        store->reader, &store->first, "SELECT " COLUMNS " FROM bench_people ORDER BY name, id LIMIT ?1");
  }
  return statement;
}

static json_t *column_text(sqlite3_stmt *statement, int column) {
  const char *text = (const char *)sqlite3_column_text(statement, column);
  return text ? json_stringn(text, (size_t)sqlite3_column_bytes(statement, column)) : json_null();
}

static json_t *row_of(sqlite3_stmt *statement) {
  static const char *const names[] = {"name", "class", "phone", "born"};
  json_t *cells = json_object();
  for (int column = 0; column < 4; column++)
    json_object_set_new(cells, names[column], column_text(statement, column + 1));
  json_object_set_new(cells, "active", json_boolean(sqlite3_column_int(statement, 5)));
  json_t *row = json_object();
  json_object_set_new(row, "id", column_text(statement, 0));
  json_object_set_new(row, "cells", cells);
  return row;
}

json_t *bare_store_page(bare_store *store, const json_t *params) {
  sqlite3_stmt *statement = store->reader ? page_statement(store, params) : NULL;
  if (!statement) return NULL;
  const json_t *wanted = json_object_get(params, "limit");
  int limit = json_is_integer(wanted) ? (int)json_integer_value(wanted) : 50, count = 0;
  json_t *rows = json_array(), *next = NULL;
  /* One more than wanted tells whether there is another page. */
  sqlite3_bind_int(statement, 1, limit + 1);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    if (count++ == limit) break;
    json_array_append_new(rows, row_of(statement));
    if (count == limit) next = json_pack("[o, o]", column_text(statement, 7), column_text(statement, 6));
  }
  sqlite3_reset(statement);
  if (count <= limit) {
    json_decref(next);
    next = NULL;
  }
  return json_pack("{s:o, s:o}", "rows", rows, "next", next ? next : json_null());
}

static int insert_row(sqlite3_stmt *statement, long number) {
  char phone[16];
  int length = snprintf(phone, sizeof phone, "+79%09ld", number);
  sqlite3_bind_int64(statement, 1, number);
  sqlite3_bind_text(statement, 2, "Александрова Мария Владимировна", -1, SQLITE_STATIC);
  sqlite3_bind_text(statement, 3, "7А", -1, SQLITE_STATIC);
  sqlite3_bind_text(statement, 4, phone, length, SQLITE_STATIC);
  int status = sqlite3_step(statement);
  sqlite3_reset(statement);
  return status == SQLITE_DONE ? 0 : -1;
}

int bare_store_insert(bare_store *store, long rows) {
  const char *sql = "INSERT INTO bench_inserted(number, name, class, phone) VALUES (?, ?, ?, ?)";
  if (!store->writer || !prepared(store->writer, &store->insert, sql)) return failed(store->writer, sql);
  sqlite3_exec(store->writer, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  for (long number = 1; number <= rows; number++)
    if (insert_row(store->insert, number) != 0) {
      failed(store->writer, sql);
      sqlite3_exec(store->writer, "ROLLBACK", NULL, NULL, NULL);
      return -1;
    }
  if (sqlite3_exec(store->writer, "COMMIT", NULL, NULL, NULL) == SQLITE_OK) return 0;
  return failed(store->writer, "COMMIT");
}

int bare_store_clear(bare_store *store) {
  int status = store->writer ? sqlite3_exec(store->writer, "DELETE FROM bench_inserted", NULL, NULL, NULL) : -1;
  return status == SQLITE_OK ? 0 : -1;
}

static int insert_member(sqlite3_stmt *statement, long number) {
  char group[24], pupil[24], source[24];
  long at = (number - 1) / 100, place = (number - 1) % 100;
  int group_length = snprintf(group, sizeof group, "g%ld", at + 1);
  int pupil_length = snprintf(pupil, sizeof pupil, "u%ld", (at * 125 + place / 20 * 25 + place % 20) % 40000 + 1);
  int source_length = snprintf(source, sizeof source, "g%ld", number);
  sqlite3_bind_text(statement, 1, group, group_length, SQLITE_STATIC);
  sqlite3_bind_text(statement, 2, pupil, pupil_length, SQLITE_STATIC);
  sqlite3_bind_text(statement, 3, source, source_length, SQLITE_STATIC);
  int status = sqlite3_step(statement);
  sqlite3_reset(statement);
  return status == SQLITE_DONE ? 0 : -1;
}

int bare_store_members(bare_store *store, long rows) {
  const char *make =
      "DROP TABLE IF EXISTS bench_members;"
      "CREATE TABLE bench_members (group_id TEXT NOT NULL, pupil_id TEXT NOT NULL, source TEXT, sourced_id TEXT,"
      " operation INTEGER, PRIMARY KEY (group_id, pupil_id)) STRICT, WITHOUT ROWID;"
      "CREATE INDEX bench_members_by_pupil ON bench_members(pupil_id)";
  const char *sql = "INSERT INTO bench_members VALUES (?, ?, 'bench', ?, 1)";
  sqlite3_stmt *insert = NULL;
  if (!store->writer || sqlite3_exec(store->writer, make, NULL, NULL, NULL) != SQLITE_OK ||
      prepare(store->writer, sql, &insert) != 0)
    return failed(store->writer, "members");
  sqlite3_exec(store->writer, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  int status = 0;
  for (long number = 1; number <= rows && status == 0; number++) status = insert_member(insert, number);
  sqlite3_finalize(insert);
  const char *end = status == 0 ? "COMMIT" : "ROLLBACK";
  if (sqlite3_exec(store->writer, end, NULL, NULL, NULL) != SQLITE_OK || status != 0)
    return failed(store->writer, "members");
  return 0;
}
