/*
 * The bare loop: what the wire, jansson and SQLite cost by themselves. One thread, epoll, Content-Length framing,
 * one write for all that one read brought; every request is parsed into a jansson tree and every answer is
 * written from one. No sessions, no checks, no plugins. The host is measured beside it.
 */
#ifndef BARE_LOOP_H
#define BARE_LOOP_H

/* What the loop serves. Strings are BORROWED for the whole run; NULL where there is none. */
typedef struct bare_loop_options {
  const char *socket_path;   /* a Unix socket to listen on; NULL: stdin and stdout */
  const char *database_path; /* an SQLite file with the table bench_people, for "registry/query" */
  const char *scratch_path;  /* an SQLite file of the loop's own, for "bare/insert" */
} bare_loop_options;

/*
 * Serves until the input ends (stdio) or for ever (socket). Returns the process's exit status. Call it once, from
 * the only thread.
 *
 * Methods: "bare/keep" {method, result, fresh}: answers `method` with `result` from now on, with a copy of the
 * tree made for each answer when `fresh` is true. "registry/query" {search?, match?, after?, limit?}: a page.
 * "bare/insert" {rows}, "bare/members" {rows}, "bare/clear". Everything else: {}.
 */
int bare_loop_run(const bare_loop_options *options);

#endif
