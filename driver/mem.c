// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory behind a buffer: where it comes from, for which device, and whether that
 * is what the node asks for. A DMA address is never turned into a physical one. Knows
 * nothing of files.
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
#include <linux/vmalloc.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

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
	switch (config->memory) {
	case COHBUF_MEMORY_CACHED:
		return dma_has_noncontiguous(mem->dev) ? &cohbuf_scattered_ops :
							 &cohbuf_cached_ops;
	case COHBUF_MEMORY_KMALLOC:
		return &cohbuf_kmalloc_ops;
	case COHBUF_MEMORY_VMALLOC:
		return &cohbuf_vmalloc_ops;
	case COHBUF_MEMORY_REGISTERS:
		return &cohbuf_registers_ops;
	default:
		return config->keep ? &cohbuf_keep_ops : &cohbuf_coherent_ops;
	}
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

/* The DMA API does not compare a "no-map" pool with the mask, nor all of arm. */
static bool cohbuf_mem_is_in_reach(const struct cohbuf_mem *mem)
{
	return mem->dma_addr + mem->size - 1 <= DMA_BIT_MASK(mem->dma_bits);
}

/* Is what was allocated what was asked for? Returns 0, or another error after one line. */
static int cohbuf_mem_check(struct device *dev, const struct cohbuf_mem *mem)
{
	dma_addr_t last = mem->dma_addr + mem->size - 1;

	if (!cohbuf_memory_has_dma(mem->ops->memory))
		return 0;

	if (!cohbuf_mem_is_in_reach(mem))
		return dev_err_probe(dev, -EINVAL,
				     "the buffer ends at DMA address %pad, out of reach of cohbuf,dma-bits <%u>: raise it, or use a memory-region further down\n",
				     &last, mem->dma_bits);

	if (mem->reusable && !cohbuf_mem_is_in(mem, mem->reusable))
		return dev_err_probe(dev, -ENOSPC,
				     "memory-region %s has no %zu contiguous bytes left: make it larger, share it with fewer nodes, or move it below the limit of \"mem=\"\n",
				     mem->region, mem->size);

	if (mem->engine && !cohbuf_engine_sees(mem->engine, mem))
		return dev_err_probe(dev, -EINVAL,
				     "the controller of dmas does not see %s as this node does: put the node on the controller's bus, with \"dma-coherent\" only where the controller has it\n",
				     mem->region ?: "memory within cohbuf,dma-bits");
	return 0;
}

/* What to do where an allocation for a device failed. */
static const char *cohbuf_more_memory(const struct cohbuf_mem *mem,
				      const struct cohbuf_config *config)
{
	if (mem->ops == &cohbuf_scattered_ops && IS_ENABLED(CONFIG_ARM))
		return "a 32-bit Arm kernel has no cached memory behind an IOMMU: say \"coherent\"";
	if (mem->ops == &cohbuf_scattered_ops ||
	    (mem->ops == &cohbuf_coherent_ops && cohbuf_is_translated(mem->dev)))
		return "behind the IOMMU any free memory would do: make cohbuf,size smaller";
	if (mem->ops == &cohbuf_kmalloc_ops)
		return "kmalloc() has none there: say \"cached\", which can take from a memory-region, or make cohbuf,size smaller";
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

	mem->dev = dev;
	if (!cohbuf_memory_has_dma(config->memory))
		return 0;

	if (mem->engine && !config->region && !config->dma_bits) {
		mem->dev = dmaengine_get_dma_device(mem->engine);
		mem->dma_bits = fls64(dma_get_mask(mem->dev));
		mem->dma_coherent = dev_is_dma_coherent(mem->dev);
		return 0;
	}

	mem->dma_coherent = dev_is_dma_coherent(dev);
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

/* dev_err_probe() is silent on -ENOMEM from 6.13 on. */
static void cohbuf_say_no_memory(struct device *dev, const struct cohbuf_mem *mem,
				 const struct cohbuf_config *config)
{
	if (cohbuf_memory_has_dma(config->memory))
		dev_err(dev, "cannot allocate %zu contiguous bytes within %u address bits: %s\n",
			mem->size, mem->dma_bits, cohbuf_more_memory(mem, config));
	else if (IS_ENABLED(CONFIG_64BIT))
		dev_err(dev, "cohbuf,size %#zx is more than what is free of this machine's memory: make it smaller\n",
			mem->size);
	else
		dev_err(dev,
			"cohbuf,size %#zx is more than what is free of this machine's memory, or of the %#lx bytes that vmalloc() has for all: make it smaller, or enlarge vmalloc= on the kernel's command line\n",
			mem->size, VMALLOC_TOTAL);
}

static int cohbuf_mem_alloc(struct device *dev, struct cohbuf_mem *mem,
			    const struct cohbuf_config *config)
{
	int ret = mem->ops->alloc(dev, mem, config);

	if (ret == -ENOMEM)
		cohbuf_say_no_memory(dev, mem, config);
	if (ret == -EIO)
		dev_err(dev, "cohbuf,memory \"kmalloc\" would be copied at each SYNC (swiotlb): drop swiotlb=force from the kernel's command line, or say \"coherent\"\n");
	return ret;
}

/* All but the memory itself: for which device, how, and the region that it is of. */
static struct cohbuf_mem *devm_cohbuf_mem_create(struct device *dev,
						 const struct cohbuf_config *config,
						 struct dma_chan *engine)
{
	struct cohbuf_mem *mem;
	int ret;

	mem = devm_kzalloc(dev, sizeof(*mem), GFP_KERNEL);
	if (!mem)
		return ERR_PTR(-ENOMEM);

	mem->size = config->size;
	mem->gfp = GFP_KERNEL | __GFP_NOWARN;
	mem->region = config->region ? config->region->name : NULL;
	mem->reusable = config->region_no_map ? NULL : config->region;
	mem->kept = config->keep ? config->region : NULL;
	mem->engine = engine;

	ret = cohbuf_mem_choose_device(dev, mem, config);
	if (ret)
		return ERR_PTR(ret);
	mem->ops = cohbuf_mem_ops_of(mem, config);

	/* With the mask set: a pool is compared with it. */
	if (config->region) {
		ret = cohbuf_mem_assign_region(dev, mem, config);
		if (ret)
			return ERR_PTR(ret);
	}
	return mem;
}

/**
 * devm_cohbuf_mem_prepare() - make all ready to allocate memory, of which there is none
 * @dev: platform device of a pool
 * @config: what the node asks for
 * @engine: the channel of the node's "dmas", or NULL
 *
 * A page is allocated and given back: what is wrong with the node shows now.
 *
 * Context: Process context, in probe.
 * Return: what cohbuf_mem_alloc_like() takes until devres takes it back, or an ERR_PTR()
 * after one line in the kernel's log.
 */
struct cohbuf_mem *devm_cohbuf_mem_prepare(struct device *dev,
					   const struct cohbuf_config *config,
					   struct dma_chan *engine)
{
	struct cohbuf_mem *mem, page;
	int ret;

	mem = devm_cohbuf_mem_create(dev, config, engine);
	if (IS_ERR(mem))
		return mem;

	page = *mem;
	page.size = PAGE_SIZE;
	ret = cohbuf_mem_alloc(dev, &page, config);
	if (ret)
		return ERR_PTR(ret);
	ret = cohbuf_mem_check(dev, &page);
	page.ops->free(&page);
	if (ret)
		return ERR_PTR(ret);

	/* By who asks, who is told where there is none: that is no reason to kill anybody. */
	mem->gfp |= __GFP_RETRY_MAYFAIL | GFP_CHARGED;
	return mem;
}

/**
 * cohbuf_mem_alloc_like() - allocate memory as a pool has it
 * @mem: filled in, zeroed; its user frees it by &cohbuf_mem_ops.free
 * @like: of devm_cohbuf_mem_prepare(), or a copy of it
 * @size: in bytes, a multiple of the page size, not zero
 *
 * The device does not see the zeroes before cohbuf_mem_sync().
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOMEM.
 */
int cohbuf_mem_alloc_like(struct cohbuf_mem *mem, const struct cohbuf_mem *like, size_t size)
{
	*mem = *like;
	mem->size = size;
	return mem->ops->alloc(mem->dev, mem, NULL) ? -ENOMEM : 0;
}

/**
 * cohbuf_mem_is_fit() - is it where the node's device, and its engine, find it?
 * @mem: of cohbuf_mem_alloc_like()
 *
 * Context: Any context, while the device is bound.
 * Return: true where it is.
 */
bool cohbuf_mem_is_fit(const struct cohbuf_mem *mem)
{
	return !cohbuf_memory_has_dma(mem->ops->memory) ||
	       (cohbuf_mem_is_in_reach(mem) &&
		(!mem->reusable || cohbuf_mem_is_in(mem, mem->reusable)) &&
		(!mem->engine || cohbuf_engine_sees(mem->engine, mem)));
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

	mem = devm_cohbuf_mem_create(dev, config, engine);
	if (IS_ERR(mem))
		return mem;

	ret = cohbuf_mem_alloc(dev, mem, config);
	if (ret)
		return ERR_PTR(ret);
	ret = devm_add_action_or_reset(dev, cohbuf_mem_free, mem);
	if (ret)
		return ERR_PTR(ret);

	ret = cohbuf_mem_check(dev, mem);
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
