#include "digest.h"

#include <string.h>

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turned(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

static void take_block(uint32_t *words, const uint8_t *block) {
  uint32_t schedule[64], now[8];
  for (int i = 0; i < 16; i++, block += 4)
    schedule[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
  for (int i = 16; i < 64; i++) {
    uint32_t early = schedule[i - 15], late = schedule[i - 2];
    schedule[i] = schedule[i - 16] + schedule[i - 7] + (turned(early, 7) ^ turned(early, 18) ^ early >> 3) +
                  (turned(late, 17) ^ turned(late, 19) ^ late >> 10);
  }
  memcpy(now, words, sizeof now);
  for (int i = 0; i < 64; i++) {
    uint32_t a = now[0], e = now[4];
    uint32_t first = now[7] + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & now[5]) ^ (~e & now[6])) +
                     constants[i] + schedule[i];
    uint32_t second =
        (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & now[1]) ^ (a & now[2]) ^ (now[1] & now[2]));
    memmove(now + 1, now, 7 * sizeof *now);
    now[4] += first;
    now[0] = first + second;
  }
  for (int i = 0; i < 8; i++) words[i] += now[i];
}

void digest_begin(digest_state *state) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(state->words, start, sizeof start);
  state->length = 0;
}

void digest_add(digest_state *state, const uint8_t *bytes, size_t count) {
  size_t used = state->length % 64;
  state->length += count;
  while (count > 0) {
    if (used == 0 && count >= 64) {
      take_block(state->words, bytes);
      bytes += 64, count -= 64;
      continue;
    }
    size_t part = 64 - used < count ? 64 - used : count;
    memcpy(state->block + used, bytes, part);
    bytes += part, count -= part, used += part;
    if (used == 64) take_block(state->words, state->block), used = 0;
  }
}

void digest_end(digest_state *state, uint8_t *result) {
  static const uint8_t padding[64] = {0x80};
  uint64_t bits = state->length * 8;
  uint8_t length[8];
  size_t used = state->length % 64;
  for (int i = 0; i < 8; i++) length[i] = (uint8_t)(bits >> (56 - 8 * i));
  digest_add(state, padding, used < 56 ? 56 - used : 120 - used);
  digest_add(state, length, sizeof length);
  for (int i = 0; i < 32; i++) result[i] = (uint8_t)(state->words[i / 4] >> (24 - 8 * (i % 4)));
}
