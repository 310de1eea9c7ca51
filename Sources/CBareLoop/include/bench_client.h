/*
 * The load generator: one thread, blocking sockets, the same for the host and for the bare loop. Functions that
 * measure return seconds, or -1 when the other side closed, did not answer for a minute, or answered with an
 * error where none was expected.
 */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <stddef.h>
#include <stdint.h>

typedef struct bench_client bench_client;

/* One framed message with a place for its id: seven digits, so that every request is as long as any other. */
typedef struct bench_message {
  const char *text; /* BORROWED during a call: header and body */
  size_t length;
  size_t id_at; /* offset of the digits; 0: there is no id */
} bench_message;

/* Connects; tries again for `timeout_ms`, while the server starts. NEW, or NULL. */
bench_client *bench_connect(const char *path, int timeout_ms);
/* Takes two descriptors over, which `bench_close` closes. NEW. */
bench_client *bench_adopt(int input, int output);
void bench_close(bench_client *client);

/* Sends one message and waits for the answer of any id, past notifications; its body is copied to *answer (NEW, free
 * it with `bench_free`). Returns its length, or -1. */
int64_t bench_request(bench_client *client, bench_message message, char **answer);
void bench_free(char *answer);

/* One after the other; the time of each is stored in `nanoseconds`, `count` of them. */
double bench_one_by_one(bench_client *client, bench_message message, int count, uint32_t *nanoseconds);
/* `depth` in flight. `may_fail`: errors count as answers. */
double bench_pipeline(bench_client *client, bench_message message, int count, int depth, int may_fail);
/* Sends `count` notifications, then one request, until that is answered. */
double bench_notify(bench_client *client, bench_message notification, int count, bench_message request);
/* `connections` at once, one request in flight on each, until `count` answers have come. */
double bench_crowd(
    const char *path, int connections, bench_message message, int count, uint32_t *nanoseconds);

/* A client that does not read. Sends as many of `count` requests as the server takes, and returns how many. */
int bench_stall(bench_client *client, bench_message message, int count);
/* Begins to read: sends the rest and reads every answer. */
double bench_drain(bench_client *client, bench_message message, int count);

#endif
