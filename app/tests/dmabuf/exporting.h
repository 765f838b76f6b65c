/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests of COHBUF_IOC_EXPORT share. Whatever fails in here ends the test, but for
 * the calls that give -1 and errno.
 */
#ifndef _EXPORTING_H
#define _EXPORTING_H

#include <stdint.h>

#include "tests/harness/buffers.h"

/* Bytes of a range that every buffer has: of one page, all of it. */
size_t part_of(const struct test_buffer *b);

/* Returns the dma-buf, or -1 with errno. */
int export_range(int fd, uint64_t offset, uint64_t length, uint32_t flags);
/* Of a buffer that is opened for it, and closed again. */
int export_buffer(const struct test_buffer *b, uint32_t flags);

/* DMA_BUF_IOCTL_SYNC */
int bracket(int dmabuf, uint64_t flags);

unsigned int exports_of(const struct test_buffer *b);
/* Until the kernel has released what was closed. */
void await_exports(const struct test_buffer *b, unsigned int count);

#endif /* _EXPORTING_H */
