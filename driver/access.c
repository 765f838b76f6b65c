// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done with the memory of a buffer, whatever kind it is of. The one place that
 * checks ranges, and knows nothing of files.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "cohbuf.h"
#include "compat.h"

/**
 * cohbuf_mem_clamp() - the one check of an offset and a length
 * @mem: the memory
 * @offset: in bytes from the start of the buffer, any value
 * @len: bytes wanted, any value
 *
 * Context: Any context.
 * Return: how many of @len bytes at @offset are inside the buffer; 0 at and past
 * the end. A range is inside if, and only if, that is @len.
 */
size_t cohbuf_mem_clamp(const struct cohbuf_mem *mem, u64 offset, u64 len)
{
	if (offset >= mem->size)
		return 0;
	return min_t(u64, len, mem->size - offset);
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_mem_clamp);

/**
 * cohbuf_mem_is_registers() - is each call one access of the width that it asks for?
 * @mem: the memory
 *
 * Context: Any context.
 * Return: true where it is, by cohbuf_mem_access(); else cohbuf_mem_iter() copies.
 */
bool cohbuf_mem_is_registers(const struct cohbuf_mem *mem)
{
	return mem->ops->access;
}

/**
 * cohbuf_mem_access() - read or write one register, by one access
 * @mem: the memory, of which cohbuf_mem_is_registers() is true
 * @offset: in bytes, checked by cohbuf_mem_clamp()
 * @value: what is written, or room for what is read, as the CPU has numbers in memory
 * @len: width in bytes, checked by cohbuf_mem_clamp()
 * @write: to the device
 *
 * Context: Process context.
 * Return: @len, or -EINVAL where no access is of that width or at that offset.
 */
int cohbuf_mem_access(const struct cohbuf_mem *mem, size_t offset, void *value, size_t len,
		      bool write)
{
	int ret;

	/* Neither overtakes what the program did to memory before, nor is it overtaken. */
	mb();
	ret = mem->ops->access(mem, offset, value, len, write);
	/* As above. */
	mb();
	return ret ?: (int)len;
}

/**
 * cohbuf_mem_iter() - copy between the buffer and what a user gave, without a fault
 * @mem: the memory
 * @offset: in bytes, checked by cohbuf_mem_clamp()
 * @len: in bytes, checked by cohbuf_mem_clamp()
 * @iter: the user's memory
 * @write: into the buffer
 *
 * Through the kernel's own mapping. When something was written the device sees it.
 *
 * Context: Process context.
 * Return: bytes copied; fewer than @len where the user's memory is not there.
 */
size_t cohbuf_mem_iter(const struct cohbuf_mem *mem, size_t offset, size_t len,
		       struct iov_iter *iter, bool write)
{
	void *at = mem->cpu_addr + offset;
	size_t copied;

	/* What the device wrote before a flag that an earlier read saw. */
	dma_rmb();
	pagefault_disable();
	copied = write ? copy_from_iter(at, len, iter) : copy_to_iter(at, len, iter);
	pagefault_enable();
	/* A doorbell rung next, perhaps from user space, must not overtake. */
	wmb();
	return copied;
}

/* Is there a cache between the CPU and the device, which does not look into it? */
static bool cohbuf_mem_has_caches_between(const struct cohbuf_mem *mem)
{
	return mem->ops->sync && !mem->dma_coherent;
}

/*
 * What is taken from the device is dropped from the caches. Not every architecture (riscv)
 * first writes back what lies beside the range in its first and in its last line.
 */
static void cohbuf_mem_sync_edges(const struct cohbuf_mem *mem, size_t offset, size_t len)
{
	size_t in_line = dma_get_cache_alignment() - 1;

	if (offset & in_line)
		mem->ops->sync(mem, offset, 1, DMA_TO_DEVICE, false);
	if ((offset + len) & in_line)
		mem->ops->sync(mem, offset + len - 1, 1, DMA_TO_DEVICE, false);
}

/**
 * cohbuf_mem_sync() - hand a range over to the CPU or to the device
 * @mem: the memory
 * @offset: in bytes, checked by cohbuf_mem_clamp()
 * @len: in bytes, checked by cohbuf_mem_clamp()
 * @direction: which way the data goes
 * @for_cpu: the CPU works on the range next; else the device does
 *
 * Takes as long as the caches take for that many bytes, and no longer for a large buffer.
 *
 * Context: Process context, may sleep.
 */
void cohbuf_mem_sync(const struct cohbuf_mem *mem, size_t offset, size_t len,
		     enum dma_data_direction direction, bool for_cpu)
{
	if (cohbuf_mem_has_caches_between(mem)) {
		if (for_cpu && direction != DMA_TO_DEVICE)
			cohbuf_mem_sync_edges(mem, offset, len);
		mem->ops->sync(mem, offset, len, direction, for_cpu);
	}
	/* Also where no cache is in the way: a doorbell or a flag must not be overtaken. */
	mb();
}

/**
 * cohbuf_mem_cpu_mapping() - how does the CPU map the memory?
 * @mem: the memory
 *
 * Context: Any context.
 * Return: "cached", "uncached" or "device", which all mappings are.
 */
const char *cohbuf_mem_cpu_mapping(const struct cohbuf_mem *mem)
{
	return mem->dma_coherent ? "cached" : mem->ops->cpu_mapping;
}

/**
 * cohbuf_mem_is_cached() - is the memory in the CPU's caches?
 * @mem: the memory
 *
 * Context: Any context.
 * Return: true where the CPU maps it write-back.
 */
bool cohbuf_mem_is_cached(const struct cohbuf_mem *mem)
{
	return mem->dma_coherent || mem->ops->sync;
}

/**
 * cohbuf_mem_cache_line() - in which unit does the memory have to be handed over?
 * @mem: the memory
 *
 * Context: Any context.
 * Return: bytes, a power of two, or 0 where cohbuf_mem_sync() is only a barrier.
 */
unsigned int cohbuf_mem_cache_line(const struct cohbuf_mem *mem)
{
	return cohbuf_mem_has_caches_between(mem) ? dma_get_cache_alignment() : 0;
}

/* As cohbuf_mem_clamp(), in pages. */
static unsigned long cohbuf_mem_clamp_pages(const struct cohbuf_mem *mem, unsigned long first,
					    unsigned long count)
{
	unsigned long pages = mem->size >> PAGE_SHIFT;

	return first < pages ? min(count, pages - first) : 0;
}

/*
 * Whoever maps it for writing will write: an entry that says "dirty" from the start
 * spares a processor that does not set that bit itself a trap for each page.
 */
static pgprot_t cohbuf_pgprot_dirty(pgprot_t prot)
{
	return __pgprot(pte_val(pte_mkdirty(__pte(pgprot_val(prot)))));
}

/**
 * cohbuf_mem_mmap() - fill a VMA with the pages of the buffer
 * @mem: the memory
 * @vma: shared mapping; any page offset and length
 *
 * The VMA gets the memory attributes that the kernel's own mapping has. Where pages are
 * counted it stays empty: cohbuf_fault() enters them.
 *
 * Context: Process context, mmap_lock held for writing.
 * Return: 0, -ENXIO where the VMA reaches past the end of the buffer, or -ENOMEM.
 */
int cohbuf_mem_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma)
{
	int ret;

	/* In pages: in bytes an offset could wrap. Not every kind's own function looks. */
	if (cohbuf_mem_clamp_pages(mem, vma->vm_pgoff, vma_pages(vma)) != vma_pages(vma))
		return -ENXIO;

	if (mem->ops->page) {
		vm_flags_set(vma, VM_MIXEDMAP);
		return 0;
	}

	/* Nothing may pin these: the memory goes at unbind, whoever uses it. */
	vm_flags_set(vma, VM_IO);
	if (vma->vm_flags & VM_WRITE)
		vma->vm_page_prot = cohbuf_pgprot_dirty(vma->vm_page_prot);

	ret = mem->ops->mmap(mem, vma);
	/* Half a mapping as well. */
	vma_set_zappable(vma);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_mem_mmap);
