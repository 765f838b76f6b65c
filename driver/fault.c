// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is made of pages which the kernel counts one by one: mapped as such, so that
 * what needs references (O_DIRECT, MSG_ZEROCOPY, io_uring, process_vm_readv()) can have
 * them. The driver gives up its own at unbind; a page that someone has pinned lives on
 * until that is over, and is nobody else's before.
 *
 * A page is entered when it is touched, under &cohbuf.lock with the memory looked at. So an
 * unbind, which takes the memory away under that lock before it zaps, misses none, and a
 * VMA that mmap() has made and the kernel has not linked yet is empty.
 */
#include <linux/mm.h>
#include <linux/sizes.h>

#include "cohbuf.h"
#include "compat.h"

/* One fault enters what is around it as well; others wait for the lock meanwhile. */
#define COHBUF_FAULT_AROUND	SZ_2M

static void cohbuf_fault_around(const struct cohbuf_mem *mem, struct vm_fault *vmf,
				unsigned long first)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long from = ALIGN_DOWN(vmf->address, COHBUF_FAULT_AROUND);
	unsigned long end = min(vma->vm_end, from + COHBUF_FAULT_AROUND);
	unsigned long at, index;
	int ret = 0;

	for (at = max(vma->vm_start, from); at < end && ret != -ENOMEM; at += PAGE_SIZE) {
		index = first + vma->vm_pgoff + ((at - vma->vm_start) >> PAGE_SHIFT);
		/* -EBUSY: it is there already. */
		ret = vm_insert_page(vma, at, mem->ops->page(mem, index));
	}
}

static vm_fault_t cohbuf_fault_mem(const struct cohbuf_mem *mem, struct vm_fault *vmf,
				   unsigned long first)
{
	vm_fault_t ret;

	/* A mark of userfaultfd is in its place, and would be for ever. */
	if (!mem->ops->page || !pte_none(vmf->orig_pte))
		return VM_FAULT_SIGBUS;

	ret = vmf_insert_page(vmf->vma, vmf->address, mem->ops->page(mem, first + vmf->pgoff));
	if (ret == VM_FAULT_NOPAGE)
		cohbuf_fault_around(mem, vmf, first);
	return ret;
}

/**
 * cohbuf_fault() - enter the page that a program touches, and those around it
 * @cb: the buffer
 * @vmf: where, in a VMA of cohbuf_map()
 * @first: page of the buffer that the file begins with
 *
 * Context: Process context, mmap_lock held for reading, or the VMA's lock. Takes
 * &cohbuf.lock.
 * Return: VM_FAULT_NOPAGE; VM_FAULT_OOM; VM_FAULT_SIGBUS after the unbind, and for memory
 * that is entered by mmap().
 */
vm_fault_t cohbuf_fault(struct cohbuf *cb, struct vm_fault *vmf, unsigned long first)
{
	vm_fault_t ret = VM_FAULT_SIGBUS;

	mutex_lock(&cb->lock);
	if (cb->mem)
		ret = cohbuf_fault_mem(cb->mem, vmf, first);
	mutex_unlock(&cb->lock);
	return ret;
}
