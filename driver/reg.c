// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the "reg" of a node must be, so that a program can have the registers, and
 * nothing that is beside them. Claims nothing: that is mem_registers.c.
 */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_reserved_mem.h>
#include <linux/property.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

/* Of what the kernel does not use itself /reserved-memory tells, where EFI left no /memory. */
static bool cohbuf_is_reserved(u64 start, u64 end)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory");
	struct device_node *np;
	bool found = false;

	for_each_child_of_node(parent, np) {
		const struct reserved_mem *region = of_reserved_mem_lookup(np);

		found |= region && start < (u64)region->base + region->size && region->base < end;
	}
	of_node_put(parent);
	return found;
}

static bool cohbuf_is_ram(u64 start, u64 size)
{
	bool described;

	return cohbuf_ram_between(start, start + size, &described) ||
	       cohbuf_is_reserved(start, start + size) ||
	       region_intersects(start, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
		       REGION_DISJOINT;
}

/* One range of the CPU's addresses. Returns 0, or -EINVAL after one line. */
static int cohbuf_read_reg(struct device *dev, u64 *start, u64 *size)
{
	struct device_node *np = dev_of_node(dev);
	int cells = of_n_addr_cells(np) + of_n_size_cells(np);
	struct device_node *bus;
	const __be32 *reg;
	bool nonposted;

	if (device_property_count_u8(dev, "reg") != cells * (int)sizeof(*reg))
		return dev_err_probe(dev, -EINVAL,
				     "reg is not one address and one size, of %d cells together: write a node for each\n",
				     cells);

	reg = of_get_address(np, 0, size, NULL);
	*start = reg ? of_translate_address(np, reg) : OF_BAD_ADDR;
	if (*start == OF_BAD_ADDR)
		return dev_err_probe(dev, -EINVAL,
				     "reg is no address of the CPU's: see the #address-cells, #size-cells and ranges of the node's bus\n");

	/* Such a bus answers accesses of Device-nGnRE with an error (Apple). */
	bus = of_get_parent(np);
	nonposted = of_property_read_bool(bus, "nonposted-mmio");
	of_node_put(bus);
	if (nonposted)
		return dev_err_probe(dev, -EINVAL,
				     "reg is on a bus with \"nonposted-mmio\", which cannot be mapped here: drop the node\n");
	return 0;
}

static int cohbuf_config_io_width(struct device *dev, struct cohbuf_config *config)
{
	u32 width;

	if (!device_property_present(dev, "reg-io-width"))
		return 0;

	if (device_property_count_u8(dev, "reg-io-width") != sizeof(width) ||
	    device_property_read_u32(dev, "reg-io-width", &width))
		return dev_err_probe(dev, -EINVAL,
				     "reg-io-width is not one u32: give the bytes of an access\n");

	if (width > COHBUF_WIDEST_ACCESS || hweight32(width) != 1)
		return dev_err_probe(dev, -EINVAL,
				     "reg-io-width <%u> is no width of an access of this processor: give 1, 2, 4%s\n",
				     width, COHBUF_WIDEST_ACCESS > 4 ? " or 8" : "");

	config->io_width = width;
	return 0;
}

/**
 * cohbuf_config_reg() - validate where a node's registers are
 * @dev: platform device of the node
 * @config: its kind; &cohbuf_config.reg, @io_width and @size are filled in
 *
 * Context: Process context, in probe.
 * Return: 0, also for other kinds of memory, or -EINVAL after one line in the kernel's
 * log.
 */
int cohbuf_config_reg(struct device *dev, struct cohbuf_config *config)
{
	u64 start, size;
	int ret;

	if (config->memory != COHBUF_MEMORY_REGISTERS)
		return 0;

	if (!device_property_present(dev, "reg"))
		return dev_err_probe(dev, -EINVAL,
				     "cohbuf,memory \"registers\" without reg: add the address and the size of the registers\n");

	ret = cohbuf_read_reg(dev, &start, &size);
	if (ret)
		return ret;

	/* Pages are what is mapped, with all that is in them. */
	if (!size || !PAGE_ALIGNED(start) || !PAGE_ALIGNED(size))
		return dev_err_probe(dev, -EINVAL,
				     "reg %#llx, of %#llx bytes, is not whole pages of %lu bytes: give whole ones, where nothing else is in them\n",
				     start, size, PAGE_SIZE);

	if (size > LONG_MAX || start + size - 1 < start ||
	    start + size - 1 > (resource_size_t)-1)
		return dev_err_probe(dev, -EINVAL,
				     "reg %#llx, of %#llx bytes, is more than this kernel can address: give what is there\n",
				     start, size);

	if (cohbuf_is_ram(start, size))
		return dev_err_probe(dev, -EINVAL,
				     "reg %#llx, of %#llx bytes, is RAM: give the address of registers, or drop cohbuf,memory and say how large with cohbuf,size\n",
				     start, size);

	config->reg = start;
	config->size = size;
	return cohbuf_config_io_width(dev, config);
}
