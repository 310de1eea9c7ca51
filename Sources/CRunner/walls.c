#define _GNU_SOURCE
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <asm/sockios.h>
#include <unistd.h>

/* ------------------------------------------------------------------------------------------ files */

static void allow(int rules, const char *path) {
  struct landlock_path_beneath_attr rule = {
      .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE,
      .parent_fd = open(path, O_PATH | O_CLOEXEC)};
  if (rule.parent_fd < 0) return;
  struct stat status;
  /* What only a folder can have is an error for a file. */
  if (fstat(rule.parent_fd, &status) == 0 && S_ISDIR(status.st_mode))
    rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
  syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close(rule.parent_fd);
}

static int allow_folder_of(struct dl_phdr_info *image, size_t size, void *rules) {
  char path[PATH_MAX];
  if (!image->dlpi_name[0] || !realpath(image->dlpi_name, path)) return 0;
  char *last = strrchr(path, '/');
  /* A library at the root of everything would open everything. */
  if (last && last != path) {
    *last = 0;
    allow(*(int *)rules, path);
  }
  return 0;
}

static int wall_files(const char *folder) {
  struct landlock_ruleset_attr all = {.handled_access_fs = (1ULL << 13) - 1};
  int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
  if (rules < 0) return 0;
  static const char *const known[] = {
      "/usr", "/lib", "/lib64", "/proc/self", "/dev/urandom", "/dev/null", "/etc/ld.so.cache", "/etc/ld.so.preload",
      "/etc/localtime"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) allow(rules, known[i]);
  dl_iterate_phdr(allow_folder_of, &rules);
  allow(rules, folder);
  int stands = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  close(rules);
  return stands;
}

/* ----------------------------------------------------------------------------------- system calls */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

#define FAILS(error) (SECCOMP_RET_ERRNO | (error))
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
/* `n` instructions that hold only for that system call. */
#define ONLY(number, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, (n))
#define DENY(name) ONLY(SYS_##name, 1), RETURN(FAILS(EPERM))
/* Not there: callers have another way, whose arguments can be looked at. */
#define MISSING(name) ONLY(SYS_##name, 1), RETURN(FAILS(ENOSYS))
/* The low half of an argument; both machines are little-endian. */
#define ARGUMENT(place) LOAD(args[place])
#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)
/* Ends with the number loaded again, for what follows. */
#define DENY_WRITING(name, flags) \
  ONLY(SYS_##name, 4), ARGUMENT(flags), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, WRITING, 0, 1), RETURN(FAILS(EACCES)), \
      LOAD(nr)
#define ONLY_SELF(name) \
  ONLY(SYS_##name, 4), ARGUMENT(0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, self, 1, 0), RETURN(FAILS(EPERM)), LOAD(nr)
/* 0 stands for the caller. */
#define ONLY_SELF_OR_0(name) \
  ONLY(SYS_##name, 5), ARGUMENT(0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, self, 2, 0), \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), RETURN(FAILS(EPERM)), LOAD(nr)
/* Denied with that value in an argument. */
#define DENY_WITH(name, place, value) \
  ONLY(SYS_##name, 4), ARGUMENT(place), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1), RETURN(FAILS(EPERM)), \
      LOAD(nr)
/* By number, where the headers of a distribution are older than the kernel. */
#define DENY_NUMBER(number) ONLY(number, 1), RETURN(FAILS(EPERM))

static int wall_calls(void) {
  uint32_t self = (uint32_t)getpid();
  struct sock_filter program[] = {
      LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0), RETURN(SECCOMP_RET_KILL_PROCESS), LOAD(nr),
#ifdef __x86_64__
      /* The other numbering of the same kernel. */
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), RETURN(FAILS(ENOSYS)),
#endif
      /* Network and other programs. */
      DENY(socket), DENY(socketpair), DENY(connect), DENY(bind), DENY(listen), DENY(accept), DENY(accept4), DENY(execve), DENY(execveat),
      /* Threads are welcome, processes are not. */
      ONLY(SYS_clone, 4), ARGUMENT(0), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0), RETURN(FAILS(EPERM)),
      LOAD(nr), MISSING(clone3),
#ifdef __x86_64__
      DENY(fork), DENY(vfork),
#endif
      /* Other processes. */
      ONLY_SELF(kill), ONLY_SELF(tgkill), DENY(tkill), DENY(ptrace), DENY(process_vm_readv), DENY(process_vm_writev),
      ONLY_SELF_OR_0(prlimit64), DENY(setpriority), DENY(sched_setaffinity), DENY(sched_setscheduler),
      DENY(sched_setparam), DENY(sched_setattr), DENY(ioprio_set), DENY(pidfd_open), DENY(pidfd_send_signal), DENY(pidfd_getfd), DENY(rt_sigqueueinfo), DENY(rt_tgsigqueueinfo),
      /* A descriptor may signal whoever is named its owner. */
      DENY_WITH(fcntl, 1, F_SETOWN), DENY_WITH(fcntl, 1, F_SETSIG), DENY_WITH(fcntl, 1, F_SETOWN_EX),
      DENY_WITH(fcntl, 1, F_SETLEASE), DENY_WITH(fcntl, 1, F_NOTIFY), DENY_WITH(ioctl, 1, FIOSETOWN),
      DENY_WITH(ioctl, 1, SIOCSPGRP),
      /* Memory that no limit counts. */
      DENY(memfd_create), DENY(shmget), DENY(shmat),
      ONLY(SYS_mmap, 5), ARGUMENT(3), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_SHARED, 0, 2),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 0, 1), RETURN(FAILS(EPERM)), LOAD(nr),
      /* Changes to files. */
      DENY_WRITING(openat, 2), MISSING(openat2), DENY(renameat), DENY(renameat2), DENY(unlinkat), DENY(mkdirat),
      DENY(mknodat), DENY(linkat), DENY(symlinkat), DENY(fchmodat), DENY(fchownat), DENY(truncate), DENY(setxattr),
      DENY(lsetxattr), DENY(removexattr), DENY(lremovexattr), DENY(utimensat),
      DENY(fchmod), DENY(fchown), DENY(fsetxattr), DENY(fremovexattr), DENY(ftruncate), DENY(fallocate),
      DENY(open_by_handle_at), DENY_NUMBER(452) /* fchmodat2 */, DENY_NUMBER(463) /* setxattrat */,
      DENY_NUMBER(466) /* removexattrat */, DENY_NUMBER(469) /* file_setattr */,
#ifdef __x86_64__
      DENY_WRITING(open, 1), DENY(creat), DENY(rename), DENY(unlink), DENY(mkdir), DENY(rmdir), DENY(mknod), DENY(link),
      DENY(symlink), DENY(chmod), DENY(chown), DENY(lchown), DENY(utime), DENY(utimes), DENY(futimesat),
#endif
      /* The machine. */
      DENY(mount), DENY(open_tree), DENY(move_mount), DENY(fsopen), DENY(fsconfig), DENY(fsmount), DENY(fspick),
      DENY(mount_setattr), DENY(kexec_file_load), DENY(umount2), DENY(pivot_root), DENY(chroot), DENY(unshare), DENY(setns), DENY(bpf),
      DENY(perf_event_open), DENY(userfaultfd), DENY(keyctl), DENY(add_key), DENY(request_key), DENY(io_uring_setup),
      DENY(init_module), DENY(finit_module), DENY(delete_module), DENY(kexec_load), DENY(reboot), DENY(swapon),
      DENY(swapoff), DENY(setuid), DENY(setgid), DENY(setreuid), DENY(setregid), DENY(setresuid), DENY(setresgid),
      DENY(setgroups), DENY(capset), DENY(settimeofday), DENY(clock_settime), DENY(sethostname),
      RETURN(SECCOMP_RET_ALLOW)};
  struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0;
}

#else
static int wall_calls(void) { return 0; }
#endif

/* A host that is root's gives none of root's powers to a plugin. */
static void drop_capabilities(void) {
  struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {0};
  syscall(SYS_capset, &head, none);
}

int runner_wall_in(const char *folder) {
  drop_capabilities();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 0;
  int files = wall_files(folder);
  return (wall_calls() ? 1 : 0) | (files ? 2 : 0);
}
