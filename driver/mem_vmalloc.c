// SPDX-License-Identifier: GPL-2.0-only
/*
 * "vmalloc" memory: pages from anywhere, which only the kernel's own mapping and those
 * of programs make one piece of. No device sees it.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "cohbuf.h"
#include "compat.h"

static int cohbuf_vmalloc_alloc(struct device *dev, struct cohbuf_mem *mem,
				const struct cohbuf_config *config)
{
	/*
	 * Not vmalloc_user(), which fills the log where there is no memory, after programs
	 * were killed to make some.
	 */
	mem->cpu_addr = __vmalloc(mem->size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
						     __GFP_NORETRY);
	return mem->cpu_addr ? 0 : -ENOMEM;
}

static void cohbuf_vmalloc_free(struct cohbuf_mem *mem)
{
	vfree(mem->cpu_addr);
}

/*
 * As pages that nobody counts, and not by remap_vmalloc_range(): what is mapped cannot be
 * pinned, by no route, and is gone with the unbind like any other kind of memory.
 */
static int cohbuf_vmalloc_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma)
{
	void *from = mem->cpu_addr + (vma->vm_pgoff << PAGE_SHIFT);
	unsigned long at;
	int ret = 0;

	for (at = vma->vm_start; !ret && at < vma->vm_end; at += PAGE_SIZE, from += PAGE_SIZE)
		ret = remap_pfn_range(vma, at, vmalloc_to_pfn(from), PAGE_SIZE, vma->vm_page_prot);
	return ret;
}

const struct cohbuf_mem_ops cohbuf_vmalloc_ops = {
	.memory = COHBUF_MEMORY_VMALLOC,
	.cpu_mapping = "cached",
	.alloc = cohbuf_vmalloc_alloc,
	.free = cohbuf_vmalloc_free,
	.mmap = cohbuf_vmalloc_mmap,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_vmalloc_ops);
