#define _GNU_SOURCE
#include "bench_client.h"
#include "bench_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_BYTES (1 << 20)
#define FIRST_ID 1000000
#define PATIENCE_MS 60000

struct bench_client {
  int input, output;
  char *bytes; /* what was read and is not a whole message yet */
  size_t count, capacity;
  size_t skip; /* bytes of the present answer that are still to come */
  int errors;
  int is_patient; /* reads do not wait, so that nothing to read is no failure */
  size_t sent;    /* bytes, by bench_stall */
};

static int dial(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  int socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (socket_ >= 0 && connect(socket_, (struct sockaddr *)&address, sizeof address) == 0) return socket_;
  close(socket_);
  return -1;
}

bench_client *bench_adopt(int input, int output) {
  bench_client *client = calloc(1, sizeof *client);
  client->input = input;
  client->output = output;
  client->capacity = READ_BYTES;
  client->bytes = malloc(client->capacity);
  return client;
}

bench_client *bench_connect(const char *path, int timeout_ms) {
  for (;;) {
    int socket_ = dial(path);
    if (socket_ >= 0) return bench_adopt(socket_, socket_);
    if (timeout_ms <= 0) return NULL;
    usleep(2000);
    timeout_ms -= 2;
  }
}

void bench_close(bench_client *client) {
  if (client->output != client->input) close(client->output);
  close(client->input);
  free(client->bytes);
  free(client);
}

static int write_all(int descriptor, const char *at, size_t left) {
  while (left > 0) {
    ssize_t count = write(descriptor, at, left);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      struct pollfd room = {.fd = descriptor, .events = POLLOUT};
      if (poll(&room, 1, PATIENCE_MS) <= 0) return -1;
      continue;
    }
    if (count <= 0) return -1;
    at += count;
    left -= (size_t)count;
  }
  return 0;
}

static void write_id(char *at, int number) {
  number += FIRST_ID;
  for (int digit = 6; digit >= 0; digit--, number /= 10) at[digit] = (char)('0' + number % 10);
}

/* Length of the body after the header at `at`, and where it begins; 0 when the header is not all there. */
static size_t header(const char *at, size_t left, size_t *body) {
  const char *blank = memmem(at, left, "\r\n\r\n", 4);
  if (!blank) return 0;
  *body = (size_t)(blank + 4 - at);
  return strtoul(at + sizeof "Content-Length:" - 1, NULL, 10);
}

static int is_notification(const char *body, size_t length) {
  return memmem(body, length < 32 ? length : 32, "\"method\"", 8) != NULL;
}

/* Reads once and returns how many answers came to their end; -1 when there is no more. */
static int read_answers(bench_client *client) {
  ssize_t got = read(client->input, client->bytes + client->count, client->capacity - client->count);
  if (got < 0 && (errno == EINTR || (errno == EAGAIN && client->is_patient))) return 0;
  if (got <= 0) return -1;
  client->count += (size_t)got;
  size_t at = 0;
  int answers = 0;
  for (;;) {
    size_t left = client->count - at, body = 0;
    if (client->skip > 0) {
      if (client->skip > left) {
        client->skip -= left;
        at = client->count;
        break;
      }
      at += client->skip;
      client->skip = 0;
      answers++;
      continue;
    }
    size_t length = header(client->bytes + at, left, &body);
    /* So much of a body tells what it is. */
    size_t known = length < 64 ? length : 64;
    if (length == 0 || left < body + known) break;
    const char *text = client->bytes + at + body;
    at += body;
    if (is_notification(text, length)) {
      if (left < body + length) {
        at -= body;
        break;
      }
      at += length;
      continue;
    }
    if (memmem(text, known, "\"error\"", 7)) client->errors++;
    client->skip = length;
  }
  client->count -= at;
  memmove(client->bytes, client->bytes + at, client->count);
  return answers;
}

int64_t bench_request(bench_client *client, bench_message message, char **answer) {
  *answer = NULL;
  if (write_all(client->output, message.text, message.length) != 0) return -1;
  size_t capacity = READ_BYTES, count = 0, body = 0, length = 0;
  char *bytes = malloc(capacity);
  for (;;) {
    length = header(bytes, count, &body);
    if (length > 0 && count >= body + length) {
      int isNotice = is_notification(bytes + body, length);
      if (!isNotice) break;
      count -= body + length;
      memmove(bytes, bytes + body + length, count);
      continue;
    }
    if (count == capacity) bytes = realloc(bytes, capacity *= 2);
    struct pollfd ready = {.fd = client->input, .events = POLLIN};
    ssize_t got = poll(&ready, 1, 10 * PATIENCE_MS) > 0 ? read(client->input, bytes + count, capacity - count) : -1;
    if (got <= 0) {
      free(bytes);
      return -1;
    }
    count += (size_t)got;
  }
  memmove(bytes, bytes + body, length);
  *answer = bytes;
  return (int64_t)length;
}

void bench_free(char *answer) { free(answer); }

double bench_one_by_one(bench_client *client, bench_message message, int count, uint32_t *nanoseconds) {
  char *text = malloc(message.length);
  memcpy(text, message.text, message.length);
  client->errors = 0;
  double start = bench_now(), before = start;
  for (int number = 0; number < count; number++) {
    if (message.id_at) write_id(text + message.id_at, number);
    int answers = write_all(client->output, text, message.length);
    while (answers == 0) answers = read_answers(client);
    if (answers < 0) break;
    double now = bench_now();
    nanoseconds[number] = (uint32_t)((now - before) * 1e9);
    before = now;
    if (number == count - 1) {
      free(text);
      return client->errors ? -1 : now - start;
    }
  }
  free(text);
  return -1;
}

double bench_pipeline(bench_client *client, bench_message message, int count, int depth, int may_fail) {
  char *text = malloc(message.length * (size_t)depth);
  for (int copy = 0; copy < depth; copy++)
    memcpy(text + message.length * (size_t)copy, message.text, message.length);
  client->errors = 0;
  int sent = 0, answered = 0;
  double start = bench_now();
  while (answered < count) {
    int more = depth - (sent - answered) < count - sent ? depth - (sent - answered) : count - sent;
    for (int copy = 0; copy < more; copy++)
      write_id(text + message.length * (size_t)copy + message.id_at, sent + copy);
    if (more > 0 && write_all(client->output, text, message.length * (size_t)more) != 0) break;
    sent += more;
    int answers = read_answers(client);
    if (answers < 0) break;
    answered += answers;
  }
  double seconds = bench_now() - start;
  free(text);
  return answered == count && (may_fail || !client->errors) ? seconds : -1;
}

double bench_notify(bench_client *client, bench_message notification, int count, bench_message request) {
  int batch = 500;
  char *text = malloc(notification.length * (size_t)batch);
  for (int copy = 0; copy < batch; copy++)
    memcpy(text + notification.length * (size_t)copy, notification.text, notification.length);
  double start = bench_now();
  int status = 0;
  for (int sent = 0; sent < count && status == 0; sent += batch)
    status = write_all(client->output, text, notification.length * (size_t)batch);
  if (status == 0) status = write_all(client->output, request.text, request.length);
  int answers = 0;
  while (status == 0 && answers == 0) answers = read_answers(client);
  free(text);
  return answers == 1 ? bench_now() - start : -1;
}

/* ------------------------------------------------------------------------------------ a crowd of clients */

typedef struct member {
  bench_client *client;
  double since;
} member;

static double crowd(
    int poller, member *members, int connections, bench_message message, int count, uint32_t *nanoseconds) {
  int sent = 0, answered = 0;
  double start = bench_now();
  for (; sent < connections && sent < count; sent++) {
    members[sent].since = bench_now();
    if (write_all(members[sent].client->output, message.text, message.length) != 0) return -1;
  }
  while (answered < count) {
    struct epoll_event events[256];
    int ready = epoll_wait(poller, events, 256, PATIENCE_MS);
    if (ready <= 0) return -1;
    for (int index = 0; index < ready; index++) {
      member *member = events[index].data.ptr;
      int answers = read_answers(member->client);
      if (answers < 0 || member->client->errors) return -1;
      if (answers == 0) continue;
      double now = bench_now();
      nanoseconds[answered++] = (uint32_t)((now - member->since) * 1e9);
      if (sent == count) continue;
      sent++;
      member->since = now;
      if (write_all(member->client->output, message.text, message.length) != 0) return -1;
    }
  }
  return bench_now() - start;
}

double bench_crowd(
    const char *path, int connections, bench_message message, int count, uint32_t *nanoseconds) {
  member *members = calloc((size_t)connections, sizeof *members);
  int poller = epoll_create1(EPOLL_CLOEXEC), connected = 0;
  for (; connected < connections; connected++) {
    bench_client *client = bench_connect(path, 2000);
    if (!client) break;
    members[connected].client = client;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &members[connected]};
    epoll_ctl(poller, EPOLL_CTL_ADD, client->input, &event);
  }
  double seconds = -1;
  if (connected == connections) seconds = crowd(poller, members, connections, message, count, nanoseconds);
  for (int index = 0; index < connected; index++) bench_close(members[index].client);
  close(poller);
  free(members);
  return seconds;
}

/* ------------------------------------------------------------------------------------- a stalled reader */

/* Sends from byte `sent` on until the server takes no more; 0, or -1 when it is gone. */
static int send_some(bench_client *client, bench_message message, int count) {
  char *text = malloc(message.length);
  memcpy(text, message.text, message.length);
  int status = 0;
  while (client->sent < message.length * (size_t)count) {
    size_t number = client->sent / message.length, offset = client->sent % message.length;
    write_id(text + message.id_at, (int)number);
    ssize_t written = write(client->output, text + offset, message.length - offset);
    if (written < 0 && errno != EINTR) {
      status = errno == EAGAIN ? 0 : -1;
      break;
    }
    if (written > 0) client->sent += (size_t)written;
  }
  free(text);
  return status;
}

int bench_stall(bench_client *client, bench_message message, int count) {
  fcntl(client->output, F_SETFL, fcntl(client->output, F_GETFL) | O_NONBLOCK);
  client->is_patient = 1;
  client->sent = 0;
  client->errors = 0;
  size_t before;
  do {
    before = client->sent;
    if (send_some(client, message, count) != 0) return -1;
    struct pollfd room = {.fd = client->output, .events = POLLOUT};
    /* Took nothing for so long: it has stopped reading. */
    if (client->sent < message.length * (size_t)count) poll(&room, 1, 300);
  } while (client->sent > before);
  return (int)(client->sent / message.length);
}

double bench_drain(bench_client *client, bench_message message, int count) {
  int answered = 0;
  double start = bench_now();
  while (answered < count) {
    int isSending = client->sent < message.length * (size_t)count;
    struct pollfd ready = {.fd = client->input, .events = (short)(POLLIN | (isSending ? POLLOUT : 0))};
    if (poll(&ready, 1, PATIENCE_MS) <= 0) return -1;
    if (ready.revents & POLLOUT && send_some(client, message, count) != 0) return -1;
    if (!(ready.revents & (POLLIN | POLLHUP))) continue;
    int answers = read_answers(client);
    if (answers < 0) return -1;
    answered += answers;
  }
  return client->errors ? -1 : bench_now() - start;
}
