/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sendfile(2), or what does the same where the kernel has it for files only.
 */
#ifndef _SENDING_H
#define _SENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* One call. */
ssize_t send_some(int to, int from, off_t *offset, size_t count);
/* Until nothing more comes; a call may be short. */
size_t send_all(int to, int from, off_t *offset, size_t count);

#endif /* _SENDING_H */
