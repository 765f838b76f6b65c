/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The board's devicetree, as the kernel was given it. Tests take from here what a
 * buffer has to be like, so that the same programs fit every board.
 *
 * Paths are absolute, such as "/soc/buffer-plain".
 */
#ifndef _TREE_H
#define _TREE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct tree_window - a range of addresses
 * @first: the lowest one
 * @end: one more than the highest one
 */
struct tree_window {
	uint64_t first;
	uint64_t end;
};

/* The node with this name. */
bool tree_find(const char *name, char path[PATH_MAX]);
/* The node that the first cell of a property points to. */
bool tree_follow(const char *path, const char *property, char target[PATH_MAX]);
/* Has it the property, or one above it? */
bool tree_inherits(const char *path, const char *property);
/* Does a device with this node snoop the CPU's caches? */
bool tree_is_coherent(const char *path);

/* From the start of the first range of "reg" to the end of the last one. */
struct tree_window tree_reg(const char *path);
/* As that, where the CPU has it; false where a bus above does not say. */
bool tree_cpu_reg(const char *path, struct tree_window *window);
/* The memory of the machine, as the CPU addresses it. */
struct tree_window tree_ram(void);
/* Where a device finds that memory, by the dma-ranges above its node. */
struct tree_window tree_dma_view(const char *path, struct tree_window cpu);

#endif /* _TREE_H */
