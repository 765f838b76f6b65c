// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a devicetree node to a struct cohbuf_config. All that a node can get wrong
 * is refused here, with one line that names the value and the remedy. Allocates
 * nothing and changes nothing.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

#define COHBUF_DMA_BITS_MIN	16
#define COHBUF_DMA_BITS_MAX	64

static int cohbuf_config_keep(struct device *dev, struct cohbuf_config *config)
{
	config->keep = device_property_present(dev, "cohbuf,keep");
	if (!config->keep)
		return 0;

	if (!config->region_no_map)
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,keep without a \"no-map\" memory-region: add one; the kernel uses all other memory meanwhile\n");

	if (device_property_present(dev, "cohbuf,initial-data"))
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,keep and cohbuf,initial-data: drop one of them\n");
	return 0;
}

static int cohbuf_read_size(struct device *dev, u64 *size)
{
	int len = device_property_count_u8(dev, "cohbuf,size");
	u32 cell;
	int ret;

	switch (len) {
	case sizeof(u32):
		ret = device_property_read_u32(dev, "cohbuf,size", &cell);
		*size = cell;
		return ret;
	case sizeof(u64):
		return device_property_read_u64(dev, "cohbuf,size", size);
	default:
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,size holds %d bytes: give one u32, <0x100000>, or one u64, /bits/ 64 <0x100000>\n",
				     max(len, 0));
	}
}

static int cohbuf_config_size(struct device *dev, struct cohbuf_config *config)
{
	u64 limit = (u64)totalram_pages() << PAGE_SHIFT;
	const char *of = "this machine", *another_way = "";
	u64 size;
	int ret;

	if (config->memory == COHBUF_MEMORY_REGISTERS)
		return 0;

	if (config->region) {
		limit = config->region->size;
		of = config->region->name;
		another_way = ", or the region larger";
	} else if (config->memory == COHBUF_MEMORY_KMALLOC && !config->pool) {
		limit = min_t(u64, limit, KMALLOC_MAX_SIZE);
		of = "kmalloc()";
		another_way = ", or say \"cached\"";
	}

	if (device_property_present(dev, "cohbuf,size")) {
		ret = cohbuf_read_size(dev, &size);
		if (ret)
			return ret;
	} else if (config->region) {
		size = config->region->size;
	} else {
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,size is missing, and there is no memory-region to take it from: add cohbuf,size = <bytes>\n");
	}

	if (!size)
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,size is 0: give the size of the buffer in bytes\n");

	limit = min_t(u64, limit, LONG_MAX);
	if (size > limit)
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,size %#llx is more than the %#llx bytes of %s: make it smaller%s\n",
				     size, limit, of, another_way);

	config->size = PAGE_ALIGN(size);
	return 0;
}

static int cohbuf_config_dma_bits(struct device *dev, struct cohbuf_config *config)
{
	u32 bits;

	if (!device_property_present(dev, "cohbuf,dma-bits"))
		return 0;

	if (device_property_count_u8(dev, "cohbuf,dma-bits") != sizeof(bits) ||
	    device_property_read_u32(dev, "cohbuf,dma-bits", &bits))
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,dma-bits is not one u32: give a number from %d to %d\n",
				     COHBUF_DMA_BITS_MIN, COHBUF_DMA_BITS_MAX);

	if (bits < COHBUF_DMA_BITS_MIN || bits > COHBUF_DMA_BITS_MAX)
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,dma-bits <%u> is out of range: give a number from %d to %d\n",
				     bits, COHBUF_DMA_BITS_MIN, COHBUF_DMA_BITS_MAX);

	config->dma_bits = bits;
	return 0;
}

/* The names that nodes without a label get: "cohbuf" and a number. */
static bool cohbuf_is_default_name(const char *label)
{
	size_t prefix = str_has_prefix(label, "cohbuf");

	return prefix && isdigit(label[prefix]) &&
	       !label[prefix + strspn(label + prefix, "0123456789")];
}

static int cohbuf_config_label(struct device *dev, struct cohbuf_config *config)
{
	const char *label;
	size_t len;

	if (!device_property_present(dev, "label"))
		return 0;

	if (device_property_read_string(dev, "label", &label))
		return dev_err_probe(dev, -EINVAL,
				     "label is not a string: give the name of the node below /dev\n");

	len = strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	if (!len || label[len] || len >= COHBUF_NAME_SIZE)
		return dev_err_probe(dev, -EINVAL,
				     "label \"%s\" cannot be a name below /dev: use 1 to %d of a-z 0-9 _ -\n",
				     label, COHBUF_NAME_SIZE - 1);

	if (cohbuf_is_default_name(label))
		return dev_err_probe(dev, -EINVAL,
				     "label \"%s\" is kept for nodes without a label: choose another, or drop it\n",
				     label);

	config->label = label;
	return 0;
}

static int cohbuf_config_initial_data(struct device *dev, struct cohbuf_config *config)
{
	int len;

	if (!device_property_present(dev, "cohbuf,initial-data"))
		return 0;

	len = device_property_count_u8(dev, "cohbuf,initial-data");
	if (len <= 0)
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,initial-data is empty: give a string or bytes, or drop it\n");

	if (len > config->size)
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,initial-data of %d bytes does not fit a buffer of %zu: raise cohbuf,size\n",
				     len, config->size);

	config->initial_len = len;
	return 0;
}

/* Buffers of a pool are made when the machine runs, all alike. */
static int cohbuf_config_pool(struct device *dev, struct cohbuf_config *config)
{
	static const char *const refused[] = {
		"cohbuf,initial-data",
		"cohbuf,keep",
		"interrupts",
		"interrupts-extended",
	};
	unsigned int i;

	config->pool = device_property_match_string(dev, "compatible", "cohbuf,pool") >= 0;
	if (!config->pool)
		return 0;

	if (config->memory == COHBUF_MEMORY_REGISTERS)
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,memory \"registers\" of a \"cohbuf,pool\", which makes memory: say another kind, or \"cohbuf,buffer\"\n");

	for (i = 0; i < ARRAY_SIZE(refused); i++)
		if (device_property_present(dev, refused[i]))
			return dev_err_probe(dev, -EINVAL,
					     "%s of a \"cohbuf,pool\", whose buffers come and go and are all alike: drop it, or write a \"cohbuf,buffer\"\n",
					     refused[i]);
	return 0;
}

/**
 * cohbuf_config_read() - validate what a node asks for
 * @dev: platform device of the node
 * @config: filled in; points into the node, hence valid as long as @dev
 *
 * Context: Process context, in probe.
 * Return: 0, or -EINVAL after one line in the kernel's log that names the value
 * and the remedy; what cohbuf_config_irq() gives.
 */
int cohbuf_config_read(struct device *dev, struct cohbuf_config *config)
{
	int ret;

	*config = (struct cohbuf_config){};

	/* First: it says which of the others there can be. */
	ret = cohbuf_config_kind(dev, config);
	if (ret)
		return ret;

	ret = cohbuf_config_pool(dev, config);
	if (ret)
		return ret;

	ret = cohbuf_config_reg(dev, config);
	if (ret)
		return ret;

	ret = cohbuf_config_region(dev, config);
	if (ret)
		return ret;

	ret = cohbuf_config_keep(dev, config);
	if (ret)
		return ret;

	ret = cohbuf_config_size(dev, config);
	if (ret)
		return ret;

	ret = cohbuf_config_dma_bits(dev, config);
	if (ret)
		return ret;

	ret = cohbuf_config_label(dev, config);
	if (ret)
		return ret;

	ret = cohbuf_config_initial_data(dev, config);
	if (ret)
		return ret;

	return cohbuf_config_irq(dev, config);
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_config_read);
