/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The devicetree as the kernel shows it: a folder a node, a file a property. A node
 * is named by its path, "/soc/buffer-plain"; the root is "".
 */
#ifndef _DT_H
#define _DT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define DT_BASE		"/sys/firmware/devicetree/base"
#define DT_CELLS_MAX	64

/* Room for the path of a node, the terminating NUL included. */
#define DT_PATH_SIZE	512

/**
 * struct dt_range - one entry of a bus's dma-ranges
 * @dma: first address on the bus
 * @cpu: where the CPU has it
 * @size: bytes
 */
struct dt_range {
	uint64_t dma;
	uint64_t cpu;
	uint64_t size;
};

/* Bytes of a property, -1 with errno ENOENT where the node has none. */
ssize_t dt_read(const char *node, const char *property, void *value, size_t size);
bool dt_has(const char *node, const char *property);
/* First string of a property, or NULL; valid until the next call. */
const char *dt_string(const char *node, const char *property);
int dt_cells(const char *node, const char *property, uint32_t cells[DT_CELLS_MAX]);
bool dt_is_compatible(const char *node, const char *compatible);

/* The node, or one above it, that is not to be used; false where none is. */
bool dt_disabled(const char *node, char which[DT_PATH_SIZE]);
bool dt_parent(const char *node, char parent[DT_PATH_SIZE]);
bool dt_by_phandle(uint32_t phandle, char node[DT_PATH_SIZE]);
/* The node of a device below /sys. */
bool dt_of_device(const char *device_path, char node[DT_PATH_SIZE]);

/* Calls @visit for each node, parents first, until it returns true. */
typedef bool (*dt_visit)(const char *node, void *arg);
bool dt_walk(dt_visit visit, void *arg);

/* The dma-ranges that hold for a device on the bus above @node, up to @max. */
int dt_dma_ranges(const char *node, struct dt_range *ranges, int max);

#endif /* _DT_H */
