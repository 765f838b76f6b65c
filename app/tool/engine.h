/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One copy by a DMA engine, and what to do where it does not work.
 */
#ifndef _ENGINE_H
#define _ENGINE_H

#include <stdint.h>

#include <linux/cohbuf.h>

/* COHBUF_IOC_COPY: 0, or -1 with errno. */
int engine_copy(int fd, struct cohbuf_copy *copy);

/* What an error of a copy means, and what to do: one line. */
const char *engine_meaning(int error);

#endif /* _ENGINE_H */
