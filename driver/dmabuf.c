// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges of a buffer as dma-bufs, for drivers that import them and programs that map
 * them, with at most the rights of the file that they come from. How they are taken from
 * importers at unbind, imports.c says.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "cohbuf.h"
#include "compat.h"
#include "dmabuf.h"
#include "trace.h"

static int cohbuf_dmabuf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	const struct cohbuf_dmabuf *cd = dmabuf->priv;
	unsigned long pages = cd->size >> PAGE_SHIFT;

	if (vma->vm_pgoff > pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;

	/* An importer may pass on a mapping of its own file, which may be open for more. */
	if (!cd->writable) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	return cohbuf_mmap_from(cd->cb, vma, cd->first);
}

/*
 * The CPU's access begins or ends. Without the right to write, what others wrote and did
 * not hand over must not go from the caches.
 */
static int cohbuf_dmabuf_access(struct dma_buf *dmabuf, enum dma_data_direction direction,
				bool for_cpu)
{
	struct cohbuf_dmabuf *cd = dmabuf->priv;
	struct cohbuf *cb = cd->cb;
	bool needs_right;
	int ret;

	mutex_lock(&cb->lock);
	needs_right = direction != DMA_TO_DEVICE && cb->mem && cohbuf_mem_is_cached(cb->mem);
	mutex_unlock(&cb->lock);
	if (needs_right && !cd->writable)
		return -EACCES;

	ret = cohbuf_sync_range(cb, (u64)cd->first << PAGE_SHIFT, cd->size, direction, for_cpu);
	return ret ?: cohbuf_importers_sync(cd, direction, for_cpu);
}

static int cohbuf_dmabuf_begin_cpu_access(struct dma_buf *dmabuf,
					  enum dma_data_direction direction)
{
	return cohbuf_dmabuf_access(dmabuf, direction, true);
}

static int cohbuf_dmabuf_end_cpu_access(struct dma_buf *dmabuf,
					enum dma_data_direction direction)
{
	return cohbuf_dmabuf_access(dmabuf, direction, false);
}

/*
 * For a driver that reads or writes it by the CPU; which of them, it does not say. Who has
 * it mapped for a device may do that still, while an unbind waits for it: drivers that
 * do it late take for granted that it works (vivid).
 */
static int cohbuf_dmabuf_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct cohbuf_dmabuf *cd = dmabuf->priv;
	struct cohbuf *cb = cd->cb;
	int ret = -ENODEV;

	mutex_lock(&cb->lock);
	if (cb->mem || cohbuf_importers_have_mapped(cd)) {
		iosys_map_set_vaddr(map, cd->cpu_addr);
		cd->in_kernel = true;
		cohbuf_import_begins(cb);
		ret = 0;
	}
	mutex_unlock(&cb->lock);
	return ret;
}

static void cohbuf_dmabuf_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct cohbuf_dmabuf *cd = dmabuf->priv;

	mutex_lock(&cd->cb->lock);
	cd->in_kernel = false;
	mutex_unlock(&cd->cb->lock);
	cohbuf_import_ends(cd->cb);
}

static void cohbuf_dmabuf_release(struct dma_buf *dmabuf)
{
	struct cohbuf_dmabuf *cd = dmabuf->priv;
	struct cohbuf *cb = cd->cb;

	mutex_lock(&cb->lock);
	list_del(&cd->ci.node);
	cb->num_exports--;
	mutex_unlock(&cb->lock);

	iput(cd->inode);
	if (cd->buffer)
		fput(cd->buffer);
	kfree(cd);
	put_device(&cb->dev);
}

COHBUF_DMA_BUF_VMAP(cohbuf_dmabuf_vmap, cohbuf_dmabuf_vunmap);

/* clang-format off */
#define COHBUF_DMABUF_OPS_COMMON				\
	.attach = cohbuf_importer_attach,			\
	.detach = cohbuf_importer_detach,			\
	.map_dma_buf = cohbuf_importer_map,			\
	.unmap_dma_buf = cohbuf_importer_unmap,			\
	.begin_cpu_access = cohbuf_dmabuf_begin_cpu_access,	\
	.end_cpu_access = cohbuf_dmabuf_end_cpu_access,		\
	.mmap = cohbuf_dmabuf_mmap,				\
	.release = cohbuf_dmabuf_release
/* clang-format on */

static const struct dma_buf_ops cohbuf_dmabuf_ops = {
	COHBUF_DMABUF_OPS_COMMON,
	.vmap = COHBUF_DMA_BUF_OP(cohbuf_dmabuf_vmap),
	.vunmap = COHBUF_DMA_BUF_OP(cohbuf_dmabuf_vunmap),
};

/* A driver that maps it for itself could write. That must not fail, but can be missing. */
static const struct dma_buf_ops cohbuf_dmabuf_read_only_ops = {
	COHBUF_DMABUF_OPS_COMMON,
};

static struct cohbuf_dmabuf *cohbuf_dmabuf_create(struct cohbuf *cb,
						  const struct cohbuf_export *export)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct cohbuf_dmabuf *cd;

	cd = kzalloc(sizeof(*cd), GFP_KERNEL_ACCOUNT);
	if (!cd)
		return ERR_PTR(-ENOMEM);

	cd->cb = cb;
	cd->first = export->offset >> PAGE_SHIFT;
	cd->size = export->length;
	cd->writable = (export->flags & O_ACCMODE) == O_RDWR;
	INIT_LIST_HEAD(&cd->importers);
	snprintf(cd->name, sizeof(cd->name), "cohbuf/%s", dev_name(&cb->dev));

	info.ops = cd->writable ? &cohbuf_dmabuf_ops : &cohbuf_dmabuf_read_only_ops;
	info.exp_name = cd->name;
	info.size = cd->size;
	info.flags = export->flags & O_ACCMODE;
	info.priv = cd;
	cd->dmabuf = dma_buf_export(&info);
	if (IS_ERR(cd->dmabuf)) {
		struct dma_buf *failed = cd->dmabuf;

		kfree(cd);
		return ERR_CAST(failed);
	}

	/* The kernel lets go of it before it releases the dma-buf. */
	cd->inode = file_inode(cd->dmabuf->file);
	ihold(cd->inode);
	return cd;
}

/* Can this range of the buffer be exported? */
static int cohbuf_export_check(const struct cohbuf_mem *mem, const struct cohbuf_export *export)
{
	struct sg_table sgt;
	int ret;

	if (!export->length || !PAGE_ALIGNED(export->offset) || !PAGE_ALIGNED(export->length))
		return -EINVAL;
	if (cohbuf_mem_clamp(mem, export->offset, export->length) != export->length)
		return -ENXIO;
	if (!mem->ops->sgtable)
		return -EOPNOTSUPP;

	/* Whether there are pages of it: better now than once somebody imports it. */
	ret = cohbuf_sgtable_cut(mem, export->offset, export->length, UINT_MAX, &sgt);
	if (!ret)
		sg_free_table(&sgt);
	return ret;
}

/* From here on an unbind knows of it. */
static int cohbuf_export_add(struct cohbuf *cb, struct cohbuf_dmabuf *cd,
			     const struct cohbuf_export *export)
{
	int ret = -ENODEV;

	mutex_lock(&cb->lock);
	if (cb->mem)
		ret = cohbuf_export_check(cb->mem, export);
	if (!ret)
		cd->cpu_addr = cb->mem->cpu_addr + export->offset;

	/* Also where it fails: what releases it takes it off. */
	cd->ci.cb = cb;
	cd->ci.mapping = cd->inode->i_mapping;
	list_add(&cd->ci.node, &cb->inodes);
	cb->num_exports++;
	mutex_unlock(&cb->lock);
	return ret;
}

/**
 * cohbuf_export() - make a dma-buf of a range of a buffer
 * @file: the buffer's
 * @export: the range, in bytes, any values; its flags, checked
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: the dma-buf, which holds a reference to the buffer, or an ERR_PTR(): -EINVAL for a
 * range that is not of whole pages, -ENXIO for one outside the buffer, -EOPNOTSUPP where
 * no device but the node's can see the memory, -EOVERFLOW where the DMA API cannot say
 * where it is, -ENODEV after the unbind, -ENFILE or -ENOMEM.
 */
struct dma_buf *cohbuf_export(struct file *file, const struct cohbuf_export *export)
{
	struct cohbuf *cb = cohbuf_of(file);
	struct cohbuf_dmabuf *cd;
	struct dma_buf *dmabuf;
	int ret;

	if (!IS_ENABLED(CONFIG_DMA_SHARED_BUFFER))
		return ERR_PTR(-EOPNOTSUPP);

	get_device(&cb->dev);
	cd = cohbuf_dmabuf_create(cb, export);
	if (IS_ERR(cd)) {
		put_device(&cb->dev);
		return ERR_CAST(cd);
	}

	/* The memory of a buffer that a pool made goes with its file. */
	if (cb->of_pool)
		cd->buffer = get_file(file);
	dmabuf = cd->dmabuf;
	ret = cohbuf_export_add(cb, cd, export);
	trace_cohbuf_export(cb, export, ret);
	if (!ret)
		return dmabuf;
	dma_buf_put(dmabuf);
	return ERR_PTR(ret);
}

/* Not by MODULE_IMPORT_NS(), whose argument became a string in 6.13. */
MODULE_INFO(import_ns, "DMA_BUF");
