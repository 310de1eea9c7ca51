/* SHA-256 (FIPS 180-4), in C so that a debug build hashes a library in no time. */
#ifndef ESH_DIGEST_H
#define ESH_DIGEST_H

#include <stddef.h>
#include <stdint.h>

typedef struct digest_state {
  uint32_t words[8];
  uint64_t length; /* bytes taken in so far */
  uint8_t block[64];
} digest_state;

void digest_begin(digest_state *state);
void digest_add(digest_state *state, const uint8_t *bytes, size_t count);
/* Writes 32 bytes. The state is used up. */
void digest_end(digest_state *state, uint8_t *result);

#endif
