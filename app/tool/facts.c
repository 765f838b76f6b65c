// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that can be known of a buffer without opening it; see facts.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "facts.h"

/* The attribute is root's; a program with CAP_SYS_RAWIO gets it from the file. */
static void read_dma_addr(struct facts *facts)
{
	struct cohbuf_buffer *buffer;

	facts->dma_error = ENOENT;
	if (!facts->has_dma || facts->is_pool)
		return;
	facts->dma_error = 0;
	if (!buffer_attr_u64(facts->name, "dma_addr", &facts->dma_addr))
		return;
	facts->dma_error = errno;
	buffer = cohbuf_open(facts->name, O_RDONLY);
	if (buffer && cohbuf_info(buffer)->flags & COHBUF_INFO_DMA_ADDR) {
		facts->dma_addr = cohbuf_info(buffer)->dma_addr;
		facts->dma_error = 0;
	}
	cohbuf_close(buffer);
}

/* A channel of its own sets the address: the buffer is allocated for it. */
static void read_view(struct facts *facts)
{
	const char *channel = strchr(facts->engine, '/');
	char path[PATH_MAX], group[PATH_MAX + 16], node[DT_PATH_SIZE];

	if (!facts->has_dma)
		return;
	if (channel)
		snprintf(path, sizeof(path), "/sys/class/dma%s/device", channel);
	else
		snprintf(path, sizeof(path), "/sys/class/cohbuf/%s/device", facts->name);
	if (dt_of_device(path, node))
		facts->num_ranges = dt_dma_ranges(node, facts->ranges, FACTS_RANGES_MAX);
	snprintf(group, sizeof(group), "%s/iommu_group", path);
	facts->iommu = !access(group, F_OK);
}

/* An older driver has neither file, and coherent memory only. */
static void read_caches(struct facts *facts)
{
	if (cohbuf_attribute(facts->name, "cpu_mapping", facts->cpu_mapping,
			     sizeof(facts->cpu_mapping)))
		strcpy(facts->cpu_mapping, facts->coherent ? "cached" : "uncached");
	if (buffer_attr_u64(facts->name, "cache_line", &facts->cache_line))
		facts->cache_line = 0;
}

/* Of a pool, all that is not its buffers' own. */
static void read_pool(struct facts *facts)
{
	facts->is_pool = !buffer_attr_u64(facts->name, "used", &facts->used) &&
			 !buffer_attr_u64(facts->name, "buffers", &facts->buffers);
	if (facts->is_pool)
		facts->has_dma = !buffer_attr_u64(facts->name, "dma_bits", &facts->dma_bits) &&
				 facts->dma_bits;
}

/* An older driver has neither file; without an interrupt there is none of the second. */
static void read_events(struct facts *facts)
{
	if (buffer_attr_u64(facts->name, "events", &facts->events))
		facts->events = 0;
	facts->has_interrupt = !buffer_attr_u64(facts->name, "interrupts", &facts->interrupts);
}

int facts_read(struct facts *facts, const char *name)
{
	char path[PATH_MAX];

	memset(facts, 0, sizeof(*facts));
	snprintf(facts->name, sizeof(facts->name), "%s", name);
	/* First: where it is not there because all is gone, what follows is not either. */
	snprintf(path, sizeof(path), "/sys/class/cohbuf/%s/dma_addr", name);
	facts->has_dma = !access(path, F_OK);

	read_pool(facts);

	/* Before the open of read_dma_addr(), which would count. */
	if (buffer_attr_u64(name, "files", &facts->files) ||
	    (!facts->is_pool && buffer_attr_u64(name, "mappings", &facts->mappings)) ||
	    buffer_attr_u64(name, "size", &facts->size) ||
	    buffer_attr_u64(name, "dma_bits", &facts->dma_bits) ||
	    buffer_attr_u64(name, "dma_coherent", &facts->coherent) ||
	    cohbuf_attribute(name, "memory", facts->memory, sizeof(facts->memory)) ||
	    cohbuf_attribute(name, "region", facts->region, sizeof(facts->region)) ||
	    buffer_device(name, facts->device))
		return -1;
	if (cohbuf_attribute(name, "engine", facts->engine, sizeof(facts->engine)))
		facts->engine[0] = '\0';
	read_caches(facts);
	read_events(facts);

	snprintf(path, sizeof(path), "/sys/class/cohbuf/%s/device", name);
	dt_of_device(path, facts->node);
	read_view(facts);
	read_dma_addr(facts);
	return 0;
}

const struct dt_range *facts_range(const struct facts *facts)
{
	for (int i = 0; i < facts->num_ranges && !facts->dma_error; i++)
		if (facts->dma_addr >= facts->ranges[i].dma &&
		    facts->dma_addr - facts->ranges[i].dma < facts->ranges[i].size)
			return &facts->ranges[i];
	return facts->num_ranges == 1 && facts->dma_error ? facts->ranges : NULL;
}

bool facts_are_registers(const struct facts *facts)
{
	return !strcmp(facts->memory, "registers");
}

const char *facts_bus_offset(const struct facts *facts, char text[32])
{
	const struct dt_range *range = facts_range(facts);

	if (!facts->num_ranges)
		snprintf(text, 32, "none");
	else if (!range)
		snprintf(text, 32, "unknown");
	else if (range->dma >= range->cpu)
		snprintf(text, 32, "+0x%" PRIx64, range->dma - range->cpu);
	else
		snprintf(text, 32, "-0x%" PRIx64, range->cpu - range->dma);
	return text;
}
