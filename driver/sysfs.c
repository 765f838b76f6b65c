// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/cohbuf/NAME: read-only, one value a file. docs/abi.md lists them.
 */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>

#include "cohbuf.h"
#include "compat.h"
#include "pool.h"

/*
 * An attribute whose value is an expression of "cb" and "mem". The files are gone
 * before the memory is, but nothing here needs to rely on that. (clang-format would
 * move all of it to the right.)
 */
/* clang-format off */
#define COHBUF_ATTR(_name, _mode, _format, _value)				\
static ssize_t _name##_show(struct device *dev,					\
			    struct device_attribute *attr, char *buf)		\
{										\
	struct cohbuf *cb = to_cohbuf(dev);					\
	const struct cohbuf_mem *mem;						\
	ssize_t ret = -ENODEV;							\
										\
	/* A DMA address tells where memory is: for those who may know. */	\
	if (!((_mode) & 0004) && !capable(CAP_SYS_RAWIO))			\
		return -EPERM;							\
										\
	mutex_lock(&cb->lock);							\
	mem = cb->mem;								\
	if (mem)								\
		ret = sysfs_emit(buf, _format "\n", _value);			\
	mutex_unlock(&cb->lock);						\
	return ret;								\
}										\
static struct device_attribute dev_attr_##_name =				\
	__ATTR(_name, _mode, _name##_show, NULL)
/* clang-format on */

COHBUF_ATTR(size, 0444, "%zu", mem->size);
COHBUF_ATTR(dma_addr, 0400, "%pad", &mem->dma_addr);
COHBUF_ATTR(dma_bits, 0444, "%u", mem->dma_bits);
COHBUF_ATTR(dma_coherent, 0444, "%d", mem->dma_coherent);
COHBUF_ATTR(memory, 0444, "%s", cohbuf_memory_name(mem->ops->memory));
COHBUF_ATTR(cpu_mapping, 0444, "%s", cohbuf_mem_cpu_mapping(mem));
COHBUF_ATTR(cache_line, 0444, "%u", cohbuf_mem_cache_line(mem));
COHBUF_ATTR(region, 0444, "%s", mem->region ?: "");
COHBUF_ATTR(files, 0444, "%u", cb->num_files);
COHBUF_ATTR(mappings, 0444, "%u", cb->num_mappings);
COHBUF_ATTR(exports, 0444, "%u", cb->num_exports);
COHBUF_ATTR(events, 0444, "%llu", cohbuf_events_total(cb, COHBUF_EVENTS_POSTED));
COHBUF_ATTR(interrupts, 0444, "%llu", cohbuf_events_total(cb, COHBUF_EVENTS_INTERRUPT));

COHBUF_ATTR(used, 0444, "%zu", cohbuf_pool_used(cb));
COHBUF_ATTR(buffers, 0444, "%u", cohbuf_pool_num_buffers(cb));

static ssize_t engine_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct cohbuf *cb = to_cohbuf(dev);
	char name[COHBUF_ENGINE_NAME_SIZE] = "";
	ssize_t ret = -ENODEV;

	mutex_lock(&cb->lock);
	if (cb->mem) {
		if (cb->mem->engine)
			cohbuf_engine_name(cb->mem->engine, name, sizeof(name));
		ret = sysfs_emit(buf, "%s\n", name);
	}
	mutex_unlock(&cb->lock);
	return ret;
}
static DEVICE_ATTR_RO(engine);

static struct attribute *cohbuf_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_dma_bits.attr,
	&dev_attr_dma_coherent.attr,
	&dev_attr_memory.attr,
	&dev_attr_cpu_mapping.attr,
	&dev_attr_cache_line.attr,
	&dev_attr_region.attr,
	&dev_attr_engine.attr,
	&dev_attr_files.attr,
	NULL,
};

static const struct attribute_group cohbuf_group = {
	.attrs = cohbuf_attrs,
};

static struct attribute *cohbuf_buffer_attrs[] = {
	&dev_attr_dma_addr.attr,
	&dev_attr_mappings.attr,
	&dev_attr_exports.attr,
	&dev_attr_events.attr,
	&dev_attr_interrupts.attr,
	NULL,
};

/* What no device sees has no address for it; what has no interrupt counts none. */
static umode_t cohbuf_buffer_attr_is_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	const struct cohbuf *cb = to_cohbuf(kobj_to_dev(kobj));

	if (cb->pool)
		return 0;
	if (attr == &dev_attr_interrupts.attr)
		return cb->irq.present ? attr->mode : 0;
	if (attr != &dev_attr_dma_addr.attr)
		return attr->mode;
	/* The device is being added: nothing can take the memory away yet. */
	return cohbuf_memory_has_dma(cb->mem->ops->memory) ? attr->mode : 0;
}

static const struct attribute_group cohbuf_buffer_group = {
	.attrs = cohbuf_buffer_attrs,
	.is_visible = cohbuf_buffer_attr_is_visible,
};

static struct attribute *cohbuf_pool_attrs[] = {
	&dev_attr_used.attr,
	&dev_attr_buffers.attr,
	NULL,
};

static umode_t cohbuf_pool_attr_is_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return to_cohbuf(kobj_to_dev(kobj))->pool ? attr->mode : 0;
}

static const struct attribute_group cohbuf_pool_group = {
	.attrs = cohbuf_pool_attrs,
	.is_visible = cohbuf_pool_attr_is_visible,
};

const struct attribute_group *cohbuf_groups[] = {
	&cohbuf_group,
	&cohbuf_buffer_group,
	&cohbuf_pool_group,
	NULL,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_groups);
