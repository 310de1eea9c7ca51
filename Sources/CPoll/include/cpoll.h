/* Linux's epoll and eventfd, which the module Glibc does not bring, in a shape that is plain in Swift. */
#ifndef ESH_CPOLL_H
#define ESH_CPOLL_H

#include <stdint.h>
#include <sys/epoll.h>

/* What a descriptor is ready for, as EPOLLIN and its like, and the tag that it is watched under. */
typedef struct cpoll_event {
  uint32_t events;
  uint64_t tag;
} cpoll_event;

/* A poller, and a bell that another thread can ring: descriptors, closed on exec; −1 and errno. */
int cpoll_create(void);
int cpoll_create_bell(void);

/* `operation`: EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL. −1 and errno. */
int cpoll_control(int poller, int operation, int descriptor, uint32_t events, uint64_t tag);

/* Waits so many milliseconds, −1: as long as it takes. How many of `events` (64 at most) were filled; −1 and errno. */
int cpoll_wait(int poller, cpoll_event *events, int count, int milliseconds);

/* The next client of a listening socket, closed on exec and non-blocking; −1 and errno. */
int cpoll_accept(int listener);

/* Names the calling thread, for debuggers and `top -H`. */
void cpoll_name_thread(const char *name);

#endif
