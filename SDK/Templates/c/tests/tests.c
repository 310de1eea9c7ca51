/*
 * The built library behind the real host, with a school that is played. No host runs.
 *   build/tests MANIFEST FOLDER
 */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include <shell_testing.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *manifest, *library;
static shell_bench *bench;
static int failures;

#define CHECK(holds)                                                                                                   \
  do {                                                                                                                 \
    if (!(holds)) fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #holds), failures++;                    \
  } while (0)

/* The part of the school that the plugin knows. */
static json_t *school(void) {
  return json_pack(
      "{s:s, s:{s:[{s:s, s:s, s:s}, {s:s, s:s, s:s}]}, s:[{s:s, s:s, s:s, s:[s]}], s:[s]}", "id", "school", "views",
      "school_v1_pupils",                                                       /* two pupils: */
      "id", "p1", "full_name", "Ёлкина Анна", "state", "studying",              /* and */
      "id", "p2", "full_name", "Юдин Пётр", "state", "studying", "registries",  /* one registry: */
      "id", "pupils", "tab", "pupils", "view", "school_v1_pupils", "columns", "full_name", "events",
      "school.v1.enrolmentChanged");
}

static void open_bench(void) {
  json_t *error = NULL;
  bench = shell_bench_open(
      json_pack(
          "{s:s, s:s, s:[o], s:s}", "manifest", manifest, "library", library, "beside", school(), "at",
          "2026-09-01T09:00:00Z"),
      &error);
  if (bench) return;
  fprintf(stderr, "no bench: %s\n", json_string_value(json_object_get(error, "message")));
  exit(1);
}

/* A call that must succeed; its result, NEW. */
static json_t *call(const char *method, json_t *params) {
  json_t *error = NULL, *result = shell_bench_call(bench, method, params, &error);
  if (result == NULL) {
    char *words = json_dumps(error, JSON_ENCODE_ANY);
    fprintf(stderr, "%s: %s\n", method, words ? words : "no reason");
    free(words);
    json_decref(error);
    failures++;
  }
  return result;
}

/* The code with which a call is refused; 0 when it is not. */
static int refusal(const char *method, json_t *params) {
  json_t *error = NULL, *result = shell_bench_call(bench, method, params, &error);
  int code = (int)json_integer_value(json_object_get(error, "code"));
  json_decref(result);
  json_decref(error);
  return code;
}

static size_t count(const char *method, json_t *params) {
  json_t *all = call(method, params);
  size_t size = json_array_size(all);
  json_decref(all);
  return size;
}

/* Adds a note and gives its id, which the caller frees. */
static char *add(const char *words, const char *pupil, int days) {
  json_t *arguments = json_pack("{s:s, s:s?}", "text", words, "pupil", pupil), *outcome;
  char *id;
  if (days > 0) json_object_set_new(arguments, "days", json_integer(days));
  outcome = call("command/execute", json_pack("{s:s, s:o}", "command", "mySample.add", "arguments", arguments));
  id = strdup(json_string_value(json_object_get(json_object_get(outcome, "result"), "id")));
  json_decref(outcome);
  return id;
}

static void a_note_written_in_the_form_stands_in_the_registry(void) {
  json_t *registry = call("bench/open", json_pack("{s:s}", "registry", "my-sample"));
  json_t *pressed = call("bench/press", json_pack("{s:O, s:s}", "window", json_object_get(registry, "id"), "button", "Добавить"));
  json_t *effects = json_object_get(pressed, "effects"), *form, *page, *rows;
  form = json_object_get(json_array_get(effects, json_array_size(effects) - 1), "window");
  json_decref(call("bench/set", json_pack("{s:O, s:{s:s}}", "window", json_object_get(form, "id"), "values", "Заметка", "Купить мел")));
  json_decref(call("bench/press", json_pack("{s:O, s:s}", "window", json_object_get(form, "id"), "button", "Сохранить")));
  page = call("registry/query", json_pack("{s:s}", "registry", "my-sample"));
  rows = json_object_get(page, "rows");
  CHECK(json_array_size(rows) == 1);
  CHECK(strcmp(json_string_value(json_object_get(json_object_get(json_array_get(rows, 0), "cells"), "text")), "Купить мел") == 0);
  json_decref(page);
  json_decref(pressed);
  json_decref(registry);
}

static void a_reminder_comes_in_its_time_once(void) {
  char *id = add("Позвонить", NULL, 2);
  const char *emphasis;
  json_t *page;
  json_decref(call("bench/advance", json_pack("{s:I}", "ms", (json_int_t)47 * 3600 * 1000)));
  CHECK(count("bench/events", json_pack("{s:s}", "name", "mySample.v1.due")) == 0);
  json_decref(call("bench/advance", json_pack("{s:s}", "to", "2026-09-03T09:00:00Z")));
  CHECK(count("bench/events", json_pack("{s:s}", "name", "mySample.v1.due")) == 1);
  page = call("registry/query", json_pack("{s:s}", "registry", "my-sample"));
  emphasis = json_string_value(json_object_get(json_array_get(json_object_get(page, "rows"), 0), "emphasis"));
  CHECK(emphasis != NULL && strcmp(emphasis, "bold") == 0);
  json_decref(page);
  json_decref(call("bench/advance", json_pack("{s:s}", "to", "2026-10-03T09:00:00Z")));
  CHECK(count("bench/events", json_pack("{s:s}", "name", "mySample.v1.due")) == 1);
  free(id);
}

static void a_note_that_is_done_takes_its_reminder_along(void) {
  char *id = add("Позвонить", NULL, 2);
  CHECK(count("bench/jobs", NULL) == 1);
  json_decref(call("command/execute", json_pack("{s:s, s:{s:[s]}}", "command", "mySample.done", "arguments", "notes", id)));
  CHECK(count("bench/jobs", NULL) == 0);
  CHECK(refusal("command/execute", json_pack("{s:s, s:{s:[s]}}", "command", "mySample.done", "arguments", "notes", id)) == -32004);
  free(id);
}

static void the_registry_of_pupils_has_a_column_more(void) {
  json_t *page, *cells;
  free(add("Спросить о кружке", "p1", 0));
  page = call("registry/query", json_pack("{s:s}", "registry", "pupils"));
  cells = json_object_get(json_array_get(json_object_get(page, "rows"), 0), "cells");
  CHECK(json_integer_value(json_object_get(cells, "my-sample:notes")) == 1);
  json_decref(page);
}

static void notes_about_a_pupil_who_has_left_are_gone(void) {
  free(add("Спросить о кружке", "p1", 7));
  free(add("Похвалить", "p2", 0));
  json_decref(call(
      "bench/publish", json_pack(
                           "{s:s, s:{s:s, s:s}, s:{s:[{s:s, s:s, s:s}]}}", "event", "school.v1.enrolmentChanged",
                           "payload", "pupilId", "p1", "change", "expelled", "rows", "school_v1_pupils", "id", "p2",
                           "full_name", "Юдин Пётр", "state", "studying")));
  CHECK(count("bench/query", json_pack("{s:s}", "sql", "SELECT id FROM my_sample_notes")) == 1);
  CHECK(count("bench/jobs", NULL) == 0);
}

static void bad_input_is_refused_and_strangers_are_kept_out(void) {
  CHECK(refusal("command/execute", json_pack("{s:s, s:{s:s}}", "command", "mySample.add", "arguments", "text", "  ")) == -32602);
  CHECK(refusal("command/execute", json_pack("{s:s, s:{s:s, s:s}}", "command", "mySample.add", "arguments", "text", "a", "pupil", "nobody")) == -32004);
  CHECK(
      refusal(
          "command/execute",
          json_pack(
              "{s:s, s:{s:s}, s:{s:s, s:[]}}", "command", "mySample.add", "arguments", "text", "a", "as", "login",
              "guest", "roles"))
      == -32003);
}

static void run(const char *name, void (*test)(void)) {
  json_t *conduct;
  int before = failures;
  open_bench();
  test();
  conduct = call("bench/conduct", NULL);
  CHECK(json_integer_value(json_object_get(conduct, "violations")) == 0);
  CHECK(json_integer_value(json_object_get(conduct, "denials")) == 0);
  CHECK(json_integer_value(json_object_get(conduct, "lateCompletions")) == 0);
  json_decref(conduct);
  shell_bench_close(bench);
  printf("%s: %s\n", failures == before ? "passed" : "FAILED", name);
}

#define RUN(test) run(#test, test)

int main(int count, char **words) {
  if (count != 3) return fprintf(stderr, "usage: %s MANIFEST FOLDER\n", words[0]), 64;
  manifest = words[1];
  library = words[2];
  RUN(a_note_written_in_the_form_stands_in_the_registry);
  RUN(a_reminder_comes_in_its_time_once);
  RUN(a_note_that_is_done_takes_its_reminder_along);
  RUN(the_registry_of_pupils_has_a_column_more);
  RUN(notes_about_a_pupil_who_has_left_are_gone);
  RUN(bad_input_is_refused_and_strangers_are_kept_out);
  return failures > 0;
}
