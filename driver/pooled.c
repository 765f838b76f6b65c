// SPDX-License-Identifier: GPL-2.0-only
/*
 * A buffer that a pool made: its memory, its struct cohbuf, and a file that has no name
 * below /dev.
 *
 * An unbind finds what is mapped by the file's inode, so each has an inode of its own, on
 * a file system that nobody can mount. A file of it cannot be opened a second time, not
 * by /proc/PID/fd either.
 */
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/slab.h>

#include "cohbuf.h"
#include "compat.h"
#include "pool.h"

/* "cohb" */
#define COHBUF_FS_MAGIC	0x636f6862

/* Mounted while there is a file; all under the kernel's own lock. */
static struct vfsmount *cohbuf_mnt;
static int cohbuf_mnt_count;

static int cohbuf_fs_init_context(struct fs_context *fc)
{
	if (!init_pseudo(fc, COHBUF_FS_MAGIC))
		return -ENOMEM;
	/* Neither programs nor devices; and of no container, whoever is the first. */
	fc->s_iflags |= SB_I_NOEXEC | SB_I_NODEV;
	fc->global = true;
	return 0;
}

/* A file's last steps, after its operations' module was let go, are of its owner. */
static struct file_system_type cohbuf_fs = {
	.owner = THIS_MODULE,
	.name = "cohbuf",
	.init_fs_context = cohbuf_fs_init_context,
	.kill_sb = kill_anon_super,
};

static void cohbuf_pooled_destroy(struct device *dev)
{
	struct cohbuf *cb = to_cohbuf(dev);

	put_device(&cb->of_pool->dev);
	cohbuf_tear_down(cb);
	kfree(to_cohbuf_pooled(cb));
}

/**
 * cohbuf_pooled_create() - make a buffer, without memory
 * @pool: the pool
 * @size: in bytes, a multiple of the page size
 * @number: for its name
 *
 * Context: Process context, may sleep.
 * Return: the buffer, whose user puts its device, or an ERR_PTR().
 */
struct cohbuf_pooled *cohbuf_pooled_create(struct cohbuf *pool, size_t size, u64 number)
{
	struct cohbuf_pooled *cp;
	int ret;

	/* At the limit of the caller's cgroup it is refused, and nobody killed for it. */
	cp = kzalloc(sizeof(*cp), GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL);
	if (!cp)
		return ERR_PTR(-ENOMEM);

	cp->mem = pool->pool->like;
	cp->mem.size = size;
	cohbuf_set_up(&cp->cb, &cp->mem);
	cp->cb.of_pool = pool;
	get_device(&pool->dev);

	/* Known to nobody: it is there for its count of references, and its name. */
	device_initialize(&cp->cb.dev);
	cp->cb.dev.release = cohbuf_pooled_destroy;
	/* For lines of the log while the pool is bound. */
	cp->cb.dev.parent = pool->dev.parent;
	ret = dev_set_name(&cp->cb.dev, "%s.%llu", dev_name(&pool->dev), number);
	if (ret) {
		put_device(&cp->cb.dev);
		return ERR_PTR(ret);
	}
	return cp;
}

/**
 * cohbuf_pooled_open() - make the file of a buffer
 * @cp: the buffer, with memory; the file's end calls cohbuf_pooled_release(), which calls
 *	cohbuf_pooled_close()
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: the file, open for reading and writing, or an ERR_PTR(): -ENFILE or -ENOMEM.
 */
struct file *cohbuf_pooled_open(struct cohbuf_pooled *cp)
{
	struct cohbuf_inode *ci;
	struct inode *inode;
	struct file *file;
	int ret;

	ret = simple_pin_fs(&cohbuf_fs, &cohbuf_mnt, &cohbuf_mnt_count);
	if (ret)
		return ERR_PTR(ret);

	inode = alloc_anon_inode(cohbuf_mnt->mnt_sb);
	if (IS_ERR(inode)) {
		ret = PTR_ERR(inode);
		goto err_close;
	}
	/* For fstat(2). */
	i_size_write(inode, cp->mem.size);

	ci = cohbuf_attach(&cp->cb, inode->i_mapping);
	if (IS_ERR(ci)) {
		ret = PTR_ERR(ci);
		goto err_put_inode;
	}

	file = alloc_file_pseudo(inode, cohbuf_mnt, dev_name(&cp->cb.dev), O_RDWR | O_LARGEFILE,
				 &cohbuf_fops);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto err_detach;
	}

	/* What open(2) does besides. */
	__module_get(THIS_MODULE);
	file->f_mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
	file->private_data = ci;
	return file;

err_detach:
	cohbuf_detach(ci);
err_put_inode:
	iput(inode);
err_close:
	cohbuf_pooled_close();
	return ERR_PTR(ret);
}

/**
 * cohbuf_pooled_close() - take cohbuf_pooled_open() back, but for the file
 *
 * Context: Process context.
 */
void cohbuf_pooled_close(void)
{
	simple_release_fs(&cohbuf_mnt, &cohbuf_mnt_count);
}
