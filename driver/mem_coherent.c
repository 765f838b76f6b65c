// SPDX-License-Identifier: GPL-2.0-only
/*
 * "coherent" memory, of dma_alloc_coherent(): what the CPU writes the device sees, and
 * the other way round, without a call in between. Uncached for the CPU, unless the device
 * snoops its caches.
 */
#include <linux/dma-mapping.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

static int cohbuf_coherent_alloc(struct device *dev, struct cohbuf_mem *mem,
				 const struct cohbuf_config *config)
{
	mem->cpu_addr = dma_alloc_coherent(mem->dev, mem->size, &mem->dma_addr, mem->gfp);
	return mem->cpu_addr ? 0 : -ENOMEM;
}

static void cohbuf_coherent_free(struct cohbuf_mem *mem)
{
	dma_free_coherent(mem->dev, mem->size, mem->cpu_addr, mem->dma_addr);
}

static int cohbuf_coherent_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma)
{
	/* The size of the buffer, not of the VMA: it is what vm_pgoff is checked against. */
	return dma_mmap_coherent(mem->dev, vma, mem->cpu_addr, mem->dma_addr, mem->size);
}

static int cohbuf_coherent_sgtable(const struct cohbuf_mem *mem, struct sg_table *sgt)
{
	return dma_get_sgtable(mem->dev, sgt, mem->cpu_addr, mem->dma_addr, mem->size);
}

const struct cohbuf_mem_ops cohbuf_coherent_ops = {
	.memory = COHBUF_MEMORY_COHERENT,
	.cpu_mapping = "uncached",
	.alloc = cohbuf_coherent_alloc,
	.free = cohbuf_coherent_free,
	.mmap = cohbuf_coherent_mmap,
	.sgtable = cohbuf_coherent_sgtable,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_coherent_ops);
