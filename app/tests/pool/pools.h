/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pools of dts/runtime/pools.dtso, and what most tests do with them. Whatever fails in
 * here ends the test, but for the calls that give -1 and errno.
 */
#ifndef _POOLS_H
#define _POOLS_H

#include "tests/harness/buffers.h"

/*
 * A pool is described as a buffer is: what its buffers are like, with the pool's name,
 * and its quota for a size.
 */

/* Those that the tree has; the list ends with NULL. */
extern const struct test_buffer *all_pools[];
/* Its buffers have an engine. */
extern const struct test_buffer *engine_pools[];
/* Two that share a region, which has no more than each may have. */
extern struct test_buffer pool_of_region, pool_beside;
/* Of pages that are nobody's but the system's. */
extern struct test_buffer pool_of_vmalloc;

int pool_open(const struct test_buffer *pool);
/* Returns the buffer's file, or -1 with errno. */
int pool_alloc(int pool, uint64_t size, uint32_t flags);
/* The same of a pool that is opened for it. */
int pool_buffer(const struct test_buffer *pool, size_t size);
unsigned char *map_pooled(int fd, size_t size);

uint64_t pool_attr(const struct test_buffer *pool, const char *attr);
/* Until the kernel has released what was closed. */
void await_used(const struct test_buffer *pool, uint64_t used);

#endif /* _POOLS_H */
