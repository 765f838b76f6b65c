// SPDX-License-Identifier: GPL-2.0-only
/*
 * "kmalloc" memory: contiguous pages of the kernel's own allocator, lent to the device by
 * the streaming DMA API for as long as the buffer is bound. What textbooks do with
 * kmalloc() and virt_to_phys(), done safely; to learn from and to compare with. Else as
 * "cached" memory.
 */
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

/* Returns 0, -ENOMEM, or -EIO where it would be copied. */
static int cohbuf_kmalloc_map(struct cohbuf_mem *mem)
{
	phys_addr_t phys = virt_to_phys(mem->cpu_addr);
	bool failed;

	/* Both ways: a later call may hand over in either direction. */
	mem->dma_addr = dma_map_single_attrs(mem->dev, mem->cpu_addr, mem->size,
					     DMA_BIDIRECTIONAL, DMA_ATTR_NO_WARN);
	failed = dma_mapping_error(mem->dev, mem->dma_addr);
	if (cohbuf_is_translated(mem->dev))
		return failed ? -ENOMEM : 0;
	if (!failed && mem->dma_addr == phys_to_dma(mem->dev, phys))
		return 0;

	/* In reach, and yet somewhere else, or nowhere where that is too small. */
	if (!failed)
		dma_unmap_single(mem->dev, mem->dma_addr, mem->size, DMA_BIDIRECTIONAL);
	return -EIO;
}

/* From one zone of memory. Returns 0, -ENOMEM or -EIO. */
static int cohbuf_kmalloc_from(struct cohbuf_mem *mem, gfp_t zone)
{
	int ret = -ENOMEM;

	/*
	 * Whole pages, and not a power of two of them. kmalloc() itself would give small
	 * buffers memory that shares its page with others'.
	 */
	mem->cpu_addr = alloc_pages_exact(mem->size, mem->gfp | __GFP_ZERO |
							     __GFP_RETRY_MAYFAIL | zone);
	if (!mem->cpu_addr)
		return ret;

	if (cohbuf_device_reaches(mem->dev, virt_to_phys(mem->cpu_addr), mem->size))
		ret = cohbuf_kmalloc_map(mem);
	if (ret)
		free_pages_exact(mem->cpu_addr, mem->size);
	return ret;
}

static int cohbuf_kmalloc_alloc(struct device *dev, struct cohbuf_mem *mem,
				const struct cohbuf_config *config)
{
	/* From the one with most memory to the one that every device reaches. */
	static const gfp_t zones[] = { 0, GFP_DMA32, GFP_DMA };
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(zones); i++) {
		ret = cohbuf_kmalloc_from(mem, zones[i]);
		if (ret != -ENOMEM)
			break;
	}
	return ret;
}

static void cohbuf_kmalloc_free(struct cohbuf_mem *mem)
{
	/*
	 * A page that someone has pinned lives on, and what its user wrote is not to be
	 * dropped from the caches.
	 */
	dma_unmap_single_attrs(mem->dev, mem->dma_addr, mem->size, DMA_BIDIRECTIONAL,
			       DMA_ATTR_SKIP_CPU_SYNC);
	free_pages_exact(mem->cpu_addr, mem->size);
}

/* alloc_pages_exact() has split them: each is counted by itself. */
static struct page *cohbuf_kmalloc_page(const struct cohbuf_mem *mem, unsigned long index)
{
	return virt_to_page(mem->cpu_addr + (index << PAGE_SHIFT));
}

static int cohbuf_kmalloc_sgtable(const struct cohbuf_mem *mem, struct sg_table *sgt)
{
	return cohbuf_sgtable_contiguous(sgt, PHYS_PFN(virt_to_phys(mem->cpu_addr)), mem->size);
}

const struct cohbuf_mem_ops cohbuf_kmalloc_ops = {
	.memory = COHBUF_MEMORY_KMALLOC,
	.cpu_mapping = "cached",
	.alloc = cohbuf_kmalloc_alloc,
	.free = cohbuf_kmalloc_free,
	.page = cohbuf_kmalloc_page,
	.sync = cohbuf_dma_sync,
	.sgtable = cohbuf_kmalloc_sgtable,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_kmalloc_ops);
