#define _GNU_SOURCE
#include "plugin_check.h"

#include <jansson.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

int64_t check_heap_bytes(void) {
  struct mallinfo2 all = mallinfo2();
  return (int64_t)(all.uordblks + all.hblkhd) - sqlite3_memory_used();
}

static atomic_llong json_blocks;

static void *counted_malloc(size_t size) {
  void *block = malloc(size);
  if (block) atomic_fetch_add_explicit(&json_blocks, 1, memory_order_relaxed);
  return block;
}

static void counted_free(void *block) {
  if (block) atomic_fetch_sub_explicit(&json_blocks, 1, memory_order_relaxed);
  free(block);
}

void check_count_json(void) { json_set_alloc_funcs(counted_malloc, counted_free); }

int64_t check_json_blocks(void) { return atomic_load(&json_blocks); }

int check_contains(const uint8_t *haystack, size_t length, const uint8_t *needle, size_t count) {
  return memmem(haystack, length, needle, count) != NULL;
}
