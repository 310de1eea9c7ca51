/* The boundary between the host and libEShPlatform.so: the way out to the network, the platform simulator, and the web
 * desktop.
 *
 * They bring an HTTP stack, TLS and Foundation: twenty times the code of a host, which needs none of it before a plugin
 * first talks to the platform. So they are a library of their own, opened on that day (Decisions/0011, 0022). Both sides are
 * built together; there is no compatibility to keep, and `version` only catches a stale file.
 *
 * Any function may be called on any thread. json_t results are new references of the caller's; an `error` that is set is
 * one, too: a string in words. Everything else is borrowed for the length of the call. */
#ifndef ESH_PLATFORM_LIBRARY_H
#define ESH_PLATFORM_LIBRARY_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define PLATFORM_LIBRARY_VERSION 2

typedef struct platform_request {
  const char *method, *url;
  const json_t *headers; /* [[name, value], …] */
  const void *body;      /* NULL: none */
  size_t body_bytes;
  int64_t timeout_ms; /* for the whole exchange */
  size_t max_body_bytes;
} platform_request;

/* What came of a request; lent to `done`. */
typedef struct platform_answer {
  int32_t status;        /* 0: there was no answer */
  const json_t *headers; /* [[name, value], …] */
  const void *body;
  size_t body_bytes;
  const char *cause, *message; /* why there was no answer: HTTPFailure.Cause, and in words */
} platform_answer;

typedef void (*platform_done)(void *context, const platform_answer *answer);

/* Milliseconds since 1970. */
typedef int64_t (*platform_clock)(void *context);

/* A question of the web desktop to the host: HostQuestion.swift says which there are, and what is answered. The host
 * answers it with `web_answer` and this `waiter`, exactly once, on any thread. Must not wait. */
typedef void (*platform_question)(void *context, const json_t *question, void *waiter);

typedef struct platform_library {
  uint32_t version;

  /* `certificates`: a PEM file that is trusted beside the system's, or NULL. */
  void *(*network_open)(const char *certificates);
  /* Calls `done` exactly once, on any thread. */
  void (*network_fetch)(void *network, const platform_request *request, platform_done done, void *context);
  /* Cuts off what is under way and waits for its end; later requests fail. `network` stays a valid address. */
  void (*network_close)(void *network);

  /* `clock` and `context` must live as long as the process. NULL and an error when the state cannot be opened. */
  void *(*simulator_open)(
      const char *state_file, const char *folder, platform_clock clock, void *context, json_t **error);
  /* Listens on 127.0.0.1, waits for that, and returns the port; `port` 0: the last one, or any. −1 and an error. */
  int32_t (*simulator_start)(void *simulator, int32_t port, json_t **error);
  json_t *(*simulator_bot_token)(void *simulator);
  void (*simulator_clock_moved)(void *simulator);
  /* Ends what is being answered and waits for that. `simulator` stays a valid address. */
  void (*simulator_stop)(void *simulator);

  /* Asks the simulator that has left its address in `folder`, or its state file there. NULL and an error when refused.
   *   {"ask": "inbox", "phone": p}               → [{id, from, text, buttons, at}], newest first
   *   {"ask": "press", "phone": p, "button": b}  → {}
   *   {"ask": "chats", "chat"?: title}           → [{id, title, members: [{userId, name, phone}], administrators}]
   *   {"ask": "kick", "chat": title, "phone": p} → {}
   *   {"ask": "conferences"}                     → [{id, name, chat, state, link, …}], those that have begun
   *   {"ask": "join" or "leave", "call": id, link or name, "phone": p} → {}
   *   {"ask": "register", "users": [{phone, name}], "state": FILE} → {} */
  json_t *(*ask)(const char *folder, const json_t *question, json_t **error);

  /* Serves the web desktop at {"address", "port", "names", "messageBytes", "connections"}: WebOptions.swift. `context` must
   * live as long as the process. `*port` is where it listens. NULL and an error when it cannot. */
  void *(*web_start)(
      const json_t *options, platform_question ask, void *context, int32_t *port, json_t **error);
  void (*web_answer)(void *waiter, const json_t *answer);
  /* Takes nobody in any more; those who are there stay until the host ends their connections. */
  void (*web_drain)(void *web);
  /* Ends it, and waits for that. `web` stays a valid address. */
  void (*web_stop)(void *web);

  /* `esh max …`: what stands behind "max" on the command line. Returns the exit status. */
  int32_t (*command)(int32_t count, const char *const *arguments);
} platform_library;

/* The library's one exported function. */
const platform_library *platform_library_query(void);

#endif
