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

bool system_has_module(void);
/* Of /proc/meminfo, in KiB; false where the kernel has no such line. */
bool system_meminfo(const char *field, uint64_t *kib);

/* The kernel's last warning or error of a device: 1, 0 where there is none, or -1. */
int system_last_message(const char *device, char *message, size_t size);
/* Why a device waits for another, as debugfs has it; "" where that is not mounted. */
bool system_deferred(const char *device, char *reason, size_t size);
/* Can it be seen there? Without, a device that waits looks like one that is unbound. */
bool system_shows_deferred(void);
/* The device of a devicetree node, as a path below /sys/bus; "" where there is none. */
void system_device_of(const char *node, char *path, size_t size);

#endif /* _SYSTEM_H */
