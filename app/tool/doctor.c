// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf doctor: why is there no node?
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "controllers.h"
#include "dt.h"
#include "findings.h"
#include "json.h"
#include "node.h"
#include "system.h"
#include "tool.h"

static const char help[] =
	"Usage: cohbuf doctor [NAME] [OPTION]...\n"
	"Say why a buffer, or any, is missing below /dev, and what to do about it.\n"
	"\n"
	"Followed are the devicetree nodes with compatible \"cohbuf,buffer\" and\n"
	"\"cohbuf,pool\", or the one that is called NAME, which is a label, a node or a\n"
	"device: is the driver loaded, is there a device, is it bound, what does the\n"
	"kernel's log say of it, whose is the name below /dev, may you open it. A node\n"
	"without dmas has no DMA controller that copies: of each controller it says what\n"
	"to add. As root it sees more.\n"
	"\n"
	"  --json                print JSON\n";

/**
 * struct visit - the patient, and what was looked at
 * @name: the only one to look at, or NULL
 * @nodes: those that were found
 * @count: how many
 * @all: how many there are, looked at or not
 */
struct visit {
	const char *name;
	struct node *nodes;
	unsigned int count;
	unsigned int all;
};

static bool add_node(const char *path, void *arg)
{
	struct visit *visit = arg;
	struct node *more;

	if (!dt_is_compatible(path, "cohbuf,buffer") && !dt_is_compatible(path, "cohbuf,pool"))
		return false;
	visit->all++;
	more = realloc(visit->nodes, (visit->count + 1) * sizeof(*more));
	if (!more) {
		perror("cohbuf");
		exit(STATUS_FAILED);
	}
	visit->nodes = more;
	node_read(&visit->nodes[visit->count], path);
	if (!visit->name || node_is_called(&visit->nodes[visit->count], visit->name))
		visit->count++;
	return false;
}

static void examine(struct visit *visit)
{
	dt_walk(add_node, visit);

	if (!system_has_module())
		finding_add("driver", "modprobe cohbuf; where that finds none, install the module for this kernel and run depmod",
			    "it is not loaded");
	if (!dt_has("", "compatible"))
		finding_add("devicetree", "boot a kernel with a devicetree: with ACPI alone there is none",
			    "this system has none");
	else if (!visit->all)
		finding_add("devicetree", "add a node, or an overlay with one, and see that the boot loader applies it (docs/devicetree.md)",
			    "it has no node with compatible \"cohbuf,buffer\"");
	else if (!visit->count)
		finding_add(visit->name, "give a node this label; \"cohbuf doctor\" alone lists the nodes",
			    "none of the %u nodes with compatible \"cohbuf,buffer\" is called so",
			    visit->all);

	for (unsigned int i = 0; i < visit->count; i++)
		node_examine(&visit->nodes[i], visit->name);
}

static const char *state_of(const struct node *node)
{
	if (node->disabled[0])
		return "disabled";
	if (!node->device[0])
		return "no device";
	if (!node->driver[0])
		return "not bound";
	return strcmp(node->driver, "cohbuf") ? "bound to another driver" : "bound";
}

static void print_node(const struct node *node)
{
	printf("%s: %s", node->path, state_of(node));
	if (node->buffer[0])
		printf(", /dev/%s", node->buffer);
	else if (node->label[0])
		printf(", label \"%s\"", node->label);
	if (node->size)
		printf(", %" PRIu64 " bytes", node->size);
	if (node->region[0])
		printf(", region %s", node->region);
	if (node->engine[0])
		printf(", dmas %s", node->engine);
	putchar('\n');
}

/* Only that of a 32-bit kernel can be too small for a buffer: 64 bits have 4 GiB and more. */
static bool vmalloc_is_scarce(uint64_t *total_kib)
{
	return system_meminfo("VmallocTotal", total_kib) && *total_kib < 4 << 20;
}

static void print_memory(void)
{
	uint64_t total = 0, free_kib = 0;

	if (system_meminfo("CmaTotal", &total) && system_meminfo("CmaFree", &free_kib))
		printf("CMA: %" PRIu64 " KiB, %" PRIu64 " KiB free\n", total, free_kib);
	else
		puts("CMA: none in this kernel");
	if (vmalloc_is_scarce(&total))
		printf("vmalloc: %" PRIu64 " KiB for all of the kernel\n", total);
}

static void print_text(const struct visit *visit)
{
	struct controller controllers[CONTROLLERS_MAX];
	int count = controllers_read(controllers);
	char text[CONTROLLER_TEXT];

	printf("driver: %s\n", system_has_module() ? "loaded" : "not loaded");
	print_memory();
	for (int i = 0; i < count; i++) {
		bool can_be_named = controller_dmas(&controllers[i], text);

		printf("DMA controller: %s, %u channels, %u in use%s%s\n", controllers[i].name,
		       controllers[i].channels, controllers[i].in_use,
		       can_be_named ? "; for a node: " : "; ", text);
	}
	if (!count)
		puts("DMA controller: none");
	for (unsigned int i = 0; i < visit->count; i++)
		print_node(&visit->nodes[i]);
	findings_print(visit->name);
	if (!findings_count())
		printf("\nNothing found: all is well%s%s.\n", visit->name ? " with " : "",
		       visit->name ?: "");
}

static void print_node_json(const struct node *node)
{
	json_open(NULL, '{');
	json_string("node", node->path);
	json_string("state", state_of(node));
	json_string("label", node->label[0] ? node->label : NULL);
	json_number("size", node->size);
	json_string("region", node->region[0] ? node->region : NULL);
	json_string("dmas", node->engine[0] ? node->engine : NULL);
	json_string("device", node->device[0] ? node->device : NULL);
	json_string("driver", node->driver[0] ? node->driver : NULL);
	json_string("buffer", node->buffer[0] ? node->buffer : NULL);
	json_close();
}

static void print_json(const struct visit *visit)
{
	struct controller controllers[CONTROLLERS_MAX];
	int count = controllers_read(controllers);
	char text[CONTROLLER_TEXT];
	uint64_t kib;

	json_open(NULL, '{');
	json_string("name", visit->name);
	json_bool("driver_loaded", system_has_module());
	if (system_meminfo("CmaTotal", &kib))
		json_number("cma_total", kib << 10);
	if (system_meminfo("CmaFree", &kib))
		json_number("cma_free", kib << 10);
	if (vmalloc_is_scarce(&kib))
		json_number("vmalloc_total", kib << 10);
	json_open("controllers", '[');
	for (int i = 0; i < count; i++) {
		json_open(NULL, '{');
		json_string("name", controllers[i].name);
		json_string("node", controllers[i].node[0] ? controllers[i].node : NULL);
		json_number("channels", controllers[i].channels);
		json_number("in_use", controllers[i].in_use);
		json_string("users", controllers[i].users[0] ? controllers[i].users : NULL);
		json_string("dmas", controller_dmas(&controllers[i], text) ? text : NULL);
		json_close();
	}
	json_close();
	json_open("nodes", '[');
	for (unsigned int i = 0; i < visit->count; i++)
		print_node_json(&visit->nodes[i]);
	json_close();
	findings_print_json();
	json_close();
}

static int run_doctor(const struct command *command, int argc, char **argv)
{
	struct visit visit = {};
	bool json = false;
	int status;

	if (!only_json(command, argc, argv, &json, &status))
		return status;
	if (!arguments_are(command, argc, 0, 1))
		return STATUS_USAGE;
	visit.name = argv[optind];
	if (visit.name && !*visit.name)
		return misused(command, "the NAME is empty: leave it out for all nodes");
	examine(&visit);
	if (json)
		print_json(&visit);
	else
		print_text(&visit);
	free(visit.nodes);
	return flush_output(findings_count() ? STATUS_FAILED : STATUS_OK);
}

const struct command command_doctor = {
	.name = "doctor",
	.summary = "say why a buffer is missing",
	.help = help,
	.exits = "0 all is well, 1 something was found, 2 wrong usage",
	.run = run_doctor,
};
