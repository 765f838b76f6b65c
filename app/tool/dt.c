// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devicetree as the kernel shows it; see dt.h.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dt.h"

ssize_t dt_read(const char *node, const char *property, void *value, size_t size)
{
	char path[PATH_MAX];
	ssize_t len;
	int fd;

	if (snprintf(path, sizeof(path), DT_BASE "%s/%s", node, property) >= (int)sizeof(path))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	len = read(fd, value, size);
	close(fd);
	return len;
}

bool dt_has(const char *node, const char *property)
{
	char byte;

	return dt_read(node, property, &byte, 1) >= 0;
}

const char *dt_string(const char *node, const char *property)
{
	static char value[256];
	ssize_t len = dt_read(node, property, value, sizeof(value) - 1);

	if (len < 0)
		return NULL;
	value[len] = '\0';
	return value;
}

int dt_cells(const char *node, const char *property, uint32_t cells[DT_CELLS_MAX])
{
	ssize_t len = dt_read(node, property, cells, DT_CELLS_MAX * sizeof(*cells));
	int count = len < 0 ? 0 : len / sizeof(*cells);

	for (int i = 0; i < count; i++)
		cells[i] = ntohl(cells[i]);
	return count;
}

bool dt_is_compatible(const char *node, const char *compatible)
{
	char value[1024];
	ssize_t len = dt_read(node, "compatible", value, sizeof(value) - 1);
	const char *c;

	if (len < 0)
		return false;
	value[len] = '\0';
	for (c = value; c < value + len; c += strlen(c) + 1)
		if (!strcmp(c, compatible))
			return true;
	return false;
}

bool dt_parent(const char *node, char parent[DT_PATH_SIZE])
{
	const char *slash = strrchr(node, '/');

	if (!slash)
		return false;
	/* In place is fine: a parent is never longer. */
	memmove(parent, node, slash - node);
	parent[slash - node] = '\0';
	return true;
}

bool dt_disabled(const char *node, char which[DT_PATH_SIZE])
{
	snprintf(which, DT_PATH_SIZE, "%s", node);
	do {
		const char *status = dt_string(which, "status");

		if (status && strcmp(status, "okay") && strcmp(status, "ok"))
			return true;
	} while (dt_parent(which, which));
	return false;
}

static bool walk_below(char path[PATH_MAX], dt_visit visit, void *arg)
{
	size_t len = strlen(path);
	struct dirent *entry;
	bool stop = false;
	DIR *dir;

	if (visit(path + strlen(DT_BASE), arg))
		return true;
	dir = opendir(path);
	while (dir && !stop && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    len + strlen(entry->d_name) + 2 > PATH_MAX)
			continue;
		path[len] = '/';
		strcpy(path + len + 1, entry->d_name);
		stop = walk_below(path, visit, arg);
		path[len] = '\0';
	}
	if (dir)
		closedir(dir);
	return stop;
}

bool dt_walk(dt_visit visit, void *arg)
{
	char path[PATH_MAX] = DT_BASE;

	return walk_below(path, visit, arg);
}

struct phandle_search {
	uint32_t phandle;
	char *node;
};

static bool has_phandle(const char *node, void *arg)
{
	struct phandle_search *search = arg;
	uint32_t cells[DT_CELLS_MAX];

	if (dt_cells(node, "phandle", cells) != 1 || cells[0] != search->phandle)
		return false;
	snprintf(search->node, DT_PATH_SIZE, "%s", node);
	return true;
}

bool dt_by_phandle(uint32_t phandle, char node[DT_PATH_SIZE])
{
	struct phandle_search search = { .phandle = phandle, .node = node };

	return dt_walk(has_phandle, &search);
}

bool dt_of_device(const char *device_path, char node[DT_PATH_SIZE])
{
	char link[PATH_MAX], *real;
	bool found;

	if (snprintf(link, sizeof(link), "%s/of_node", device_path) >= (int)sizeof(link))
		return false;
	real = realpath(link, NULL);
	found = real && !strncmp(real, DT_BASE, strlen(DT_BASE));
	if (found)
		snprintf(node, DT_PATH_SIZE, "%s", real + strlen(DT_BASE));
	free(real);
	return found;
}

static unsigned int cells_of(const char *node, const char *property, unsigned int value)
{
	uint32_t cells[DT_CELLS_MAX];

	return dt_cells(node, property, cells) == 1 ? cells[0] : value;
}

static uint64_t take(const uint32_t **cell, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | *(*cell)++;
	return value;
}

/* The ranges of one bus; none where it has no dma-ranges or empty ones. */
static int ranges_of_bus(const char *bus, const char *above, struct dt_range *ranges, int max)
{
	unsigned int dma_cells = cells_of(bus, "#address-cells", 2);
	unsigned int size_cells = cells_of(bus, "#size-cells", 1);
	unsigned int cpu_cells = cells_of(above, "#address-cells", 2);
	unsigned int row = dma_cells + cpu_cells + size_cells;
	uint32_t cells[DT_CELLS_MAX];
	int count = dt_cells(bus, "dma-ranges", cells), found = 0;
	const uint32_t *cell = cells;

	while (row && found < max && cells + count - cell >= (int)row) {
		/* The first of three cells on a PCI bus is flags. */
		if (dma_cells == 3)
			cell++;
		ranges[found].dma = take(&cell, dma_cells == 3 ? 2 : dma_cells);
		ranges[found].cpu = take(&cell, cpu_cells);
		ranges[found].size = take(&cell, size_cells);
		found++;
	}
	return found;
}

/* What a bus above makes of an address that the bus below calls the CPU's. */
static void translate(struct dt_range *range, const struct dt_range *above, int count)
{
	for (int i = 0; i < count; i++)
		if (range->cpu >= above[i].dma && range->cpu - above[i].dma < above[i].size) {
			range->cpu += above[i].cpu - above[i].dma;
			return;
		}
}

int dt_dma_ranges(const char *node, struct dt_range *ranges, int max)
{
	char bus[DT_PATH_SIZE], above[DT_PATH_SIZE];
	struct dt_range outer[16];
	int found = 0;

	if (!dt_parent(node, bus))
		return 0;
	while (dt_parent(bus, above)) {
		if (!found) {
			found = ranges_of_bus(bus, above, ranges, max);
		} else {
			int count = ranges_of_bus(bus, above, outer, 16);

			for (int i = 0; i < found; i++)
				translate(&ranges[i], outer, count);
		}
		strcpy(bus, above);
	}
	return found;
}
