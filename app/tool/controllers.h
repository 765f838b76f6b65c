/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The DMA controllers of the system, and what a node says that names one.
 */
#ifndef _CONTROLLERS_H
#define _CONTROLLERS_H

#include <stdbool.h>

#include "dt.h"

#define CONTROLLERS_MAX	16
/* Room for what is said of one, the terminating NUL included. */
#define CONTROLLER_TEXT	(DT_PATH_SIZE + 256)

/**
 * struct controller - a DMA controller with channels
 * @name: its device
 * @node: its devicetree node, or empty
 * @channels: how many
 * @in_use: how many of them have a client
 * @users: which, and whose, as far as the kernel says: "dma0chan0 by soc:spi"; cut
 *	where there are many
 */
struct controller {
	char name[128];
	char node[DT_PATH_SIZE];
	unsigned int channels;
	unsigned int in_use;
	char users[256];
};

/* Returns how many there are, in the order of their channels. */
int controllers_read(struct controller controllers[CONTROLLERS_MAX]);

/*
 * The properties that give a node a channel of the controller. What stands for CELL is
 * the controller's own. False, and why it cannot be named, where it cannot.
 */
bool controller_dmas(const struct controller *c, char text[CONTROLLER_TEXT]);

/* What to do for a buffer whose node names none: a line each, for people. */
void controllers_advise(void (*print)(const char *line));
/* The same as a member "add_to_node" of JSON: an array, an object for each. */
void controllers_advise_json(void);

#endif /* _CONTROLLERS_H */
