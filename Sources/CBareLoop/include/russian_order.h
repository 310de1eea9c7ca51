#ifndef RUSSIAN_ORDER_H
#define RUSSIAN_ORDER_H

/* The collation "russian" as the host's store orders names in the bench's table: an SQLite collation callback.
 * Reads UTF-8; the same order for ASCII and Russian letters, which is all that these names are made of. */
int russian_order(void *unused, int left_bytes, const void *left, int right_bytes, const void *right);

#endif
