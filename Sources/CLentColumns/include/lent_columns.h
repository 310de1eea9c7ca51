/* A table in SQL over columns that somebody keeps in memory, for as long as one statement runs. A virtual table needs
 * C's structs and callbacks; whose columns they are and when is decided in ShellStore. */
#ifndef ESH_LENT_COLUMNS_H
#define ESH_LENT_COLUMNS_H

#include <stdint.h>

typedef struct sqlite3 sqlite3;

enum { LENT_INT32 = 1, LENT_INT64 = 2, LENT_TEXT = 3 };
enum { LENT_MOST_COLUMNS = 8 };

/* `values`: int32_t or int64_t, or the bytes of all texts; then `starts` and `ends` are each text's bounds in them. */
typedef struct lent_column {
  int type;
  const void *values;
  const uint32_t *starts, *ends;
} lent_column;

typedef struct lent_columns {
  int64_t rows;
  const uint32_t *order; /* `rows` places in the columns; NULL: as they lie */
  int count;
  lent_column columns[LENT_MOST_COLUMNS];
} lent_columns;

/* Gives a connection the table shell_columns(a, b, c, d, e, f, g, h). It reads what `*lent` points to when a statement
 * starts to read it; NULL is an error. `lent` must live as long as the connection. SQLite's code. */
int lent_columns_register(sqlite3 *database, const lent_columns *const *lent);

#endif
