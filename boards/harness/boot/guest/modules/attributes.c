// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the processor maps a page of a buffer, for the user and for the kernel:
 * physical address and memory type, by asking the processor or, where that does not
 * tell the type, by walking the page tables. See attributes.h.
 *
 * Emulators have no caches, so a wrong type changes nothing that a program there
 * could see. This is how a test sees it all the same.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/kallsyms.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "attributes.h"
#include "cohbuf.h"
#include "compat.h"

#if defined(CONFIG_ARM64) || defined(CONFIG_ARM_LPAE)

#define PAR_FAULT	BIT_ULL(0)
#define PAR_PHYS	GENMASK_ULL(47, 12)
#define PAR_ATTR_SHIFT	56

/* ARM ARM, D17.2.97 MAIR_EL1: a nibble each for outer and inner. */
static bool attributes_nibble_is_write_back(unsigned int nibble)
{
	/* 0b11xx, or transient: 0b01xx but for 0b0100, which is non-cacheable. */
	return (nibble & 0x4) && nibble != 0x4;
}

static enum attributes_type attributes_type_of(u32 raw)
{
	/* Of the Device types nGnRE, which ioremap() gives. */
	if (raw == 0x04)
		return ATTRIBUTES_DEVICE;
	if (raw == 0x44)
		return ATTRIBUTES_NONCACHEABLE;
	if (attributes_nibble_is_write_back(raw >> 4) &&
	    attributes_nibble_is_write_back(raw & 0xf))
		return ATTRIBUTES_WRITE_BACK;
	return ATTRIBUTES_OTHER;
}

#ifdef CONFIG_ARM64
/* Ask the processor: its own walk, as a load of the user or of the kernel. */
static u64 attributes_translate(unsigned long addr, bool user)
{
	unsigned long flags;
	u64 par;

	local_irq_save(flags);
	if (user) {
		uaccess_ttbr0_enable();
		asm volatile("at s1e0r, %0" : : "r" (addr));
	} else {
		asm volatile("at s1e1r, %0" : : "r" (addr));
	}
	isb();
	par = read_sysreg(par_el1);
	if (user)
		uaccess_ttbr0_disable();
	local_irq_restore(flags);
	return par;
}
#else
static u64 attributes_translate(unsigned long addr, bool user)
{
	unsigned long flags;
	u64 par;

	local_irq_save(flags);
	if (user)
		asm volatile("mcr p15, 0, %0, c7, c8, 2" : : "r" (addr));
	else
		asm volatile("mcr p15, 0, %0, c7, c8, 0" : : "r" (addr));
	isb();
	asm volatile("mrrc p15, 0, %Q0, %R0, c7" : "=r" (par));
	local_irq_restore(flags);
	return par;
}
#endif

static int attributes_read(unsigned long addr, bool user, struct attributes_alias *alias)
{
	u64 par = attributes_translate(addr, user);

	if (par & PAR_FAULT)
		return -EFAULT;
	alias->phys = (par & PAR_PHYS) | offset_in_page(addr);
	alias->raw = par >> PAR_ATTR_SHIFT;
	alias->type = attributes_type_of(alias->raw);
	return 0;
}

#elif defined(CONFIG_RISCV)

/*
 * RISC-V Privileged Architecture, chapter "Svpbmt": what a page's entry says instead
 * of what the platform has there, which for memory is write-back.
 */
#define PBMT_SHIFT	61
#define PBMT_MASK	3

static const enum attributes_type attributes_pbmt[] = {
	ATTRIBUTES_WRITE_BACK, ATTRIBUTES_NONCACHEABLE, ATTRIBUTES_DEVICE, ATTRIBUTES_OTHER
};

static void attributes_decode(u64 entry, unsigned long pfn, unsigned long addr,
			      unsigned long size, struct attributes_alias *alias)
{
	alias->raw = entry >> PBMT_SHIFT & PBMT_MASK;
	alias->type = attributes_pbmt[alias->raw];
	alias->phys = PFN_PHYS(pfn) + (addr & (size - 1));
}

/* The table of a process has the kernel's entries, too. */
static int attributes_read(unsigned long addr, bool user, struct attributes_alias *alias)
{
	p4d_t *p4d = p4d_offset(pgd_offset(current->mm, addr), addr);
	pud_t *pud;
	pmd_t *pmd;
	pte_t pte;

	if (p4d_none(*p4d))
		return -EFAULT;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud))
		return -EFAULT;
	if (pud_leaf(*pud)) {
		attributes_decode(pud_val(*pud), pud_pfn(*pud), addr, PUD_SIZE, alias);
		return 0;
	}
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd))
		return -EFAULT;
	if (pmd_leaf(*pmd)) {
		attributes_decode(pmd_val(*pmd), pmd_pfn(*pmd), addr, PMD_SIZE, alias);
		return 0;
	}
	pte = ptep_get(pte_offset_kernel(pmd, addr));
	if (!pte_present(pte))
		return -EFAULT;
	attributes_decode(pte_val(pte), pte_pfn(pte), addr, PAGE_SIZE, alias);
	return 0;
}

#else /* short descriptors */

#define L1_TYPE		GENMASK(1, 0)
#define L1_TABLE	1
#define L1_SECTION	BIT(1)		/* bit 0 is "not for the privileged to execute" */
#define L1_SUPERSECTION	BIT(18)
#define L2_SMALL_PAGE	BIT(1)		/* bit 0 is "not to execute" */

/* Position of TEX[0] in an entry; C and B are at the same place in all. */
#define L1_TEX_SHIFT	12
#define L2_TEX_SHIFT	6

/* Strongly-ordered is 0. */
#define PRRR_DEVICE	1
#define PRRR_NORMAL	2

/* The entry of the second level, in memory that the kernel may not have mapped. */
static u32 attributes_l2(u32 l1, unsigned long addr)
{
	phys_addr_t table = l1 & GENMASK(31, 10);
	u32 *page, entry;

	page = kmap_local_page(pfn_to_page(PHYS_PFN(table)));
	entry = READ_ONCE(page[offset_in_page(table) / sizeof(u32) +
			       (addr >> PAGE_SHIFT & 0xff)]);
	kunmap_local(page);
	return entry;
}

/* "TEX remap": three bits of the entry choose a field of PRRR and one of NMRR. */
static void attributes_decode(u32 entry, unsigned int tex_shift,
			      struct attributes_alias *alias)
{
	/* TEX[0], C, B. */
	unsigned int n = (entry >> tex_shift & 1) << 2 | (entry >> 2 & 3);
	u32 prrr, nmrr, type, inner, outer;

	asm("mrc p15, 0, %0, c10, c2, 0" : "=r" (prrr));
	asm("mrc p15, 0, %0, c10, c2, 1" : "=r" (nmrr));
	type = prrr >> 2 * n & 3;
	inner = nmrr >> 2 * n & 3;
	outer = nmrr >> (16 + 2 * n) & 3;

	alias->raw = type << 4 | inner << 2 | outer;
	alias->type = ATTRIBUTES_OTHER;
	if (type == PRRR_DEVICE)
		alias->type = ATTRIBUTES_DEVICE;
	else if (type == PRRR_NORMAL && !inner && !outer)
		alias->type = ATTRIBUTES_NONCACHEABLE;
	else if (type == PRRR_NORMAL && (inner & 1) && (outer & 1))
		alias->type = ATTRIBUTES_WRITE_BACK;
}

/* The table of a process has the kernel's entries, too. */
static int attributes_read(unsigned long addr, bool user, struct attributes_alias *alias)
{
	u32 l1 = READ_ONCE(((u32 *)current->mm->pgd)[addr >> SECTION_SHIFT]);
	u32 l2;

	if ((l1 & L1_TYPE) == L1_TABLE) {
		l2 = attributes_l2(l1, addr);
		if (!(l2 & L2_SMALL_PAGE))
			return -EFAULT;
		attributes_decode(l2, L2_TEX_SHIFT, alias);
		alias->phys = (l2 & PAGE_MASK) | offset_in_page(addr);
		return 0;
	}
	if (!(l1 & L1_SECTION) || (l1 & L1_SUPERSECTION))
		return -EFAULT;
	attributes_decode(l1, L1_TEX_SHIFT, alias);
	alias->phys = (l1 & SECTION_MASK) | (addr & ~SECTION_MASK);
	return 0;
}

#endif

/* With the buffer locked. */
static int attributes_read_both(const struct cohbuf_mem *mem, u64 offset,
				struct attributes_query *query)
{
	const u8 *kernel = mem ? mem->cpu_addr : NULL;
	int ret;

	if (!mem)
		return -ENODEV;
	if (offset >= mem->size)
		return -EINVAL;

	/* The touch makes sure that the page tables of this process have it. */
	if (mem->registers) {
		kernel = (const u8 __force *)mem->registers;
		readl(mem->registers + offset);
	} else {
		READ_ONCE(kernel[offset]);
	}
	kernel += offset;
	ret = attributes_read((unsigned long)kernel, false, &query->kernel);
	if (ret)
		return ret;
	return attributes_read(query->addr, true, &query->user);
}

/*
 * Only addresses in a mapping of the file are looked at. While mmap_lock is held
 * their page tables stay, whatever other threads do; entries may go, which is a
 * translation that fails.
 */
static int attributes_query_file(struct file *file, struct attributes_query *query)
{
	struct cohbuf *cb = cohbuf_of(file);
	struct vm_area_struct *vma;
	int ret = -EINVAL;
	u64 offset;

	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, query->addr);
	if (vma && vma->vm_start <= query->addr && vma->vm_file == file) {
		offset = query->addr - vma->vm_start + ((u64)vma->vm_pgoff << PAGE_SHIFT);
		mutex_lock(&cb->lock);
		ret = attributes_read_both(cb->mem, offset, query);
		mutex_unlock(&cb->lock);
	}
	mmap_read_unlock(current->mm);
	return ret;
}

static bool attributes_is_buffer(const struct file *file)
{
	char name[KSYM_SYMBOL_LEN];

	/* Not by the file's module, which there is none of where the driver is built in. */
	snprintf(name, sizeof(name), "%ps", file->f_op->mmap);
	return str_has_prefix(name, "cohbuf_mmap");
}

static long attributes_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = (void __user *)arg;
	struct attributes_query query;
	struct file *buffer;
	int ret = -EINVAL;

	if (cmd != ATTRIBUTES_IOC_QUERY)
		return -ENOTTY;
	if (copy_from_user(&query, argp, sizeof(query)))
		return -EFAULT;
	if (query.addr >= TASK_SIZE)
		return -EINVAL;

	buffer = fget(query.fd);
	if (!buffer)
		return -EBADF;
	if (attributes_is_buffer(buffer))
		ret = attributes_query_file(buffer, &query);
	fput(buffer);

	if (!ret && copy_to_user(argp, &query, sizeof(query)))
		ret = -EFAULT;
	return ret;
}

static const struct file_operations attributes_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = attributes_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice attributes_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "attributes",
	.fops = &attributes_fops,
	.mode = 0600,
};
module_misc_device(attributes_misc);

MODULE_DESCRIPTION("How the processor maps the buffers of cohbuf");
MODULE_AUTHOR("The cohbuf project");
MODULE_LICENSE("GPL");
