// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges of a buffer as dma-bufs, for drivers that import them and programs that map
 * them, with at most the rights of the file that they come from. And how they are taken
 * away at unbind: a program's mapping is zapped, an importer's is waited for.
 */
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "cohbuf.h"
#include "compat.h"
#include "dmabuf.h"
#include "trace.h"

/* How long an unbind waits for importers; after one it says for which, so many of them. */
#define COHBUF_IMPORTS_SECONDS	10
#define COHBUF_IMPORTERS_NAMED	8

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
	return ret ?: cohbuf_importers_sync(cd, for_cpu);
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
		atomic_inc(&cb->num_imports);
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
 * @cb: the buffer
 * @export: the range, in bytes, any values; its flags, checked
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: the dma-buf, which holds a reference to @cb, or an ERR_PTR(): -EINVAL for a
 * range that is not of whole pages, -ENXIO for one outside the buffer, -EOPNOTSUPP where
 * no device but the node's can see the memory, -EOVERFLOW where the DMA API cannot say
 * where it is, -ENODEV after the unbind, -ENFILE or -ENOMEM.
 */
struct dma_buf *cohbuf_export(struct cohbuf *cb, const struct cohbuf_export *export)
{
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

	dmabuf = cd->dmabuf;
	ret = cohbuf_export_add(cb, cd, export);
	trace_cohbuf_export(cb, export, ret);
	if (!ret)
		return dmabuf;
	dma_buf_put(dmabuf);
	return ERR_PTR(ret);
}

/**
 * cohbuf_import_ends() - an importer has let go of a mapping
 * @cb: the buffer
 *
 * Context: Any context. The importer's dma-buf holds a reference to @cb.
 */
void cohbuf_import_ends(struct cohbuf *cb)
{
	if (atomic_dec_and_test(&cb->num_imports))
		wake_up(&cb->imports_wait);
}

/*
 * One that was not asked in this pass, at most: its dma-buf, with a reference. Nobody is
 * attached anew by now, so a pass ends.
 */
static struct dma_buf *cohbuf_exports_next(struct cohbuf *cb, unsigned int pass)
{
	struct cohbuf_importer *importer;
	struct dma_buf *dmabuf = NULL;

	mutex_lock(&cb->lock);
	importer = list_first_entry_or_null(&cb->importers, struct cohbuf_importer, of_buffer);
	if (importer && importer->pass != pass) {
		importer->pass = pass;
		list_move_tail(&importer->of_buffer, &cb->importers);
		dmabuf = importer->cd->dmabuf;
		get_dma_buf(dmabuf);
	}
	mutex_unlock(&cb->lock);
	return dmabuf;
}

/*
 * Those who can let go at any time, and map it again where it then is, do so. Who is
 * busy with a dma-buf is not waited for: there is another pass.
 */
static void cohbuf_exports_ask(struct cohbuf *cb, unsigned int pass)
{
	struct dma_buf *dmabuf;

	while (!fatal_signal_pending(current) && (dmabuf = cohbuf_exports_next(cb, pass))) {
		if (dma_resv_trylock(dmabuf->resv)) {
			dma_buf_invalidate_mappings(dmabuf);
			dma_resv_unlock(dmabuf->resv);
		}
		dma_buf_put(dmabuf);
		cond_resched();
	}
}

/* Say who has a dma-buf mapped: a device, or its driver for itself. */
static void cohbuf_exports_name(struct cohbuf *cb, const char *what)
{
	struct cohbuf_importer *importer;
	unsigned int named = 0;

	mutex_lock(&cb->lock);
	list_for_each_entry(importer, &cb->importers, of_buffer) {
		if (!importer->mapped && !importer->cd->in_kernel)
			continue;
		if (named++ == COHBUF_IMPORTERS_NAMED)
			break;
		dev_warn(cb->dev.parent, "%s: %s has a dma-buf of it mapped\n", what,
			 dev_name(importer->dev));
	}
	mutex_unlock(&cb->lock);

	if (!named)
		dev_warn(cb->dev.parent, "%s: a driver has a dma-buf of it mapped\n", what);
	if (named > COHBUF_IMPORTERS_NAMED)
		dev_warn(cb->dev.parent, "%s: and others as well\n", what);
}

/**
 * cohbuf_exports_revoke() - take the memory from the importers of dma-bufs
 * @cb: the buffer, its memory already taken away
 *
 * No importer can map anything by now. Of what they have mapped they let go when they
 * are asked, or when the program that uses them ends: that is waited for, but not for
 * ever, nor by a task that is killed.
 *
 * Context: Process context, may sleep for ten seconds. Takes &cohbuf.lock.
 * Return: true when nobody has the memory any more; false, after lines in the kernel's
 * log that say who, where it must not be freed.
 */
bool cohbuf_exports_revoke(struct cohbuf *cb)
{
	unsigned int pass;
	long left = 0;

	if (!IS_ENABLED(CONFIG_DMA_SHARED_BUFFER))
		return true;

	for (pass = 1; atomic_read(&cb->num_imports) && pass <= COHBUF_IMPORTS_SECONDS; pass++) {
		cohbuf_exports_ask(cb, pass);
		left = wait_event_killable_timeout(cb->imports_wait,
						   !atomic_read(&cb->num_imports), HZ);
		if (left < 0)
			break;
		if (!left && pass == 1)
			cohbuf_exports_name(cb, "the unbind waits");
	}
	if (!atomic_read(&cb->num_imports))
		return true;

	cohbuf_exports_name(cb, "the memory is given up until the machine is started anew");
	return false;
}

/* Not by MODULE_IMPORT_NS(), whose argument became a string in 6.13. */
MODULE_INFO(import_ns, "DMA_BUF");
