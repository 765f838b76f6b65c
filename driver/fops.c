// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program can do with an open buffer. Each operation looks at
 * &cohbuf.mem first, under the lock, and answers -ENODEV once it is gone.
 */
#include <linux/capability.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/splice.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "cohbuf.h"
#include "compat.h"
#include "pool.h"
#include "trace.h"

/**
 * cohbuf_open() - open(2) of a node, of a buffer or of a pool
 * @inode: the node's, or one that mknod made
 * @file: the file
 *
 * Context: Process context, may sleep.
 * Return: 0, -ENXIO after the unbind, or -ENOMEM.
 */
int cohbuf_open(struct inode *inode, struct file *file)
{
	struct cohbuf *cb = container_of(inode->i_cdev, struct cohbuf, cdev);
	struct cohbuf_inode *ci;

	ci = cohbuf_attach(cb, file->f_mapping);
	if (!IS_ERR(ci))
		file->private_data = ci;
	trace_cohbuf_open(cb, file, PTR_ERR_OR_ZERO(ci));
	return PTR_ERR_OR_ZERO(ci);
}

/**
 * cohbuf_close() - the last close(2), of the file of a buffer or of a pool
 * @inode: what was opened
 * @file: the file, with no mapping left
 *
 * Context: Process context, may sleep.
 * Return: 0.
 */
int cohbuf_close(struct inode *inode, struct file *file)
{
	struct cohbuf *cb = cohbuf_of(file);

	cohbuf_detach(file->private_data);
	if (cb->of_pool)
		cohbuf_pooled_release(cb);
	return 0;
}

static loff_t cohbuf_llseek(struct file *file, loff_t offset, int whence)
{
	struct cohbuf *cb = cohbuf_of(file);
	loff_t ret = -ENODEV;

	mutex_lock(&cb->lock);
	if (cb->mem)
		ret = generic_file_llseek_size(file, offset, whence, cb->mem->size, cb->mem->size);
	mutex_unlock(&cb->lock);
	return ret;
}

static ssize_t cohbuf_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return cohbuf_rw(iocb, to, false);
}

static ssize_t cohbuf_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	/* Behind the last byte is no room. */
	if ((iocb->ki_flags & IOCB_APPEND) && iov_iter_count(from))
		return cohbuf_is_bound(cohbuf_of(iocb->ki_filp)) ? -ENOSPC : -ENODEV;
	return cohbuf_rw(iocb, from, true);
}

/*
 * fsync() and msync(): what the CPU wrote, a device sees that is told next. For who has
 * no ioctl, as a shell script.
 */
static int cohbuf_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	return cohbuf_sync_range(cohbuf_of(file), start, (u64)end - start + 1, DMA_TO_DEVICE,
				 false);
}

/**
 * cohbuf_mmap_from() - mmap() of a buffer, or of what begins inside it
 * @cb: the buffer
 * @vma: any mapping, of a file that holds a reference to @cb
 * @first: page of the buffer that the file begins with
 *
 * Context: Process context, mmap_lock held for writing. Takes &cohbuf.lock.
 * Return: 0, -EINVAL for a private mapping or flags that the processor refuses, or what
 * cohbuf_map() gives.
 */
int cohbuf_mmap_from(struct cohbuf *cb, struct vm_area_struct *vma, unsigned long first)
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
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);

	/* Linux 5.10 looks at this when the mapping is made, and then forgets to close it. */
	if (!arch_validate_flags(vma->vm_flags))
		return -EINVAL;

	return cohbuf_map(cb, vma, first);
}

static int cohbuf_mmap(struct file *file, struct vm_area_struct *vma)
{
	return cohbuf_mmap_from(cohbuf_of(file), vma, 0);
}

/**
 * cohbuf_poll() - poll(2): is it still bound?
 * @file: the file, of a buffer or of a pool
 * @wait: the kernel's list of who waits
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: ready, or after the unbind EPOLLHUP | EPOLLERR.
 */
__poll_t cohbuf_poll(struct file *file, struct poll_table_struct *wait)
{
	struct cohbuf *cb = cohbuf_of(file);

	poll_wait(file, &cb->unbound, wait);
	return cohbuf_is_bound(cb) ? DEFAULT_POLLMASK : EPOLLHUP | EPOLLERR;
}

/**
 * cohbuf_fasync() - SIGIO at the unbind
 * @fd: its number
 * @file: the file, of a buffer or of a pool
 * @on: the program wants it
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: as fasync_helper(), or -ENODEV after the unbind.
 */
int cohbuf_fasync(int fd, struct file *file, int on)
{
	struct cohbuf *cb = cohbuf_of(file);
	int ret = -ENODEV;

	mutex_lock(&cb->lock);
	if (cb->mem || !on)
		ret = fasync_helper(fd, file, on, &cb->fasync);
	mutex_unlock(&cb->lock);
	return ret;
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
	info->memory = mem->ops->memory;
	info->dma_bits = mem->dma_bits;
	info->cache_line = cohbuf_mem_cache_line(mem);
	strscpy(info->name, dev_name(&(cb->of_pool ?: cb)->dev), sizeof(info->name));
	if (mem->dma_coherent)
		info->flags |= COHBUF_INFO_DMA_COHERENT;
	if (mem->region)
		info->flags |= COHBUF_INFO_REGION;
	if (mem->engine)
		info->flags |= COHBUF_INFO_ENGINE;
	if (cb->irq.present)
		info->flags |= COHBUF_INFO_INTERRUPT;
	if (cb->pool)
		info->flags |= COHBUF_INFO_POOL;
	if (cb->of_pool)
		info->flags |= COHBUF_INFO_POOLED;
	if (with_dma_addr && !cb->pool && cohbuf_memory_has_dma(info->memory)) {
		info->flags |= COHBUF_INFO_DMA_ADDR;
		info->dma_addr = mem->dma_addr;
	}
}

/**
 * cohbuf_ioctl_info() - COHBUF_IOC_INFO
 * @file: the file, of a buffer or of a pool
 * @arg: the program's struct cohbuf_info
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: 0, -EFAULT, or -ENODEV after the unbind.
 */
long cohbuf_ioctl_info(struct file *file, void __user *arg)
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
	u32 timeout_ms;
	int ret;

	/* It reads the buffer and writes it. */
	if (!(file->f_mode & FMODE_READ) || !(file->f_mode & FMODE_WRITE))
		return -EBADF;

	if (copy_from_user(&copy, arg, sizeof(copy)))
		return -EFAULT;

	if (copy.flags || copy.timeout_ms > COHBUF_COPY_TIMEOUT_MAX ||
	    memchr_inv(copy.reserved, 0, sizeof(copy.reserved)))
		return -EINVAL;
	timeout_ms = copy.timeout_ms;
	if (!timeout_ms)
		copy.timeout_ms = COHBUF_COPY_TIMEOUT_DEFAULT;

	copy.duration_ns = 0;
	copy.transfers = 0;
	memset(copy.engine, 0, sizeof(copy.engine));
	ret = cohbuf_copy(cohbuf_of(file), &copy);
	copy.timeout_ms = timeout_ms;

	/* Also where it failed: which engine it was is what helps then. */
	if (copy_to_user(arg, &copy, sizeof(copy)) && !ret)
		ret = -EFAULT;
	return ret;
}

static long cohbuf_ioctl_sync(struct file *file, void __user *arg)
{
	struct cohbuf_sync sync;

	if (copy_from_user(&sync, arg, sizeof(sync)))
		return -EFAULT;

	if (sync.direction > COHBUF_SYNC_FROM_DEVICE ||
	    (sync.owner != COHBUF_SYNC_FOR_CPU && sync.owner != COHBUF_SYNC_FOR_DEVICE) ||
	    memchr_inv(sync.reserved, 0, sizeof(sync.reserved)))
		return -EINVAL;

	/* What others wrote, and did not hand over, goes from the caches unwritten. */
	if (sync.direction != COHBUF_SYNC_TO_DEVICE && !(file->f_mode & FMODE_WRITE))
		return -EBADF;

	return cohbuf_sync(cohbuf_of(file), &sync);
}

/* What a dma-buf lets do, its file must: an importer reads, and may write. */
static bool cohbuf_may_export(const struct file *file, unsigned int flags)
{
	return (file->f_mode & FMODE_READ) &&
	       ((flags & O_ACCMODE) == O_RDONLY || (file->f_mode & FMODE_WRITE));
}

static long cohbuf_ioctl_export(struct file *file, void __user *arg)
{
	struct cohbuf_export export;
	struct dma_buf *dmabuf;
	int ret = -EFAULT;
	int fd;

	if (copy_from_user(&export, arg, sizeof(export)))
		return -EFAULT;

	if ((export.flags & ~(O_ACCMODE | O_CLOEXEC)) ||
	    ((export.flags & O_ACCMODE) != O_RDONLY && (export.flags & O_ACCMODE) != O_RDWR) ||
	    memchr_inv(export.reserved, 0, sizeof(export.reserved)))
		return -EINVAL;
	if (!cohbuf_may_export(file, export.flags))
		return -EBADF;

	fd = get_unused_fd_flags(export.flags & O_CLOEXEC);
	if (fd < 0)
		return fd;
	dmabuf = cohbuf_export(file, &export);
	if (IS_ERR(dmabuf)) {
		ret = PTR_ERR(dmabuf);
		goto err_put_fd;
	}

	export.fd = fd;
	if (copy_to_user(arg, &export, sizeof(export)))
		goto err_put_file;
	fd_install(fd, dmabuf->file);
	return 0;

err_put_file:
	fput(dmabuf->file);
err_put_fd:
	put_unused_fd(fd);
	return ret;
}

/* /proc/PID/fdinfo: who has which buffer. */
static void cohbuf_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct cohbuf *cb = cohbuf_of(file);

	seq_printf(m, "cohbuf-name:\t%s\n", dev_name(&cb->dev));
	mutex_lock(&cb->lock);
	if (cb->mem) {
		seq_printf(m, "cohbuf-memory:\t%s\n", cohbuf_memory_name(cb->mem->ops->memory));
		seq_printf(m, "cohbuf-size:\t%zu\n", cb->mem->size);
		seq_printf(m, "cohbuf-mappings:\t%u\n", cb->num_mappings);
		seq_printf(m, "cohbuf-exports:\t%u\n", cb->num_exports);
	}
	mutex_unlock(&cb->lock);
}

static long cohbuf_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	switch (cmd) {
	case COHBUF_IOC_INFO:
		return cohbuf_ioctl_info(file, argp);
	case COHBUF_IOC_COPY:
		return cohbuf_ioctl_copy(file, argp);
	case COHBUF_IOC_SYNC:
		return cohbuf_ioctl_sync(file, argp);
	case COHBUF_IOC_EXPORT:
		return cohbuf_ioctl_export(file, argp);
	case COHBUF_IOC_EVENTS:
		return cohbuf_ioctl_events(file, argp);
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
	.fasync = cohbuf_fasync,
	.fsync = cohbuf_fsync,
	.show_fdinfo = cohbuf_show_fdinfo,
	.unlocked_ioctl = cohbuf_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_fops);
