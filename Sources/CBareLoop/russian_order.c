#include "russian_order.h"

#include <stdint.h>

typedef struct text {
  const unsigned char *at, *end;
} text;

static uint32_t next_letter(text *text) {
  uint32_t first = *text->at++;
  if (first < 0x80 || text->at == text->end) return first;
  if (first < 0xE0) return (first & 0x1F) << 6 | (*text->at++ & 0x3F);
  return first << 16;
}

/* Twice the lower-case code point, which leaves ё a place between е and ж. */
static uint32_t weight(uint32_t letter) {
  if (letter >= 'A' && letter <= 'Z') letter += 0x20;
  if (letter >= 0x410 && letter <= 0x42F) letter += 0x20;
  if (letter == 0x401 || letter == 0x451) return 0x435 * 2 + 1;
  return letter * 2;
}

int russian_order(void *unused, int left_bytes, const void *left, int right_bytes, const void *right) {
  (void)unused;
  const unsigned char *a = left, *b = right;
  int common = left_bytes < right_bytes ? left_bytes : right_bytes, index = 0;
  while (index < common && a[index] == b[index]) index++;
  if (index == left_bytes && index == right_bytes) return 0;
  int tie = index == common ? left_bytes - right_bytes : a[index] < b[index] ? -1 : 1;
  while (index > 0 && ((index < left_bytes && (a[index] & 0xC0) == 0x80) ||
                       (index < right_bytes && (b[index] & 0xC0) == 0x80)))
    index--;
  text x = {a + index, a + left_bytes}, y = {b + index, b + right_bytes};
  for (;;) {
    if (x.at == x.end || y.at == y.end) return x.at == x.end && y.at == y.end ? tie : x.at == x.end ? -1 : 1;
    uint32_t wx = weight(next_letter(&x)), wy = weight(next_letter(&y));
    if (wx != wy) return wx < wy ? -1 : 1;
  }
}
