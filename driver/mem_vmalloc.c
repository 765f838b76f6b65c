// SPDX-License-Identifier: GPL-2.0-only
/*
 * "vmalloc" memory: pages from anywhere, which only the kernel's own mapping and those
 * of programs make one piece of. No device sees it.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

static int cohbuf_vmalloc_alloc(struct device *dev, struct cohbuf_mem *mem,
				const struct cohbuf_config *config)
{
	/*
	 * It would take all that there is before it gives up, and others, who need a page
	 * meanwhile, would be killed for one.
	 */
	if (mem->size >> PAGE_SHIFT > max(si_mem_available(), 0L))
		return -ENOMEM;

	/*
	 * Not vmalloc_user(), which fills the log where there is no memory, after programs
	 * were killed to make some.
	 */
	mem->cpu_addr = __vmalloc(mem->size, (mem->gfp & ~__GFP_RETRY_MAYFAIL) | __GFP_ZERO |
						     __GFP_NORETRY);
	return mem->cpu_addr ? 0 : -ENOMEM;
}

static void cohbuf_vmalloc_free(struct cohbuf_mem *mem)
{
	vfree(mem->cpu_addr);
}

/* Not of huge pages, which __vmalloc() makes none of: each is counted by itself. */
static struct page *cohbuf_vmalloc_page(const struct cohbuf_mem *mem, unsigned long index)
{
	return vmalloc_to_page(mem->cpu_addr + (index << PAGE_SHIFT));
}

const struct cohbuf_mem_ops cohbuf_vmalloc_ops = {
	.memory = COHBUF_MEMORY_VMALLOC,
	.cpu_mapping = "cached",
	.alloc = cohbuf_vmalloc_alloc,
	.free = cohbuf_vmalloc_free,
	.page = cohbuf_vmalloc_page,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_vmalloc_ops);
