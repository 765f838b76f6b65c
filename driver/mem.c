// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory behind a buffer, through the DMA API only: a DMA address is never
 * turned into a physical one, or the other way round. Knows nothing of files.
 */
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/of_reserved_mem.h>
#include <linux/property.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "cohbuf.h"
#include "compat.h"

#define COHBUF_DMA_BITS_DEFAULT	32

static void cohbuf_release_region(void *dev)
{
	of_reserved_mem_device_release(dev);
}

/*
 * The kernel sets a "no-map" pool up when its first user probes, and does not lock
 * that: of two at once, each would get a pool of its own over the same memory. And one
 * that is kept belongs to one node.
 */
static DEFINE_MUTEX(cohbuf_region_lock);

static int cohbuf_mem_assign_region(struct device *dev, struct cohbuf_mem *mem,
				    const struct cohbuf_config *config)
{
	struct reserved_mem *region = config->region;
	int ret;

	mutex_lock(&cohbuf_region_lock);
	if (cohbuf_mem_is_kept(region))
		ret = -EBUSY;
	else if (mem->kept)
		ret = devm_cohbuf_mem_keep(dev, mem);
	else
		ret = of_reserved_mem_device_init(dev);
	mutex_unlock(&cohbuf_region_lock);

	if (ret == -EBUSY)
		return dev_err_probe(dev, ret,
				     "memory-region %s is used by another device: one with cohbuf,keep belongs to one node alone\n",
				     region->name);
	if (ret)
		return dev_err_probe(dev, ret,
				     "memory-region %s cannot be mapped: move it to RAM that nothing else uses\n",
				     region->name);

	if (mem->kept)
		return 0;
	/* Not managed by devres: without this a bind leaks, and on some kernels the next fails. */
	return devm_add_action_or_reset(dev, cohbuf_release_region, dev);
}

static const struct cohbuf_mem_ops *cohbuf_mem_ops_of(const struct cohbuf_mem *mem,
						      const struct cohbuf_config *config)
{
	if (config->memory == COHBUF_MEMORY_CACHED)
		return dma_has_noncontiguous(mem->dev) ? &cohbuf_scattered_ops :
							 &cohbuf_cached_ops;
	return config->keep ? &cohbuf_keep_ops : &cohbuf_coherent_ops;
}

/*
 * Where a reusable region is used up dma_alloc_coherent() may fall back to the
 * memory of the whole system (arm64 does), and behind an IOMMU it does not look at
 * the region at all. A "no-map" pool has no fallback.
 */
static bool cohbuf_mem_is_in(const struct cohbuf_mem *mem,
			     const struct reserved_mem *region)
{
	struct page *page = is_vmalloc_addr(mem->cpu_addr) ?
				    vmalloc_to_page(mem->cpu_addr) :
				    virt_to_page(mem->cpu_addr);
	phys_addr_t phys = page_to_phys(page);

	return phys >= region->base && phys - region->base < region->size;
}

static int cohbuf_mem_check(struct device *dev, const struct cohbuf_mem *mem,
			    const struct cohbuf_config *config)
{
	dma_addr_t last = mem->dma_addr + mem->size - 1;

	/* The DMA API does not compare a "no-map" pool with the mask, nor all of arm. */
	if (last > DMA_BIT_MASK(mem->dma_bits))
		return dev_err_probe(dev, -EINVAL,
				     "the buffer ends at DMA address %pad, out of reach of cohbuf,dma-bits <%u>: raise it, or use a memory-region further down\n",
				     &last, mem->dma_bits);

	if (config->region && !config->region_no_map &&
	    !cohbuf_mem_is_in(mem, config->region))
		return dev_err_probe(dev, -ENOSPC,
				     "memory-region %s has no %zu contiguous bytes left: make it larger, share it with fewer nodes, or move it below the limit of \"mem=\"\n",
				     config->region->name, mem->size);

	if (mem->engine && !cohbuf_engine_sees(mem->engine, mem))
		return dev_err_probe(dev, -EINVAL,
				     "the controller of dmas does not see %s as this node does: put the node on the controller's bus, with \"dma-coherent\" only where the controller has it\n",
				     config->region ? mem->region : "memory within cohbuf,dma-bits");
	return 0;
}

/* What to do where an allocation failed. */
static const char *cohbuf_more_memory(const struct cohbuf_mem *mem,
				      const struct cohbuf_config *config)
{
	if (mem->ops == &cohbuf_scattered_ops)
		return IS_ENABLED(CONFIG_ARM) ?
			       "a 32-bit Arm kernel has no cached memory behind an IOMMU: say \"coherent\"" :
			       "behind the IOMMU any free memory would do: make cohbuf,size smaller";
	if (mem->ops == &cohbuf_cached_ops && IS_ENABLED(CONFIG_HIGHMEM))
		return "add a \"reusable\" memory-region, in the low memory that a 32-bit kernel always maps";
	if (!config->region)
		return "enlarge cma= on the kernel's command line, or add a memory-region";
	if (config->region_no_map)
		return "make the memory-region larger; a \"no-map\" one is handed out in powers of two, to all nodes that point to it";
	return "make the memory-region larger";
}

static void cohbuf_mem_free(void *data)
{
	struct cohbuf_mem *mem = data;

	if (!mem->lost)
		mem->ops->free(mem);
}

/*
 * Memory that an engine will touch is allocated for the engine's device, which may
 * sit on a bus with an offset or behind an IOMMU. A region, though, is assigned to
 * the node's own device: the engine's may have one already. And "cohbuf,dma-bits" are
 * those of the node's own device: the engine's mask is not ours to change.
 */
static int cohbuf_mem_choose_device(struct device *dev, struct cohbuf_mem *mem,
				    const struct cohbuf_config *config)
{
	int ret;

	if (mem->engine && !config->region && !config->dma_bits) {
		mem->dev = dmaengine_get_dma_device(mem->engine);
		mem->dma_bits = fls64(dma_get_mask(mem->dev));
		return 0;
	}

	mem->dev = dev;
	/* It is no list of segments that this device is given. */
	dma_set_max_seg_size(dev, UINT_MAX);
	mem->dma_bits = config->dma_bits ?: COHBUF_DMA_BITS_DEFAULT;
	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(mem->dma_bits));
	if (ret)
		return dev_err_probe(dev, ret,
				     "no memory of this machine is within cohbuf,dma-bits <%u>: raise it\n",
				     mem->dma_bits);
	return 0;
}

static int cohbuf_mem_alloc(struct device *dev, struct cohbuf_mem *mem,
			    const struct cohbuf_config *config)
{
	int ret = mem->ops->alloc(mem);

	/* dev_err_probe() is silent on -ENOMEM from 6.13 on. */
	if (ret == -ENOMEM)
		dev_err(dev,
			"cannot allocate %zu contiguous bytes within %u address bits: %s\n",
			mem->size, mem->dma_bits, cohbuf_more_memory(mem, config));
	if (ret)
		return ret;
	return devm_add_action_or_reset(dev, cohbuf_mem_free, mem);
}

/**
 * devm_cohbuf_mem_alloc() - allocate and fill the memory of a buffer
 * @dev: platform device
 * @config: what the node asks for
 * @engine: the channel of the node's "dmas", or NULL
 *
 * The buffer is zeroed, but for one that keeps what was there, then gets the node's
 * initial data. devres frees it.
 *
 * Context: Process context, in probe.
 * Return: the memory, or an ERR_PTR() after one line in the kernel's log.
 */
struct cohbuf_mem *devm_cohbuf_mem_alloc(struct device *dev,
					 const struct cohbuf_config *config,
					 struct dma_chan *engine)
{
	struct cohbuf_mem *mem;
	int ret;

	mem = devm_kzalloc(dev, sizeof(*mem), GFP_KERNEL);
	if (!mem)
		return ERR_PTR(-ENOMEM);

	mem->size = config->size;
	mem->region = config->region ? config->region->name : NULL;
	mem->kept = config->keep ? config->region : NULL;
	mem->engine = engine;

	ret = cohbuf_mem_choose_device(dev, mem, config);
	if (ret)
		return ERR_PTR(ret);
	mem->ops = cohbuf_mem_ops_of(mem, config);
	mem->dma_coherent = dev_is_dma_coherent(mem->dev);

	/* With the mask set: a pool is compared with it. */
	if (config->region) {
		ret = cohbuf_mem_assign_region(dev, mem, config);
		if (ret)
			return ERR_PTR(ret);
	}

	ret = cohbuf_mem_alloc(dev, mem, config);
	if (ret)
		return ERR_PTR(ret);

	ret = cohbuf_mem_check(dev, mem, config);
	if (ret)
		return ERR_PTR(ret);

	if (config->initial_len) {
		ret = device_property_read_u8_array(dev, "cohbuf,initial-data",
						    mem->cpu_addr,
						    config->initial_len);
		if (ret)
			return ERR_PTR(ret);
	}
	/* What is in it from the start, the device sees. */
	cohbuf_mem_sync(mem, 0, mem->size, DMA_TO_DEVICE, false);
	return mem;
}

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
	if (mem->ops->sync && !mem->dma_coherent) {
		if (for_cpu && direction != DMA_TO_DEVICE)
			cohbuf_mem_sync_edges(mem, offset, len);
		mem->ops->sync(mem, offset, len, direction, for_cpu);
	}
	/* Also where no cache is in the way: a doorbell or a flag must not be overtaken. */
	mb();
}

/**
 * cohbuf_mem_is_cpu_cached() - does the CPU map the memory cached?
 * @mem: the memory
 *
 * Context: Any context.
 * Return: true where it does, in all mappings.
 */
bool cohbuf_mem_is_cpu_cached(const struct cohbuf_mem *mem)
{
	return mem->ops->memory == COHBUF_MEMORY_CACHED || mem->dma_coherent;
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
	return mem->ops->sync && !mem->dma_coherent ? dma_get_cache_alignment() : 0;
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
 * @vma: shared mapping; its page offset and length are checked here
 *
 * The VMA gets the memory attributes that the kernel's own mapping has.
 *
 * Context: Process context, mmap_lock held for writing.
 * Return: 0, -ENXIO where the VMA reaches past the end of the buffer, or -ENOMEM.
 */
int cohbuf_mem_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE)
		vma->vm_page_prot = cohbuf_pgprot_dirty(vma->vm_page_prot);

	return mem->ops->mmap(mem, vma);
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_mem_mmap);
