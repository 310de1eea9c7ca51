#define _GNU_SOURCE
#include "bench_process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double bench_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static cpu_set_t set_of(uint64_t cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int core = 0; core < 64; core++)
    if (cores >> core & 1) CPU_SET(core, &set);
  return set;
}

static char **split(char *text) {
  size_t count = 0, capacity = 64;
  char **parts = calloc(capacity + 1, sizeof *parts);
  for (char *end; count < capacity && (end = strchr(text, '\n')); text = end + 1) {
    *end = 0;
    parts[count++] = text;
  }
  return parts;
}

pid_t bench_start(const char *arguments, uint64_t cores, int input, int output, int log) {
  char *text = strdup(arguments), **parts = split(text);
  pid_t parent = getpid(), process = fork();
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    cpu_set_t set = set_of(cores);
    sched_setaffinity(0, sizeof set, &set);
    int nothing = open("/dev/null", O_RDWR);
    dup2(input < 0 ? nothing : input, STDIN_FILENO);
    dup2(output < 0 ? nothing : output, STDOUT_FILENO);
    dup2(log < 0 ? nothing : log, STDERR_FILENO);
    setenv("SWIFT_BACKTRACE", "enable=no", 1);
    execvp(parts[0], parts);
    _exit(127);
  }
  free(parts);
  free(text);
  return process;
}

int bench_wait(pid_t process, int timeout_ms) {
  for (;;) {
    int status;
    pid_t ended = waitpid(process, &status, WNOHANG);
    if (ended == process) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended < 0 || timeout_ms <= 0) return -1;
    usleep(1000);
    timeout_ms--;
  }
}

void bench_signal(pid_t process, int signal) {
  if (process > 0) kill(process, signal);
}

double bench_cold_start(const char *arguments, uint64_t cores, bench_message request, int log) {
  int to[2], from[2];
  if (pipe2(to, O_CLOEXEC) != 0) return -1;
  if (pipe2(from, O_CLOEXEC) != 0) return -1;
  /* The request is there before the program is. */
  if (write(to[1], request.text, request.length) != (ssize_t)request.length) return -1;
  double start = bench_now(), seconds = -1;
  pid_t process = bench_start(arguments, cores, to[0], from[1], log);
  close(to[0]);
  close(from[1]);
  struct pollfd ready = {.fd = from[0], .events = POLLIN};
  char answer[512];
  if (process > 0 && poll(&ready, 1, 20000) == 1 && read(from[0], answer, sizeof answer) > 0)
    seconds = bench_now() - start;
  close(to[1]); /* the end of the input is the end of the program */
  if (process > 0 && bench_wait(process, 10000) < 0) {
    bench_signal(process, SIGKILL);
    bench_wait(process, 1000);
  }
  close(from[0]);
  return seconds;
}

/* Calls `visit` with the path of each thread's folder in /proc. */
static int64_t sum_over_threads(pid_t process, int64_t (*visit)(const char *folder, pid_t thread, uint64_t), uint64_t value) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", process > 0 ? process : getpid());
  DIR *folder = opendir(path);
  if (!folder) return -1;
  int64_t sum = 0;
  for (struct dirent *entry; (entry = readdir(folder));)
    if (entry->d_name[0] != '.') {
      char thread[352];
      snprintf(thread, sizeof thread, "%s/%s", path, entry->d_name);
      sum += visit(thread, atoi(entry->d_name), value);
    }
  closedir(folder);
  return sum;
}

static int64_t pin_thread(const char *folder, pid_t thread, uint64_t cores) {
  (void)folder;
  cpu_set_t set = set_of(cores);
  return sched_setaffinity(thread, sizeof set, &set);
}

void bench_pin(pid_t process, uint64_t cores) { sum_over_threads(process, pin_thread, cores); }

/* The number after `key` at the start of a line, summed over such lines; -1 when there is none. */
static int64_t number_in(const char *path, const char *key) {
  FILE *file = fopen(path, "r");
  if (!file) return -1;
  char line[512];
  int64_t sum = -1;
  while (fgets(line, sizeof line, file))
    if (strncmp(line, key, strlen(key)) == 0) sum = (sum < 0 ? 0 : sum) + atoll(line + strlen(key));
  fclose(file);
  return sum;
}

static int64_t memory(pid_t process, const char *key) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/smaps_rollup", process);
  return number_in(path, key);
}

int64_t bench_pss_kib(pid_t process) { return memory(process, "Pss:"); }

int64_t bench_private_kib(pid_t process) {
  return memory(process, "Private_Dirty:") + memory(process, "Private_Clean:");
}

static int64_t wakeups_of(const char *folder, pid_t thread, uint64_t unused) {
  (void)thread, (void)unused;
  char path[400];
  snprintf(path, sizeof path, "%s/status", folder);
  int64_t count = number_in(path, "voluntary_ctxt_switches:");
  return count < 0 ? 0 : count;
}

int64_t bench_wakeups(pid_t process) { return sum_over_threads(process, wakeups_of, 0); }

/* The scheduler's own count is finer than the ticks of /proc/PID/stat. */
static int64_t cpu_of(const char *folder, pid_t thread, uint64_t unused) {
  (void)thread, (void)unused;
  char path[400];
  snprintf(path, sizeof path, "%s/schedstat", folder);
  int64_t ns = number_in(path, "");
  return ns < 0 ? 0 : ns;
}

int64_t bench_cpu_ns(pid_t process) { return sum_over_threads(process, cpu_of, 0); }
