// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why a node does not get the DMA channel that it names; see dmas.h. The driver cannot
 * tell: the kernel answers it alike whether the controller is not there, does not have
 * the channel, or has none left.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "controllers.h"
#include "dmas.h"
#include "findings.h"
#include "system.h"

static void examine_controller_that_is_not_there(const struct node *node)
{
	char disabled[DT_PATH_SIZE], device[PATH_MAX], link[PATH_MAX + 16], driver[64];
	char reason[256];

	if (dt_disabled(node->engine, disabled)) {
		finding_add(node->path, "set the status of the controller to \"okay\", or take dmas out of this node",
			    "its dmas name %s, which is disabled", node->engine);
		return;
	}
	system_device_of(node->engine, device, sizeof(device));
	snprintf(link, sizeof(link), "%s/driver", device);
	if (device[0] && !file_link_name(link, driver, sizeof(driver)))
		finding_add(node->path, "name a DMA controller: those of /sys/class/dma are",
			    "its dmas name %s, whose driver %s is none of a DMA controller",
			    node->engine, driver);
	else if (device[0] && system_deferred(strrchr(device, '/') + 1, reason, sizeof(reason)))
		finding_add(node->path, "see to what the controller waits for, or take dmas out of this node",
			    "its dmas name %s, which itself waits for another%s%s", node->engine,
			    reason[0] ? ": " : "", reason);
	else
		finding_add(node->path, "load or bind the controller's driver, or take dmas out of this node",
			    "its dmas name %s, which no driver is bound to", node->engine);
}

static void print_cells(const uint32_t *cells, int count, char text[128])
{
	size_t len = 0;

	text[0] = '\0';
	for (int i = 0; i < count && len < 100; i++)
		len += snprintf(text + len, 128 - len, "%s%" PRIu32, i ? " " : "", cells[i]);
}

/* The controller is there: it is about the channel. */
static bool examine_channel(const struct node *node, const struct controller *c, bool deferred)
{
	uint32_t cells[DT_CELLS_MAX], wanted[DT_CELLS_MAX];
	int count = dt_cells(node->path, "dmas", cells) - 1;
	char text[128];

	print_cells(cells + 1, count, text);
	if (dt_cells(c->node, "#dma-cells", wanted) != 1) {
		finding_add(node->path, "add #dma-cells to the controller's node, as its binding has it",
			    "its dmas name %s, which has no #dma-cells", c->node);
		return true;
	}
	if ((uint32_t)count != wanted[0]) {
		finding_add(node->path, "give as many cells behind the phandle as #dma-cells says: the controller's binding has what they mean",
			    "its dmas have %d cells, <%s>, and #dma-cells of %s is %" PRIu32,
			    count, text, c->node, wanted[0]);
		return true;
	}
	if (c->in_use == c->channels) {
		finding_add(node->path, "take dmas out of a node that does not need it, or name another controller",
			    "all %u channels of %s are in use: %s", c->channels, c->name, c->users);
		return true;
	}
	if (!deferred)
		return false;
	finding_add(node->path, "see the binding of the controller for what the cells mean, and name a channel that exists and is free",
		    "%s has no channel for the cells <%s>: %u of its %u are in use%s%s", c->name,
		    text, c->in_use, c->channels, c->in_use ? ": " : "", c->users);
	return true;
}

bool dmas_examine(const struct node *node, bool deferred)
{
	struct controller controllers[CONTROLLERS_MAX];

	if (!node->engine[0])
		return false;
	if (node->engine[0] == '(') {
		finding_add(node->path, "name a DMA controller by its label: those of /sys/class/dma are",
			    "its dmas lead to no node");
		return true;
	}
	for (int i = controllers_read(controllers); i--;)
		if (!strcmp(controllers[i].node, node->engine))
			return examine_channel(node, &controllers[i], deferred);
	examine_controller_that_is_not_there(node);
	return true;
}
