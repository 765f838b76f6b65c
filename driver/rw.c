// SPDX-License-Identifier: GPL-2.0-only
/*
 * read(2) and write(2). What faults is done outside of &cohbuf.lock: it may sleep for as
 * long as another program likes, and must not hold up an unbind.
 */
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uio.h>

#include "cohbuf.h"
#include "compat.h"

/**
 * cohbuf_is_bound() - is there memory behind a buffer?
 * @cb: the buffer
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: true where there was; the answer may be old when it is given.
 */
bool cohbuf_is_bound(struct cohbuf *cb)
{
	bool bound;

	mutex_lock(&cb->lock);
	bound = cb->mem;
	mutex_unlock(&cb->lock);
	return bound;
}

/* At most this much is copied at once, under the lock, which others wait for. */
#define COHBUF_CHUNK	SZ_64K

/*
 * Copy between the buffer and what the user gave, as far as that is in memory: no
 * fault may be taken under the lock. Returns the bytes, 0 at and past the end, or
 * -EFAULT where a fault is needed for the first byte.
 */
static ssize_t cohbuf_rw_mem(const struct cohbuf_mem *mem, loff_t pos, struct iov_iter *iter,
			     bool write)
{
	size_t len = min_t(size_t, iov_iter_count(iter), COHBUF_CHUNK);

	len = cohbuf_mem_clamp(mem, pos, len);
	return len ? (cohbuf_mem_iter(mem, pos, len, iter, write) ?: -EFAULT) : 0;
}

static ssize_t cohbuf_rw_chunk(struct cohbuf *cb, loff_t pos, struct iov_iter *iter,
			       bool write)
{
	ssize_t ret = -ENODEV;

	mutex_lock(&cb->lock);
	if (cb->mem)
		ret = cohbuf_rw_mem(cb->mem, pos, iter, write);
	mutex_unlock(&cb->lock);
	return ret;
}

/* One access. Returns all of @len, 0 at and past the end, or -EINVAL. */
static ssize_t cohbuf_rw_access(const struct cohbuf_mem *mem, loff_t pos, void *value,
				size_t len, bool write)
{
	size_t inside = cohbuf_mem_clamp(mem, pos, len);

	if (!inside)
		return 0;
	return inside == len ? cohbuf_mem_access(mem, pos, value, len, write) : -EINVAL;
}

/**
 * cohbuf_rw_kernel() - copy between the buffer and memory of the kernel
 * @cb: the buffer
 * @pos: in bytes from the start of the buffer, any value
 * @buf: memory of the kernel
 * @len: bytes wanted
 * @write: into the buffer
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: bytes copied, at most COHBUF_CHUNK; 0 at and past the end; -ENODEV after
 * the unbind. Of registers @len, by one access, or -EINVAL where none is so wide.
 */
ssize_t cohbuf_rw_kernel(struct cohbuf *cb, loff_t pos, void *buf, size_t len, bool write)
{
	struct kvec vec = { .iov_base = buf, .iov_len = len };
	struct iov_iter iter;
	ssize_t ret = -ENODEV;

	iov_iter_kvec(&iter, write ? WRITE : READ, &vec, 1, len);
	mutex_lock(&cb->lock);
	if (cb->mem && cb->one_access)
		ret = cohbuf_rw_access(cb->mem, pos, buf, len, write);
	else if (cb->mem)
		ret = cohbuf_rw_mem(cb->mem, pos, &iter, write);
	mutex_unlock(&cb->lock);
	return ret;
}

/*
 * Go through a page of the kernel's, which takes the faults outside of the lock: they
 * may sleep for as long as another program likes.
 */
static ssize_t cohbuf_rw_page(struct cohbuf *cb, loff_t pos, struct iov_iter *iter,
			      bool write)
{
	size_t len = min_t(size_t, iov_iter_count(iter), PAGE_SIZE);
	void *bounce = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	ssize_t ret = -EFAULT;

	if (!bounce)
		return -ENOMEM;

	if (write)
		len = copy_from_iter(bounce, len, iter);
	if (len)
		ret = cohbuf_rw_kernel(cb, pos, bounce, len, write);
	if (write)
		iov_iter_revert(iter, len - max_t(ssize_t, ret, 0));
	else if (ret > 0)
		ret = copy_to_iter(bounce, ret, iter) ?: -EFAULT;

	free_page((unsigned long)bounce);
	return ret;
}

/*
 * All of a call, in one access, or nothing: reading a register can change the device, so
 * it is read once, and the user's memory is touched outside of the lock.
 */
static ssize_t cohbuf_rw_register(struct cohbuf *cb, loff_t *pos, struct iov_iter *iter,
				  bool write)
{
	u64 value[2] = {};
	size_t len;
	ssize_t ret;

	/* Of more than there is room for, as much as no access has. */
	len = min_t(size_t, iov_iter_count(iter), sizeof(value));
	if (write && copy_from_iter(value, len, iter) != len)
		return -EFAULT;
	ret = cohbuf_rw_kernel(cb, *pos, value, len, write);
	if (ret <= 0)
		return ret ?: (write && len ? -ENOSPC : 0);
	if (!write && copy_to_iter(value, len, iter) != len)
		return -EFAULT;

	*pos += ret;
	return ret;
}

/**
 * cohbuf_rw() - read(2) and write(2)
 * @iocb: the file, and where in it; moved on
 * @iter: the user's memory; moved on
 * @write: into the buffer
 *
 * A signal or an error ends it with what was done so far.
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock, for a part at a time.
 * Return: bytes copied; 0 at and past the end, or where nothing is asked for; -ENOSPC,
 * -EFAULT, -ENOMEM, -ENODEV, or, of registers, -EINVAL.
 */
ssize_t cohbuf_rw(struct kiocb *iocb, struct iov_iter *iter, bool write)
{
	struct cohbuf *cb = cohbuf_of(iocb->ki_filp);
	ssize_t done = 0;
	ssize_t ret;

	if (cb->one_access)
		return cohbuf_rw_register(cb, &iocb->ki_pos, iter, write);

	for (;;) {
		ret = cohbuf_rw_chunk(cb, iocb->ki_pos, iter, write);
		if (ret == -EFAULT)
			ret = cohbuf_rw_page(cb, iocb->ki_pos, iter, write);
		if (ret <= 0)
			break;
		iocb->ki_pos += ret;
		done += ret;
		if (!iov_iter_count(iter) || signal_pending(current))
			break;
		cond_resched();
	}

	if (!ret && write && iov_iter_count(iter))
		ret = -ENOSPC;
	return done ?: ret;
}
