#include "bare_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* method → {"result", "fresh"}, from "bare/keep". */
static json_t *kept;

int bare_bytes_reserve(bare_bytes *bytes, size_t more) {
  if (bytes->capacity - bytes->count >= more) return 0;
  size_t capacity = bytes->capacity ? bytes->capacity : 1 << 16;
  while (capacity - bytes->count < more) capacity *= 2;
  char *start = realloc(bytes->start, capacity);
  if (!start) return -1;
  bytes->start = start;
  bytes->capacity = capacity;
  return 0;
}

static int append(const char *text, size_t length, void *out) {
  bare_bytes *bytes = out;
  if (bare_bytes_reserve(bytes, length) != 0) return -1;
  memcpy(bytes->start + bytes->count, text, length);
  bytes->count += length;
  return 0;
}

/* The header's length is known before the body's is. */
#define HEADER "Content-Length:          \r\n\r\n"
#define HEADER_DIGITS 9

static void frame(json_t *answer, bare_bytes *out) {
  size_t start = out->count;
  append(HEADER, sizeof HEADER - 1, out);
  size_t body = out->count;
  json_dump_callback(answer, append, out, JSON_COMPACT);
  char digits[HEADER_DIGITS + 1];
  snprintf(digits, sizeof digits, "%9zu", out->count - body);
  memcpy(out->start + start + sizeof "Content-Length: " - 1, digits, HEADER_DIGITS);
}

static json_t *keep(const json_t *params) {
  if (!kept) kept = json_object();
  json_object_set(kept, json_string_value(json_object_get(params, "method")), (json_t *)params);
  return json_object();
}

/* Columns and total are always the same; the rows are the file's. */
static json_t *page(bare_store *store, const json_t *params, const json_t *frame_of_page) {
  json_t *found = bare_store_page(store, params);
  if (!found) return json_object();
  json_t *result = json_object();
  json_object_set(result, "columns", json_object_get(frame_of_page, "columns"));
  json_object_set(result, "rows", json_object_get(found, "rows"));
  json_object_set(result, "total", json_object_get(frame_of_page, "total"));
  json_object_set(result, "next", json_object_get(found, "next"));
  json_decref(found);
  return result;
}

static json_t *result_of(bare_store *store, const char *method, const json_t *params) {
  json_t *known = json_object_get(kept, method), *result = json_object_get(known, "result");
  if (strcmp(method, "registry/query") == 0) return page(store, params, result);
  if (known) return json_is_true(json_object_get(known, "fresh")) ? json_deep_copy(result) : json_incref(result);
  if (strcmp(method, "bare/keep") == 0) return keep(params);
  if (strcmp(method, "bare/insert") == 0)
    bare_store_insert(store, (long)json_integer_value(json_object_get(params, "rows")));
  if (strcmp(method, "bare/members") == 0)
    bare_store_members(store, (long)json_integer_value(json_object_get(params, "rows")));
  if (strcmp(method, "bare/clear") == 0) bare_store_clear(store);
  return json_object();
}

int bare_answer(bare_store *store, const char *message, size_t length, bare_bytes *out) {
  json_t *request = json_loadb(message, length, 0, NULL);
  if (!request) return -1;
  json_t *id = json_object_get(request, "id");
  const char *method = json_string_value(json_object_get(request, "method"));
  if (id && method) {
    json_t *answer = json_object();
    json_object_set_new(answer, "jsonrpc", json_string("2.0"));
    json_object_set(answer, "id", id);
    json_object_set_new(answer, "result", result_of(store, method, json_object_get(request, "params")));
    frame(answer, out);
    json_decref(answer);
  }
  json_decref(request);
  return 0;
}
