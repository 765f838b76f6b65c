/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Until a process waits in the kernel: there is no event for that.
 */
#ifndef _ASLEEP_H
#define _ASLEEP_H

#include <sys/types.h>

void await_asleep(pid_t pid);

#endif /* _ASLEEP_H */
