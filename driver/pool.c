// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool: a node whose device makes buffers for programs that ask, within a quota; which
 * there are, and how all of them are taken away. How one is made, pool_alloc.c says, and
 * what it is, pooled.c.
 */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "cohbuf.h"
#include "compat.h"
#include "pool.h"

/* How long an unbind waits for memory that is being allocated or freed; after one it says so. */
#define COHBUF_POOL_SECONDS	10

/**
 * cohbuf_pool_create() - make a new device that of a pool
 * @cb: the device; gets its &cohbuf.pool, which cohbuf_pool_destroy() frees
 * @mem: of devm_cohbuf_mem_prepare()
 *
 * Context: Process context, in probe.
 * Return: 0 or -ENOMEM.
 */
int cohbuf_pool_create(struct cohbuf *cb, const struct cohbuf_mem *mem)
{
	struct cohbuf_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);

	if (!pool)
		return -ENOMEM;
	/* Who is late looks at it still when devres has freed the other. */
	pool->like = *mem;
	mutex_init(&pool->lock);
	mutex_init(&pool->search);
	init_waitqueue_head(&pool->idle);
	INIT_LIST_HEAD(&pool->buffers);
	cb->pool = pool;
	return 0;
}

/**
 * cohbuf_pool_destroy() - take cohbuf_pool_create() back
 * @cb: the device, of a pool or not, with no buffer and no user left
 *
 * Context: Process context.
 */
void cohbuf_pool_destroy(struct cohbuf *cb)
{
	if (!cb->pool)
		return;
	mutex_destroy(&cb->pool->search);
	mutex_destroy(&cb->pool->lock);
	kfree(cb->pool);
}

/**
 * cohbuf_pool_used() - how much of the quota of a pool is used up?
 * @cb: the device of a pool
 *
 * Context: Process context, may sleep. Takes &cohbuf_pool.lock.
 * Return: bytes.
 */
size_t cohbuf_pool_used(struct cohbuf *cb)
{
	size_t used;

	mutex_lock(&cb->pool->lock);
	used = cb->pool->used;
	mutex_unlock(&cb->pool->lock);
	return used;
}

/**
 * cohbuf_pool_num_buffers() - how many buffers does a pool have?
 * @cb: the device of a pool
 *
 * Context: Process context, may sleep. Takes &cohbuf_pool.lock.
 * Return: how many were made, and are not freed.
 */
unsigned int cohbuf_pool_num_buffers(struct cohbuf *cb)
{
	unsigned int num_buffers;

	mutex_lock(&cb->pool->lock);
	num_buffers = cb->pool->num_buffers;
	mutex_unlock(&cb->pool->lock);
	return num_buffers;
}

/**
 * cohbuf_pool_end() - somebody is not busy any more, with memory of a pool
 * @pool: the pool
 * @size: bytes of the quota that are free again
 *
 * Context: Process context, may sleep. Takes &cohbuf_pool.lock.
 */
void cohbuf_pool_end(struct cohbuf_pool *pool, size_t size)
{
	mutex_lock(&pool->lock);
	pool->used -= size;
	if (!--pool->num_busy && pool->ended)
		wake_up(&pool->idle);
	mutex_unlock(&pool->lock);
}

/**
 * cohbuf_pool_enter() - begin something with the device that takes no longer than it takes
 * @pool: the pool
 *
 * For who is busy. The unbind may give up on memory that is being allocated, and then
 * takes the device apart; but not before who is in here has left. So nothing in here
 * waits for what a program decides.
 *
 * Context: Process context, may sleep. Takes &cohbuf_pool.lock.
 * Return: true, before cohbuf_pool_leave(); false where the unbind has given up.
 */
bool cohbuf_pool_enter(struct cohbuf_pool *pool)
{
	bool entered;

	mutex_lock(&pool->lock);
	entered = !pool->given_up;
	if (entered)
		pool->num_inside++;
	mutex_unlock(&pool->lock);
	return entered;
}

/**
 * cohbuf_pool_leave() - end what cohbuf_pool_enter() began
 * @pool: the pool
 *
 * Context: Process context, may sleep. Takes &cohbuf_pool.lock.
 */
void cohbuf_pool_leave(struct cohbuf_pool *pool)
{
	mutex_lock(&pool->lock);
	if (!--pool->num_inside && pool->given_up)
		wake_up(&pool->idle);
	mutex_unlock(&pool->lock);
}

/**
 * cohbuf_pool_free() - free memory of a pool, by who is busy
 * @pool: the pool
 * @mem: the memory; lost where an unbind waited in vain, and there may be no device
 *
 * Context: Process context, may sleep. Takes &cohbuf_pool.lock.
 */
void cohbuf_pool_free(struct cohbuf_pool *pool, struct cohbuf_mem *mem)
{
	if (!cohbuf_pool_enter(pool)) {
		dev_warn_ratelimited(pool->like.dev, "%zu bytes of a pool are given up until the machine is started anew\n",
				     mem->size);
		return;
	}
	mem->ops->free(mem);
	cohbuf_pool_leave(pool);
}

/*
 * With its last file a buffer is gone; unless the unbind has it. Else who closes it is
 * inside until it is freed: nothing until then waits for a program.
 */
static bool cohbuf_pool_take(struct cohbuf_pool *pool, struct cohbuf_pooled *cp)
{
	bool taken;

	mutex_lock(&pool->lock);
	taken = !pool->ended;
	if (taken) {
		list_del(&cp->node);
		pool->num_buffers--;
		pool->num_busy++;
		pool->num_inside++;
	}
	mutex_unlock(&pool->lock);
	return taken;
}

/**
 * cohbuf_pooled_release() - the last file of a buffer that a pool made is closed
 * @cb: the buffer
 *
 * Nobody has it mapped, and there is no dma-buf of it: they have the file. Waits for no
 * unbind.
 *
 * Context: Process context, may sleep. Takes &cohbuf_pool.lock.
 */
void cohbuf_pooled_release(struct cohbuf *cb)
{
	struct cohbuf_pooled *cp = to_cohbuf_pooled(cb);
	struct cohbuf_pool *pool = cb->of_pool->pool;

	if (cohbuf_pool_take(pool, cp)) {
		cohbuf_revoke_memory(cb);
		cohbuf_events_stop(cb);
		/* What an engine may still write to, nobody gets again. */
		if (!cp->mem.lost)
			cp->mem.ops->free(&cp->mem);
		cohbuf_pool_leave(pool);
		cohbuf_pool_end(pool, cp->mem.lost ? 0 : cp->mem.size);
	}
	cohbuf_pooled_close();
	put_device(&cb->dev);
}

/**
 * cohbuf_pool_next() - a buffer of a pool, one after the other
 * @cb: the device of a pool, its unbind begun; or a buffer, which is its only one
 * @last: the one before, or NULL
 *
 * Context: Process context, by who unbinds.
 * Return: the next one, or NULL.
 */
struct cohbuf *cohbuf_pool_next(struct cohbuf *cb, struct cohbuf *last)
{
	struct cohbuf_pooled *cp;

	if (!cb->pool)
		return last ? NULL : cb;

	cp = last ? list_next_entry(to_cohbuf_pooled(last), node) :
		    list_first_entry(&cb->pool->buffers, struct cohbuf_pooled, node);
	return list_entry_is_head(cp, &cb->pool->buffers, node) ? NULL : &cp->cb;
}

/*
 * Nobody allocates or frees any more; or it is lost, what they have. Who has begun to free
 * it needs the device to the end, which is near: that is waited for, come what may.
 */
static void cohbuf_pool_wait(struct cohbuf *cb)
{
	struct cohbuf_pool *pool = cb->pool;
	unsigned int seconds;
	bool busy = true;
	long left = 1;
	bool lost;

	for (seconds = 0; busy && left >= 0 && seconds < COHBUF_POOL_SECONDS; seconds++) {
		left = wait_event_killable_timeout(pool->idle, !READ_ONCE(pool->num_busy), HZ);
		busy = left <= 0;
		if (busy && !seconds)
			dev_warn(cb->dev.parent, "the unbind waits for memory that is being allocated\n");
	}

	mutex_lock(&pool->lock);
	pool->given_up = pool->num_busy;
	lost = pool->num_busy > pool->num_inside;
	mutex_unlock(&pool->lock);

	wait_event(pool->idle, !READ_ONCE(pool->num_inside));
	if (lost)
		dev_warn(cb->dev.parent, "memory that is still being allocated is given up until the machine is started anew\n");
}

/**
 * cohbuf_pool_revoke() - take the memory of all buffers of a pool away, and free it
 * @cb: the device of the pool; who opens its node from now on gets -ENXIO
 *
 * Step by step for all, so that what is waited for is waited for once.
 *
 * Context: Process context, may sleep, as cohbuf_revoke(); and until who allocates memory
 * has it, for ten seconds. Takes &cohbuf_pool.lock.
 */
void cohbuf_pool_revoke(struct cohbuf *cb)
{
	struct cohbuf_pool *pool = cb->pool;
	struct cohbuf_pooled *cp, *next;

	cohbuf_revoke_memory(cb);
	mutex_lock(&pool->lock);
	/* From here on the list is nobody else's, and files may be closed at any time. */
	pool->ended = true;
	list_for_each_entry(cp, &pool->buffers, node)
		get_device(&cp->cb.dev);
	mutex_unlock(&pool->lock);

	list_for_each_entry(cp, &pool->buffers, node) {
		cohbuf_revoke_memory(&cp->cb);
		cond_resched();
	}
	cohbuf_copy_stop(cb);
	cohbuf_revoke_waiters(cb);
	list_for_each_entry(cp, &pool->buffers, node)
		cohbuf_revoke_waiters(&cp->cb);

	cohbuf_exports_revoke(cb);
	list_for_each_entry_safe(cp, next, &pool->buffers, node) {
		if (atomic_read(&cp->cb.num_imports))
			cp->mem.lost = true;
		if (!cp->mem.lost)
			cp->mem.ops->free(&cp->mem);
		list_del(&cp->node);
		put_device(&cp->cb.dev);
		cond_resched();
	}
	cohbuf_pool_wait(cb);
}

static long cohbuf_pool_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	switch (cmd) {
	case COHBUF_IOC_INFO:
		return cohbuf_ioctl_info(file, argp);
	case COHBUF_IOC_ALLOC:
		return cohbuf_ioctl_alloc(file, argp);
	default:
		return -ENOTTY;
	}
}

const struct file_operations cohbuf_pool_fops = {
	.owner = THIS_MODULE,
	.open = cohbuf_open,
	.release = cohbuf_close,
	.poll = cohbuf_poll,
	.fasync = cohbuf_fasync,
	.unlocked_ioctl = cohbuf_pool_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
