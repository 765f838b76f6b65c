// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table that "cohbuf list" prints; see rows.h.
 */
#include <inttypes.h>
#include <string.h>

#include "rows.h"
#include "table.h"
#include "tool.h"

static const char *dma_addr(const struct facts *f, char text[32])
{
	if (f->is_pool)
		return "pool";
	if (!f->has_dma)
		return "none";
	if (f->dma_error)
		return "-";
	snprintf(text, 32, "0x%" PRIx64, f->dma_addr);
	return text;
}

static const char *coherent(const struct facts *f)
{
	if (!f->has_dma)
		return "-";
	return f->coherent ? "yes" : "no";
}

static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

/* A pool is not mapped: its buffers are. */
static void add_mappings(struct table *table, const struct facts *f)
{
	if (f->is_pool)
		table_add(table, "-");
	else
		table_add(table, "%" PRIu64, f->mappings);
}

/* At most 31 + 8 + 18 + 8 + 5 + 5, and a space between. */
static void print_narrow(const struct facts *facts, unsigned int count, FILE *to)
{
	static const char *const heads[] = {
		"NAME", "SIZE", "DMA-ADDRESS", "COHERENT", "FILES", "MAPS"
	};
	struct table table = {
		.columns = 6,
		.right = { [1] = true, [2] = true, [4] = true, [5] = true }
	};
	char size[32], addr[32];

	for (unsigned int i = 0; i < table.columns; i++)
		table_add(&table, "%s", heads[i]);
	for (const struct facts *f = facts; f < facts + count; f++) {
		table_add(&table, "%s", f->name);
		table_add(&table, "%s", short_size(f->size, size));
		table_add(&table, "%s", dma_addr(f, addr));
		table_add(&table, "%s", coherent(f));
		table_add(&table, "%" PRIu64, f->files);
		add_mappings(&table, f);
	}
	table_print(&table, ROWS_WIDTH, to);
}

static void print_wide(const struct facts *facts, unsigned int count, FILE *to)
{
	static const char *const heads[] = {
		"NAME", "SIZE", "MEMORY", "DMA-ADDRESS", "BUS-OFFSET", "COHERENT",
		"REGION", "ENGINE", "FILES", "MAPS", "CPU-MAPPING"
	};
	/* What is new comes last: scripts count columns. */
	struct table table = {
		.columns = 11,
		.right = { [1] = true, [3] = true, [4] = true, [8] = true, [9] = true }
	};
	char size[32], addr[32], offset[32];

	for (unsigned int i = 0; i < table.columns; i++)
		table_add(&table, "%s", heads[i]);
	for (const struct facts *f = facts; f < facts + count; f++) {
		table_add(&table, "%s", f->name);
		table_add(&table, "%s", human_size(f->size, size));
		table_add(&table, "%s", f->memory);
		table_add(&table, "%s", dma_addr(f, addr));
		table_add(&table, "%s", facts_bus_offset(f, offset));
		table_add(&table, "%s", coherent(f));
		table_add(&table, "%s", or_dash(f->region));
		table_add(&table, "%s", or_dash(f->engine));
		table_add(&table, "%" PRIu64, f->files);
		add_mappings(&table, f);
		table_add(&table, "%s", f->cpu_mapping);
	}
	table_print(&table, INT_MAX, to);
}

void rows_print(const struct facts *facts, unsigned int count, bool wide, FILE *to)
{
	(wide ? print_wide : print_narrow)(facts, count, to);
}
