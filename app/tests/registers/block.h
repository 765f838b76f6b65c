/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is behind the board's registers, by its devicetree, and the accesses that it
 * answers. All others are not to be made: an emulator ends them with an abort, which the
 * kernel does not survive.
 */
#ifndef _BLOCK_H
#define _BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/harness/buffers.h"

#define NO_COUNTER	UINT32_MAX

/**
 * struct block - a block of registers, of four bytes each
 * @name: what its node is "compatible" with
 * @known: offset of a register that nobody writes
 * @value: what it reads as
 * @scratch: offset of a register that reads as what was written, and does nothing more
 * @mask: the bits of it that are there
 * @counter: offset of a register that counts by itself, at least once a second, or NO_COUNTER
 * @widths: the widths in bytes, besides 4, of accesses that it answers, or'ed
 */
struct block {
	const char *name;
	uint32_t known;
	uint32_t value;
	uint32_t scratch;
	uint32_t mask;
	uint32_t counter;
	unsigned int widths;
};

/* Ends the test: as skipped without such a node, as failed where the block is not known. */
const struct block *this_block(void);

/* Does the kernel have accesses of 8 bytes? A 32-bit program may run on one that does. */
bool kernel_is_64_bit(void);
/* Can an access of this width be made, here? */
bool has_width(const struct block *block, size_t width);

/* One access each, by read(2) and write(2), at the width of the registers. */
uint32_t read_register(int fd, off_t offset);
void write_register(int fd, off_t offset, uint32_t value);

/* All of it, for accesses of this width. */
volatile uint32_t *map_registers(int fd, int prot);

#endif /* _BLOCK_H */
