/* The bare loop's SQLite: prepared statements, a keyset page, an insert; answers are jansson trees. */
#ifndef BARE_STORE_H
#define BARE_STORE_H

#include <jansson.h>

typedef struct bare_store bare_store;

/* Opens the file of rows (read) and the scratch file (write), each NULL for none. Returns a NEW store, or NULL
 * with the reason on stderr. */
bare_store *bare_store_open(const char *database_path, const char *scratch_path);

/* One page of 50 rows, or of "limit" in `params` (BORROWED, may be NULL): `{rows, next}`, NEW; NULL on an error.
 * "after": [name, id] of the row before. "search": a folded word that each row is tested for, in order. "match":
 * an FTS5 expression whose matches are fetched and sorted. */
json_t *bare_store_page(bare_store *store, const json_t *params);

/* Inserts so many rows in one transaction; 0, or -1 with the reason on stderr. */
int bare_store_insert(bare_store *store, long rows);

/* Makes a table of the shape of a school's members of groups, and inserts so many rows in one transaction. */
int bare_store_members(bare_store *store, long rows);

/* Removes the rows of `bare_store_insert` again. */
int bare_store_clear(bare_store *store);

#endif
