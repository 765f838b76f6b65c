/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A devicetree node of a buffer, followed from the tree to /dev.
 */
#ifndef _NODE_H
#define _NODE_H

#include <stdbool.h>

#include "device.h"
#include "dt.h"

/**
 * struct node - how far a node came
 * @path: in the devicetree
 * @label: the name that it asks for, or empty
 * @size: its cohbuf,size; 0: it has none
 * @region: its memory-region's node, or empty
 * @engine: the node of the controller of its dmas, or empty
 * @disabled: the node that is not "okay", itself or above it, or empty
 * @device: its platform device, or empty
 * @driver: what the device is bound to, or empty
 * @buffer: its buffer, or empty
 */
struct node {
	char path[DT_PATH_SIZE];
	char label[64];
	uint64_t size;
	char region[DT_PATH_SIZE];
	char engine[DT_PATH_SIZE];
	char disabled[DT_PATH_SIZE];
	char device[DEVICE_NAME_SIZE];
	char driver[64];
	char buffer[COHBUF_NAME_SIZE];
};

void node_read(struct node *node, const char *path);
bool node_is_called(const struct node *node, const char *name);
/* Adds a finding for whatever keeps the node from being a buffer one can open. */
void node_examine(const struct node *node, bool asked_for);

#endif /* _NODE_H */
