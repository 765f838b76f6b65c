/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which ranges the kernel hands over, between the CPU and a device, by the DMA API: no
 * emulator shows it by what it does. Whatever fails in here ends the test.
 */
#ifndef _DMA_CALLS_H
#define _DMA_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct dma_call - one dma_sync_single_for_cpu() or dma_sync_single_for_device()
 * @for_cpu: the first of the two
 * @addr: DMA address of the first byte
 * @size: bytes
 * @direction: one of the kernel's enum dma_data_direction
 */
struct dma_call {
	bool for_cpu;
	uint64_t addr;
	uint64_t size;
	unsigned int direction;
};

/* From now on, on all CPUs. Ends the test as skipped where the kernel has no kprobes. */
void dma_calls_start(void);

/* Those since then in a range of DMA addresses, in their order; gives their number. */
size_t dma_calls_stop(uint64_t first, uint64_t size, struct dma_call *calls, size_t max);

/* By what the driver prints of one: "0x" and two digits for each byte. */
bool dma_addresses_have_64_bits(void);
/* The number after " NAME=" in a line of a trace. */
uint64_t trace_field(const char *line, const char *name);

#endif /* _DMA_CALLS_H */
