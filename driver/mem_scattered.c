// SPDX-License-Identifier: GPL-2.0-only
/*
 * "cached" memory behind an IOMMU, of dma_alloc_noncontiguous(): pages from anywhere, of
 * which the IOMMU makes one piece for the device. Else as in mem_cached.c.
 */
#include <linux/dma-mapping.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

static int cohbuf_scattered_alloc(struct device *dev, struct cohbuf_mem *mem,
				  const struct cohbuf_config *config)
{
	struct sg_table *sgt;

	/* Unlike the others, this one does not clear what it gives by itself. */
	sgt = dma_alloc_noncontiguous(mem->dev, mem->size, DMA_BIDIRECTIONAL,
				      mem->gfp | __GFP_ZERO, 0);
	if (!sgt)
		return -ENOMEM;

	mem->cpu_addr = dma_vmap_noncontiguous(mem->dev, mem->size, sgt);
	if (!mem->cpu_addr) {
		dma_free_noncontiguous(mem->dev, mem->size, sgt, DMA_BIDIRECTIONAL);
		return -ENOMEM;
	}
	mem->dma_addr = sg_dma_address(sgt->sgl);
	mem->sgt = sgt;
	return 0;
}

static void cohbuf_scattered_free(struct cohbuf_mem *mem)
{
	dma_vunmap_noncontiguous(mem->dev, mem->cpu_addr);
	dma_free_noncontiguous(mem->dev, mem->size, mem->sgt, DMA_BIDIRECTIONAL);
}

static int cohbuf_scattered_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma)
{
	/* The size of the buffer, not of the VMA: it is what vm_pgoff is checked against. */
	return dma_mmap_noncontiguous(mem->dev, vma, mem->size, mem->sgt);
}

static int cohbuf_scattered_sgtable(const struct cohbuf_mem *mem, struct sg_table *sgt)
{
	struct scatterlist *from, *to;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(sgt, mem->sgt->orig_nents, GFP_KERNEL);
	if (ret)
		return ret;

	to = sgt->sgl;
	for_each_sgtable_sg(mem->sgt, from, i) {
		sg_set_page(to, sg_page(from), from->length, from->offset);
		to = sg_next(to);
	}
	return 0;
}

/*
 * The DMA API finds the first byte's page by its address, and takes what follows for
 * contiguous: a page is what it can be told at once.
 */
static void cohbuf_scattered_sync(const struct cohbuf_mem *mem, size_t offset, size_t len,
				  enum dma_data_direction direction, bool for_cpu)
{
	size_t part;

	for (; len; offset += part, len -= part) {
		part = min_t(size_t, len, PAGE_SIZE - offset_in_page(offset));
		cohbuf_dma_sync(mem, offset, part, direction, for_cpu);
	}
}

const struct cohbuf_mem_ops cohbuf_scattered_ops = {
	.memory = COHBUF_MEMORY_CACHED,
	.cpu_mapping = "cached",
	.alloc = cohbuf_scattered_alloc,
	.free = cohbuf_scattered_free,
	.mmap = cohbuf_scattered_mmap,
	.sync = cohbuf_scattered_sync,
	.sgtable = cohbuf_scattered_sgtable,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_scattered_ops);
