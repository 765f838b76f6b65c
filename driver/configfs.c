// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers without a devicetree, for machines whose tree nobody may edit: a module of its
 * own, which uses no symbol of the driver's.
 *
 *   cd /sys/kernel/config/cohbuf && mkdir frames && cd frames
 *   echo 1M > size && echo frames > label && echo 1 > live
 *
 * A folder is an item, and "live" makes a platform device of it, whose properties are those
 * that a node would have: so the driver checks them as it checks a node's. An item owns its
 * device; what is then a buffer is the driver's.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "version.h"

/* configfs hands over no more of a write() than this, and does not say that there was more. */
#define COHBUF_ITEM_WRITE	4095

/* What an item can say, each as it was written. */
enum cohbuf_item_value {
	COHBUF_ITEM_TYPE,
	COHBUF_ITEM_SIZE,
	COHBUF_ITEM_MEMORY,
	COHBUF_ITEM_DMA_BITS,
	COHBUF_ITEM_LABEL,
	COHBUF_ITEM_INITIAL_DATA,
	COHBUF_ITEM_VALUES,
};

/**
 * struct cohbuf_item - a folder below /sys/kernel/config/cohbuf
 * @item: what configfs knows of it; its release function frees the struct
 * @lock: protects @values and @pdev
 * @id: number of the device, of this item alone
 * @values: by &enum cohbuf_item_value, not empty, or NULL where nothing is said
 * @pdev: the device while the item is live, or NULL
 */
struct cohbuf_item {
	struct config_item item;
	struct mutex lock; /* see above */
	int id;
	char *values[COHBUF_ITEM_VALUES];
	struct platform_device *pdev;
};

static DEFINE_IDA(cohbuf_item_ids);

static struct cohbuf_item *to_cohbuf_item(struct config_item *item)
{
	return container_of(item, struct cohbuf_item, item);
}

/* The names that the driver's table of devices has. */
static const char *cohbuf_item_device(const struct cohbuf_item *ci)
{
	const char *type = ci->values[COHBUF_ITEM_TYPE];

	return type && !strcmp(type, "pool") ? "cohbuf-pool" : "cohbuf-buffer";
}

/* A number of bytes, which may end in K, M or G. 0, -EINVAL or -ERANGE. */
static int cohbuf_item_bytes(const char *text, u64 *bytes)
{
	static const char units[] = "kmg";
	size_t len = strlen(text);
	unsigned int shift = 0;
	char number[32];
	const char *unit;
	int ret;

	unit = len ? strchr(units, tolower(text[len - 1])) : NULL;
	if (unit) {
		shift = 10 * (unit - units + 1);
		len--;
	}
	if (len >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, len);
	number[len] = '\0';

	ret = kstrtou64(number, 0, bytes);
	if (ret)
		return ret;
	if (*bytes > U64_MAX >> shift)
		return -ERANGE;
	*bytes <<= shift;
	return 0;
}

/* Can it be a property at all? Whether it is a good one, the driver says. */
static int cohbuf_item_check(enum cohbuf_item_value which, const char *value)
{
	u64 bytes;
	u32 bits;

	switch (which) {
	case COHBUF_ITEM_TYPE:
		return !strcmp(value, "buffer") || !strcmp(value, "pool") ? 0 : -EINVAL;
	case COHBUF_ITEM_SIZE:
		return cohbuf_item_bytes(value, &bytes);
	case COHBUF_ITEM_DMA_BITS:
		return kstrtou32(value, 0, &bits);
	default:
		return 0;
	}
}

static struct property_entry cohbuf_item_property(enum cohbuf_item_value which,
						  const char *value)
{
	u64 bytes = 0;
	u32 bits = 0;

	switch (which) {
	case COHBUF_ITEM_SIZE:
		cohbuf_item_bytes(value, &bytes);
		return PROPERTY_ENTRY_U64("cohbuf,size", bytes);
	case COHBUF_ITEM_DMA_BITS:
		WARN_ON(kstrtou32(value, 0, &bits));
		return PROPERTY_ENTRY_U32("cohbuf,dma-bits", bits);
	case COHBUF_ITEM_MEMORY:
		return PROPERTY_ENTRY_STRING("cohbuf,memory", value);
	case COHBUF_ITEM_LABEL:
		return PROPERTY_ENTRY_STRING("label", value);
	default:
		/* Bytes, as of a string in a tree: it ends with a zero. */
		return PROPERTY_ENTRY_U8_ARRAY_LEN("cohbuf,initial-data", value,
						   strlen(value) + 1);
	}
}

static bool cohbuf_item_is_bound(struct platform_device *pdev)
{
	bool bound;

	device_lock(&pdev->dev);
	bound = pdev->dev.driver;
	device_unlock(&pdev->dev);
	return bound;
}

/*
 * The kernel passes over it where it has no memory to link a device to its properties, and
 * then puts a reference to them that it has not taken.
 */
static void cohbuf_item_mend_link(struct device *dev)
{
	struct kernfs_node *link = sysfs_get_dirent(dev->kobj.sd, "software_node");

	if (link)
		sysfs_put(link);
	else
		fwnode_handle_get(dev_fwnode(dev));
}

/*
 * On no bus and with no node: the DMA addresses are the CPU's, and no IOMMU is in between.
 * The driver sets the mask anew.
 */
static struct platform_device *cohbuf_item_add_device(const struct cohbuf_item *ci)
{
	struct property_entry properties[COHBUF_ITEM_VALUES + 1] = {};
	const struct platform_device_info info = {
		.name = cohbuf_item_device(ci),
		.id = ci->id,
		.dma_mask = DMA_BIT_MASK(32),
		.properties = properties,
	};
	struct platform_device *pdev;
	unsigned int i, count = 0;

	for (i = 0; i < COHBUF_ITEM_VALUES; i++)
		if (ci->values[i] && i != COHBUF_ITEM_TYPE)
			properties[count++] = cohbuf_item_property(i, ci->values[i]);

	pdev = platform_device_register_full(&info);
	if (!IS_ERR(pdev))
		cohbuf_item_mend_link(&pdev->dev);
	return pdev;
}

static int cohbuf_item_register(struct cohbuf_item *ci)
{
	const char *name = config_item_name(&ci->item);
	struct platform_device *pdev = cohbuf_item_add_device(ci);

	if (IS_ERR(pdev))
		return PTR_ERR(pdev);

	/* With "driver_async_probe=cohbuf" the kernel probes a little later. */
	if (!cohbuf_item_is_bound(pdev))
		wait_for_device_probe();

	if (!cohbuf_item_is_bound(pdev)) {
		pr_err("%*pE: no driver took %s: it says why in a line of its own, or is not loaded (modprobe cohbuf)\n",
		       (int)strlen(name), name, dev_name(&pdev->dev));
		platform_device_unregister(pdev);
		return -ENXIO;
	}
	ci->pdev = pdev;
	return 0;
}

static void cohbuf_item_unregister(struct cohbuf_item *ci)
{
	platform_device_unregister(ci->pdev);
	ci->pdev = NULL;
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
