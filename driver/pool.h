/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pool of buffers that programs ask for, and one buffer of it.
 *
 * Two more lifetimes. The memory of a buffer lives as long as its file, which mappings
 * and dma-bufs hold, or until the pool is unbound: whoever of the two is first frees it.
 * What is read by file operations lives as long as the struct cohbuf, as with any buffer.
 */
#ifndef _COHBUF_POOL_H
#define _COHBUF_POOL_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "cohbuf.h"

/**
 * struct cohbuf_pool - what a pool has that a buffer has not
 * @like: what memory of it is like; constant from the bind on
 * @lock: protects what follows; from @ended on @buffers is the unbind's
 * @buffers: &cohbuf_pooled.node
 * @used: bytes of the quota that are used up
 * @num_buffers: length of @buffers
 * @num_made: how many there were since the bind, for their names
 * @num_busy: who allocates or frees memory, which the unbind waits for
 * @num_inside: who of them is between cohbuf_pool_enter() and cohbuf_pool_leave()
 * @ended: the unbind has begun: nobody else does so any more
 * @given_up: it waited for too long: what is still being allocated is lost
 * @idle: the unbind, which waits for nobody to be busy, or inside
 * @search: held by who looks for memory a second time, or in pieces; outside of @lock
 */
struct cohbuf_pool {
	struct cohbuf_mem like;
	struct mutex lock; /* see above */
	struct list_head buffers;
	size_t used;
	unsigned int num_buffers;
	u64 num_made;
	unsigned int num_busy;
	unsigned int num_inside;
	bool ended;
	bool given_up;
	wait_queue_head_t idle;
	struct mutex search; /* see above */
};

/**
 * struct cohbuf_pooled - a buffer that a pool made
 * @cb: the buffer as its file sees it
 * @mem: its memory, while &cohbuf.mem of @cb points to it
 * @node: entry of &cohbuf_pool.buffers
 */
struct cohbuf_pooled {
	struct cohbuf cb;
	struct cohbuf_mem mem;
	struct list_head node;
};

#define to_cohbuf_pooled(buffer)	container_of(buffer, struct cohbuf_pooled, cb)

/* pool.c */
extern const struct file_operations cohbuf_pool_fops;
int cohbuf_pool_create(struct cohbuf *cb, const struct cohbuf_mem *mem);
void cohbuf_pool_destroy(struct cohbuf *cb);
size_t cohbuf_pool_used(struct cohbuf *cb);
unsigned int cohbuf_pool_num_buffers(struct cohbuf *cb);
void cohbuf_pool_end(struct cohbuf_pool *pool, size_t size);
bool cohbuf_pool_enter(struct cohbuf_pool *pool);
void cohbuf_pool_leave(struct cohbuf_pool *pool);
void cohbuf_pool_free(struct cohbuf_pool *pool, struct cohbuf_mem *mem);
struct cohbuf *cohbuf_pool_next(struct cohbuf *cb, struct cohbuf *last);
void cohbuf_pool_revoke(struct cohbuf *cb);
void cohbuf_pooled_release(struct cohbuf *cb);

/* pool_alloc.c */
long cohbuf_ioctl_alloc(struct file *file, void __user *arg);

/* pooled.c */
struct cohbuf_pooled *cohbuf_pooled_create(struct cohbuf *cb, size_t size, u64 number);
struct file *cohbuf_pooled_open(struct cohbuf_pooled *cp);
void cohbuf_pooled_close(void);

#endif /* _COHBUF_POOL_H */
