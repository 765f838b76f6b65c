// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program can do with an open buffer. Each operation looks at
 * &cohbuf.mem first, under the lock, and answers -ENODEV once it is gone.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "cohbuf.h"
#include "compat.h"
#include "trace.h"

static struct cohbuf *cohbuf_of(const struct file *file)
{
	const struct cohbuf_file *cf = file->private_data;

	return cf->cb;
}

static int cohbuf_open(struct inode *inode, struct file *file)
{
	struct cohbuf *cb = container_of(inode->i_cdev, struct cohbuf, cdev);
	struct cohbuf_file *cf;
	int ret = 0;

	cf = kzalloc(sizeof(*cf), GFP_KERNEL_ACCOUNT);
	if (!cf)
		return -ENOMEM;
	cf->cb = cb;
	cf->file = file;
	file->private_data = cf;

	mutex_lock(&cb->lock);
	if (cb->mem) {
		list_add(&cf->node, &cb->files);
		cb->num_files++;
	} else {
		ret = -ENODEV;
	}
	mutex_unlock(&cb->lock);

	trace_cohbuf_open(cb, file, ret);
	if (ret)
		kfree(cf);
	return ret;
}

static int cohbuf_close(struct inode *inode, struct file *file)
{
	struct cohbuf_file *cf = file->private_data;
	struct cohbuf *cb = cf->cb;

	mutex_lock(&cb->lock);
	list_del(&cf->node);
	cb->num_files--;
	mutex_unlock(&cb->lock);

	kfree(cf);
	return 0;
}

static loff_t cohbuf_llseek(struct file *file, loff_t offset, int whence)
{
	struct cohbuf *cb = cohbuf_of(file);
	loff_t ret = -ENODEV;

	mutex_lock(&cb->lock);
	if (cb->mem)
		ret = fixed_size_llseek(file, offset, whence, cb->mem->size);
	mutex_unlock(&cb->lock);
	return ret;
}

/*
 * Copy between the buffer and a bounce page. Returns the bytes that were inside
 * the buffer, 0 at and past its end, or -ENODEV.
 */
static ssize_t cohbuf_transfer(struct cohbuf *cb, loff_t pos, void *bounce,
			       size_t len, bool write)
{
	ssize_t ret = -ENODEV;

	mutex_lock(&cb->lock);
	if (cb->mem) {
		ret = cohbuf_mem_clamp(cb->mem, pos, len);
		if (ret && write)
			cohbuf_mem_write(cb->mem, pos, bounce, ret);
		else if (ret)
			cohbuf_mem_read(cb->mem, pos, bounce, ret);
	}
	mutex_unlock(&cb->lock);
	return ret;
}

static ssize_t cohbuf_read_page(struct cohbuf *cb, loff_t pos, void *bounce,
				struct iov_iter *to)
{
	size_t len = min_t(size_t, iov_iter_count(to), PAGE_SIZE);
	ssize_t ret;

	ret = cohbuf_transfer(cb, pos, bounce, len, false);
	if (ret <= 0)
		return ret;
	return copy_to_iter(bounce, ret, to) ?: -EFAULT;
}

static ssize_t cohbuf_write_page(struct cohbuf *cb, loff_t pos, void *bounce,
				 struct iov_iter *from)
{
	size_t len = min_t(size_t, iov_iter_count(from), PAGE_SIZE);
	size_t copied = copy_from_iter(bounce, len, from);
	ssize_t ret;

	ret = cohbuf_transfer(cb, pos, bounce, copied, true);
	if (ret < 0)
		return ret;
	iov_iter_revert(from, copied - ret);
	if (len && !copied)
		return -EFAULT;
	if (copied && !ret)
		return -ENOSPC;
	return ret;
}

/*
 * Page by page through a bounce page, so that no fault on the user's memory is
 * taken under the lock. A signal or an error ends it with what was done so far.
 */
static ssize_t cohbuf_rw(struct kiocb *iocb, struct iov_iter *iter,
			 ssize_t (*rw_page)(struct cohbuf *cb, loff_t pos,
					    void *bounce, struct iov_iter *iter))
{
	struct cohbuf *cb = cohbuf_of(iocb->ki_filp);
	ssize_t done = 0;
	ssize_t ret;
	void *bounce;

	bounce = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	if (!bounce)
		return -ENOMEM;

	do {
		ret = rw_page(cb, iocb->ki_pos, bounce, iter);
		if (ret <= 0)
			break;
		iocb->ki_pos += ret;
		done += ret;
		cond_resched();
	} while (iov_iter_count(iter) && !signal_pending(current));

	free_page((unsigned long)bounce);
	return done ?: ret;
}

static ssize_t cohbuf_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return cohbuf_rw(iocb, to, cohbuf_read_page);
}

static ssize_t cohbuf_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return cohbuf_rw(iocb, from, cohbuf_write_page);
}

static int cohbuf_mmap(struct file *file, struct vm_area_struct *vma)
{
	/*
	 * A private mapping would copy on write: the device never sees what the
	 * program wrote. VM_MAYSHARE, because VM_SHARED is also clear for a
	 * shared mapping of a file that is open for reading only.
	 */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;

	/*
	 * Behind an IOMMU the DMA API maps ordinary pages and sets none of these;
	 * mremap() could then grow the mapping past the end.
	 */
	vm_flags_set(vma, VM_IO | VM_DONTEXPAND | VM_DONTDUMP);
	return cohbuf_map(cohbuf_of(file), vma);
}

static __poll_t cohbuf_poll(struct file *file, struct poll_table_struct *wait)
{
	struct cohbuf *cb = cohbuf_of(file);
	__poll_t events;

	poll_wait(file, &cb->unbound, wait);

	mutex_lock(&cb->lock);
	events = cb->mem ? DEFAULT_POLLMASK : EPOLLHUP | EPOLLERR;
	mutex_unlock(&cb->lock);
	return events;
}

/* A DMA address tells where memory is: for those who may know, as in sysfs. */
static bool cohbuf_may_see_dma_addr(struct file *file)
{
	return file_ns_capable(file, &init_user_ns, CAP_SYS_RAWIO);
}

static void cohbuf_fill_info(struct cohbuf_info *info, const struct cohbuf *cb,
			     bool with_dma_addr)
{
	const struct cohbuf_mem *mem = cb->mem;

	info->size = mem->size;
	info->memory = COHBUF_MEMORY_COHERENT;
	info->dma_bits = mem->dma_bits;
	strscpy(info->name, dev_name(&cb->dev), sizeof(info->name));
	if (mem->dma_coherent)
		info->flags |= COHBUF_INFO_DMA_COHERENT;
	if (mem->region)
		info->flags |= COHBUF_INFO_REGION;
	if (mem->engine)
		info->flags |= COHBUF_INFO_ENGINE;
	if (with_dma_addr) {
		info->flags |= COHBUF_INFO_DMA_ADDR;
		info->dma_addr = mem->dma_addr;
	}
}

static long cohbuf_ioctl_info(struct file *file, void __user *arg)
{
	struct cohbuf *cb = cohbuf_of(file);
	bool with_dma_addr = cohbuf_may_see_dma_addr(file);
	struct cohbuf_info info = {};
	int ret = 0;

	mutex_lock(&cb->lock);
	if (cb->mem)
		cohbuf_fill_info(&info, cb, with_dma_addr);
	else
		ret = -ENODEV;
	mutex_unlock(&cb->lock);

	if (!ret && copy_to_user(arg, &info, sizeof(info)))
		ret = -EFAULT;
	return ret;
}

static long cohbuf_ioctl_copy(struct file *file, void __user *arg)
{
	struct cohbuf_copy copy;
	int ret;

	/* It reads the buffer and writes it. */
	if (!(file->f_mode & FMODE_READ) || !(file->f_mode & FMODE_WRITE))
		return -EBADF;

	if (copy_from_user(&copy, arg, sizeof(copy)))
		return -EFAULT;

	if (copy.flags || copy.timeout_ms > COHBUF_COPY_TIMEOUT_MAX ||
	    memchr_inv(copy.reserved, 0, sizeof(copy.reserved)))
		return -EINVAL;
	if (!copy.timeout_ms)
		copy.timeout_ms = COHBUF_COPY_TIMEOUT_DEFAULT;

	copy.duration_ns = 0;
	copy.transfers = 0;
	memset(copy.engine, 0, sizeof(copy.engine));
	ret = cohbuf_copy(cohbuf_of(file), &copy);

	/* Also where it failed: which engine it was is what helps then. */
	if (copy_to_user(arg, &copy, sizeof(copy)) && !ret)
		ret = -EFAULT;
	return ret;
}

static long cohbuf_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	switch (cmd) {
	case COHBUF_IOC_INFO:
		return cohbuf_ioctl_info(file, argp);
	case COHBUF_IOC_COPY:
		return cohbuf_ioctl_copy(file, argp);
	default:
		return -ENOTTY;
	}
}

const struct file_operations cohbuf_fops = {
	.owner = THIS_MODULE,
	.open = cohbuf_open,
	.release = cohbuf_close,
	.llseek = cohbuf_llseek,
	.read_iter = cohbuf_read_iter,
	.write_iter = cohbuf_write_iter,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.mmap = cohbuf_mmap,
	.poll = cohbuf_poll,
	.unlocked_ioctl = cohbuf_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_fops);
