/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a devicetree node asks for, and who reads which part of it.
 */
#ifndef _COHBUF_CONFIG_H
#define _COHBUF_CONFIG_H

#include <linux/types.h>
#include <uapi/linux/cohbuf.h>

struct device;
struct reserved_mem;

/**
 * struct cohbuf_config - what a devicetree node asks for, validated
 * @memory: kind of memory
 * @pool: no buffer but a pool of them
 * @size: size of the buffer in bytes, a multiple of the page size, not zero; of a pool, of
 *	all its buffers together
 * @dma_bits: width of the addresses that the device can emit, 16 to 64, or 0
 * @label: wanted name below /dev, or NULL for cohbufN; points into the node
 * @region: the node's "memory-region", or NULL
 * @region_no_map: @region is kept out of the kernel's linear mapping ("no-map")
 * @keep: what is in @region stays as it is
 * @initial_len: bytes of "cohbuf,initial-data", 0 to @size
 * @reg: of registers: where they are; begins with a page
 * @io_width: of registers: the one width in bytes that read(2) and write(2) may have, or 0
 * @irq: the kernel's number of the interrupt's line, or 0
 */
struct cohbuf_config {
	enum cohbuf_memory memory;
	bool pool;
	size_t size;
	unsigned int dma_bits;
	const char *label;
	struct reserved_mem *region;
	bool region_no_map;
	bool keep;
	size_t initial_len;
	phys_addr_t reg;
	unsigned int io_width;
	unsigned int irq;
};

/* config.c */
int cohbuf_config_read(struct device *dev, struct cohbuf_config *config);

/* kind.c */
int cohbuf_config_kind(struct device *dev, struct cohbuf_config *config);

/* reg.c */
int cohbuf_config_reg(struct device *dev, struct cohbuf_config *config);

/* region.c */
int cohbuf_config_region(struct device *dev, struct cohbuf_config *config);
u64 cohbuf_ram_between(u64 start, u64 end, bool *described);

/* irq.c */
int cohbuf_config_irq(struct device *dev, struct cohbuf_config *config);

#endif /* _COHBUF_CONFIG_H */
