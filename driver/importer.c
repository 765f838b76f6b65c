// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devices that a dma-buf of a buffer is attached to: each sees the memory from its
 * own point of view, its mask, its bus and its IOMMU, or is told that it does not.
 */
#include <linux/dma-buf.h>
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "cohbuf.h"
#include "compat.h"
#include "dmabuf.h"

/*
 * What is not within a device's reach the DMA API would copy, which nobody would see
 * who writes to the buffer meanwhile.
 */
static bool cohbuf_importer_reaches(struct device *dev, const struct sg_table *sgt)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i)
		if (!cohbuf_device_reaches(dev, sg_phys(sg), sg->length))
			return false;
	return true;
}

/* With swiotlb=force it is copied all the same. */
static bool cohbuf_importer_is_copied(struct device *dev, const struct sg_table *sgt)
{
	struct scatterlist *sg;
	unsigned int i;

	if (cohbuf_is_translated(dev))
		return false;
	for_each_sgtable_sg(sgt, sg, i)
		if (sg_dma_address(sg) != phys_to_dma(dev, sg_phys(sg)))
			return true;
	return false;
}

static int cohbuf_importer_set_up(struct cohbuf_dmabuf *cd, struct cohbuf_importer *importer)
{
	unsigned int most = max_t(unsigned int, dma_get_max_seg_size(importer->dev), PAGE_SIZE);
	const struct cohbuf_mem *mem = cd->cb->mem;
	int ret;

	if (!mem)
		return -ENODEV;

	ret = cohbuf_sgtable_cut(mem, cd->first << PAGE_SHIFT, cd->size, most, &importer->sgt);
	if (ret)
		return ret;

	/* As dma_buf_ops has it: what is allocated is not what the device needs. */
	ret = -EBUSY;
	if (cohbuf_importer_reaches(importer->dev, &importer->sgt))
		ret = sg_alloc_table(&importer->given, importer->sgt.orig_nents, GFP_KERNEL);
	if (ret) {
		sg_free_table(&importer->sgt);
		return ret;
	}
	importer->cached = cohbuf_mem_is_cached(mem);
	list_add(&importer->node, &cd->importers);
	list_add(&importer->of_buffer, &cd->cb->importers);
	return 0;
}

/**
 * cohbuf_importer_attach() - &dma_buf_ops.attach
 * @dmabuf: the dma-buf
 * @attach: the importer's attachment; gets its priv
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: 0, -EBUSY where its device does not reach the memory, -ENODEV after the unbind,
 * -EOPNOTSUPP, -EOVERFLOW or -ENOMEM.
 */
int cohbuf_importer_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct cohbuf_dmabuf *cd = dmabuf->priv;
	struct cohbuf_importer *importer;
	int ret;

	importer = kzalloc(sizeof(*importer), GFP_KERNEL);
	if (!importer)
		return -ENOMEM;
	importer->cd = cd;
	importer->dev = attach->dev;

	mutex_lock(&cd->cb->lock);
	ret = cohbuf_importer_set_up(cd, importer);
	mutex_unlock(&cd->cb->lock);

	if (ret)
		kfree(importer);
	else
		attach->priv = importer;
	return ret;
}

/**
 * cohbuf_importer_detach() - &dma_buf_ops.detach
 * @dmabuf: the dma-buf
 * @attach: the importer's attachment, with nothing mapped
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 */
void cohbuf_importer_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct cohbuf_importer *importer = attach->priv;
	struct cohbuf_dmabuf *cd = dmabuf->priv;

	mutex_lock(&cd->cb->lock);
	list_del(&importer->node);
	list_del(&importer->of_buffer);
	mutex_unlock(&cd->cb->lock);

	sg_free_table(&importer->given);
	sg_free_table(&importer->sgt);
	kfree(importer);
}

/* What the importer gets, which the kernel may make unreadable. */
static struct sg_table *cohbuf_importer_give(struct cohbuf_importer *importer)
{
	struct scatterlist *from, *to = importer->given.sgl;
	unsigned int i;

	for_each_sgtable_sg(&importer->sgt, from, i) {
		sg_set_page(to, sg_page(from), from->length, from->offset);
		sg_dma_address(to) = sg_dma_address(from);
		sg_dma_len(to) = sg_dma_len(from);
		to = sg_next(to);
	}
	importer->given.nents = importer->sgt.nents;
	return &importer->given;
}

/* Its caches are ours to care for: two devices may have the memory mapped at a time. */
static int cohbuf_importer_map_device(struct cohbuf_importer *importer,
				      enum dma_data_direction direction)
{
	struct device *dev = importer->dev;
	int ret;

	ret = dma_map_sgtable(dev, &importer->sgt, direction, DMA_ATTR_SKIP_CPU_SYNC);
	if (ret)
		return ret;

	if (cohbuf_importer_is_copied(dev, &importer->sgt)) {
		dma_unmap_sgtable(dev, &importer->sgt, direction, DMA_ATTR_SKIP_CPU_SYNC);
		return -EIO;
	}
	importer->direction = direction;
	importer->mapped = true;
	return 0;
}

/**
 * cohbuf_importer_map() - &dma_buf_ops.map_dma_buf
 * @attach: the importer's attachment
 * @direction: which way its data goes
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: the table, or an ERR_PTR(): -EACCES where it would write and may not, -EBUSY
 * where it is mapped already, -EIO with swiotlb=force, -ENODEV after the unbind, or what
 * the DMA API gives.
 */
struct sg_table *cohbuf_importer_map(struct dma_buf_attachment *attach,
				     enum dma_data_direction direction)
{
	struct cohbuf_dmabuf *cd = attach->dmabuf->priv;
	struct cohbuf_importer *importer = attach->priv;
	struct cohbuf *cb = cd->cb;
	int ret;

	if (!cd->writable && direction != DMA_TO_DEVICE)
		return ERR_PTR(-EACCES);

	/*
	 * To hand it over for writing alone, some processors drop what the caches have
	 * of it: what another importer is to read, or nobody has written yet.
	 */
	if (importer->cached && direction == DMA_FROM_DEVICE)
		direction = DMA_BIDIRECTIONAL;

	mutex_lock(&cb->lock);
	if (!cb->mem)
		ret = -ENODEV;
	else if (importer->mapped)
		ret = -EBUSY;
	else
		ret = cohbuf_importer_map_device(importer, direction);
	if (!ret)
		cohbuf_import_begins(cb);
	mutex_unlock(&cb->lock);
	if (ret)
		return ERR_PTR(ret);

	/* It may take long, and the memory stays while it is mapped. */
	if (importer->cached)
		dma_sync_sgtable_for_device(importer->dev, &importer->sgt, direction);
	return cohbuf_importer_give(importer);
}

/**
 * cohbuf_importer_unmap() - &dma_buf_ops.unmap_dma_buf
 * @attach: the importer's attachment
 * @sgt: what cohbuf_importer_map() gave
 * @direction: which way its data went
 *
 * Also after the unbind: it waits for this, or has given the memory up.
 *
 * Context: Process context, may sleep; no longer than it takes to hand the memory over.
 * Takes &cohbuf.lock.
 */
void cohbuf_importer_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
			   enum dma_data_direction direction)
{
	struct cohbuf_dmabuf *cd = attach->dmabuf->priv;
	struct cohbuf_importer *importer = attach->priv;
	struct cohbuf *cb = cd->cb;

	/* Whoever brackets it meanwhile does so by this importer still. */
	if (importer->cached)
		dma_sync_sgtable_for_cpu(importer->dev, &importer->sgt, importer->direction);

	mutex_lock(&cb->lock);
	importer->unmapping = true;
	mutex_unlock(&cb->lock);
	wait_event(cb->imports_wait, !READ_ONCE(importer->num_syncs));

	mutex_lock(&cb->lock);
	dma_unmap_sgtable(importer->dev, &importer->sgt, importer->direction,
			  DMA_ATTR_SKIP_CPU_SYNC);
	importer->mapped = false;
	importer->unmapping = false;
	mutex_unlock(&cb->lock);
	cohbuf_import_ends(cb);
}

/**
 * cohbuf_importers_have_mapped() - does an importer's device see a dma-buf?
 * @cd: the dma-buf
 *
 * Context: Process context, &cohbuf.lock held. While one does, the memory is there.
 * Return: true where one does.
 */
bool cohbuf_importers_have_mapped(const struct cohbuf_dmabuf *cd)
{
	const struct cohbuf_importer *importer;

	lockdep_assert_held(&cd->cb->lock);

	list_for_each_entry(importer, &cd->importers, node)
		if (importer->mapped)
			return true;
	return false;
}

/*
 * The importer by which the caches are cared for: one that does not snoop them, and rather
 * one that writes. They are the same caches for all. NULL where there is none.
 */
static struct cohbuf_importer *cohbuf_importer_to_sync(const struct cohbuf_dmabuf *cd)
{
	struct cohbuf_importer *importer, *found = NULL;

	list_for_each_entry(importer, &cd->importers, node) {
		if (!importer->mapped || importer->unmapping ||
		    dev_is_dma_coherent(importer->dev))
			continue;
		found = importer;
		if (importer->direction == DMA_BIDIRECTIONAL)
			break;
	}
	return found;
}

static void cohbuf_importer_sync(struct cohbuf_importer *importer,
				 enum dma_data_direction direction, bool for_cpu)
{
	/* Never for writing by the device alone: see cohbuf_importer_map(). */
	if (direction != DMA_TO_DEVICE)
		direction = importer->direction;

	if (!for_cpu)
		dma_sync_sgtable_for_device(importer->dev, &importer->sgt, direction);
	/* Who is to write next needs nothing, and others' writes are not to be dropped. */
	else if (direction != DMA_TO_DEVICE)
		dma_sync_sgtable_for_cpu(importer->dev, &importer->sgt, direction);
}

/**
 * cohbuf_importers_sync() - hand the memory over between the CPU and importers
 * @cd: the dma-buf
 * @direction: which way the data goes
 * @for_cpu: the CPU works on it next; else they do
 *
 * Where the node's device snoops the CPU's caches, an importer's need not. It takes as long
 * as the dma-buf is, with nothing held; the importer cannot unmap it meanwhile.
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: 0, or -ENODEV after the unbind.
 */
int cohbuf_importers_sync(struct cohbuf_dmabuf *cd, enum dma_data_direction direction,
			  bool for_cpu)
{
	struct cohbuf_importer *importer = NULL;
	struct cohbuf *cb = cd->cb;
	int ret;

	mutex_lock(&cb->lock);
	ret = cb->mem ? 0 : -ENODEV;
	if (!ret && cb->mem->dma_coherent)
		importer = cohbuf_importer_to_sync(cd);
	if (importer)
		importer->num_syncs++;
	mutex_unlock(&cb->lock);
	if (!importer)
		return ret;

	cohbuf_importer_sync(importer, direction, for_cpu);

	mutex_lock(&cb->lock);
	if (!--importer->num_syncs)
		wake_up(&cb->imports_wait);
	mutex_unlock(&cb->lock);
	return 0;
}
