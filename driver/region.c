// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a node's "memory-region" must be, so that all of it, and nothing else, can be the
 * buffer's. Allocates nothing and changes nothing.
 */
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_reserved_mem.h>
#include <linux/property.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

/**
 * cohbuf_ram_between() - how much of a range is RAM by the devicetree?
 * @start: physical address of the first byte
 * @end: one past the last byte
 * @described: set to whether the tree has RAM at all; it has none where EFI started us
 *
 * Context: Process context.
 * Return: bytes.
 */
u64 cohbuf_ram_between(u64 start, u64 end, bool *described)
{
	struct device_node *np;
	const __be32 *reg;
	u64 inside = 0;
	u64 size;
	int i;

	/* Not as resources: a 32-bit kernel's may be too narrow for what is up there. */
	*described = false;
	for_each_node_by_type(np, "memory") {
		for (i = 0; (reg = of_get_address(np, i, &size, NULL)); i++) {
			u64 ram = of_translate_address(np, reg);
			u64 from = max(start, ram);
			u64 to = min(end, ram + size);

			*described = true;
			if (from < to)
				inside += to - from;
		}
	}
	return inside;
}

/*
 * The kernel takes a "no-map" region anywhere, and clearing one behind which there
 * is nothing is a fatal external abort.
 */
static bool cohbuf_region_is_ram(const struct reserved_mem *region)
{
	bool described;
	u64 inside = cohbuf_ram_between(region->base, (u64)region->base + region->size,
					&described);

	return !described || inside >= region->size;
}

/**
 * cohbuf_is_on_bus() - does a bus have memory in one piece?
 * @dev: a device on the bus
 * @phys: physical address of the first byte
 * @size: in bytes, not zero
 *
 * The addresses for the device are worked out from the first byte's alone: the whole has
 * to be where the bus ("dma-ranges") has one range.
 *
 * Context: Any context.
 * Return: true where it does.
 */
bool cohbuf_is_on_bus(struct device *dev, phys_addr_t phys, u64 size)
{
	dma_addr_t first = phys_to_dma(dev, phys);
	dma_addr_t last = first + size - 1;

	return first != DMA_MAPPING_ERROR && last >= first &&
	       phys_to_dma(dev, phys + size - 1) == last;
}

/**
 * cohbuf_is_translated() - does an IOMMU choose the addresses that a device sees?
 * @dev: the device
 *
 * Context: Any context.
 * Return: true where it does, and any memory can be within reach.
 */
bool cohbuf_is_translated(struct device *dev)
{
	return iommu_domain_translates(iommu_get_domain_for_dev(dev));
}

/**
 * cohbuf_device_reaches() - does a device see memory itself, by its mask and its bus?
 * @dev: the device
 * @phys: physical address of the first byte
 * @size: in bytes, not zero
 *
 * Else the DMA API would copy at each hand-over, or give up.
 *
 * Context: Any context.
 * Return: true where it does.
 */
bool cohbuf_device_reaches(struct device *dev, phys_addr_t phys, u64 size)
{
	if (!dev->dma_mask)
		return false;
	return cohbuf_is_translated(dev) ||
	       (cohbuf_is_on_bus(dev, phys, size) &&
		phys_to_dma(dev, phys) + size - 1 <=
			min_not_zero(dma_get_mask(dev), dev->bus_dma_limit));
}

static int cohbuf_check_region(struct device *dev, struct device_node *np,
			       struct cohbuf_config *config)
{
	struct reserved_mem *region;

	if (!of_device_is_available(np))
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF is disabled: set its status to \"okay\"\n",
				     np);

	if (!of_device_is_compatible(np, "shared-dma-pool"))
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF is no \"shared-dma-pool\": add that compatible\n",
				     np);

	config->region_no_map = of_property_read_bool(np, "no-map");
	if (config->region_no_map == of_property_read_bool(np, "reusable"))
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF needs either \"no-map\" or \"reusable\"\n",
				     np);

	/* A pool that the kernel refused at boot stays without operations. */
	region = of_reserved_mem_lookup(np);
	if (!region || !region->ops)
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF was not set up at boot: put it in /reserved-memory, inside RAM, its base and size aligned (see \"dmesg | grep -i reserved\")\n",
				     np);

	if (!cohbuf_region_is_ram(region))
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF is not inside the RAM that /memory describes: move it\n",
				     np);

	/* Pages are what is mapped: of what else is in the first and the last one, too. */
	if (!PAGE_ALIGNED(region->base) || !PAGE_ALIGNED(region->size))
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF does not begin and end with a page of %lu bytes: move it\n",
				     np, PAGE_SIZE);

	/* Of a pool the device would get a physical address, and of other memory none here. */
	if (cohbuf_is_translated(dev))
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF is of no use behind an IOMMU, which %s: drop memory-region, or iommus\n",
				     np,
				     config->region_no_map ? "does not map a \"no-map\" one" :
							     "takes memory from anywhere");

	/*
	 * The kernel maps such a pool write-combined, and dma_mmap_coherent()
	 * would map it cacheable for a device that snoops: mismatched aliases.
	 */
	if (config->region_no_map && dev_is_dma_coherent(dev))
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF is \"no-map\" and the device is \"dma-coherent\": make the region \"reusable\", or the device \"dma-noncoherent\"\n",
				     np);

	if (config->region_no_map && !cohbuf_is_on_bus(dev, region->base, region->size))
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF is not within one of the dma-ranges of this node's bus: move it\n",
				     np);

	if (config->memory == COHBUF_MEMORY_CACHED && config->region_no_map)
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,memory \"cached\" with memory-region %pOF, which is \"no-map\" and never cached: make the region \"reusable\", or say \"coherent\"\n",
				     np);

	/* A 32-bit kernel maps only the lower part of a large memory, and no other cached. */
	if (config->memory == COHBUF_MEMORY_CACHED &&
	    PageHighMem(pfn_to_page(PHYS_PFN(region->base + region->size - 1))))
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,memory \"cached\" with memory-region %pOF, which is not in the low memory that a 32-bit kernel always maps: move it down, or say \"coherent\"\n",
				     np);

	config->region = region;
	return 0;
}

/**
 * cohbuf_config_region() - validate the "memory-region" of a node
 * @dev: platform device of the node
 * @config: &cohbuf_config.region and what goes with it is filled in
 *
 * Context: Process context, in probe.
 * Return: 0, also where the node has none, or -EINVAL after one line in the kernel's log.
 */
int cohbuf_config_region(struct device *dev, struct cohbuf_config *config)
{
	struct device_node *np;
	int ret;

	if (!device_property_present(dev, "memory-region"))
		return 0;

	np = of_parse_phandle(dev_of_node(dev), "memory-region", 0);
	if (!np)
		return dev_err_probe(dev, -EINVAL,
				     "memory-region does not point to a node: give the phandle of a child of /reserved-memory\n");

	ret = cohbuf_check_region(dev, np, config);
	of_node_put(np);
	return ret;
}
