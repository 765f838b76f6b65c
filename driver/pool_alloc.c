// SPDX-License-Identifier: GPL-2.0-only
/*
 * COHBUF_IOC_ALLOC: a buffer out of a pool. Quota, memory, file, and the place on the
 * pool's list, where the unbind finds it; or an error that says which of them there is
 * not.
 */
#include <linux/dma-direction.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "cohbuf.h"
#include "compat.h"
#include "pool.h"
#include "trace.h"

/* In so many pieces, at most, memory is looked for that is not there in one. */
#define COHBUF_POOL_PIECES 64

/* Take it from the quota. Returns 0 and the buffer's number, or an error; then busy. */
static int cohbuf_pool_begin(struct cohbuf_pool *pool, size_t size, u64 *number)
{
	int ret = 0;

	mutex_lock(&pool->lock);
	if (pool->ended) {
		ret = -ENODEV;
	} else if (size > pool->like.size - pool->used) {
		ret = -EDQUOT;
	} else {
		pool->used += size;
		pool->num_busy++;
		*number = pool->num_made++;
	}
	mutex_unlock(&pool->lock);
	return ret;
}

static bool cohbuf_pool_has_ended(struct cohbuf_pool *pool)
{
	bool ended;

	mutex_lock(&pool->lock);
	ended = pool->ended;
	mutex_unlock(&pool->lock);
	return ended;
}

/* By who is inside, and is not then: the device sees the zeroes. Returns 0 or an error. */
static int cohbuf_pool_check(struct cohbuf_pool *pool, struct cohbuf_mem *mem)
{
	int ret = 0;

	if (!cohbuf_mem_is_fit(mem)) {
		ret = -ENOMEM;
	} else {
		cohbuf_mem_sync(mem, 0, mem->size, DMA_TO_DEVICE, false);
		if (cohbuf_pool_has_ended(pool))
			ret = -ENODEV;
	}
	if (ret)
		mem->ops->free(mem);
	cohbuf_pool_leave(pool);
	return ret;
}

/* Memory that is as it must be, with zeroes. Returns 0, -ENOMEM, or -ENODEV. */
static int cohbuf_pool_alloc(struct cohbuf_pool *pool, struct cohbuf_mem *mem,
			     const struct cohbuf_mem *like, size_t size)
{
	int ret = cohbuf_mem_alloc_like(mem, like, size);

	if (ret)
		return ret;
	if (cohbuf_pool_enter(pool))
		return cohbuf_pool_check(pool, mem);

	/* That took as long as the kernel wanted, and there may be no device: it is lost. */
	cohbuf_pool_free(pool, mem);
	return -ENODEV;
}

/* Is it there in pieces? They are had at the same time, within what was charged. */
static bool cohbuf_pool_has_pieces(struct cohbuf_pool *pool, size_t size)
{
	/* Of sizes that are handed out. */
	size_t piece = PAGE_SIZE << get_order(DIV_ROUND_UP(size, COHBUF_POOL_PIECES));
	struct cohbuf_mem like = pool->like;
	struct cohbuf_mem *mems;
	unsigned int num = 0;

	if (piece >= size)
		return false;
	/* Nobody's account: at the limit of the caller's cgroup, it would cost a process. */
	mems = kcalloc(COHBUF_POOL_PIECES, sizeof(*mems),
		       GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
	if (!mems)
		return false;

	/* They are not to be kept: nobody else is to give anything up for them. */
	like.gfp = (like.gfp & ~__GFP_RETRY_MAYFAIL) | __GFP_NORETRY;
	while (size && !fatal_signal_pending(current) && !cohbuf_pool_has_ended(pool)) {
		size_t part = min(size, piece);

		if (cohbuf_pool_alloc(pool, &mems[num], &like, part))
			break;
		num++;
		size -= part;
		cond_resched();
	}

	while (num--)
		cohbuf_pool_free(pool, &mems[num]);
	kfree(mems);
	return !size;
}

/*
 * Once more, when nobody else tries out in how many pieces there is some, and may have it
 * all for that; then in pieces. Returns 0, -ENOSPC, -ENOMEM, -ENODEV or -EINTR.
 */
static int cohbuf_pool_search(struct cohbuf_pool *pool, struct cohbuf_mem *mem)
{
	int ret;

	if (mutex_lock_killable(&pool->search))
		return -EINTR;
	ret = cohbuf_pool_has_ended(pool) ? -ENODEV :
					    cohbuf_pool_alloc(pool, mem, &pool->like, mem->size);
	if (ret == -ENOMEM && cohbuf_pool_has_pieces(pool, mem->size))
		ret = -ENOSPC;
	mutex_unlock(&pool->search);
	return ret;
}

/* From here on the unbind knows of it, if it is not there yet. */
static int cohbuf_pool_add(struct cohbuf_pool *pool, struct cohbuf_pooled *cp)
{
	int ret = -ENODEV;

	mutex_lock(&pool->lock);
	if (!pool->ended) {
		list_add(&cp->node, &pool->buffers);
		pool->num_buffers++;
		ret = 0;
	}
	mutex_unlock(&pool->lock);
	return ret;
}

/* Of a buffer that has its memory. */
static struct file *cohbuf_pool_open(struct cohbuf_pool *pool, struct cohbuf_pooled *cp)
{
	struct file *file;
	int ret;

	file = cohbuf_pooled_open(cp);
	if (IS_ERR(file))
		return file;

	ret = cohbuf_pool_add(pool, cp);
	if (!ret)
		return file;
	/* Its end is that of one that an unbind has taken. */
	get_device(&cp->cb.dev);
	fput(file);
	return ERR_PTR(ret);
}

static struct file *cohbuf_pool_make_charged(struct cohbuf *cb, size_t size, u64 number)
{
	struct cohbuf_pool *pool = cb->pool;
	struct cohbuf_pooled *cp;
	struct file *file;
	int ret;

	cp = cohbuf_pooled_create(cb, size, number);
	if (IS_ERR(cp))
		return ERR_CAST(cp);

	ret = cohbuf_pool_alloc(pool, &cp->mem, &pool->like, size);
	if (ret == -ENOMEM)
		ret = cohbuf_pool_search(pool, &cp->mem);
	file = ret ? ERR_PTR(ret) : cohbuf_pool_open(pool, cp);
	if (!IS_ERR(file))
		return file;

	if (!ret) {
		cohbuf_revoke_memory(&cp->cb);
		cohbuf_pool_free(pool, &cp->mem);
	}
	put_device(&cp->cb.dev);
	return file;
}

/* An unbind waits for who is in here: as long as the kernel takes to find memory. */
static struct file *cohbuf_pool_make(struct cohbuf *cb, u64 wanted)
{
	struct cohbuf_pool *pool = cb->pool;
	struct device *dev = pool->like.dev;
	size_t size = PAGE_ALIGN(wanted);
	struct file *file;
	u64 number;
	int ret;

	/* What is more than the quota, may be more than can be rounded up. */
	ret = wanted > pool->like.size ? -EDQUOT : cohbuf_pool_begin(pool, size, &number);
	if (ret)
		return ERR_PTR(ret);

	/* But not for ever. */
	get_device(dev);
	file = cohbuf_pool_make_charged(cb, size, number);
	put_device(dev);
	cohbuf_pool_end(pool, IS_ERR(file) ? size : 0);
	return file;
}

/**
 * cohbuf_ioctl_alloc() - COHBUF_IOC_ALLOC
 * @file: the file of a pool
 * @arg: the program's struct cohbuf_alloc
 *
 * Context: Process context, may sleep.
 * Return: 0, or the negative of the errno that the ABI names.
 */
long cohbuf_ioctl_alloc(struct file *file, void __user *arg)
{
	struct cohbuf_alloc alloc;
	struct file *made;
	int fd;

	/* Memory is used up, and what is made of it can be written to. */
	if (!(file->f_mode & FMODE_READ) || !(file->f_mode & FMODE_WRITE))
		return -EBADF;

	if (copy_from_user(&alloc, arg, sizeof(alloc)))
		return -EFAULT;
	if (!alloc.size || (alloc.flags & ~O_CLOEXEC) ||
	    memchr_inv(alloc.reserved, 0, sizeof(alloc.reserved)))
		return -EINVAL;

	fd = get_unused_fd_flags(alloc.flags & O_CLOEXEC);
	if (fd < 0)
		return fd;
	made = cohbuf_pool_make(cohbuf_of(file), alloc.size);
	trace_cohbuf_alloc(cohbuf_of(file), alloc.size, PTR_ERR_OR_ZERO(made));
	if (IS_ERR(made)) {
		put_unused_fd(fd);
		return PTR_ERR(made);
	}

	alloc.fd = fd;
	if (copy_to_user(arg, &alloc, sizeof(alloc))) {
		put_unused_fd(fd);
		fput(made);
		return -EFAULT;
	}
	fd_install(fd, made);
	return 0;
}
