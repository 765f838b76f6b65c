// SPDX-License-Identifier: GPL-2.0-only
/*
 * The board's devicetree; see tree.h. Cells, "reg", phandles and "dma-ranges" are as
 * the Devicetree Specification, v0.4, sections 2.3 and 2.4, has them.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tree.h"

#define BASE		"/sys/firmware/devicetree/base"
#define MAX_CELLS	256

/* The length in bytes, or -1 where the property is not there. */
static ssize_t read_property(const char *path, const char *property, void *value,
			     size_t size)
{
	char file[PATH_MAX + 64];
	ssize_t len;
	int fd;

	snprintf(file, sizeof(file), BASE "%s/%s", path, property);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	len = read(fd, value, size);
	close(fd);
	return len;
}

/* How many cells; 0 where the property is empty or not there. */
static size_t read_cells(const char *path, const char *property,
			 uint32_t cells[MAX_CELLS])
{
	ssize_t len = read_property(path, property, cells, MAX_CELLS * sizeof(*cells));
	size_t count = len < 0 ? 0 : len / sizeof(*cells);

	for (size_t i = 0; i < count; i++)
		cells[i] = ntohl(cells[i]);
	return count;
}

static uint32_t read_cell(const char *path, const char *property, uint32_t missing)
{
	uint32_t cells[MAX_CELLS];

	return read_cells(path, property, cells) ? cells[0] : missing;
}

/* Takes a number of so many cells. */
static uint64_t take(const uint32_t **cells, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | *(*cells)++;
	return value;
}

/* The parent of the root is "". */
static void parent_of(const char *path, char parent[PATH_MAX])
{
	snprintf(parent, PATH_MAX, "%s", path);
	*strrchr(parent, '/') = '\0';
}

bool tree_has(const char *path, const char *property)
{
	char byte;

	return read_property(path, property, &byte, 1) >= 0;
}

/* Has the node, or one above it, the property? */
bool tree_inherits(const char *path, const char *property)
{
	char at[PATH_MAX];

	snprintf(at, sizeof(at), "%s", path);
	while (!tree_has(at, property)) {
		if (!*at)
			return false;
		*strrchr(at, '/') = '\0';
	}
	return true;
}

/* The nearest word counts; without one, devices of these architectures do not snoop. */
bool tree_is_coherent(const char *path)
{
	char at[PATH_MAX];

	snprintf(at, sizeof(at), "%s", path);
	for (;;) {
		if (tree_has(at, "dma-coherent"))
			return true;
		if (tree_has(at, "dma-noncoherent") || !*at)
			return false;
		*strrchr(at, '/') = '\0';
	}
}

typedef bool (*matches_fn)(const char *path, const char *name, const void *wanted);

/* Depth first; @path is where to start, and where it was found. */
static bool search(char path[PATH_MAX], matches_fn matches, const void *wanted)
{
	char dir_path[PATH_MAX + 64];
	size_t len = strlen(path);
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(dir_path, sizeof(dir_path), BASE "%s", path);
	dir = opendir(dir_path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(path + len, PATH_MAX - len, "/%s", entry->d_name);
		found = matches(path, entry->d_name, wanted) || search(path, matches, wanted);
		if (!found)
			path[len] = '\0';
	}
	closedir(dir);
	return found;
}

static bool has_name(const char *path __attribute__((unused)), const char *name,
		     const void *wanted)
{
	return !strcmp(name, wanted);
}

static bool has_phandle(const char *path, const char *name __attribute__((unused)),
			const void *wanted)
{
	return read_cell(path, "phandle", 0) == *(const uint32_t *)wanted;
}

static bool is_memory(const char *path, const char *name __attribute__((unused)),
		      const void *wanted __attribute__((unused)))
{
	char type[16] = "";

	read_property(path, "device_type", type, sizeof(type) - 1);
	return !strcmp(type, "memory");
}

/**
 * tree_find() - find a node
 * @name: its name
 * @path: filled in
 *
 * Return: true where there is one.
 */
bool tree_find(const char *name, char path[PATH_MAX])
{
	path[0] = '\0';
	return search(path, has_name, name);
}

/**
 * tree_follow() - find the node that a property points to
 * @path: the node
 * @property: its first cell is a phandle
 * @target: filled in
 *
 * Return: true where there is one.
 */
bool tree_follow(const char *path, const char *property, char target[PATH_MAX])
{
	uint32_t phandle = read_cell(path, property, 0);

	target[0] = '\0';
	return phandle && search(target, has_phandle, &phandle);
}

/* From the start of the first range of "reg" to the end of the last one. */
struct tree_window tree_reg(const char *path)
{
	struct tree_window window = { UINT64_MAX, 0 };
	uint32_t cells[MAX_CELLS];
	const uint32_t *at = cells;
	char parent[PATH_MAX];
	size_t left = read_cells(path, "reg", cells), each;
	unsigned int na, ns;

	parent_of(path, parent);
	na = read_cell(parent, "#address-cells", 2);
	ns = read_cell(parent, "#size-cells", 1);
	for (each = na + ns; each && left >= each; left -= each) {
		uint64_t first = take(&at, na), size = take(&at, ns);

		/* A bank without memory is at no address. */
		if (!size)
			continue;
		if (first < window.first)
			window.first = first;
		if (first + size > window.end)
			window.end = first + size;
	}
	return window;
}

/* The memory of the machine, as the CPU addresses it. */
struct tree_window tree_ram(void)
{
	char path[PATH_MAX] = "";

	if (!search(path, is_memory, NULL))
		return (struct tree_window){ 0, UINT64_MAX };
	return tree_reg(path);
}

/* What of @window one bus shows to the devices below it, at their addresses. */
static struct tree_window through_bus(const char *bus, struct tree_window window)
{
	struct tree_window seen = { UINT64_MAX, 0 };
	uint32_t cells[MAX_CELLS];
	const uint32_t *at = cells;
	char parent[PATH_MAX];
	size_t left = read_cells(bus, "dma-ranges", cells), each;
	unsigned int na, pna, ns;

	/* Empty or missing: the addresses are the same. */
	if (!left || !*bus)
		return window;

	parent_of(bus, parent);
	na = read_cell(bus, "#address-cells", 2);
	ns = read_cell(bus, "#size-cells", 1);
	pna = read_cell(parent, "#address-cells", 2);
	for (each = na + pna + ns; left >= each; left -= each) {
		uint64_t below = take(&at, na), above = take(&at, pna), size = take(&at, ns);
		uint64_t first = above > window.first ? above : window.first;
		uint64_t end = above + size < window.end ? above + size : window.end;

		if (first >= end)
			continue;
		if (first - above + below < seen.first)
			seen.first = first - above + below;
		if (end - above + below > seen.end)
			seen.end = end - above + below;
	}
	return seen;
}

/**
 * tree_dma_view() - where a device finds memory
 * @path: node of the device
 * @cpu: the memory, as the CPU addresses it
 *
 * Return: the addresses that the device has for it, by the dma-ranges of the buses
 * above the node; empty where it does not see it.
 */
struct tree_window tree_dma_view(const char *path, struct tree_window cpu)
{
	char bus[PATH_MAX];

	if (!*path)
		return cpu;
	parent_of(path, bus);

	/* Top down: the view of the bus first, then what it makes of that. */
	return through_bus(bus, tree_dma_view(bus, cpu));
}
