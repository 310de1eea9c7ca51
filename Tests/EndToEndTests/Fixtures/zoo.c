/*
 * A plugin that does what plugins should not. Its command is `<id>.<animal>`; what it does while it is loaded is set
 * when it is compiled:
 *   ZOO_ID        "zoo"
 *   ZOO_COMMANDS  the text of what `describe` lists: "zoo.segfault", …
 *   LOADING(…)    statements that run before anything of it is asked for
 *   ZOO_ABI       another major version
 *   WELL          what `well` answers
 *   ZOO_TABLE     it has the table of that id, whose rows have no end
 *   ZOO_ROWS      the SELECT of its rows of `id` and `name` instead; ZOO_TITLE: of its column
 */
#define _GNU_SOURCE
#include <shell_plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef WELL
#define WELL json_true()
#endif
#ifndef ZOO_ABI
#define ZOO_ABI SHELL_ABI_MAJOR
#endif

static const shell_host *host;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#ifdef LOADING
__attribute__((constructor)) static void loading(void) { LOADING; }
#endif

#ifdef ZOO_UNDEFINED
extern void nobody_has_this(void);
void use_it(void) { nobody_has_this(); }
#endif

static void *crash(void *nothing) {
  *(volatile int *)8 = 1;
  return nothing;
}

static int burrow(volatile char *above) {
  volatile char here[4096];
  here[0] = above ? above[0] : 1;
  return burrow(here) + here[0];
}

static int flood(shell_transaction *transaction, void *count) {
  for (int i = 0; i < 1000000; i++) {
    json_t *error = NULL;
    if (host->emit(transaction, ZOO_ID ".happened", json_pack("{s:i}", "n", i), &error) != 0) {
      json_decref(error);
      *(int *)count = i;
      return SHELL_ROLLBACK;
    }
  }
  return SHELL_COMMIT;
}

static int endless(shell_transaction *transaction, void *wrong) {
  json_t *error = NULL;
  json_decref(host->query(
      transaction, "WITH RECURSIVE zoo_c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM zoo_c) SELECT count(*) FROM zoo_c", NULL, &error));
  *(json_t **)wrong = error;
  return SHELL_COMMIT;
}

static int hold(shell_transaction *transaction, void *nothing) {
  (void)transaction, (void)nothing;
  for (;;) pause();
}

static json_t *deep(int levels) {
  json_t *value = json_integer(1);
  while (levels-- > 0) value = json_pack("[o]", value);
  return value;
}

static json_t *huge(void) {
  json_t *rows = json_array();
  char text[1024];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = 0;
  for (int i = 0; i < 80000; i++) json_array_append_new(rows, json_string(text));
  return rows;
}

static void eat(void) {
  for (;;) {
    char *more = malloc(1 << 20);
    if (!more) abort();
    memset(more, 1, 1 << 20);
  }
}

static json_t *attempt(int result) { return json_pack("{s:b, s:i}", "done", result >= 0, "errno", errno); }

static int call(void *instance, const shell_call *c) {
  (void)instance;
  const char *dot = strrchr(c->name, '.');
  const char *animal = dot ? dot + 1 : c->name;
  const char *path = json_string_value(json_object_get(c->params, "path"));
  json_t *result = NULL;
  errno = 0;
  if (!strcmp(animal, "well")) result = WELL;
  else if (!strcmp(animal, "segfault")) crash(NULL);
  else if (!strcmp(animal, "thread")) {
    pthread_t thread;
    pthread_create(&thread, NULL, crash, NULL);
    return SHELL_PENDING;
  } else if (!strcmp(animal, "abort")) abort();
  else if (!strcmp(animal, "stack")) result = json_integer(burrow(NULL));
  else if (!strcmp(animal, "loop")) for (volatile int i = 0;; i++) {}
  else if (!strcmp(animal, "deadlock")) {
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock);
  } else if (!strcmp(animal, "never")) return SHELL_PENDING;
  else if (!strcmp(animal, "exit")) exit(0);
  else if (!strcmp(animal, "sigpipe")) {
    int ends[2];
    if (pipe(ends) == 0) close(ends[0]);
    result = attempt((int)write(ends[1], "x", 1));
    close(ends[1]);
  } else if (!strcmp(animal, "flood")) {
    json_t *error = NULL;
    int count = -1;
    host->transact(host->context, c->call_id, SHELL_WRITE, flood, &count, &error);
    json_decref(error);
    result = json_integer(count);
  } else if (!strcmp(animal, "hold")) {
    json_t *error = NULL;
    host->transact(host->context, c->call_id, SHELL_WRITE, hold, NULL, &error);
    json_decref(error);
  } else if (!strcmp(animal, "query")) {
    json_t *error = NULL;
    host->transact(host->context, c->call_id, SHELL_WRITE, endless, &result, &error);
    json_decref(error);
  } else if (!strcmp(animal, "owner")) {
    int ends[2];
    result = attempt(pipe(ends) == 0 ? fcntl(ends[0], F_SETOWN, getppid()) : 0);
  } else if (!strcmp(animal, "limit")) {
    struct rlimit few = {3, 3};
    result = attempt(prlimit(getppid(), RLIMIT_NOFILE, &few, NULL));
  } else if (!strcmp(animal, "slow")) result = attempt(setpriority(PRIO_PROCESS, (id_t)getppid(), 19));
  else if (!strcmp(animal, "huge")) result = huge();
  else if (!strcmp(animal, "deep")) result = deep(100000);
  else if (!strcmp(animal, "twice")) {
    host->complete(host->context, c->call_id, json_pack("{s:b}", "result", 1));
    host->complete(host->context, c->call_id, json_pack("{s:b}", "result", 1));
    return SHELL_DONE;
  } else if (!strcmp(animal, "liar")) return SHELL_DONE;
  else if (!strcmp(animal, "memory")) eat();
  else if (!strcmp(animal, "prints")) {
    for (int i = 0; i < 20000; i++) printf("a line of the zoo %d\n", i);
    fflush(stdout);
    result = json_true();
  } else if (!strcmp(animal, "parent")) result = attempt(kill(getppid(), SIGKILL));
  else if (!strcmp(animal, "socket")) result = attempt(socket(AF_INET, SOCK_STREAM, 0));
  else if (!strcmp(animal, "fork")) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    result = attempt(child);
    if (child > 0) waitpid(child, NULL, 0);
  } else if (!strcmp(animal, "reads")) result = attempt(open(path, O_RDONLY));
  else if (!strcmp(animal, "writes")) result = attempt(open(path, O_WRONLY | O_CREAT, 0600));
  else return SHELL_REJECT;
  host->complete(host->context, c->call_id, json_pack("{s:o}", "result", result ? result : json_null()));
  return SHELL_DONE;
}

#ifndef ZOO_ROWS
#define ZOO_ROWS \
  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT CAST(i AS TEXT) AS id, 'x' AS name FROM n " \
  "WHERE i < 0"
#endif
#ifndef ZOO_TITLE
#define ZOO_TITLE "Name"
#endif

static json_t *describe(const shell_plugin *plugin) {
  (void)plugin;
  json_t *commands = json_array();
  static const char *const names[] = {ZOO_COMMANDS};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) json_array_append_new(commands, json_string(names[i]));
#ifdef ZOO_TABLE
  return json_pack(
      "{s:o, s:[{s:s, s:[s]}], s:{s:{s:s, s:s, s:[{s:s, s:s, s:s, s:b}], s:[{s:s}]}}}", "commands", commands,
      "migrations", "name", "rows", "sql", "CREATE VIEW zoo_endless AS " ZOO_ROWS, "tables", ZOO_TABLE, "from",
      "zoo_endless", "key", "id", "columns", "id", "name", "title", ZOO_TITLE, "type", "text", "sortable", 1, "sort",
      "column", "name");
#else
  return json_pack("{s:o}", "commands", commands);
#endif
}

static json_t *probe(const shell_plugin *plugin) {
  (void)plugin;
  return json_pack("{s:[s,{s:i}]}", "probe", "a", "b", 1);
}

static void *create(const shell_plugin *plugin, const shell_host *given, json_t **error) {
  (void)plugin, (void)error;
  host = given;
  return &host;
}

static const shell_plugin table = {
    .header = {sizeof(shell_plugin), ZOO_ABI, 0},
    .id = ZOO_ID,
    .describe = describe,
    .probe = probe,
    .create = create,
    .call = call};

const shell_plugin *shell_plugin_query(uint16_t major, uint16_t minor) {
  (void)major, (void)minor;
  return &table;
}
