#define _GNU_SOURCE
#include "cpoll.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

int cpoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cpoll_create_bell(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cpoll_control(int poller, int operation, int descriptor, uint32_t events, uint64_t tag) {
  struct epoll_event event = {.events = events, .data.u64 = tag};
  return epoll_ctl(poller, operation, descriptor, &event);
}

int cpoll_wait(int poller, cpoll_event *events, int count, int milliseconds) {
  struct epoll_event found[64];
  int ready = epoll_wait(poller, found, count < 64 ? count : 64, milliseconds);
  for (int index = 0; index < ready; index++)
    events[index] = (cpoll_event){.events = found[index].events, .tag = found[index].data.u64};
  return ready;
}

int cpoll_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

void cpoll_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
