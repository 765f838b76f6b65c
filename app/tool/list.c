// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf list, cohbuf info: which buffers there are, and what they are.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "controllers.h"
#include "facts.h"
#include "holders.h"
#include "json.h"
#include "rows.h"
#include "target.h"

static const char help_list[] =
	"Usage: cohbuf list [OPTION]...\n"
	"List the buffers: name, size (after a ~ where it is rounded), address for the\n"
	"device (\"-\" where you may not see it: that takes root; \"none\" where no device\n"
	"sees the memory; \"pool\" where buffers are made on demand), whether the device\n"
	"snoops the CPU's caches, open files and mappings. The table fits 80 columns.\n"
	"\n"
	"  --wide                more columns: kind of memory, offset of the bus (DMA\n"
	"                        address minus CPU address, as the dma-ranges above the\n"
	"                        node have it), region, DMA channel of its dmas, whether\n"
	"                        the CPU maps it cached, uncached or as device registers;\n"
	"                        and the exact size\n"
	"  --json                print JSON, an array\n";

static const char help_info[] =
	"Usage: cohbuf info NAME [OPTION]...\n"
	"Print what is known of the buffer NAME. It is opened only where its address can\n"
	"be had in no other way. It says what the CPU's mapping means for a program. A\n"
	"cache line is printed where programs must hand ranges over, see \"cohbuf sync\n"
	"--help\". Of a node that can have dmas, and has none, it prints what to add to it\n"
	"for \"cohbuf copy\", for each DMA controller there is.\n"
	"\n"
	"  --json                print JSON, an object\n";

static const char *why_no_dma_addr(const struct facts *f)
{
	if (f->is_pool)
		return "none: each buffer of the pool has its own";
	if (!f->has_dma)
		return "none: no device sees it";
	if (f->dma_error == EACCES || f->dma_error == EPERM)
		return "not shown: it takes root, or CAP_SYS_RAWIO and the right to open the buffer";
	return "not known: the device was unbound meanwhile";
}

/* Not all of /proc for a pool that nobody uses. */
static int read_holders(const struct facts *f, struct holder **holders)
{
	*holders = NULL;
	return f->buffers ? holders_of(f->name, holders) : 0;
}

static void print_pool_json(const struct facts *f)
{
	struct holder *holders;
	int count = read_holders(f, &holders);

	json_open("pool", '{');
	json_number("used", f->used);
	json_number("buffers", f->buffers);
	json_open("holders", '[');
	for (int i = 0; i < count; i++) {
		json_open(NULL, '{');
		json_number("pid", holders[i].pid);
		json_string("command", holders[i].command);
		json_number("buffers", holders[i].buffers);
		json_number("bytes", holders[i].bytes);
		json_close();
	}
	json_close();
	json_close();
	free(holders);
}

static void print_events_json(const struct facts *f)
{
	json_number("events", f->events);
	if (f->has_interrupt)
		json_number("interrupts", f->interrupts);
	else
		json_string("interrupts", NULL);
}

static void print_json(const struct facts *f)
{
	char offset[32];
	bool has_offset;

	json_string("name", f->name);
	json_number("size", f->size);
	json_string("memory", f->memory);
	if (f->dma_error) {
		json_string("dma_addr", NULL);
		json_string("dma_addr_reason", why_no_dma_addr(f));
	} else {
		json_address("dma_addr", f->dma_addr);
	}
	json_number("dma_bits", f->dma_bits);
	has_offset = f->num_ranges && facts_range(f);
	json_string("bus_offset", has_offset ? facts_bus_offset(f, offset) : NULL);
	json_open("dma_ranges", '[');
	for (int i = 0; i < f->num_ranges; i++) {
		json_open(NULL, '{');
		json_address("dma", f->ranges[i].dma);
		json_address("cpu", f->ranges[i].cpu);
		json_address("size", f->ranges[i].size);
		json_close();
	}
	json_close();
	json_bool("iommu", f->iommu);
	json_bool("coherent", f->coherent);
	json_string("cpu_mapping", f->cpu_mapping);
	json_number("cache_line", f->cache_line);
	json_string("region", f->region[0] ? f->region : NULL);
	json_string("engine", f->engine[0] ? f->engine : NULL);
	if (f->is_pool)
		print_pool_json(f);
	else
		print_events_json(f);
	json_number("files", f->files);
	if (!f->is_pool)
		json_number("mappings", f->mappings);
	json_string("device", f->device);
	json_string("node", f->node[0] ? f->node : NULL);
}

static void print_ranges(const struct facts *f)
{
	for (int i = 0; i < f->num_ranges; i++)
		printf("             dma-ranges: DMA 0x%" PRIx64 " is CPU 0x%" PRIx64 ", 0x%" PRIx64 " bytes\n",
		       f->ranges[i].dma, f->ranges[i].cpu, f->ranges[i].size);
}

static void print_advice(const char *line)
{
	printf("             %s\n", line);
}

static void print_memory(const struct facts *f)
{
	bool uncached = !strcmp(f->cpu_mapping, "uncached");

	if (!strcmp(f->cpu_mapping, "device")) {
		printf("memory:      %s, mapped as a device: each access reaches it\n", f->memory);
		print_advice("an ordinary memcpy() is wrong here: unaligned or wide accesses fault: read and write whole registers, as \"cohbuf dump\" does: docs/abi.md");
		return;
	}
	printf("memory:      %s, %s%s\n", f->memory, f->cpu_mapping,
	       f->coherent && !uncached ? ": the device snoops" : " for the CPU");
	if (uncached)
		print_advice("reads by the CPU are slow; memcpy() of a C library is right but slow: docs/concepts.md");
	if (f->cache_line)
		printf("cache line:  %" PRIu64 " bytes: hand ranges of whole lines over, by COHBUF_IOC_SYNC or \"cohbuf sync\"\n",
		       f->cache_line);
}

static void print_dma(const struct facts *f)
{
	char text[32];

	if (f->dma_error)
		printf("DMA address: %s\n", why_no_dma_addr(f));
	else
		printf("DMA address: 0x%" PRIx64 " to 0x%" PRIx64 "\n", f->dma_addr,
		       f->dma_addr + f->size - 1);
	if (!f->has_dma) {
		puts("DMA bits:    none\n"
		     "bus offset:  none\n"
		     "IOMMU:       none\n"
		     "coherent:    none");
		return;
	}
	printf("DMA bits:    %" PRIu64 "\n", f->dma_bits);
	printf("bus offset:  %s\n", facts_bus_offset(f, text));
	print_ranges(f);
	printf("IOMMU:       %s\n", f->iommu ? "yes: the DMA address says nothing of the physical one" : "no");
	printf("coherent:    %s\n", f->coherent ? "yes" : "no");
}

static const char *region(const struct facts *f)
{
	if (f->region[0])
		return f->region;
	return facts_are_registers(f) ? "none: at the reg of its node" :
					"none: out of the system's memory";
}

static const char *engine(const struct facts *f)
{
	if (f->engine[0])
		return f->engine;
	if (!f->has_dma)
		return "none: no device sees it";
	return f->node[0] ? "none: its node has no dmas" : "none: it has no node";
}

static void print_events(const struct facts *f)
{
	printf("events:      %" PRIu64 "\n", f->events);
	if (f->has_interrupt)
		printf("interrupts:  %" PRIu64 "\n", f->interrupts);
	else
		printf("interrupts:  none: %s\n",
		       f->node[0] ? "its node has no interrupts" : "it has no node");
}

/* What it has to give, and who has what of it. */
static void print_pool(const struct facts *f)
{
	struct holder *holders;
	int count = read_holders(f, &holders);
	char text[32];

	printf("pool:        %" PRIu64 " buffers, %s of the quota used; a program takes one by COHBUF_IOC_ALLOC\n",
	       f->buffers, human_size(f->used, text));
	for (int i = 0; i < count; i++)
		printf("             process %u (%s) has %u, %s\n", holders[i].pid, holders[i].command,
		       holders[i].buffers, human_size(holders[i].bytes, text));
	free(holders);
}

static void print_info(const struct facts *f)
{
	char text[32];

	printf("name:        %s\n", f->name);
	printf("size:        %" PRIu64 " (0x%" PRIx64 ", %s)\n", f->size, f->size,
	       human_size(f->size, text));
	if (f->is_pool)
		print_pool(f);
	print_memory(f);
	print_dma(f);
	printf("region:      %s\n", region(f));
	printf("DMA engine:  %s\n", engine(f));
	if (f->has_dma && !f->engine[0] && f->node[0])
		controllers_advise(print_advice);
	if (!f->is_pool)
		print_events(f);
	printf("files:       %" PRIu64 "\n", f->files);
	if (!f->is_pool)
		printf("mappings:    %" PRIu64 "\n", f->mappings);
	printf("device:      %s\n", f->device);
	printf("node:        %s\n", f->node[0] ? f->node : "none: made by configfs");
}

/* All that are bound; returns how many. free() the array. */
static unsigned int read_all(struct facts **all)
{
	/* Not a call, as clang-format has it. */
	/* clang-format off */
	char (*names)[COHBUF_NAME_SIZE];
	/* clang-format on */
	int count = cohbuf_names(&names);
	unsigned int found = 0;

	*all = calloc(count > 0 ? count : 0, sizeof(**all));
	if (count > 0 && !*all) {
		perror("cohbuf");
		exit(STATUS_FAILED);
	}
	for (int i = 0; i < count; i++)
		/* Unbound meanwhile: then there is nothing to list. */
		found += !facts_read(&(*all)[found], names[i]);
	free(names);
	return found;
}

static int list_json(void)
{
	struct facts *all;
	unsigned int count = read_all(&all);

	json_open(NULL, '[');
	for (unsigned int i = 0; i < count; i++) {
		json_open(NULL, '{');
		print_json(&all[i]);
		json_close();
	}
	json_close();
	free(all);
	return flush_output(STATUS_OK);
}

static int list_text(bool wide)
{
	struct facts *all;
	unsigned int count = read_all(&all);

	if (count)
		rows_print(all, count, wide, stdout);
	else
		complain("there are no buffers: \"cohbuf doctor\" says why");
	free(all);
	return flush_output(STATUS_OK);
}

static int info_of(const char *node, bool json)
{
	char name[COHBUF_NAME_SIZE];
	struct facts facts;

	if (cohbuf_find(node, name))
		return complain("%s", cohbuf_error());
	if (facts_read(&facts, name))
		return complain("cannot look at \"%s\": %s: %s", node, strerror(errno), FACTS_REMEDY);
	if (json) {
		json_open(NULL, '{');
		print_json(&facts);
		if (facts.has_dma && !facts.engine[0])
			controllers_advise_json();
		json_close();
	} else {
		print_info(&facts);
	}
	return flush_output(STATUS_OK);
}

static int run_list(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "wide", no_argument, NULL, OPT_WIDE },
		{ "json", no_argument, NULL, OPT_JSON },
		OPTIONS_OF_ALL
	};
	bool json = false, wide = false;
	int option, status;

	while ((option = next_option(command, argc, argv, options, &status)) != -1) {
		if (option != OPT_JSON && option != OPT_WIDE)
			return status;
		json |= option == OPT_JSON;
		wide |= option == OPT_WIDE;
	}
	if (!arguments_are(command, argc, 0, 0))
		return STATUS_USAGE;
	return json ? list_json() : list_text(wide);
}

static int run_info(const struct command *command, int argc, char **argv)
{
	bool json = false;
	int status;

	if (!only_json(command, argc, argv, &json, &status))
		return status;
	if (!arguments_are(command, argc, 1, 1))
		return STATUS_USAGE;
	return info_of(argv[optind], json);
}

const struct command command_list = {
	.name = "list",
	.summary = "list the buffers",
	.help = help_list,
	.run = run_list,
};

const struct command command_info = {
	.name = "info",
	.summary = "print what is known of a buffer",
	.help = help_info,
	.run = run_info,
};
