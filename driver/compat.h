/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What older kernels lack, in the words of the newest. The only file that may
 * ask for a kernel's version.
 */
#ifndef _COHBUF_COMPAT_H
#define _COHBUF_COMPAT_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "cohbuf needs Linux 5.10 or newer"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define copy_splice_read	generic_file_splice_read
#endif

#endif /* _COHBUF_COMPAT_H */
