/* Threads for Swift's tasks, in place of libdispatch's.
 *
 * libdispatch watches the threads of its global queues with a timer that fires once a second from the first task on to
 * the end of the process, and gives tasks no more threads than there are processors. A host that sleeps is to sleep, and
 * a plugin's task that waits inside a C function must not keep the task from running that it waits for. So tasks get
 * threads of their own: a few more than processors when all are taken, none that wakes for nothing. */
#ifndef ESH_TASK_POOL_H
#define ESH_TASK_POOL_H

/* Takes over Swift's tasks of this process. Before the first task, once. */
void task_pool_install(void);

#endif
