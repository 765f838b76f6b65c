/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What older kernels lack, in the words of the newest. The only file that may
 * ask for a kernel's version. An entry goes when the oldest kernel of the matrix
 * (docs/porting.md) has the name.
 */
#ifndef _COHBUF_COMPAT_H
#define _COHBUF_COMPAT_H

#include <linux/dma-buf.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/iommu.h>
#include <linux/irq.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/version.h>
#ifdef CONFIG_ARM
#include <asm/cachetype.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "cohbuf needs Linux 5.10 or newer"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
/* 5.11: a channel may have a device of its own; before, it is the controller. */
static inline struct device *dmaengine_get_dma_device(struct dma_chan *chan)
{
	return chan->device->dev;
}

/* 5.11: a mapping of highmem that may sleep. For the modules of emulated boards. */
#define kmap_local_page(page)	kmap_atomic(page)
#define kunmap_local(addr)	kunmap_atomic(addr)

/*
 * 5.11: what is charged to a memory cgroup can be mapped by programs. Before, the mark of
 * it is where a page counts its mappings.
 */
#define GFP_CHARGED	((gfp_t)0)

/* 5.11: where a dma-buf is for the kernel is a struct; before, an address. */
struct iosys_map {
	void *vaddr;
};

static inline void iosys_map_set_vaddr(struct iosys_map *map, void *vaddr)
{
	map->vaddr = vaddr;
}

/* clang-format off */
#define COHBUF_DMA_BUF_OP(op)	op##_address
#define COHBUF_DMA_BUF_VMAP(vmap, vunmap)					\
static void *vmap##_address(struct dma_buf *dmabuf)				\
{										\
	struct iosys_map map;							\
	int ret = vmap(dmabuf, &map);						\
										\
	return ret ? NULL : map.vaddr;						\
}										\
										\
static void vunmap##_address(struct dma_buf *dmabuf, void *vaddr)		\
{										\
	struct iosys_map map = { .vaddr = vaddr };				\
										\
	vunmap(dmabuf, &map);							\
}

/* clang-format on */
#else
#define GFP_CHARGED	__GFP_ACCOUNT
#endif

/* Arm before v7: the same memory can be in the data cache once for each of its addresses. */
static inline bool cpu_dcache_has_aliases(void)
{
#ifdef CONFIG_ARM
	return cache_is_vivt() || cache_is_vipt_aliasing();
#else
	return false;
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
/*
 * 5.14: whether there is a struct page. Before, it says no of all "no-map" memory. Where
 * the number of a page tells where its struct would be, that is all the DMA API asks for
 * there, as long as it need not care for caches.
 */
static inline bool pfn_has_page(unsigned long pfn)
{
	return IS_ENABLED(CONFIG_FLATMEM) || IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP) ||
	       pfn_valid(pfn);
}
#else
static inline bool pfn_has_page(unsigned long pfn)
{
	return pfn_valid(pfn);
}
#endif

#ifndef COHBUF_DMA_BUF_OP
#define COHBUF_DMA_BUF_OP(op)		op
#define COHBUF_DMA_BUF_VMAP(vmap, vunmap)	static_assert(true)
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 18, 0)
/* 5.18: renamed. */
#define iosys_map			dma_buf_map
#define iosys_map_set_vaddr		dma_buf_map_set_vaddr
#endif
#endif

#ifndef IRQF_NO_AUTOEN
/* 5.13, and 5.10.223 or earlier: a line that is requested stays masked. */
#define IRQF_NO_AUTOEN	0
#define request_any_context_irq(irq, handler, flags, name, dev)				\
	({											\
		int ret__;									\
												\
		irq_set_status_flags(irq, IRQ_NOAUTOEN);					\
		ret__ = request_any_context_irq(irq, handler, flags, name, dev);		\
		irq_clear_status_flags(irq, IRQ_NOAUTOEN);					\
		ret__;										\
	})
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0) && IS_ENABLED(CONFIG_ARM)
/* 6.0: arm has DMA operations like everyone; before, the field is arm's own. */
#define dev_is_dma_coherent(dev)	((dev)->archdata.dma_coherent)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
/* 6.3: vm_flags is read-only, and has functions that write it. */
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
/* 6.5: splice out of a file by copying got its own name. */
#define copy_splice_read	generic_file_splice_read
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
/* 7.1: renamed. */
#define dma_buf_invalidate_mappings	dma_buf_move_notify

/* 7.1: renamed, and takes a VMA of ordinary pages as well: see vma_set_zappable(). */
#define zap_special_vma_range	zap_vma_ptes

static inline void vma_set_zappable(struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_PFNMAP);
}
#else
static inline void vma_set_zappable(struct vm_area_struct *vma)
{
}
#endif

/* The widest access that is one on the bus; what a 32-bit machine lacks, nobody calls. */
#if IS_ENABLED(CONFIG_64BIT)
#define COHBUF_WIDEST_ACCESS	8
#else
#define COHBUF_WIDEST_ACCESS	4
#define readq(addr)		0
#define writeq(value, addr)
#endif

/* What a kernel without IOMMUs lacks. */
#if IS_ENABLED(CONFIG_IOMMU_API)
static inline bool iommu_domain_translates(const struct iommu_domain *domain)
{
	return domain && domain->type != IOMMU_DOMAIN_IDENTITY;
}
#else
static inline bool iommu_domain_translates(const struct iommu_domain *domain)
{
	return false;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 13, 0)
/* 5.13: pages of dma_alloc_pages() in user space. */
static inline int dma_mmap_pages(struct device *dev, struct vm_area_struct *vma, size_t size,
				 struct page *page)
{
	unsigned long count = PAGE_ALIGN(size) >> PAGE_SHIFT;

	if (vma->vm_pgoff >= count || vma_pages(vma) > count - vma->vm_pgoff)
		return -ENXIO;
	return remap_pfn_range(vma, vma->vm_start, page_to_pfn(page) + vma->vm_pgoff,
			       vma_pages(vma) << PAGE_SHIFT, vma->vm_page_prot);
}

/*
 * 5.13: cached memory that need not be contiguous behind an IOMMU. Before, it always is
 * (dma_has_noncontiguous()), and none of these is called.
 */
#define dma_alloc_noncontiguous(dev, size, dir, gfp, attrs)	((struct sg_table *)NULL)
#define dma_free_noncontiguous(dev, size, sgt, dir)
#define dma_vmap_noncontiguous(dev, size, sgt)			NULL
#define dma_vunmap_noncontiguous(dev, vaddr)
#define dma_mmap_noncontiguous(dev, vma, size, sgt)		(-ENXIO)

static inline bool dma_has_noncontiguous(struct device *dev)
{
	return false;
}
#else
static inline bool dma_has_noncontiguous(struct device *dev)
{
	return iommu_domain_translates(iommu_get_domain_for_dev(dev));
}
#endif

#if IS_ENABLED(CONFIG_KUNIT) && LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#include <kunit/visibility.h>
#elif IS_ENABLED(CONFIG_KUNIT)
#define VISIBLE_IF_KUNIT
#define EXPORT_SYMBOL_IF_KUNIT(symbol)	EXPORT_SYMBOL_NS(symbol, EXPORTED_FOR_KUNIT_TESTING)
#else
#define VISIBLE_IF_KUNIT	static
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

/* Of <kunit/test.h>, which who uses it includes first. */
/* clang-format off */
#ifndef KUNIT_ARRAY_PARAM_DESC
#define KUNIT_ARRAY_PARAM_DESC(name, array, member)				\
static void name##_desc(typeof(&(array)[0]) param, char *desc)			\
{										\
	strscpy(desc, param->member, KUNIT_PARAM_DESC_SIZE);			\
}										\
KUNIT_ARRAY_PARAM(name, array, name##_desc)
#endif
/* clang-format on */

#endif /* _COHBUF_COMPAT_H */
