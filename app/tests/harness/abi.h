/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls of the ABI as they are: for tests of the driver. They return -1 and set errno on
 * error.
 */
#ifndef _ABI_H
#define _ABI_H

#include <linux/cohbuf.h>

int buffer_open(const char *name, int flags);
int buffer_info(int fd, struct cohbuf_info *info);
int buffer_sync(int fd, const struct cohbuf_sync *sync);
int buffer_events(int fd, enum cohbuf_events_source source, int flags);

#endif /* _ABI_H */
