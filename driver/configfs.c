// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers without a devicetree, for machines whose tree nobody may edit: a module of its
 * own, which uses no symbol of the driver's.
 *
 *   cd /sys/kernel/config/cohbuf && mkdir frames && cd frames
 *   echo 1M > size && echo frames > label && echo 1 > live
 *
 * A folder is an item; "live" makes a device of it (configfs_item.c).
 */
#include <linux/configfs.h>
#include <linux/idr.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "configfs.h"
#include "version.h"

/* configfs hands over no more of a write() than this, and does not say that there was more. */
#define COHBUF_ITEM_WRITE	4095

static DEFINE_IDA(cohbuf_item_ids);

static struct cohbuf_item *to_cohbuf_item(struct config_item *item)
{
	return container_of(item, struct cohbuf_item, item);
}

static ssize_t cohbuf_item_show(struct config_item *item, char *page,
				enum cohbuf_item_value which)
{
	struct cohbuf_item *ci = to_cohbuf_item(item);
	const char *value;
	ssize_t len;

	mutex_lock(&ci->lock);
	value = ci->values[which];
	if (!value)
		value = which == COHBUF_ITEM_TYPE ? "buffer" : "";
	len = scnprintf(page, PAGE_SIZE, "%s\n", value);
	mutex_unlock(&ci->lock);
	return len;
}

/* Takes the value, or frees it. */
static int cohbuf_item_set(struct cohbuf_item *ci, enum cohbuf_item_value which, char *value)
{
	int ret = -EBUSY;

	mutex_lock(&ci->lock);
	if (!ci->pdev) {
		swap(ci->values[which], value);
		ret = 0;
	}
	mutex_unlock(&ci->lock);
	kfree(value);
	return ret;
}

/* Nothing, or an empty line: it is not said any more. */
static ssize_t cohbuf_item_store(struct config_item *item, const char *page, size_t count,
				 enum cohbuf_item_value which)
{
	size_t len = count - (count && page[count - 1] == '\n');
	char *value = NULL;
	int ret;

	if (count >= COHBUF_ITEM_WRITE)
		return -EFBIG;
	if (strnlen(page, len) != len)
		return -EINVAL;

	if (len) {
		value = kmemdup_nul(page, len, GFP_KERNEL);
		if (!value)
			return -ENOMEM;
		ret = cohbuf_item_check(which, value);
		if (ret) {
			kfree(value);
			return ret;
		}
	}
	ret = cohbuf_item_set(to_cohbuf_item(item), which, value);
	return ret ?: count;
}

/* clang-format off */
#define COHBUF_ITEM_ATTR(name, which)								\
static ssize_t cohbuf_item_##name##_show(struct config_item *item, char *page)			\
{												\
	return cohbuf_item_show(item, page, COHBUF_ITEM_##which);				\
}												\
												\
static ssize_t cohbuf_item_##name##_store(struct config_item *item, const char *page,		\
					  size_t count)						\
{												\
	return cohbuf_item_store(item, page, count, COHBUF_ITEM_##which);			\
}												\
CONFIGFS_ATTR(cohbuf_item_, name)
/* clang-format on */

COHBUF_ITEM_ATTR(type, TYPE);
COHBUF_ITEM_ATTR(size, SIZE);
COHBUF_ITEM_ATTR(memory, MEMORY);
COHBUF_ITEM_ATTR(dma_bits, DMA_BITS);
COHBUF_ITEM_ATTR(label, LABEL);
COHBUF_ITEM_ATTR(initial_data, INITIAL_DATA);

static ssize_t cohbuf_item_dev_name_show(struct config_item *item, char *page)
{
	struct cohbuf_item *ci = to_cohbuf_item(item);
	ssize_t len;

	mutex_lock(&ci->lock);
	len = scnprintf(page, PAGE_SIZE, "%s.%d\n", cohbuf_item_device(ci), ci->id);
	mutex_unlock(&ci->lock);
	return len;
}
CONFIGFS_ATTR_RO(cohbuf_item_, dev_name);

static ssize_t cohbuf_item_live_show(struct config_item *item, char *page)
{
	struct cohbuf_item *ci = to_cohbuf_item(item);
	bool live;

	mutex_lock(&ci->lock);
	live = ci->pdev;
	mutex_unlock(&ci->lock);
	return scnprintf(page, PAGE_SIZE, "%d\n", live);
}

static ssize_t cohbuf_item_live_store(struct config_item *item, const char *page, size_t count)
{
	struct cohbuf_item *ci = to_cohbuf_item(item);
	bool live;
	int ret;

	ret = kstrtobool(page, &live);
	if (ret)
		return ret;

	mutex_lock(&ci->lock);
	if (live == !!ci->pdev)
		ret = -EPERM;
	else if (live)
		ret = cohbuf_item_register(ci);
	else
		cohbuf_item_unregister(ci);
	mutex_unlock(&ci->lock);
	return ret ?: count;
}
CONFIGFS_ATTR(cohbuf_item_, live);

static struct configfs_attribute *cohbuf_item_attrs[] = {
	&cohbuf_item_attr_type,
	&cohbuf_item_attr_size,
	&cohbuf_item_attr_memory,
	&cohbuf_item_attr_dma_bits,
	&cohbuf_item_attr_label,
	&cohbuf_item_attr_initial_data,
	&cohbuf_item_attr_dev_name,
	&cohbuf_item_attr_live,
	NULL,
};

/* The last of rmdir(): no attribute is read or written any more, nor will be. */
static void cohbuf_item_release(struct config_item *item)
{
	struct cohbuf_item *ci = to_cohbuf_item(item);
	unsigned int i;

	if (ci->pdev)
		cohbuf_item_unregister(ci);
	ida_free(&cohbuf_item_ids, ci->id);
	for (i = 0; i < COHBUF_ITEM_VALUES; i++)
		kfree(ci->values[i]);
	mutex_destroy(&ci->lock);
	kfree(ci);
}

static struct configfs_item_operations cohbuf_item_ops = {
	.release = cohbuf_item_release,
};

/* The owner stays loaded while there is an item. */
static const struct config_item_type cohbuf_item_type = {
	.ct_item_ops = &cohbuf_item_ops,
	.ct_attrs = cohbuf_item_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *cohbuf_make_item(struct config_group *group, const char *name)
{
	struct cohbuf_item *ci = kzalloc(sizeof(*ci), GFP_KERNEL);
	int ret;

	if (!ci)
		return ERR_PTR(-ENOMEM);

	ci->id = ida_alloc(&cohbuf_item_ids, GFP_KERNEL);
	if (ci->id < 0) {
		ret = ci->id;
		kfree(ci);
		return ERR_PTR(ret);
	}
	mutex_init(&ci->lock);
	config_item_init_type_name(&ci->item, name, &cohbuf_item_type);
	/* It does not say that it had no memory for a long name. */
	if (!config_item_name(&ci->item)) {
		config_item_put(&ci->item);
		return ERR_PTR(-ENOMEM);
	}
	return &ci->item;
}

static struct configfs_group_operations cohbuf_group_ops = {
	.make_item = cohbuf_make_item,
};

static const struct config_item_type cohbuf_group_type = {
	.ct_group_ops = &cohbuf_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem cohbuf_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "cohbuf",
			.ci_type = &cohbuf_group_type,
		},
	},
};

static int __init cohbuf_configfs_init(void)
{
	int ret;

	config_group_init(&cohbuf_subsystem.su_group);
	mutex_init(&cohbuf_subsystem.su_mutex);
	ret = configfs_register_subsystem(&cohbuf_subsystem);
	if (ret)
		mutex_destroy(&cohbuf_subsystem.su_mutex);
	return ret;
}
module_init(cohbuf_configfs_init);

static void __exit cohbuf_configfs_exit(void)
{
	configfs_unregister_subsystem(&cohbuf_subsystem);
	mutex_destroy(&cohbuf_subsystem.su_mutex);
}
module_exit(cohbuf_configfs_exit);

MODULE_DESCRIPTION("DMA buffers for user space, without a devicetree node");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
MODULE_VERSION(COHBUF_VERSION);
/* Without the driver nothing becomes a buffer. */
MODULE_SOFTDEP("pre: cohbuf");
