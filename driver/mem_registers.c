// SPDX-License-Identifier: GPL-2.0-only
/*
 * "registers" of a device, at the node's "reg", as memory of type Device. Claimed, so
 * that no driver that claims them too has them at the same time. No DMA, and no caches:
 * what is read and written is the device.
 */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "cohbuf.h"
#include "compat.h"
#include "config.h"

static int cohbuf_registers_alloc(struct device *dev, struct cohbuf_mem *mem,
				  const struct cohbuf_config *config)
{
	mem->phys = config->reg;
	mem->io_width = config->io_width;

	if (!request_mem_region(mem->phys, mem->size, dev_name(dev)))
		return dev_err_probe(dev, -EBUSY,
				     "reg %#llx, of %#zx bytes, is in use (see /proc/iomem): disable the other driver's node, or unbind it\n",
				     (u64)mem->phys, mem->size);

	mem->registers = ioremap(mem->phys, mem->size);
	if (mem->registers)
		return 0;

	release_mem_region(mem->phys, mem->size);
	return dev_err_probe(dev, -ENXIO,
			     "reg %#llx, of %#zx bytes, cannot be mapped: give less, or what is registers\n",
			     (u64)mem->phys, mem->size);
}

static void cohbuf_registers_free(struct cohbuf_mem *mem)
{
	iounmap(mem->registers);
	release_mem_region(mem->phys, mem->size);
}

static int cohbuf_registers_mmap(const struct cohbuf_mem *mem, struct vm_area_struct *vma)
{
	/* As ioremap() does; on arm64 pgprot_noncached() would forbid the early answer. */
	vma->vm_page_prot = pgprot_device(vma->vm_page_prot);
	return io_remap_pfn_range(vma, vma->vm_start, PHYS_PFN(mem->phys) + vma->vm_pgoff,
				  vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

/* A value of any width, which is in the first bytes of memory. */
union cohbuf_value {
	u8 b;
	u16 w;
	u32 l;
	u64 q;
};

static void cohbuf_registers_read(const void __iomem *at, union cohbuf_value *value, size_t len)
{
	switch (len) {
	case 1:
		value->b = readb(at);
		break;
	case 2:
		value->w = readw(at);
		break;
	case 4:
		value->l = readl(at);
		break;
	default:
		value->q = readq(at);
	}
}

static void cohbuf_registers_write(void __iomem *at, const union cohbuf_value *value, size_t len)
{
	switch (len) {
	case 1:
		writeb(value->b, at);
		break;
	case 2:
		writew(value->w, at);
		break;
	case 4:
		writel(value->l, at);
		break;
	default:
		writeq(value->q, at);
	}
}

static int cohbuf_registers_access(const struct cohbuf_mem *mem, size_t offset, void *value,
				   size_t len, bool write)
{
	void __iomem *at = mem->registers + offset;
	union cohbuf_value one = {};

	if (len > COHBUF_WIDEST_ACCESS || hweight_long(len) != 1 || offset % len ||
	    (mem->io_width && len != mem->io_width))
		return -EINVAL;

	if (write) {
		memcpy(&one, value, len);
		cohbuf_registers_write(at, &one, len);
	} else {
		cohbuf_registers_read(at, &one, len);
		memcpy(value, &one, len);
	}
	return 0;
}

const struct cohbuf_mem_ops cohbuf_registers_ops = {
	.memory = COHBUF_MEMORY_REGISTERS,
	.cpu_mapping = "device",
	.alloc = cohbuf_registers_alloc,
	.free = cohbuf_registers_free,
	.mmap = cohbuf_registers_mmap,
	.access = cohbuf_registers_access,
};
EXPORT_SYMBOL_IF_KUNIT(cohbuf_registers_ops);
