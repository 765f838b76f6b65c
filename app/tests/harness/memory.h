/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much memory is in use, by the kernel's own books.
 */
#ifndef _MEMORY_H
#define _MEMORY_H

long meminfo(const char *key);
long free_memory(void);
long slab_objects(const char *cache);
unsigned int count_dma_vmaps(void);
unsigned int count_io_vmaps(void);
unsigned int count_objects(unsigned int *files);
unsigned int settle_objects(unsigned int wanted);
unsigned int steady_objects(void);
void expect_memory_back(void (*batch)(const void *arg), const void *arg, long allowed);

#endif /* _MEMORY_H */
