// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA controllers of the system; see controllers.h.
 *
 * Whether one copies from memory to memory the kernel does not show: the driver says
 * so of one that does not, when a node names it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "controllers.h"
#include "device.h"
#include "json.h"

#define CHANNELS	"/sys/class/dma"

static struct controller *find_controller(struct controller *controllers, int *count,
					  const char *name)
{
	for (int i = 0; i < *count; i++)
		if (!strcmp(controllers[i].name, name))
			return &controllers[i];
	if (*count == CONTROLLERS_MAX)
		return NULL;
	memset(&controllers[*count], 0, sizeof(*controllers));
	snprintf(controllers[*count].name, sizeof(controllers->name), "%s", name);
	return &controllers[(*count)++];
}

static void add_user(struct controller *c, const char *channel)
{
	size_t len = strlen(c->users);
	char path[PATH_MAX], user[128];

	c->in_use++;
	snprintf(path, sizeof(path), CHANNELS "/%s/slave", channel);
	if (file_link_name(path, user, sizeof(user)))
		user[0] = '\0';
	snprintf(c->users + len, sizeof(c->users) - len, "%s%s%s%s", len ? ", " : "", channel,
		 user[0] ? " by " : "", user);
}

static void add_channel(struct controller *controllers, int *count, const char *channel)
{
	char path[PATH_MAX], name[128], node[DT_PATH_SIZE], in_use[16];
	struct controller *c;

	snprintf(path, sizeof(path), CHANNELS "/%s/device", channel);
	if (file_link_name(path, name, sizeof(name)))
		return;
	c = find_controller(controllers, count, name);
	if (!c)
		return;
	c->channels++;
	if (dt_of_device(path, node))
		snprintf(c->node, sizeof(c->node), "%s", node);
	snprintf(path, sizeof(path), CHANNELS "/%s/in_use", channel);
	if (!file_read_line(path, in_use, sizeof(in_use)) && atoi(in_use))
		add_user(c, channel);
}

int controllers_read(struct controller controllers[CONTROLLERS_MAX])
{
	struct dirent **channels;
	int found = scandir(CHANNELS, &channels, NULL, versionsort), count = 0;

	for (int i = 0; i < found; i++) {
		if (channels[i]->d_name[0] != '.')
			add_channel(controllers, &count, channels[i]->d_name);
		free(channels[i]);
	}
	if (found >= 0)
		free(channels);
	return count;
}

/* What leads to a node in a source: its label, where the tree has kept it. */
static void reference_to(const char *node, char text[DT_PATH_SIZE + 4])
{
	DIR *labels = opendir(DT_BASE "/__symbols__");
	struct dirent *entry;

	snprintf(text, DT_PATH_SIZE + 4, "&{%s}", node);
	while (labels && (entry = readdir(labels))) {
		const char *path = dt_string("/__symbols__", entry->d_name);

		if (path && !strcmp(path, node)) {
			snprintf(text, DT_PATH_SIZE + 4, "&%s", entry->d_name);
			break;
		}
	}
	if (labels)
		closedir(labels);
}

bool controller_dmas(const struct controller *c, char text[CONTROLLER_TEXT])
{
	char reference[DT_PATH_SIZE + 4], cells[32] = "";
	uint32_t count[DT_CELLS_MAX];

	if (!c->node[0]) {
		snprintf(text, CONTROLLER_TEXT, "%s cannot be named: it has no devicetree node",
			 c->name);
		return false;
	}
	if (dt_cells(c->node, "#dma-cells", count) != 1) {
		snprintf(text, CONTROLLER_TEXT, "%s cannot be named: its node %s has no #dma-cells",
			 c->name, c->node);
		return false;
	}
	for (uint32_t i = 0; i < count[0] && i < 4; i++)
		strcat(cells, " CELL");
	reference_to(c->node, reference);
	snprintf(text, CONTROLLER_TEXT, "dmas = <%s%s>; dma-names = \"memcpy\";", reference, cells);
	return true;
}

void controllers_advise(void (*print)(const char *line))
{
	struct controller controllers[CONTROLLERS_MAX];
	char text[CONTROLLER_TEXT], line[CONTROLLER_TEXT + 256];
	int count = controllers_read(controllers);

	for (int i = 0; i < count; i++) {
		const struct controller *c = &controllers[i];

		if (controller_dmas(c, text))
			snprintf(line, sizeof(line), "add to the node: %s  (%.*s: %u of %u channels in use)", text,
				 (int)sizeof(c->name), c->name, c->in_use, c->channels);
		else
			snprintf(line, sizeof(line), "%s", text);
		print(line);
	}
	if (!count)
		print("no DMA controller is there: is its node enabled, and its driver loaded?");
}

void controllers_advise_json(void)
{
	struct controller controllers[CONTROLLERS_MAX];
	int count = controllers_read(controllers);
	char text[CONTROLLER_TEXT];

	json_open("add_to_node", '[');
	for (int i = 0; i < count; i++) {
		bool can_be_named = controller_dmas(&controllers[i], text);

		json_open(NULL, '{');
		json_string("controller", controllers[i].name);
		json_string("dmas", can_be_named ? text : NULL);
		json_string("reason", can_be_named ? NULL : text);
		json_close();
	}
	json_close();
}
