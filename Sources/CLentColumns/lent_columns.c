#include "lent_columns.h"

#include <sqlite3.h>
#include <stddef.h>

typedef struct table {
  sqlite3_vtab base; /* first: SQLite sees only this */
  const lent_columns *const *lent;
} table;

typedef struct cursor {
  sqlite3_vtab_cursor base;
  const lent_columns *lent;
  int64_t row;
} cursor;

static int connect_table(
    sqlite3 *database, void *lent, int count, const char *const *arguments, sqlite3_vtab **out, char **error) {
  (void)count, (void)arguments, (void)error;
  int status = sqlite3_declare_vtab(database, "CREATE TABLE shell_columns(a, b, c, d, e, f, g, h)");
  if (status != SQLITE_OK) return status;
  /* Views and triggers run in statements of others, who have lent nothing. */
  sqlite3_vtab_config(database, SQLITE_VTAB_DIRECTONLY);
  table *made = sqlite3_malloc(sizeof *made);
  if (!made) return SQLITE_NOMEM;
  *made = (table){.lent = lent};
  *out = &made->base;
  return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *made) {
  sqlite3_free(made);
  return SQLITE_OK;
}

/* There is one way to read it: from one end to the other. How long that takes is not known when a statement is
 * prepared, so it counts as long, and joins begin with it. */
static int plan(sqlite3_vtab *made, sqlite3_index_info *info) {
  (void)made;
  info->estimatedCost = 1e6;
  info->estimatedRows = 1000000;
  return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *made, sqlite3_vtab_cursor **out) {
  (void)made;
  cursor *opened = sqlite3_malloc(sizeof *opened);
  if (!opened) return SQLITE_NOMEM;
  *opened = (cursor){.lent = NULL};
  *out = &opened->base;
  return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *opened) {
  sqlite3_free(opened);
  return SQLITE_OK;
}

static int start(sqlite3_vtab_cursor *opened, int plan, const char *name, int count, sqlite3_value **values) {
  (void)plan, (void)name, (void)count, (void)values;
  cursor *cursor = (struct cursor *)opened;
  cursor->lent = *((table *)opened->pVtab)->lent;
  cursor->row = 0;
  if (cursor->lent) return SQLITE_OK;
  sqlite3_free(opened->pVtab->zErrMsg);
  opened->pVtab->zErrMsg = sqlite3_mprintf("shell_columns is read, and no columns were lent to the statement");
  return SQLITE_ERROR;
}

static int next(sqlite3_vtab_cursor *opened) {
  ((cursor *)opened)->row++;
  return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *opened) {
  const cursor *cursor = (struct cursor *)opened;
  return cursor->row >= cursor->lent->rows;
}

static int value(sqlite3_vtab_cursor *opened, sqlite3_context *result, int place) {
  const cursor *cursor = (struct cursor *)opened;
  const lent_columns *lent = cursor->lent;
  if (place < 0 || place >= lent->count) {
    sqlite3_result_error(result, "a column of shell_columns is read that was not lent", -1);
    return SQLITE_OK;
  }
  const lent_column *column = &lent->columns[place];
  int64_t row = lent->order ? lent->order[cursor->row] : cursor->row;
  if (column->type == LENT_INT32) {
    sqlite3_result_int(result, ((const int32_t *)column->values)[row]);
  } else if (column->type == LENT_INT64) {
    sqlite3_result_int64(result, ((const int64_t *)column->values)[row]);
  } else {
    /* Not copied: the columns outlive the statement. */
    uint32_t start = column->starts[row], end = column->ends[row];
    const char *text = start < end ? (const char *)column->values + start : "";
    sqlite3_result_text64(result, text, start < end ? end - start : 0, SQLITE_STATIC, SQLITE_UTF8);
  }
  return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *opened, sqlite3_int64 *out) {
  *out = ((cursor *)opened)->row + 1;
  return SQLITE_OK;
}

/* No xCreate: the table is there by its name, and nobody makes or drops it. */
static const sqlite3_module module = {
    .iVersion = 1,
    .xConnect = connect_table,
    .xBestIndex = plan,
    .xDisconnect = disconnect_table,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = start,
    .xNext = next,
    .xEof = is_at_end,
    .xColumn = value,
    .xRowid = rowid,
};

int lent_columns_register(sqlite3 *database, const lent_columns *const *lent) {
  return sqlite3_create_module_v2(database, "shell_columns", &module, (void *)lent, NULL);
}
