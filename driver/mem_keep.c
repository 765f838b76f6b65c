// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that stays as it was found ("cohbuf,keep"): what another processor, a
 * bootloader or an earlier kernel left in a "no-map" region. dma_alloc_coherent()
 * clears what it gives, so the region is mapped here as its pool would map it: for the
 * CPU write-combined, for the device at the address that its bus has for it. The
 * region is this node's alone.
 */
#include <linux/device.h>
#include <linux/dma-direct.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/of_reserved_mem.h>
#include <linux/xarray.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

/* The regions that are kept, by their first page. */
static DEFINE_XARRAY(cohbuf_kept);

/**
 * cohbuf_mem_is_kept() - does a region belong to one node alone?
 * @region: the region
 *
 * Context: Any context; the caller sees to it that none is claimed meanwhile.
 * Return: true where it does.
 */
bool cohbuf_mem_is_kept(const struct reserved_mem *region)
{
	return xa_load(&cohbuf_kept, PHYS_PFN(region->base));
}

static void cohbuf_mem_unkeep(void *data)
{
	const struct cohbuf_mem *mem = data;

	if (!mem->lost)
		xa_erase(&cohbuf_kept, PHYS_PFN(mem->kept->base));
}

/**
 * devm_cohbuf_mem_keep() - let a region belong to one node alone
 * @dev: platform device of the node
 * @mem: the memory; its &cohbuf_mem.kept is a "no-map" region that is not kept yet
 *
 * Context: Process context, in probe.
 * Return: 0, -EBUSY where a device has it as a pool, which clears what it hands out,
 * or -ENOMEM.
 */
int devm_cohbuf_mem_keep(struct device *dev, struct cohbuf_mem *mem)
{
	struct reserved_mem *region = mem->kept;
	int ret;

	if (region->priv)
		return -EBUSY;

	ret = xa_insert(&cohbuf_kept, PHYS_PFN(region->base), region, GFP_KERNEL);
	if (ret)
		return ret;
	return devm_add_action_or_reset(dev, cohbuf_mem_unkeep, mem);
}

static int cohbuf_keep_alloc(struct device *dev, struct cohbuf_mem *mem,
			     const struct cohbuf_config *config)
{
	phys_addr_t base = mem->kept->base;

	mem->cpu_addr = memremap(base, mem->size, MEMREMAP_WC);
	if (!mem->cpu_addr)
		return dev_err_probe(dev, -ENXIO,
				     "memory-region %s cannot be mapped: make cohbuf,size smaller\n",
				     mem->region);

	mem->dma_addr = phys_to_dma(mem->dev, base);
	return 0;
}

static void cohbuf_keep_free(struct cohbuf_mem *mem)
{
	memunmap(mem->cpu_addr);
}

static int cohbuf_keep_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma)
{
	vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	return remap_pfn_range(vma, vma->vm_start, PHYS_PFN(mem->kept->base) + vma->vm_pgoff,
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static int cohbuf_keep_sgtable(const struct cohbuf_mem *mem, struct sg_table *sgt)
{
	return cohbuf_sgtable_contiguous(sgt, PHYS_PFN(mem->kept->base), mem->size);
}

const struct cohbuf_mem_ops cohbuf_keep_ops = {
	.memory = COHBUF_MEMORY_COHERENT,
	.cpu_mapping = "uncached",
	.alloc = cohbuf_keep_alloc,
	.free = cohbuf_keep_free,
	.mmap = cohbuf_keep_mmap,
	.sgtable = cohbuf_keep_sgtable,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_keep_ops);
