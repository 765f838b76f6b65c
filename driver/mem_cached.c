// SPDX-License-Identifier: GPL-2.0-only
/*
 * "cached" memory that is contiguous, of dma_alloc_pages(): the CPU maps it write-back,
 * and reads it as fast as any memory; the device sees what was written once a range was
 * handed over (COHBUF_IOC_SYNC).
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

static int cohbuf_cached_alloc(struct device *dev, struct cohbuf_mem *mem,
			       const struct cohbuf_config *config)
{
	struct page *page;

	/* Both ways: a later call may hand over in either direction. */
	page = dma_alloc_pages(mem->dev, mem->size, &mem->dma_addr, DMA_BIDIRECTIONAL, mem->gfp);
	/* It cannot be an error here, but dma-debug takes it for a mapping that is asked. */
	if (!page || dma_mapping_error(mem->dev, mem->dma_addr))
		return -ENOMEM;
	mem->cpu_addr = page_address(page);
	return 0;
}

static void cohbuf_cached_free(struct cohbuf_mem *mem)
{
	dma_free_pages(mem->dev, mem->size, virt_to_page(mem->cpu_addr), mem->dma_addr,
		       DMA_BIDIRECTIONAL);
}

static int cohbuf_cached_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma)
{
	/* The size of the buffer, not of the VMA: it is what vm_pgoff is checked against. */
	return dma_mmap_pages(mem->dev, vma, mem->size, virt_to_page(mem->cpu_addr));
}

static int cohbuf_cached_sgtable(const struct cohbuf_mem *mem, struct sg_table *sgt)
{
	return cohbuf_sgtable_contiguous(sgt, page_to_pfn(virt_to_page(mem->cpu_addr)), mem->size);
}

/**
 * cohbuf_dma_sync() - hand a range over, of memory that is contiguous for the DMA API
 * @mem: the memory
 * @offset: in bytes
 * @len: in bytes
 * @direction: which way the data goes
 * @for_cpu: the CPU works on the range next; else the device does
 *
 * Context: Process context.
 */
void cohbuf_dma_sync(const struct cohbuf_mem *mem, size_t offset, size_t len,
		     enum dma_data_direction direction, bool for_cpu)
{
	if (for_cpu)
		dma_sync_single_range_for_cpu(mem->dev, mem->dma_addr, offset, len, direction);
	else
		dma_sync_single_range_for_device(mem->dev, mem->dma_addr, offset, len, direction);
}

const struct cohbuf_mem_ops cohbuf_cached_ops = {
	.memory = COHBUF_MEMORY_CACHED,
	.cpu_mapping = "cached",
	.alloc = cohbuf_cached_alloc,
	.free = cohbuf_cached_free,
	.mmap = cohbuf_cached_mmap,
	.sync = cohbuf_dma_sync,
	.sgtable = cohbuf_cached_sgtable,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_cached_ops);
