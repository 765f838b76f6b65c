/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Until a process or a thread waits in the kernel, or is stopped: there is no event for
 * that.
 */
#ifndef _ASLEEP_H
#define _ASLEEP_H

#include <stdbool.h>
#include <sys/types.h>

void await_asleep(pid_t pid);
/* In this state, as /proc/PID/stat has it: T is stopped. */
void await_state(pid_t pid, char wanted);

bool is_asleep(pid_t pid);
/* How often it was switched out so far: who runs is, sooner or later. */
unsigned long switches_of(pid_t pid);

#endif /* _ASLEEP_H */
