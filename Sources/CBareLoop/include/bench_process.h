/* Processes under test: started on given cores, looked at through /proc. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench_client.h"

/* Seconds of a clock that never goes back. */
double bench_now(void);

/* Starts a program. `arguments`: the path and its arguments, each ended by '\n'. `cores`: bit mask. The streams:
 * descriptors, -1 for /dev/null, `log` for stderr. It is killed when this process ends. Returns its id, or -1. */
pid_t bench_start(const char *arguments, uint64_t cores, int input, int output, int log);
/* Waits at most so long; its exit status, 128 + signal, or -1 when it still runs. */
int bench_wait(pid_t process, int timeout_ms);
void bench_signal(pid_t process, int signal);

/* From exec to the first answer on stdio, in seconds, -1 without one; the program has ended by then. */
double bench_cold_start(const char *arguments, uint64_t cores, bench_message request, int log);

/* Puts every thread of a process (0: this one) on the cores of the mask. */
void bench_pin(pid_t process, uint64_t cores);

/* Proportional set size in KiB, -1 when it cannot be told. */
int64_t bench_pss_kib(pid_t process);
/* The process's own memory alone, without what it shares: KiB. */
int64_t bench_private_kib(pid_t process);
/* Times that a thread of the process has gone to sleep, which is how often one was woken. */
int64_t bench_wakeups(pid_t process);
/* Processor time used so far, in nanoseconds. */
int64_t bench_cpu_ns(pid_t process);

#endif
