/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that a program of tests starts, and has to see the end of.
 */
#ifndef _PROCESS_H
#define _PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* Seconds of a clock that never goes back. */
double monotonic(void);

/*
 * Wait for a process, or with -1 for all, until @deadline, a time of monotonic().
 * SIGCHLD must be blocked, hence none is missed between the look and the wait.
 * Returns true when done; @status may be NULL.
 */
bool reap(pid_t pid, double deadline, int *status);

#endif /* _PROCESS_H */
