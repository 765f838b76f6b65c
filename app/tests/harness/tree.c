// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the board's devicetree says of the memory of a buffer; see tree.h. "reg" and
 * phandles are as the Devicetree Specification, v0.4, section 2.3, has them.
 */
#include <stdio.h>
#include <string.h>

#include "tool/dt.h"
#include "tree.h"

bool tree_inherits(const char *path, const char *property)
{
	char at[PATH_MAX];

	snprintf(at, sizeof(at), "%s", path);
	do {
		if (dt_has(at, property))
			return true;
	} while (dt_parent(at, at));
	return false;
}

/* The nearest word counts; without one, devices of these architectures do not snoop. */
bool tree_is_coherent(const char *path)
{
	char at[PATH_MAX];

	snprintf(at, sizeof(at), "%s", path);
	do {
		if (dt_has(at, "dma-coherent"))
			return true;
		if (dt_has(at, "dma-noncoherent"))
			return false;
	} while (dt_parent(at, at));
	return false;
}

struct search {
	const char *name;
	char *path;
};

static bool has_name(const char *node, void *arg)
{
	const struct search *search = arg;
	const char *slash = strrchr(node, '/');

	if (!slash || strcmp(slash + 1, search->name))
		return false;
	snprintf(search->path, PATH_MAX, "%s", node);
	return true;
}

static bool is_memory(const char *node, void *arg)
{
	const struct search *search = arg;
	const char *type = dt_string(node, "device_type");

	if (!type || strcmp(type, "memory"))
		return false;
	snprintf(search->path, PATH_MAX, "%s", node);
	return true;
}

bool tree_find(const char *name, char path[PATH_MAX])
{
	struct search search = { name, path };

	return dt_walk(has_name, &search);
}

bool tree_follow(const char *path, const char *property, char target[PATH_MAX])
{
	uint32_t cells[DT_CELLS_MAX];

	return dt_cells(path, property, cells) > 0 && dt_by_phandle(cells[0], target);
}

static unsigned int cells_of(const char *path, const char *property)
{
	uint32_t cells[DT_CELLS_MAX];

	return dt_cells(path, property, cells) == 1 ? cells[0] : 0;
}

static uint64_t take(const uint32_t *cells, int *at, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | cells[(*at)++];
	return value;
}

/* A bank without memory is at no address. */
static void widen(struct tree_window *window, uint64_t first, uint64_t end)
{
	if (first >= end)
		return;
	if (first < window->first)
		window->first = first;
	if (end > window->end)
		window->end = end;
}

struct tree_window tree_reg(const char *path)
{
	struct tree_window window = { UINT64_MAX, 0 };
	uint32_t cells[DT_CELLS_MAX];
	int count = dt_cells(path, "reg", cells);
	unsigned int na, ns;
	char parent[PATH_MAX];

	if (!dt_parent(path, parent))
		return window;
	na = cells_of(parent, "#address-cells");
	ns = cells_of(parent, "#size-cells");
	for (int i = 0; na && ns && i + (int)(na + ns) <= count;) {
		uint64_t first = take(cells, &i, na), size = take(cells, &i, ns);

		widen(&window, first, first + size);
	}
	return window;
}

/* What the bus above makes of an address of this one, by its "ranges". */
static bool to_bus_above(const char *bus, const char *above, uint64_t *address)
{
	unsigned int na = cells_of(bus, "#address-cells"), ns = cells_of(bus, "#size-cells");
	unsigned int above_na = cells_of(above, "#address-cells");
	uint32_t cells[DT_CELLS_MAX];
	int count = dt_cells(bus, "ranges", cells);

	if (!dt_has(bus, "ranges"))
		return false;
	for (int i = 0; na && i + (int)(na + above_na + ns) <= count;) {
		uint64_t first = take(cells, &i, na), to = take(cells, &i, above_na);
		uint64_t size = take(cells, &i, ns);

		if (*address >= first && *address - first < size) {
			*address += to - first;
			return true;
		}
	}
	return !count;
}

bool tree_cpu_reg(const char *path, struct tree_window *window)
{
	char bus[PATH_MAX], above[PATH_MAX];
	uint64_t address, size;

	*window = tree_reg(path);
	if (window->first >= window->end || !dt_parent(path, bus))
		return false;

	address = window->first;
	size = window->end - window->first;
	while (dt_parent(bus, above)) {
		if (!to_bus_above(bus, above, &address))
			return false;
		snprintf(bus, sizeof(bus), "%s", above);
	}
	*window = (struct tree_window){ address, address + size };
	return true;
}

struct tree_window tree_ram(void)
{
	char path[PATH_MAX];
	struct search search = { NULL, path };

	if (!dt_walk(is_memory, &search))
		return (struct tree_window){ 0, INT64_MAX };
	return tree_reg(path);
}

struct tree_window tree_dma_view(const char *path, struct tree_window cpu)
{
	struct tree_window seen = { UINT64_MAX, 0 };
	struct dt_range ranges[16];
	int count = dt_dma_ranges(path, ranges, 16);

	if (!count)
		return cpu;
	for (int i = 0; i < count; i++) {
		uint64_t first = ranges[i].cpu, end = first + ranges[i].size;
		uint64_t offset = ranges[i].dma - ranges[i].cpu;

		if (first < cpu.first)
			first = cpu.first;
		if (end > cpu.end)
			end = cpu.end;
		if (first < end)
			widen(&seen, first + offset, end + offset);
	}
	return seen;
}
