#define _GNU_SOURCE
#include "bare_loop.h"
#include "bare_answer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The largest read, and how much may wait for a client before nothing more of its is read. */
#define READ_BYTES (64 << 10)
#define WAITING_BYTES (64 << 10)

typedef struct connection {
  int input, output;
  uint32_t watched;
  size_t parsed; /* bytes of `in` that are done with */
  bare_bytes in, out;
  size_t written; /* bytes of `out` that the system has */
} connection;

static bare_store *store;
static int poller;

static void watch(connection *connection, uint32_t events) {
  if (connection->watched == events) return;
  connection->watched = events;
  struct epoll_event event = {.events = events, .data.ptr = connection};
  epoll_ctl(poller, EPOLL_CTL_MOD, connection->input, &event);
}

static connection *add(int input, int output) {
  connection *added = calloc(1, sizeof *added);
  if (!added) return NULL;
  fcntl(input, F_SETFL, fcntl(input, F_GETFL) | O_NONBLOCK);
  fcntl(output, F_SETFL, fcntl(output, F_GETFL) | O_NONBLOCK);
  *added = (connection){.input = input, .output = output, .watched = EPOLLIN};
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = added};
  epoll_ctl(poller, EPOLL_CTL_ADD, input, &event);
  return added;
}

static void drop(connection *connection) {
  if (connection->input == STDIN_FILENO) exit(0);
  close(connection->input);
  free(connection->in.start);
  free(connection->out.start);
  free(connection);
}

/* Writes what waits; -1 when the client is gone. */
static int flush(connection *connection) {
  while (connection->written < connection->out.count) {
    ssize_t count = write(
        connection->output, connection->out.start + connection->written,
        connection->out.count - connection->written);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count < 0 && errno != EINTR) return -1;
    if (count > 0) connection->written += (size_t)count;
  }
  connection->out.count = connection->written = 0;
  if (connection->out.capacity > 16 * WAITING_BYTES) {
    free(connection->out.start);
    connection->out = (bare_bytes){0};
  }
  return 0;
}

/* Where the next message's body is; its end, 0 when it is not all there, -1 when the framing is lost. */
static ssize_t next_message(connection *connection, size_t *body) {
  const char *at = connection->in.start + connection->parsed;
  size_t left = connection->in.count - connection->parsed;
  const char *blank = memmem(at, left < 256 ? left : 256, "\r\n\r\n", 4);
  if (!blank) return left < 256 ? 0 : -1;
  if (strncasecmp(at, "Content-Length:", 15) != 0) return -1;
  size_t length = strtoul(at + 15, NULL, 10);
  *body = connection->parsed + (size_t)(blank + 4 - at);
  if (connection->in.count - *body >= length) return (ssize_t)(*body + length);
  return bare_bytes_reserve(&connection->in, *body + length - connection->in.count) == 0 ? 0 : -1;
}

/* Forgets what is done with. */
static void compact(connection *connection) {
  size_t left = connection->in.count - connection->parsed;
  if (connection->parsed > 0) memmove(connection->in.start, connection->in.start + connection->parsed, left);
  connection->in.count = left;
  connection->parsed = 0;
  if (left > 0 || connection->in.capacity <= 16 * READ_BYTES) return;
  free(connection->in.start);
  connection->in = (bare_bytes){0};
}

/* Answers what has come, as long as the client takes the answers; -1 when the connection is to be dropped. */
static int serve(connection *connection) {
  size_t body = 0;
  ssize_t end = 1;
  while (end > 0) {
    if (connection->out.count >= WAITING_BYTES && flush(connection) != 0) return -1;
    if (connection->out.count - connection->written >= WAITING_BYTES) break;
    if ((end = next_message(connection, &body)) <= 0) break;
    if (bare_answer(store, connection->in.start + body, (size_t)end - body, &connection->out) != 0) return -1;
    connection->parsed = (size_t)end;
  }
  if (end < 0 || flush(connection) != 0) return -1;
  compact(connection);
  watch(connection, connection->out.count > 0 || end > 0 ? EPOLLOUT : EPOLLIN);
  return 0;
}

static int receive(connection *connection) {
  if (bare_bytes_reserve(&connection->in, READ_BYTES) != 0) return -1;
  size_t room = connection->in.capacity - connection->in.count;
  ssize_t count = read(connection->input, connection->in.start + connection->in.count, room);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (count <= 0) return -1;
  connection->in.count += (size_t)count;
  return serve(connection);
}

static int listen_on(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  unlink(path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  return listen(listener, 128) == 0 ? listener : -1;
}

int bare_loop_run(const bare_loop_options *options) {
  signal(SIGPIPE, SIG_IGN);
  poller = epoll_create1(EPOLL_CLOEXEC);
  store = bare_store_open(options->database_path, options->scratch_path);
  if (poller < 0 || !store) return 1;
  int listener = -1;
  if (options->socket_path) {
    listener = listen_on(options->socket_path);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (listener < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) != 0) {
      perror(options->socket_path);
      return 1;
    }
  } else if (!add(STDIN_FILENO, STDOUT_FILENO)) {
    return 1;
  }
  for (;;) {
    struct epoll_event events[64];
    int count = epoll_wait(poller, events, 64, -1);
    for (int index = 0; index < count; index++) {
      connection *connection = events[index].data.ptr;
      if (!connection) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0) add(client, client);
      } else if ((connection->watched & EPOLLIN ? receive(connection) : serve(connection)) != 0) {
        drop(connection);
      }
    }
  }
}
