/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vgem, the kernel's virtual graphics driver: it imports dma-bufs for a device that sees all
 * of the memory.
 */
#ifndef _VGEM_H
#define _VGEM_H

#include <stdbool.h>

#include "tests/harness/buffers.h"

/* Skips the test where the kernel has none. */
int open_vgem(void);
/* Attaches the dma-buf to its device, until the file is closed. Gives -1 and errno. */
int vgem_import(int vgem, int dmabuf);
/* For reading and writing, if it maps what it attaches to at all. */
bool vgem_maps(const struct test_buffer *b);

#endif /* _VGEM_H */
