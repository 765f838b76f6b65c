// SPDX-License-Identifier: GPL-2.0-only
/*
 * What user space has open and mapped, and how it is taken away at unbind.
 *
 * A mapping made by dma_mmap_coherent() holds no reference to the pages, so it
 * must be gone before they are freed. unmap_mapping_range() does that, for all VMAs
 * of an inode at once, but it finds a VMA only once it is linked into the reverse
 * map, and ->mmap() fills the page tables before that: an mmap() in flight would keep
 * a stale mapping.
 *
 * Waiting for the mmap_lock of the process, under which both run, would tell when
 * it is linked, but a program can hold that lock for as long as it likes. So an
 * unbind waits for nobody: each mapping remembers the VMA that it was made in, a mark
 * in that VMA says whether it is linked, and one that is not is zapped directly. Pages
 * that are counted are entered later, by a fault, so that such a VMA is empty.
 *
 * A VMA that fork(), mremap() or munmap() derives needs none of this: the kernel
 * links it before it copies page-table entries, and in an order that the reverse
 * map relies on everywhere.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "cohbuf.h"
#include "compat.h"
#include "trace.h"

/**
 * struct cohbuf_mapping - one mmap(); vm_private_data of its VMA and of all derived from it
 * @node: entry of &cohbuf.mappings while there is a @vma
 * @vma: the VMA that it was made in, or NULL once that is closed
 * @cb: the buffer, to which the file that is mapped holds a reference
 * @first: page of the buffer that the file begins with
 * @num_vmas: the VMA and those derived from it, as far as they are open
 *
 * Protected by &cohbuf.lock, where it is not constant.
 */
struct cohbuf_mapping {
	struct list_head node;
	struct vm_area_struct *vma;
	struct cohbuf *cb;
	unsigned long first;
	unsigned int num_vmas;
};

/*
 * Until the kernel links a VMA into the reverse map, its node there is nobody's. An
 * empty one, which a node in a tree never is, marks that.
 */
static void cohbuf_vma_mark_unlinked(struct vm_area_struct *vma)
{
	RB_CLEAR_NODE(&vma->shared.rb);
}

static bool cohbuf_vma_is_unlinked(const struct vm_area_struct *vma)
{
	return RB_EMPTY_NODE(&vma->shared.rb);
}

static void cohbuf_vma_zap(struct vm_area_struct *vma)
{
	zap_special_vma_range(vma, vma->vm_start, vma->vm_end - vma->vm_start);
}

/*
 * Zap a VMA that may not be linked yet. While it is not, the thread in mmap() has
 * mmap_lock for writing, so no other touches its page tables, and under i_mmap_rwsem
 * that thread cannot link it either; where it gives up instead, it closes the VMA
 * first, which waits for cohbuf.lock. One that is linked is left to
 * unmap_mapping_range().
 */
static void cohbuf_vma_zap_unlinked(struct vm_area_struct *vma)
{
	struct address_space *mapping = vma->vm_file->f_mapping;

	if (!cohbuf_vma_is_unlinked(vma))
		return;

	i_mmap_lock_write(mapping);
	if (cohbuf_vma_is_unlinked(vma))
		cohbuf_vma_zap(vma);
	i_mmap_unlock_write(mapping);
}

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
	if (map->vma == vma) {
		/* mmap() gave up after all, and an unbind would not find this one. */
		if (cohbuf_vma_is_unlinked(vma))
			cohbuf_vma_zap(vma);
		list_del(&map->node);
		map->vma = NULL;
	}
	mutex_unlock(&cb->lock);

	if (last)
		kfree(map);
}

/* For a debugger, which the memory attributes of the mapping need not concern. */
static int cohbuf_vma_access(struct vm_area_struct *vma, unsigned long addr, void *buf,
			     int len, int write)
{
	const struct cohbuf_mapping *map = vma->vm_private_data;
	u64 offset = ((u64)(map->first + vma->vm_pgoff) << PAGE_SHIFT) + (addr - vma->vm_start);

	/* It forces its way into what is private to the process, which this is not. */
	if (write && !(vma->vm_flags & VM_WRITE))
		return -EACCES;

	return cohbuf_rw_kernel(map->cb, offset, buf,
				min_t(unsigned long, len, vma->vm_end - addr), write);
}

static vm_fault_t cohbuf_vma_fault(struct vm_fault *vmf)
{
	const struct cohbuf_mapping *map = vmf->vma->vm_private_data;

	return cohbuf_fault(map->cb, vmf, map->first);
}

static const struct vm_operations_struct cohbuf_vm_ops = {
	.open = cohbuf_vma_open,
	.close = cohbuf_vma_close,
	.fault = cohbuf_vma_fault,
	.access = cohbuf_vma_access,
};

/**
 * cohbuf_map() - map the buffer into a process, until it is revoked
 * @cb: the buffer
 * @vma: shared mapping to fill, of a file that holds a reference to @cb
 * @first: page of the buffer that the file begins with
 *
 * Context: Process context, mmap_lock held for writing. Takes &cohbuf.lock.
 * Return: 0, -ENODEV after the unbind, -ENXIO where @vma reaches past the end of
 * the buffer, or -ENOMEM.
 */
int cohbuf_map(struct cohbuf *cb, struct vm_area_struct *vma, unsigned long first)
{
	struct cohbuf_mapping *map;
	int ret = -ENODEV;

	map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map)
		return -ENOMEM;
	map->vma = vma;
	map->cb = cb;
	map->first = first;
	map->num_vmas = 1;

	mutex_lock(&cb->lock);
	if (!cb->mem)
		goto out_unlock;

	/* While it is filled, a page of the buffer; for the kernel, one of the file. */
	vma->vm_pgoff += first;
	ret = cohbuf_mem_mmap(cb->mem, vma);
	vma->vm_pgoff -= first;
	if (ret) {
		/* Half a mapping is on no list that an unbind looks at. */
		cohbuf_vma_zap(vma);
		goto out_unlock;
	}

	cohbuf_vma_mark_unlinked(vma);
	list_add(&map->node, &cb->mappings);
	cb->num_mappings++;
	vma->vm_private_data = map;
	vma->vm_ops = &cohbuf_vm_ops;
out_unlock:
	mutex_unlock(&cb->lock);

	trace_cohbuf_mmap(cb, vma, ret);
	if (ret)
		kfree(map);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_map);

/* Nodes made by mknod have inodes of their own. */
static struct cohbuf_inode *cohbuf_inode_get(struct cohbuf *cb, struct address_space *mapping)
{
	struct cohbuf_inode *ci;

	lockdep_assert_held(&cb->lock);

	list_for_each_entry(ci, &cb->inodes, node)
		if (ci->mapping == mapping)
			goto out_count;

	ci = kzalloc(sizeof(*ci), GFP_KERNEL_ACCOUNT);
	if (!ci)
		return NULL;
	ci->cb = cb;
	ci->mapping = mapping;
	list_add(&ci->node, &cb->inodes);
out_count:
	ci->num_files++;
	return ci;
}

/**
 * cohbuf_attach() - let an unbind know of a file that is being opened
 * @cb: the buffer
 * @mapping: the file's
 *
 * Context: Process context. Takes &cohbuf.lock.
 * Return: the file's private_data, or an ERR_PTR(): -ENXIO after the unbind, or -ENOMEM.
 */
struct cohbuf_inode *cohbuf_attach(struct cohbuf *cb, struct address_space *mapping)
{
	struct cohbuf_inode *ci;

	mutex_lock(&cb->lock);
	if (!cb->mem) {
		/* What the kernel says itself once no file has the node open. */
		ci = ERR_PTR(-ENXIO);
		goto out_unlock;
	}

	ci = cohbuf_inode_get(cb, mapping) ?: ERR_PTR(-ENOMEM);
	if (!IS_ERR(ci))
		cb->num_files++;
out_unlock:
	mutex_unlock(&cb->lock);
	return ci;
}

/**
 * cohbuf_detach() - take cohbuf_attach() back
 * @ci: what it gave; the file has no mapping left
 *
 * Context: Process context. Takes &cohbuf.lock.
 */
void cohbuf_detach(struct cohbuf_inode *ci)
{
	struct cohbuf *cb = ci->cb;

	mutex_lock(&cb->lock);
	cb->num_files--;
	if (!--ci->num_files) {
		list_del(&ci->node);
		kfree(ci);
	}
	mutex_unlock(&cb->lock);
}

/**
 * cohbuf_revoke_memory() - take the memory away from all files and mappings
 * @cb: the buffer; who opens its node from now on gets -ENXIO
 *
 * On return no file operation uses the memory, and no process has it mapped. Engines and
 * importers may.
 *
 * Context: Process context, may sleep, for as long as page tables take to zap. Takes
 * &cohbuf.lock.
 */
void cohbuf_revoke_memory(struct cohbuf *cb)
{
	struct cohbuf_mapping *map;
	struct cohbuf_inode *ci;

	mutex_lock(&cb->lock);
	WRITE_ONCE(cb->mem, NULL);
	trace_cohbuf_revoke(cb);

	list_for_each_entry(map, &cb->mappings, node)
		cohbuf_vma_zap_unlinked(map->vma);
	/* After that: what is linked meanwhile is found here. */
	list_for_each_entry(ci, &cb->inodes, node)
		unmap_mapping_range(ci->mapping, 0, 0, 1);
	mutex_unlock(&cb->lock);
}

/**
 * cohbuf_revoke_waiters() - tell all who wait that the memory is gone
 * @cb: the buffer, its memory already taken away
 *
 * Context: Process context, may sleep, until an interrupt that is being counted is.
 */
void cohbuf_revoke_waiters(struct cohbuf *cb)
{
	cohbuf_events_stop(cb);
	wake_up_poll(&cb->unbound, EPOLLHUP | EPOLLERR);
	kill_fasync(&cb->fasync, SIGIO, POLL_HUP);
}

/**
 * cohbuf_revoke() - take the memory of a buffer away from all who have it
 * @cb: the buffer
 *
 * On return no file operation and no DMA engine uses the memory, and no process has
 * it mapped. From then on a touch is SIGBUS, a call is ENODEV, and poll says
 * EPOLLHUP | EPOLLERR. Nor has an importer of a dma-buf it mapped; or it is lost.
 *
 * Context: Process context, may sleep, for as long as page tables take to zap and an
 * engine to stop, which nothing that a program does makes longer; and until importers
 * let go, which cohbuf_exports_revoke() limits. Takes &cohbuf.lock.
 */
void cohbuf_revoke(struct cohbuf *cb)
{
	struct cohbuf_mem *mem = cb->mem;

	cohbuf_revoke_memory(cb);
	cohbuf_copy_stop(cb);
	cohbuf_revoke_waiters(cb);
	if (!cohbuf_exports_revoke(cb))
		mem->lost = true;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_revoke);
