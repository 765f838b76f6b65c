/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the doctor asks the system around the buffers.
 */
#ifndef _SYSTEM_H
#define _SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dt.h"

/**
 * struct controller - a DMA controller with channels
 * @name: its device
 * @node: its devicetree node, or empty
 * @channels: how many
 * @in_use: how many of them have a client
 */
struct controller {
	char name[128];
	char node[DT_PATH_SIZE];
	unsigned int channels;
	unsigned int in_use;
};

#define CONTROLLERS_MAX	16

bool system_has_module(void);
/* Of /proc/meminfo, in KiB; false where the kernel has no such line. */
bool system_meminfo(const char *field, uint64_t *kib);
int system_controllers(struct controller controllers[CONTROLLERS_MAX]);

/* The kernel's last warning or error of a device: 1, 0 where there is none, or -1. */
int system_last_message(const char *device, char *message, size_t size);
/* Why a device waits for another, as debugfs has it. */
bool system_deferred(const char *device, char *reason, size_t size);
/* The device of a devicetree node, as a path below /sys/bus; "" where there is none. */
void system_device_of(const char *node, char *path, size_t size);

#endif /* _SYSTEM_H */
