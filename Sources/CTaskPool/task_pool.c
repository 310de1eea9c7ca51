#define _GNU_SOURCE
#include "task_pool.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT_CALL __attribute__((swiftcall))

/* Of libswift_Concurrency: what it calls instead of libdispatch, and how a job is run on no executor in particular. */
extern void (*swift_task_enqueueGlobal_hook)(void *job, void (*original)(void *) SWIFT_CALL) SWIFT_CALL;
extern SWIFT_CALL void swift_job_run(void *job, void *executor_identity, uintptr_t executor_implementation);

/* Threads at most. Past that, jobs wait for one another as they would anywhere. */
#define MOST_THREADS 16

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t is_there = PTHREAD_COND_INITIALIZER;
static int threads, sleeping;

/* Jobs that no thread has taken yet, oldest first: a ring. */
static void **jobs;
static size_t first, count, capacity;

static void push(void *job) {
  if (count == capacity) {
    size_t larger = capacity ? 2 * capacity : 64;
    void **grown = malloc(larger * sizeof *grown);
    if (!grown) abort(); /* as Swift's own allocations do */
    for (size_t index = 0; index < count; index++) grown[index] = jobs[(first + index) % capacity];
    free(jobs);
    jobs = grown;
    capacity = larger;
    first = 0;
  }
  jobs[(first + count++) % capacity] = job;
}

static void *run(void *unused) {
  (void)unused;
  pthread_mutex_lock(&lock);
  for (;;) {
    while (count == 0) {
      sleeping++;
      pthread_cond_wait(&is_there, &lock);
      sleeping--;
    }
    void *job = jobs[first];
    first = (first + 1) % capacity;
    count--;
    pthread_mutex_unlock(&lock);
    swift_job_run(job, NULL, 0);
    pthread_mutex_lock(&lock);
  }
  return NULL;
}

/* One more thread; without one the job waits for those that are there. */
static void start_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, NULL) != 0) {
    if (threads == 0) abort(); /* nobody would ever run a task */
    return;
  }
  pthread_setname_np(thread, "esh.task");
  pthread_detach(thread);
  threads++;
}

static SWIFT_CALL void enqueue(void *job, void (*original)(void *) SWIFT_CALL) {
  (void)original;
  pthread_mutex_lock(&lock);
  push(job);
  if (count > (size_t)sleeping && threads < MOST_THREADS)
    start_thread();
  else
    pthread_cond_signal(&is_there);
  pthread_mutex_unlock(&lock);
}

void task_pool_install(void) { swift_task_enqueueGlobal_hook = enqueue; }
