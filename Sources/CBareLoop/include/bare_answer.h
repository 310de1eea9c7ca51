/* What the bare loop answers: from a message's bytes to an answer's bytes, both through jansson. */
#ifndef BARE_ANSWER_H
#define BARE_ANSWER_H

#include <stddef.h>

#include "bare_store.h"

/* Bytes that grow. */
typedef struct bare_bytes {
  char *start;
  size_t count, capacity;
} bare_bytes;

/* Makes room for `more` bytes; 0, or -1 when there is no memory. */
int bare_bytes_reserve(bare_bytes *bytes, size_t more);

/* Reads one message and appends its framed answer, if it is a request, to `out`. 0, or -1 when the message is not
 * JSON. `store` may have no files. */
int bare_answer(bare_store *store, const char *message, size_t length, bare_bytes *out);

#endif
