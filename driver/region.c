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

/*
 * The kernel takes a "no-map" region anywhere, and clearing one behind which there
 * is nothing is a fatal external abort. A tree without /memory, as EFI leaves it,
 * cannot tell.
 */
static bool cohbuf_region_is_ram(const struct reserved_mem *region)
{
	u64 start = region->base, end = start + region->size;
	struct device_node *np;
	struct resource ram;
	bool described = false;
	u64 inside = 0;
	int i;

	for_each_node_by_type(np, "memory") {
		for (i = 0; !of_address_to_resource(np, i, &ram); i++) {
			u64 from = max_t(u64, start, ram.start);
			u64 to = min_t(u64, end, (u64)ram.end + 1);

			described = true;
			if (from < to)
				inside += to - from;
		}
	}
	return !described || inside >= region->size;
}

/*
 * A pool's addresses for the device are worked out from its base alone: the whole of it
 * has to be where the bus ("dma-ranges") has one range.
 */
static bool cohbuf_region_is_on_bus(struct device *dev, const struct reserved_mem *region)
{
	dma_addr_t first = phys_to_dma(dev, region->base);
	u64 last = region->size - 1;

	return first != DMA_MAPPING_ERROR && phys_to_dma(dev, region->base + last) == first + last;
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
	if (iommu_domain_translates(iommu_get_domain_for_dev(dev)))
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

	if (config->region_no_map && !cohbuf_region_is_on_bus(dev, region))
		return dev_err_probe(dev, -EINVAL,
				     "memory-region %pOF is not within one of the dma-ranges of this node's bus: move it\n",
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
