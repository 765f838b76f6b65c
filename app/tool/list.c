// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf list, cohbuf info: which buffers there are, and what they are.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "json.h"
#include "target.h"

static const char help_list[] =
	"Usage: cohbuf list [OPTION]...\n"
	"List the buffers: name, size, kind of memory, address for the device, offset of\n"
	"the bus (DMA address minus CPU address, as the dma-ranges above the node have it),\n"
	"whether the device snoops the CPU's caches, region, DMA channel of its own, open\n"
	"files and mappings.\n"
	"\n"
	"  --json                print JSON, an array\n";

static const char help_info[] =
	"Usage: cohbuf info NAME [OPTION]...\n"
	"Print what is known of the buffer NAME. It is opened only where its address can\n"
	"be had in no other way.\n"
	"\n"
	"  --json                print JSON, an object\n";

static const char *why_no_dma_addr(int error)
{
	if (error == EACCES || error == EPERM)
		return "not shown: it takes root, or CAP_SYS_RAWIO and the right to open the buffer";
	return "not known: the device was unbound meanwhile";
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
		json_string("dma_addr_reason", why_no_dma_addr(f->dma_error));
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
	json_string("region", f->region[0] ? f->region : NULL);
	json_string("engine", f->engine[0] ? f->engine : NULL);
	json_number("files", f->files);
	json_number("mappings", f->mappings);
	json_string("device", f->device);
	json_string("node", f->node);
}

static void print_row(const struct facts *f)
{
	char size[32], offset[32], addr[32];

	if (f->dma_error)
		strcpy(addr, "-");
	else
		snprintf(addr, sizeof(addr), "0x%" PRIx64, f->dma_addr);
	printf("%-16s %10s  %-9s %12s %12s  %-8s  %-14s %-24s %5" PRIu64 " %5" PRIu64 "\n",
	       f->name, human_size(f->size, size), f->memory, addr,
	       facts_bus_offset(f, offset), f->coherent ? "yes" : "no",
	       f->region[0] ? f->region : "-", f->engine[0] ? f->engine : "-",
	       f->files, f->mappings);
}

static void print_ranges(const struct facts *f)
{
	for (int i = 0; i < f->num_ranges; i++)
		printf("             dma-ranges: DMA 0x%" PRIx64 " is CPU 0x%" PRIx64 ", 0x%" PRIx64 " bytes\n",
		       f->ranges[i].dma, f->ranges[i].cpu, f->ranges[i].size);
}

static void print_info(const struct facts *f)
{
	char text[32];

	printf("name:        %s\n", f->name);
	printf("size:        %" PRIu64 " (0x%" PRIx64 ", %s)\n", f->size, f->size,
	       human_size(f->size, text));
	printf("memory:      %s, %s\n", f->memory, f->coherent ? "cached: the device snoops" : "uncached for the CPU");
	if (f->dma_error)
		printf("DMA address: %s\n", why_no_dma_addr(f->dma_error));
	else
		printf("DMA address: 0x%" PRIx64 " to 0x%" PRIx64 "\n", f->dma_addr,
		       f->dma_addr + f->size - 1);
	printf("DMA bits:    %" PRIu64 "\n", f->dma_bits);
	printf("bus offset:  %s\n", facts_bus_offset(f, text));
	print_ranges(f);
	printf("IOMMU:       %s\n", f->iommu ? "yes: the DMA address says nothing of the physical one" : "no");
	printf("coherent:    %s\n", f->coherent ? "yes" : "no");
	printf("region:      %s\n", f->region[0] ? f->region : "none: out of the system's memory");
	printf("DMA engine:  %s\n",
	       f->engine[0] ? f->engine : "none of its own: a copy takes any that sees the buffer");
	printf("files:       %" PRIu64 "\n", f->files);
	printf("mappings:    %" PRIu64 "\n", f->mappings);
	printf("device:      %s\n", f->device);
	printf("node:        %s\n", f->node);
}

static int list_all(bool json)
{
	/* Not a call, as clang-format has it. */
	/* clang-format off */
	char (*names)[COHBUF_NAME_SIZE];
	/* clang-format on */
	int count = facts_names(&names);
	struct facts facts;

	if (json)
		json_open(NULL, '[');
	else if (count)
		printf("%-16s %10s  %-9s %12s %12s  %-8s  %-14s %-24s %5s %5s\n", "NAME",
		       "SIZE", "MEMORY", "DMA-ADDRESS", "BUS-OFFSET", "COHERENT",
		       "REGION", "ENGINE", "FILES", "MAPS");
	for (int i = 0; i < count; i++) {
		/* Unbound meanwhile: then there is nothing to list. */
		if (facts_read(&facts, names[i]))
			continue;
		if (!json) {
			print_row(&facts);
			continue;
		}
		json_open(NULL, '{');
		print_json(&facts);
		json_close();
	}
	free(names);
	if (json)
		json_close();
	else if (!count)
		complain("there are no buffers: \"cohbuf doctor\" says why");
	return flush_output(STATUS_OK);
}

static int info_of(const char *node, bool json)
{
	char name[COHBUF_NAME_SIZE];
	struct facts facts;

	if (buffer_find(node, name) || facts_read(&facts, name))
		return complain("cannot find \"%s\": %s: %s", node, strerror(errno),
				remedy_of_open(errno));
	if (json) {
		json_open(NULL, '{');
		print_json(&facts);
		json_close();
	} else {
		print_info(&facts);
	}
	return flush_output(STATUS_OK);
}

static int run_list(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, OPT_JSON },
		OPTIONS_OF_ALL
	};
	bool of_one = command == &command_info, json = false;
	int option, status;

	while ((option = next_option(command, argc, argv, options, &status)) != -1) {
		if (option != OPT_JSON)
			return status;
		json = true;
	}
	if (!arguments_are(command, argc, of_one, of_one))
		return STATUS_USAGE;
	return of_one ? info_of(argv[optind], json) : list_all(json);
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
	.run = run_list,
};
