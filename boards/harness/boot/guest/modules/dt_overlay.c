// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/dt_overlay: devicetree overlays while the kernel runs, which it has no interface
 * of its own for. A file holds what is written to it, one overlay in one call; at the
 * last close it is removed, so none outlives the test that brought it.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define OVERLAY_SIZE_MAX	SZ_64K

/* Of an overlay that was applied in part there is one, too: it must be removed. */
static DEFINE_MUTEX(overlay_lock);

/* The last argument, "where to", is new in 6.6. */
static int overlay_apply(const void *fdt, u32 size, int *id)
{
	int (*with_base)(const void *fdt, u32 size, int *id, const struct device_node *base);
	int (*without)(const void *fdt, u32 size, int *id);

	if (__same_type(&of_overlay_fdt_apply, without)) {
		without = (void *)of_overlay_fdt_apply;
		return without(fdt, size, id);
	}
	with_base = (void *)of_overlay_fdt_apply;
	return with_base(fdt, size, id, NULL);
}

static ssize_t overlay_write(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	ssize_t ret;
	void *fdt;
	int id = 0;

	if (size > OVERLAY_SIZE_MAX)
		return -EFBIG;
	fdt = memdup_user(from, size);
	if (IS_ERR(fdt))
		return PTR_ERR(fdt);

	mutex_lock(&overlay_lock);
	if (file->private_data) {
		ret = -EBUSY;
	} else {
		ret = overlay_apply(fdt, size, &id);
		file->private_data = (void *)(long)id;
	}
	mutex_unlock(&overlay_lock);
	kfree(fdt);
	return ret ?: size;
}

static int overlay_close(struct inode *inode, struct file *file)
{
	int id = (long)file->private_data;

	return id ? of_overlay_remove(&id) : 0;
}

/* misc_open() leaves its device there. */
static int overlay_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static const struct file_operations overlay_fops = {
	.owner = THIS_MODULE,
	.open = overlay_open,
	.write = overlay_write,
	.release = overlay_close,
};

static struct miscdevice overlay_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "dt_overlay",
	.fops = &overlay_fops,
	.mode = 0600,
};
module_misc_device(overlay_device);

MODULE_DESCRIPTION("Devicetree overlays at run time, for tests");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
