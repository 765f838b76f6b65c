// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: a file beside the buffer's that counts, as an eventfd does, what programs post
 * and what the node's interrupt does (irq.c).
 *
 *	fd = ioctl(buffer, COHBUF_IOC_EVENTS, { .source = COHBUF_EVENTS_POSTED })
 *	write(fd, &how_many, 8)		posts, to all files of that source
 *	read(fd, &how_many, 8)		what came since this file's last read
 *
 * A source counts all events there ever were, and each file remembers how many of them it
 * was told of: the difference is what it has to read. So no file takes an event from
 * another, and posting takes no list of files. A source is the buffer's, not the
 * binding's: what was counted before the unbind can be read after it.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "cohbuf.h"
#include "compat.h"
#include "trace.h"

/**
 * struct cohbuf_waiter - one file of events
 * @cb: the buffer, of whose device it holds a reference
 * @source: which events, index into &cohbuf.sources
 * @seen: how many of them its reads have told of; under &cohbuf_source.lock
 */
struct cohbuf_waiter {
	struct cohbuf *cb;
	enum cohbuf_events_source source;
	u64 seen;
};

static struct cohbuf_source *cohbuf_source_of(const struct cohbuf_waiter *waiter)
{
	return &waiter->cb->sources[waiter->source];
}

/**
 * cohbuf_events_init() - make the sources of a new buffer ready
 * @cb: the buffer
 *
 * Context: Any context.
 */
void cohbuf_events_init(struct cohbuf *cb)
{
	struct cohbuf_source *source;

	for (source = cb->sources; source < cb->sources + ARRAY_SIZE(cb->sources); source++) {
		spin_lock_init(&source->lock);
		init_waitqueue_head(&source->wait);
	}
	cohbuf_irq_init(cb);
}

/**
 * cohbuf_events_add() - count events, and wake who waits for them
 * @cb: the buffer
 * @which: their source
 * @count: how many
 *
 * Context: Any context, hard interrupts included.
 * Return: 0, -EOVERFLOW where that many cannot be counted, or -ENODEV after the unbind.
 */
int cohbuf_events_add(struct cohbuf *cb, enum cohbuf_events_source which, u64 count)
{
	struct cohbuf_source *source = &cb->sources[which];
	unsigned long flags;
	int ret = -ENODEV;
	u64 total = 0;

	spin_lock_irqsave(&source->lock, flags);
	if (!source->over) {
		ret = check_add_overflow(source->total, count, &total) ? -EOVERFLOW : 0;
		if (!ret)
			source->total = total;
	}
	spin_unlock_irqrestore(&source->lock, flags);

	trace_cohbuf_events(cb, which, count, total, ret);
	/* All, with EPOLLEXCLUSIVE too: each file has events of its own to be read. */
	if (!ret)
		wake_up_all(&source->wait);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_events_add);

/**
 * cohbuf_events_total() - how many events there were since the bind
 * @cb: the buffer
 * @which: their source
 *
 * Context: Any context.
 * Return: that number.
 */
u64 cohbuf_events_total(struct cohbuf *cb, enum cohbuf_events_source which)
{
	struct cohbuf_source *source = &cb->sources[which];
	unsigned long flags;
	u64 total;

	spin_lock_irqsave(&source->lock, flags);
	total = source->total;
	spin_unlock_irqrestore(&source->lock, flags);
	return total;
}

/**
 * cohbuf_events_stop() - let no event come any more, and wake who waits for one
 * @cb: the buffer, its memory already taken away
 *
 * Context: Process context, may sleep, until an interrupt that is being counted is.
 */
void cohbuf_events_stop(struct cohbuf *cb)
{
	struct cohbuf_source *source;

	cohbuf_irq_free(cb);
	for (source = cb->sources; source < cb->sources + ARRAY_SIZE(cb->sources); source++) {
		spin_lock_irq(&source->lock);
		source->over = true;
		spin_unlock_irq(&source->lock);
		wake_up_all(&source->wait);
	}
}

/* What is there to be read, and what will never be. */
static void cohbuf_waiter_look(const struct cohbuf_waiter *waiter, u64 *count, bool *over)
{
	struct cohbuf_source *source = cohbuf_source_of(waiter);

	spin_lock_irq(&source->lock);
	*count = source->total - waiter->seen;
	*over = source->over;
	spin_unlock_irq(&source->lock);
}

static bool cohbuf_waiter_is_ready(const struct cohbuf_waiter *waiter)
{
	bool over;
	u64 count;

	cohbuf_waiter_look(waiter, &count, &over);
	return count || over;
}

/* Returns 0, -EAGAIN where there is none yet, or -ENODEV where there will be none. */
static int cohbuf_waiter_take(struct cohbuf_waiter *waiter, u64 *count)
{
	struct cohbuf_source *source = cohbuf_source_of(waiter);
	bool over;

	spin_lock_irq(&source->lock);
	*count = source->total - waiter->seen;
	waiter->seen = source->total;
	over = source->over;
	spin_unlock_irq(&source->lock);

	if (*count)
		return 0;
	return over ? -ENODEV : -EAGAIN;
}

/* The program has no memory for them: the next read tells of them. */
static void cohbuf_waiter_give_back(struct cohbuf_waiter *waiter, u64 count)
{
	struct cohbuf_source *source = cohbuf_source_of(waiter);

	spin_lock_irq(&source->lock);
	waiter->seen -= count;
	spin_unlock_irq(&source->lock);
	/* Another thread may have found none meanwhile. */
	wake_up_all(&source->wait);
}

static int cohbuf_waiter_wait(struct cohbuf_waiter *waiter, bool nowait, u64 *count)
{
	int ret;

	while ((ret = cohbuf_waiter_take(waiter, count)) == -EAGAIN && !nowait) {
		ret = wait_event_interruptible(cohbuf_source_of(waiter)->wait,
					       cohbuf_waiter_is_ready(waiter));
		if (ret)
			break;
	}
	return ret;
}

static ssize_t cohbuf_events_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;
	bool nowait = (file->f_flags & O_NONBLOCK) || (iocb->ki_flags & IOCB_NOWAIT);
	struct cohbuf_waiter *waiter = file->private_data;
	u64 count;
	int ret;

	if (iov_iter_count(to) < sizeof(count))
		return -EINVAL;

	ret = cohbuf_waiter_wait(waiter, nowait, &count);
	if (ret)
		return ret;

	if (copy_to_iter(&count, sizeof(count), to) != sizeof(count)) {
		cohbuf_waiter_give_back(waiter, count);
		return -EFAULT;
	}
	return sizeof(count);
}

/* A count of more than 32 bits is rather text, or a pointer. */
static int cohbuf_events_post(struct cohbuf *cb, u64 count)
{
	if (!count || count > U32_MAX)
		return -EINVAL;
	return cohbuf_events_add(cb, COHBUF_EVENTS_POSTED, count);
}

static ssize_t cohbuf_events_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct cohbuf_waiter *waiter = iocb->ki_filp->private_data;
	u64 count;
	int ret;

	if (iov_iter_count(from) != sizeof(count))
		return -EINVAL;
	if (copy_from_iter(&count, sizeof(count), from) != sizeof(count))
		return -EFAULT;

	if (waiter->source == COHBUF_EVENTS_POSTED)
		ret = cohbuf_events_post(waiter->cb, count);
	else if (count == 1)
		ret = cohbuf_irq_unmask(waiter->cb, iocb->ki_flags & IOCB_NOWAIT);
	else
		ret = -EINVAL;
	return ret ?: (ssize_t)sizeof(count);
}

static __poll_t cohbuf_events_poll(struct file *file, struct poll_table_struct *wait)
{
	struct cohbuf_waiter *waiter = file->private_data;
	__poll_t mask = 0;
	bool over;
	u64 count;

	poll_wait(file, &cohbuf_source_of(waiter)->wait, wait);
	cohbuf_waiter_look(waiter, &count, &over);
	if (count)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (over)
		mask |= EPOLLHUP | EPOLLERR;
	else if (file->f_mode & FMODE_WRITE)
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static int cohbuf_events_close(struct inode *inode, struct file *file)
{
	struct cohbuf_waiter *waiter = file->private_data;

	if (waiter->source == COHBUF_EVENTS_INTERRUPT)
		cohbuf_irq_put(waiter->cb);
	put_device(&waiter->cb->dev);
	kfree(waiter);
	return 0;
}

static const struct file_operations cohbuf_events_fops = {
	.owner = THIS_MODULE,
	.release = cohbuf_events_close,
	.llseek = noop_llseek,
	.read_iter = cohbuf_events_read_iter,
	.write_iter = cohbuf_events_write_iter,
	.poll = cohbuf_events_poll,
};

/* One that is told of what comes from now on. */
static struct cohbuf_waiter *cohbuf_waiter_create(struct cohbuf *cb,
						  enum cohbuf_events_source which)
{
	struct cohbuf_waiter *waiter;
	bool over;
	int ret;

	waiter = kzalloc(sizeof(*waiter), GFP_KERNEL_ACCOUNT);
	if (!waiter)
		return ERR_PTR(-ENOMEM);
	waiter->cb = cb;
	waiter->source = which;

	cohbuf_waiter_look(waiter, &waiter->seen, &over);
	ret = over ? -ENODEV : 0;
	if (!ret && which == COHBUF_EVENTS_INTERRUPT)
		ret = cohbuf_irq_get(cb);
	if (ret) {
		kfree(waiter);
		return ERR_PTR(ret);
	}
	get_device(&cb->dev);
	return waiter;
}

/* With the rights of the file that it is asked for by, and none else. */
static struct file *cohbuf_events_open(struct file *buffer, const struct cohbuf_events *events)
{
	int flags = (buffer->f_flags & O_ACCMODE) | (events->flags & O_NONBLOCK);
	struct cohbuf *cb = cohbuf_of(buffer);
	struct cohbuf_waiter *waiter;
	struct file *file;

	waiter = cohbuf_waiter_create(cb, events->source);
	if (IS_ERR(waiter))
		return ERR_CAST(waiter);

	/* Programs know it by the name (docs/abi.md). */
	file = anon_inode_getfile("[cohbuf-events]", &cohbuf_events_fops, waiter, flags);
	if (IS_ERR(file)) {
		if (waiter->source == COHBUF_EVENTS_INTERRUPT)
			cohbuf_irq_put(cb);
		put_device(&cb->dev);
		kfree(waiter);
		return file;
	}
	/* io_uring then waits by poll, with no thread for each. */
	file->f_mode |= FMODE_NOWAIT;
	return file;
}

/**
 * cohbuf_ioctl_events() - COHBUF_IOC_EVENTS
 * @file: open buffer
 * @arg: the program's struct cohbuf_events
 *
 * Context: Process context, may sleep.
 * Return: 0, or the negative of the errno that the ABI names.
 */
long cohbuf_ioctl_events(struct file *file, void __user *arg)
{
	struct cohbuf_events events;
	struct file *made;
	int fd;

	if (copy_from_user(&events, arg, sizeof(events)))
		return -EFAULT;
	if (events.source > COHBUF_EVENTS_INTERRUPT ||
	    events.flags & ~(O_CLOEXEC | O_NONBLOCK) ||
	    memchr_inv(events.reserved, 0, sizeof(events.reserved)))
		return -EINVAL;

	fd = get_unused_fd_flags(events.flags & O_CLOEXEC);
	if (fd < 0)
		return fd;
	made = cohbuf_events_open(file, &events);
	if (IS_ERR(made)) {
		put_unused_fd(fd);
		return PTR_ERR(made);
	}
	events.fd = fd;
	if (copy_to_user(arg, &events, sizeof(events))) {
		put_unused_fd(fd);
		fput(made);
		return -EFAULT;
	}
	fd_install(fd, made);
	return 0;
}
