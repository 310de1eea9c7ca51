/* What `esh plugin check` asks of the C library that Swift's view of it does not have. */
#ifndef ESH_PLUGIN_CHECK_H
#define ESH_PLUGIN_CHECK_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that malloc has given out in this process and not got back, those of SQLite's caches left out. */
int64_t check_heap_bytes(void);

/* Lets jansson count what it makes, from now on in the whole process. For a process that only tries a plugin out: nobody
 * else may set jansson's functions. */
void check_count_json(void);

/* Blocks of memory that jansson holds, give or take those from before `check_count_json`: some two for a value. */
int64_t check_json_blocks(void);

/* Whether the bytes of `needle` stand somewhere in `haystack`. */
int check_contains(const uint8_t *haystack, size_t length, const uint8_t *needle, size_t count);

#endif
