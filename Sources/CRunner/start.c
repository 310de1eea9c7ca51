#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int runner_start(
    const char *executable, char *const words[], char *const environment[], int socket, int socket_there, int *output,
    pid_t *process) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return errno;

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  /* The socket last: its number there may be that of another descriptor here. */
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 2);
  posix_spawn_file_actions_adddup2(&actions, socket, socket_there);
  posix_spawn_file_actions_addclosefrom_np(&actions, socket_there + 1);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  /* Signals of the host's terminal are the host's; a runner ends with its socket. */
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  int status = posix_spawn(process, executable, &actions, &attributes, words, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  if (status == 0)
    *output = pipe_ends[0];
  else
    close(pipe_ends[0]);
  return status;
}

const char *runner_signal_name(int signal) { return sigabbrev_np(signal); }

static void set(int resource, rlim_t most) {
  struct rlimit limit = {most, most};
  setrlimit(resource, &limit);
}

void runner_bound(uint64_t memory_bytes) {
  set(RLIMIT_DATA, memory_bytes);
  set(RLIMIT_CORE, 0);
  set(RLIMIT_NOFILE, 256);
  setpriority(PRIO_PROCESS, 0, 5);
  /* When the machine has no memory left, this goes before a school's host does. */
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    if (write(file, "1000", 4) != 4) errno = 0;
    close(file);
  }
}

void runner_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
