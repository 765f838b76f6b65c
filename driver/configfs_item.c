// SPDX-License-Identifier: GPL-2.0-only
/*
 * An item of configfs as a platform device, whose properties are those that a node would
 * have: so the driver checks them as it checks a node's. An item owns its device; what is
 * then a buffer is the driver's.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "configfs.h"

static bool cohbuf_item_is_pool(const struct cohbuf_item *ci)
{
	const char *type = ci->values[COHBUF_ITEM_TYPE];

	return type && !strcmp(type, "pool");
}

/**
 * cohbuf_item_device() - the device that an item becomes, without its number
 * @ci: the item, its lock held
 *
 * Context: Process context.
 * Return: one of the names that the driver's table of devices has.
 */
const char *cohbuf_item_device(const struct cohbuf_item *ci)
{
	return cohbuf_item_is_pool(ci) ? "cohbuf-pool" : "cohbuf-buffer";
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

/**
 * cohbuf_item_check() - can a value be a property at all?
 * @which: what it is of
 * @value: not empty
 *
 * Whether it is a good one, the driver says.
 *
 * Context: Any context.
 * Return: 0, -EINVAL or -ERANGE.
 */
int cohbuf_item_check(enum cohbuf_item_value which, const char *value)
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

	/* Which of the two it is, the driver is told as by a node. */
	properties[count++] = PROPERTY_ENTRY_STRING("compatible", cohbuf_item_is_pool(ci) ?
									  "cohbuf,pool" :
									  "cohbuf,buffer");
	for (i = 0; i < COHBUF_ITEM_VALUES; i++)
		if (ci->values[i] && i != COHBUF_ITEM_TYPE)
			properties[count++] = cohbuf_item_property(i, ci->values[i]);

	pdev = platform_device_register_full(&info);
	if (!IS_ERR(pdev))
		cohbuf_item_mend_link(&pdev->dev);
	return pdev;
}

/**
 * cohbuf_item_register() - make a device of an item, which the driver then serves
 * @ci: the item, its lock held; gets its &cohbuf_item.pdev
 *
 * Context: Process context, may sleep until the driver's probe is over.
 * Return: 0, -ENXIO where no driver took it, after a line in the kernel's log, or what the
 * kernel gives where it cannot make a device.
 */
int cohbuf_item_register(struct cohbuf_item *ci)
{
	const char *name = config_item_name(&ci->item);
	struct platform_device *pdev = cohbuf_item_add_device(ci);

	/* The kernel's word for a name that it had no memory for. */
	if (PTR_ERR_OR_ZERO(pdev) == -EINVAL)
		return -ENOMEM;
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);

	/* With "driver_async_probe=cohbuf" the kernel probes a little later, as others do. */
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

/**
 * cohbuf_item_unregister() - take cohbuf_item_register() back
 * @ci: the item, live, its lock held or nobody else's
 *
 * Context: Process context, may sleep, as the driver's unbind.
 */
void cohbuf_item_unregister(struct cohbuf_item *ci)
{
	platform_device_unregister(ci->pdev);
	ci->pdev = NULL;
}
