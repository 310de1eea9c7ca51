/*
 * A plugin that does what its tests ask it to. What it brings and what it breaks is set when it is compiled:
 *   PLUGIN_ID     "scripted"
 *   DESCRIPTION   the text of what `describe` returns
 *   FAULT_…       see below
 * A command's behaviour is the part of its name after the last dot. Commands "sql", events and jobs run the
 * "steps" of their arguments or payload in one transaction.
 */
#include "shell_plugin.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef ABI_MAJOR
#define ABI_MAJOR SHELL_ABI_MAJOR
#endif

static const shell_host *host;
static atomic_int running, most_running, cancelled, replies;
static uint64_t remembered;
static uint64_t pending;

static json_t *failure(const char *kind) { return json_pack("{s:s, s:s}", "kind", kind, "message", kind); }

#include "steps.h"

/* ---------------------------------------------------------------------------------------- commands */

static void *complete_later(void *user) {
  uint64_t call_id = *(uint64_t *)user;
  free(user);
  host->settled(host->context, call_id);
  host->progress(host->context, call_id, json_pack("{s:i}", "percent", 50));
  host->complete(host->context, call_id, json_pack("{s:s}", "from", "thread"));
  return NULL;
}

static void got_reply(void *user, const json_t *result, const json_t *error) {
  uint64_t call_id = *(uint64_t *)user;
  free(user);
  atomic_fetch_add(&replies, 1);
  if (result)
    host->complete(host->context, call_id, json_pack("{s:O}", "reply", (json_t *)result));
  else
    host->fail(host->context, call_id, json_incref((json_t *)error));
}

static void *crash_outside(void *user) {
  *(volatile int *)8 = 1;
  return NULL;
}

static uint64_t *boxed(uint64_t call_id) {
  uint64_t *box = malloc(sizeof *box);
  *box = call_id;
  return box;
}

static json_t *deep(int levels) {
  json_t *value = json_integer(1);
  while (levels-- > 0) value = json_pack("[o]", value);
  return value;
}

/* A small tree that is astronomically large when it is written out. */
static json_t *laughs(int levels) {
  json_t *value = json_integer(1);
  while (levels-- > 0) {
    json_t *both = json_array();
    json_array_append(both, value);
    json_array_append_new(both, value);
    value = both;
  }
  return value;
}

static int command(const shell_call *call, const char *what) {
  uint64_t id = call->call_id;
  json_t *result = NULL;
  if (!strcmp(what, "echo")) {
    result = json_pack("{s:O, s:O?, s:s, s:I}", "params", call->params, "session", call->session, "trace",
                       call->trace, "deadline", (json_int_t)call->deadline_ms);
  } else if (!strcmp(what, "refuse")) {
    host->fail(host->context, id, json_pack("{s:s, s:{s:s, s:s}, s:[{s:s, s:s}], s:s, s:i}", "kind", "scripted.no",
                                            "message", "ru", "Нет", "en", "No", "issues", "path", "/phone", "message",
                                            "bad", "level", "warning", "retryAfterMs", 7));
    return SHELL_DONE;
  } else if (!strcmp(what, "never")) {
    pending = id;
    return SHELL_PENDING;
  } else if (!strcmp(what, "late")) { /* ends the call of "never", which its caller has left */
    host->complete(host->context, pending, json_object());
    result = json_object();
  } else if (!strcmp(what, "twice")) {
    host->complete(host->context, id, json_pack("{s:i}", "n", 1));
    host->complete(host->context, id, json_pack("{s:i}", "n", 2));
    host->fail(host->context, id, failure("again"));
    return SHELL_DONE;
  } else if (!strcmp(what, "stranger")) {
    host->complete(host->context, 0, json_object());
    host->complete(host->context, UINT64_MAX, json_object());
    result = json_object();
  } else if (!strcmp(what, "thread")) {
    pthread_t thread;
    pthread_create(&thread, NULL, complete_later, boxed(id));
    pthread_detach(thread);
    return SHELL_PENDING;
  } else if (!strcmp(what, "liar")) {
    return SHELL_DONE;
  } else if (!strcmp(what, "odd")) {
    return 42;
  } else if (!strcmp(what, "rejected")) {
    return SHELL_REJECT;
  } else if (!strcmp(what, "null")) {
    host->complete(host->context, id, NULL);
    return SHELL_DONE;
  } else if (!strcmp(what, "deep")) {
    result = deep((int)json_integer_value(json_object_get(call->params, "levels")));
  } else if (!strcmp(what, "badText")) { /* no UTF-8, which jansson makes when it is not asked to check */
    result = json_pack("{s:o}", "text", json_stringn_nocheck("\xff", 1));
  } else if (!strcmp(what, "laughs")) {
    result = laughs(100);
  } else if (!strcmp(what, "sql")) {
    run_steps(id, call->params, &result);
  } else if (!strcmp(what, "sqlTwice")) {
    run_steps(id, call->params, &result);
    json_decref(result);
    run_steps(id, call->params, &result);
  } else if (!strcmp(what, "sqlNever")) { /* "late" ends it */
    run_steps(id, call->params, &result);
    json_decref(result);
    pending = id;
    return SHELL_PENDING;
  } else if (!strcmp(what, "stale")) {
    /* The transaction of an earlier call, and a call that has ended. */
    json_t *error = NULL;
    json_t *rows = host->query(escaped, "SELECT 1", NULL, &error);
    result = json_pack("{s:b, s:o?}", "gotRows", rows != NULL, "error", error);
    json_t *second = NULL;
    json_t *outcome = NULL;
    host->complete(host->context, id, result);
    run_steps(id, call->params, &outcome);
    (void)second;
    json_decref(outcome);
    return SHELL_DONE;
  } else if (!strcmp(what, "ask")) {
    host->call_service(host->context, id, json_string_value(json_object_get(call->params, "service")),
                       json_incref(json_object_get(call->params, "params")), got_reply, boxed(id));
    return SHELL_PENDING;
  } else if (!strcmp(what, "fetch")) {
    host->http(host->context, id, json_incref(call->params), got_reply, boxed(id));
    return SHELL_PENDING;
  } else if (!strcmp(what, "show")) {
    host->present(host->context, json_incref(call->params));
    result = json_object();
  } else if (!strcmp(what, "settings")) {
    result = json_pack("{s:O}", "settings", (json_t *)host->settings(host->context));
  } else if (!strcmp(what, "busy")) { /* how many of these run at once */
    int now = atomic_fetch_add(&running, 1) + 1;
    int most = atomic_load(&most_running);
    while (now > most && !atomic_compare_exchange_weak(&most_running, &most, now)) {
    }
    /* Until all have come, or a serial executor has kept them out for long enough. */
    json_int_t turns = json_integer_value(json_object_get(call->params, "turns"));
    for (json_int_t i = 0; i < (turns ? turns : 100) && atomic_load(&running) < json_integer_value(json_object_get(call->params, "wait")); i++)
      usleep(2000);
    atomic_fetch_sub(&running, 1);
    result = json_pack("{s:i}", "most", atomic_load(&most_running));
  } else if (!strcmp(what, "counts")) {
    result = json_pack("{s:i, s:i}", "cancelled", atomic_load(&cancelled), "replies", atomic_load(&replies));
  } else if (!strcmp(what, "remember")) {
    remembered = id;
    result = json_object();
  } else if (!strcmp(what, "crashOutside")) {
    pthread_t thread;
    pthread_create(&thread, NULL, crash_outside, NULL);
    return SHELL_PENDING;
  } else if (!strcmp(what, "crash")) {
    *(volatile int *)8 = 1;
  } else if (!strcmp(what, "abort")) {
    abort();
  } else {
    return SHELL_REJECT;
  }
  host->complete(host->context, id, result);
  return SHELL_DONE;
}

/* Events and jobs: the payload says what to do. */
static int delivery(const shell_call *call) {
  uint64_t id = call->call_id;
  const json_t *payload = json_object_get(call->params, "payload");
  const char *then = json_string_value(json_object_get(payload, "then"));
  json_int_t failures = json_integer_value(json_object_get(payload, "failures"));
  json_t *outcome = NULL;
  if (json_integer_value(json_object_get(call->params, "attempt")) < failures) {
    host->fail(host->context, id, json_incref(json_object_get(payload, "error")));
    return SHELL_DONE;
  }
  if (json_object_get(payload, "steps") && run_steps(id, payload, &outcome) != 0) {
    json_t *error = json_object_get(outcome, "error");
    if (!error) error = json_object_get(outcome, "stepError");
    host->fail(host->context, id, error ? json_incref(error) : failure("rolledBack"));
    json_decref(outcome);
    return SHELL_DONE;
  }
  json_decref(outcome);
  if (then && !strcmp(then, "never")) return SHELL_PENDING;
  if (then && !strcmp(then, "fail")) {
    host->fail(host->context, id, failure("scripted.after"));
    return SHELL_DONE;
  }
  if (then && !strcmp(then, "writeAgain")) {
    run_steps(id, payload, &outcome);
    json_decref(outcome);
  }
  host->complete(host->context, id, NULL);
  return SHELL_DONE;
}

/* ------------------------------------------------------------------------------------------- table */

#ifdef FAULT_BARE /* without the parser, whose object in a static jansson fits no shared library */
static json_t *describe(const shell_plugin *plugin) { return json_object(); }
#else
static json_t *describe(const shell_plugin *plugin) { return json_loads(DESCRIPTION, 0, NULL); }
#endif

static json_t *probe(const shell_plugin *plugin) {
  return json_pack("{s:[s, {s:i}]}", "probe", "a", "b", 1);
}

static void *create(const shell_plugin *plugin, const shell_host *given, json_t **error) {
#ifdef FAULT_CREATE
  *error = json_pack("{s:s, s:s}", "kind", "scripted.broken", "message", "no database of mine");
  return NULL;
#endif
#ifdef FAULT_CRASH
  *(volatile int *)8 = 1;
#endif
  host = given;
  return &host;
}

static int activate(void *instance, json_t **error) {
#ifdef FAULT_ACTIVATE
  *error = json_pack("{s:s, s:s}", "kind", "scripted.late", "message", "not today");
  return -1;
#endif
#ifdef FAULT_HANG
  sleep(3600);
#endif
#ifdef ACTIVATE_WAITS /* for a file of this name; it says that it does by one beside it */
  fclose(fopen(ACTIVATE_WAITS ".asked", "w"));
  while (access(ACTIVATE_WAITS, F_OK)) usleep(1000);
#endif
  return 0;
}

/* Runs the steps, in every mode that they say, and fails with what failed in them. */
static int service_of_steps(const shell_call *call) {
  json_t *outcome = NULL;
  run_steps(call->call_id, call->params, &outcome);
  json_t *error = json_object_get(outcome, "error");
  if (error) {
    host->fail(host->context, call->call_id, json_incref(error));
    json_decref(outcome);
  } else {
    host->complete(host->context, call->call_id, outcome);
  }
  return SHELL_DONE;
}

static int receive(void *instance, const shell_call *call) {
  const char *dot = strrchr(call->name, '.');
  switch (call->kind) {
    case SHELL_CALL_COMMAND: return command(call, dot ? dot + 1 : call->name);
    case SHELL_CALL_EVENT:
    case SHELL_CALL_JOB: return delivery(call);
    case SHELL_CALL_SERVICE:
      if (json_object_get(call->params, "never")) return SHELL_PENDING;
      if (json_object_get(call->params, "steps")) return service_of_steps(call);
      host->complete(host->context, call->call_id,
                     json_pack("{s:O, s:O?, s:I}", "params", call->params, "session", call->session, "deadline",
                               (json_int_t)call->deadline_ms));
      return SHELL_DONE;
    default: return SHELL_REJECT;
  }
}

static void cancel(void *instance, uint64_t call_id) { atomic_fetch_add(&cancelled, 1); }

static const shell_plugin table = {
    .header = {sizeof(shell_plugin), ABI_MAJOR, SHELL_ABI_MINOR},
    .id = PLUGIN_ID,
#ifndef FAULT_NO_DESCRIBE
    .describe = describe,
#endif
    .probe = probe,
    .create = create,
    .activate = activate,
    .call = receive,
    .cancel = cancel,
};

#ifdef FAULT_UNDEFINED
extern void nobody_has_this(void);
void use_it(void) { nobody_has_this(); }
#endif

#ifndef FAULT_NO_ENTRY
const shell_plugin *shell_plugin_query(uint16_t major, uint16_t minor) { return &table; }
#endif
