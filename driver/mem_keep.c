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
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/of_reserved_mem.h>
#include <linux/xarray.h>

#include "cohbuf.h"

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

/**
 * devm_cohbuf_mem_keep_map() - map a kept region into the kernel
 * @dev: platform device of the node
 * @mem: the memory; its size is set, its addresses are filled in
 *
 * Context: Process context, in probe.
 * Return: 0, or a negative errno after one line in the kernel's log.
 */
int devm_cohbuf_mem_keep_map(struct device *dev, struct cohbuf_mem *mem)
{
	phys_addr_t base = mem->kept->base;

	mem->cpu_addr = devm_memremap(dev, base, mem->size, MEMREMAP_WC);
	if (IS_ERR(mem->cpu_addr))
		return dev_err_probe(dev, PTR_ERR(mem->cpu_addr),
				     "memory-region %s cannot be mapped: make cohbuf,size smaller\n",
				     mem->region);

	mem->dma_addr = phys_to_dma(dev, base);
	return 0;
}

/**
 * cohbuf_mem_keep_mmap() - fill a VMA with the pages of a kept region
 * @mem: the memory
 * @vma: shared mapping; its page offset and length are checked here
 *
 * Context: Process context, mmap_lock held for writing.
 * Return: 0, -ENXIO where the VMA reaches past the end of the buffer, or -ENOMEM.
 */
int cohbuf_mem_keep_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma)
{
	unsigned long size = vma->vm_end - vma->vm_start;

	if (cohbuf_mem_clamp(mem, (u64)vma->vm_pgoff << PAGE_SHIFT, size) != size)
		return -ENXIO;

	vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	return remap_pfn_range(vma, vma->vm_start, PHYS_PFN(mem->kept->base) + vma->vm_pgoff,
			       size, vma->vm_page_prot);
}
