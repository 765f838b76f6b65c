/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that can be known of a bound buffer without opening it.
 */
#ifndef _FACTS_H
#define _FACTS_H

#include "device.h"
#include "dt.h"

#define FACTS_RANGES_MAX	8

/**
 * struct facts - what is known of a buffer
 * @name: its name below /dev
 * @size: bytes; of a pool, its quota
 * @is_pool: no buffer but a pool of them, which has no address and no mappings
 * @used: of a pool: bytes of the quota that are used up
 * @buffers: of a pool: how many it has made, and not freed
 * @has_dma: a device sees the memory; else it has no address for one, and what is said
 *	of the device (bits, snooping, ranges, IOMMU, engine) is zero
 * @dma_addr: its first byte's address for the device
 * @dma_error: why that is not known, an errno; 0: it is
 * @dma_bits: address bits of the device
 * @coherent: the device snoops
 * @memory: kind of memory
 * @cpu_mapping: "cached", "uncached" or "device"
 * @cache_line: the unit of bytes in which ranges are handed over; 0: none need to be
 * @region: name of its memory region, or empty
 * @engine: controller and channel of its own, or empty
 * @events: that were posted since the bind
 * @has_interrupt: its node has one
 * @interrupts: that came since the bind
 * @files: open files
 * @mappings: areas that map it
 * @device: its platform device
 * @node: its devicetree node
 * @ranges: the dma-ranges that made @dma_addr
 * @num_ranges: how many
 * @iommu: an IOMMU translates @dma_addr
 */
struct facts {
	char name[COHBUF_NAME_SIZE];
	uint64_t size;
	bool is_pool;
	uint64_t used;
	uint64_t buffers;
	bool has_dma;
	uint64_t dma_addr;
	int dma_error;
	uint64_t dma_bits;
	uint64_t coherent;
	char memory[32];
	char cpu_mapping[32];
	uint64_t cache_line;
	char region[128];
	char engine[COHBUF_ENGINE_NAME_SIZE];
	uint64_t events;
	bool has_interrupt;
	uint64_t interrupts;
	uint64_t files;
	uint64_t mappings;
	char device[DEVICE_NAME_SIZE];
	char node[DT_PATH_SIZE];
	struct dt_range ranges[FACTS_RANGES_MAX];
	int num_ranges;
	bool iommu;
};

/* What to do where there are none. */
#define FACTS_REMEDY	"its device was unbound meanwhile: bind it again; \"cohbuf doctor\" says more"

/* 0, or -1 with errno: ENOENT where there is no such buffer. */
int facts_read(struct facts *facts, const char *name);

/* The entry of the dma-ranges that holds for the buffer; NULL: none, or unknown. */
const struct dt_range *facts_range(const struct facts *facts);
/* Of registers, which are no memory: each access reaches the device. */
bool facts_are_registers(const struct facts *facts);
/* "+0xc0000000": DMA address minus CPU address; "none", or "unknown". */
const char *facts_bus_offset(const struct facts *facts, char text[32]);

#endif /* _FACTS_H */
