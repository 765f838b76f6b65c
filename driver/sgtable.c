// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a buffer as a scatter/gather table, for devices other than the node's
 * own: each maps it for itself.
 */
#include <linux/dma-direct.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

#include "cohbuf.h"
#include "compat.h"

/* What one entry of a table can say at most: its length is an unsigned int. */
#define COHBUF_SG_MOST	round_down(UINT_MAX, PAGE_SIZE)

/**
 * cohbuf_sgtable_contiguous() - make the table of memory that is contiguous
 * @sgt: the table, which is filled in
 * @pfn: its first page
 * @size: in bytes, a multiple of the page size, not zero
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int cohbuf_sgtable_contiguous(struct sg_table *sgt, unsigned long pfn, size_t size)
{
	struct scatterlist *sg;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(sgt, 1 + (size - 1) / COHBUF_SG_MOST, GFP_KERNEL);
	if (ret)
		return ret;

	for_each_sgtable_sg(sgt, sg, i) {
		unsigned int len = min_t(size_t, size, COHBUF_SG_MOST);

		sg_set_page(sg, pfn_to_page(pfn), len, 0);
		pfn += PHYS_PFN(len);
		size -= len;
	}
	return 0;
}

/*
 * Go through the part of a table that is the range, and put it at @to in pieces of at
 * most @most bytes, or only count them where that is NULL. Returns how many pieces, 0
 * where the table ends before the range.
 */
static unsigned int cohbuf_sgtable_walk(const struct sg_table *all, size_t offset, size_t size,
					unsigned int most, struct scatterlist *to)
{
	unsigned int i, pieces = 0;
	struct scatterlist *from;

	for_each_sgtable_sg(all, from, i) {
		while (size && offset < from->length) {
			unsigned long pfn = page_to_pfn(sg_page(from)) + PHYS_PFN(offset);
			unsigned int len = min_t(size_t, size, from->length - offset);

			len = min(len, most);
			if (to) {
				sg_set_page(to, pfn_to_page(pfn), len, 0);
				to = sg_next(to);
			}
			pieces++;
			offset += len;
			size -= len;
		}
		if (!size)
			return pieces;
		offset -= from->length;
	}
	return 0;
}

/* Of 4 GiB and more in one piece the DMA API says a length without the upper bits. */
static bool cohbuf_sgtable_is_whole(const struct sg_table *all, size_t size)
{
	struct scatterlist *sg;
	size_t sum = 0;
	unsigned int i;

	for_each_sgtable_sg(all, sg, i)
		sum += sg->length;
	return sum >= size;
}

/*
 * Of memory that was taken from the kernel ("mem=") it has no struct page; where all of
 * them are one array, only the number tells. Such memory is in one piece, and behind no
 * IOMMU; it may be of a region of the controller's that the node does not name.
 */
static bool cohbuf_sgtable_has_pages(const struct cohbuf_mem *mem)
{
	phys_addr_t phys;

	if (cohbuf_is_translated(mem->dev))
		return true;
	phys = dma_to_phys(mem->dev, mem->dma_addr);
	return pfn_has_page(PHYS_PFN(phys)) && pfn_has_page(PHYS_PFN(phys + mem->size - 1));
}

/**
 * cohbuf_sgtable_cut() - make the table of a range of a buffer
 * @mem: the memory
 * @offset: in bytes, a multiple of the page size
 * @size: in bytes, a multiple of the page size, not zero; inside the memory
 * @most: how long a piece may be, in bytes, at least a page
 * @sgt: the table, which is filled in, for sg_free_table()
 *
 * Context: Process context, may sleep.
 * Return: 0, -EOPNOTSUPP where the memory has no pages that the kernel knows, -EOVERFLOW
 * where the DMA API cannot say where all of it is, or -ENOMEM.
 */
int cohbuf_sgtable_cut(const struct cohbuf_mem *mem, size_t offset, size_t size,
		       unsigned int most, struct sg_table *sgt)
{
	unsigned int pieces;
	struct sg_table all;
	int ret;

	/* Before anybody looks at one. */
	if (!cohbuf_sgtable_has_pages(mem))
		return -EOPNOTSUPP;
	ret = mem->ops->sgtable(mem, &all);
	/* What the DMA API of 32-bit Arm says of memory without pages. */
	if (ret == -ENXIO)
		return -EOPNOTSUPP;
	if (ret)
		return ret;

	most = round_down(most, PAGE_SIZE);
	pieces = cohbuf_sgtable_walk(&all, offset, size, most, NULL);
	if (!pieces || !cohbuf_sgtable_is_whole(&all, mem->size))
		ret = -EOVERFLOW;
	else
		ret = sg_alloc_table(sgt, pieces, GFP_KERNEL);
	if (!ret)
		cohbuf_sgtable_walk(&all, offset, size, most, sgt->sgl);

	sg_free_table(&all);
	return ret;
}
