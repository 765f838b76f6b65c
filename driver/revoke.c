// SPDX-License-Identifier: GPL-2.0-only
/*
 * What user space has mapped, and how it is taken away at unbind.
 *
 * A mapping made by dma_mmap_coherent() holds no reference to the pages, so it
 * must be gone before they are freed. unmap_mapping_range() does that, but it
 * finds a VMA only once it is linked, and ->mmap() fills the page tables before
 * that: an mmap() in flight would keep a stale mapping. Both run under the mmap_lock
 * of the process, so taking and dropping that lock waits for the link. Hence each
 * mapping remembers the mm that it was made in.
 *
 * A VMA that fork(), mremap() or munmap() derives needs no such wait: the kernel
 * links it before it copies page-table entries, and in an order that the reverse
 * map relies on everywhere.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/poll.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "cohbuf.h"
#include "compat.h"
#include "trace.h"

/**
 * struct cohbuf_mapping - one mmap() and the VMAs derived from it
 * @node: entry of &cohbuf.mappings, under &cohbuf.lock
 * @cb: the buffer; each VMA holds the file, and that holds the buffer
 * @mm: where mmap() was called; its struct is held, its contents are not
 * @num_vmas: VMAs that refer to this, under &cohbuf.lock
 */
struct cohbuf_mapping {
	struct list_head node;
	struct cohbuf *cb;
	struct mm_struct *mm;
	unsigned int num_vmas;
};

static void cohbuf_vma_open(struct vm_area_struct *vma)
{
	struct cohbuf_mapping *map = vma->vm_private_data;
	struct cohbuf *cb = map->cb;

	mutex_lock(&cb->lock);
	map->num_vmas++;
	cb->num_mappings++;
	mutex_unlock(&cb->lock);
}

static void cohbuf_vma_close(struct vm_area_struct *vma)
{
	struct cohbuf_mapping *map = vma->vm_private_data;
	struct cohbuf *cb = map->cb;
	bool last;

	mutex_lock(&cb->lock);
	cb->num_mappings--;
	last = !--map->num_vmas;
	if (last)
		list_del(&map->node);
	mutex_unlock(&cb->lock);

	if (last) {
		mmdrop(map->mm);
		kfree(map);
	}
}

/* Without ->fault(), a touch of what was revoked is SIGBUS. */
static const struct vm_operations_struct cohbuf_vm_ops = {
	.open = cohbuf_vma_open,
	.close = cohbuf_vma_close,
};

/**
 * cohbuf_map() - map the buffer into a process, until it is revoked
 * @cb: the buffer
 * @vma: shared mapping to fill
 *
 * Context: Process context, mmap_lock held for writing. Takes &cohbuf.lock.
 * Return: 0, -ENODEV after the unbind, -ENXIO where @vma reaches past the end of
 * the buffer, or -ENOMEM.
 */
int cohbuf_map(struct cohbuf *cb, struct vm_area_struct *vma)
{
	struct cohbuf_mapping *map;
	int ret;

	map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map)
		return -ENOMEM;
	map->cb = cb;
	map->mm = vma->vm_mm;
	map->num_vmas = 1;

	mutex_lock(&cb->lock);
	ret = cb->mem ? cohbuf_mem_mmap(cb->mem, vma) : -ENODEV;
	if (!ret) {
		mmgrab(map->mm);
		list_add(&map->node, &cb->mappings);
		cb->num_mappings++;
		vma->vm_private_data = map;
		vma->vm_ops = &cohbuf_vm_ops;
	} else {
		/* Half a mapping is on no list that an unbind looks at. */
		zap_special_vma_range(vma, vma->vm_start, vma->vm_end - vma->vm_start);
	}
	mutex_unlock(&cb->lock);

	trace_cohbuf_mmap(cb, vma, ret);
	if (ret)
		kfree(map);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_map);

/* Wait until each mmap() that saw the memory has linked its VMA. */
static void cohbuf_drain_mmaps(struct cohbuf *cb)
{
	struct cohbuf_mapping *map;
	struct mm_struct *mm;
	LIST_HEAD(drained);

	lockdep_assert_held(&cb->lock);

	while ((map = list_first_entry_or_null(&cb->mappings,
					       struct cohbuf_mapping, node))) {
		mm = map->mm;
		mmgrab(mm);
		list_move(&map->node, &drained);

		/* mmap_lock comes before cohbuf.lock. */
		mutex_unlock(&cb->lock);
		mmap_read_lock(mm);
		mmap_read_unlock(mm);
		mmdrop(mm);
		mutex_lock(&cb->lock);
	}
	list_splice(&drained, &cb->mappings);
}

/**
 * cohbuf_revoke() - take the memory away from all files and mappings
 * @cb: the buffer, its node removed
 *
 * On return no file operation and no DMA engine uses the memory, and no process has
 * it mapped. From then on a touch is SIGBUS, a call is ENODEV, and poll says
 * EPOLLHUP | EPOLLERR.
 *
 * Context: Process context. Takes &cohbuf.lock, and the mmap_lock of each process
 * that has mapped the buffer.
 */
void cohbuf_revoke(struct cohbuf *cb)
{
	struct cohbuf_file *cf;

	mutex_lock(&cb->lock);
	cb->mem = NULL;
	trace_cohbuf_revoke(cb);
	cohbuf_drain_mmaps(cb);

	/* Nodes made by mknod have a mapping of their own, hence each file. */
	list_for_each_entry(cf, &cb->files, node)
		unmap_mapping_range(cf->file->f_mapping, 0, 0, 1);
	mutex_unlock(&cb->lock);

	cohbuf_copy_stop(cb);
	wake_up_poll(&cb->unbound, EPOLLHUP | EPOLLERR);
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_revoke);
