/*
 * runner.h: what plugins' threads and runner processes need of Linux and Swift's Glibc does not have: their start, their
 * bounds, their walls.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <stdint.h>
#include <sys/types.h>

/* Starts `executable` with the words and the environment given (NULL-terminated lists), with `socket` as its descriptor
 * `socket_there`, nothing on its input, and both outputs on a pipe whose other end is stored in *output. It has a
 * process group of its own, no signal blocked or ignored, and no other descriptor. 0, or an errno. */
int runner_start(
    const char *executable, char *const words[], char *const environment[], int socket, int socket_there, int *output,
    pid_t *process);

/* Names the calling thread, for debuggers and `top -H`: 15 bytes at most. */
void runner_name_thread(const char *name);

/* "SEGV" for SIGSEGV; NULL for no signal. */
const char *runner_signal_name(int signal);

/* Bounds this process: bytes of its own memory, descriptors, no core file; its work yields to others. */
void runner_bound(uint64_t memory_bytes);

/* Walls for this thread and those that it starts, for good: no network, no other program, no signal to another process,
 * no change to a file; and where the kernel has Landlock, no file read but under /usr, /lib, /etc, the folders that this
 * process's libraries lie in, and `folder`. What is asked for all the same fails with EPERM or EACCES. Returns the walls
 * that stand: 1 for the system calls, 2 for the files. */
int runner_wall_in(const char *folder);

#endif
