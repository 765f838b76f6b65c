/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vgem, the kernel's virtual graphics driver: it imports dma-bufs for a device that sees all
 * of the memory.
 */
#ifndef _VGEM_H
#define _VGEM_H

/* Skips the test where the kernel has none. */
int open_vgem(void);
/* Attaches the dma-buf to its device, until the file is closed. Gives -1 and errno. */
int vgem_import(int vgem, int dmabuf);

#endif /* _VGEM_H */
