#pragma once
#include <sqlite3.h>

/* "x" is a name and never a text: a misspelt column is an error. A function with a variable number of arguments, which
 * Swift cannot call. */
static inline int csqlite_refuse_quoted_texts(sqlite3 *database) {
  int status = sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
  return status == SQLITE_OK ? sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0) : status;
}

/* Without counting what it allocates, of which nobody here asks, SQLite takes no lock for each allocation. Before the
 * process first uses SQLite; later it does nothing. */
static inline void csqlite_forgo_memory_statistics(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
