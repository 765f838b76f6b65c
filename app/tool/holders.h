/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has buffers of a pool: processes, by their files in /proc.
 */
#ifndef _HOLDERS_H
#define _HOLDERS_H

#include <stdint.h>

/**
 * struct holder - a process that has buffers of a pool open
 * @pid: the process
 * @command: its name, as ps has it
 * @buffers: how many
 * @bytes: of those together
 */
struct holder {
	unsigned int pid;
	char command[32];
	unsigned int buffers;
	uint64_t bytes;
};

/* Those that this user may look into; returns how many. free() the array at once. */
int holders_of(const char *pool, struct holder **holders);

#endif /* _HOLDERS_H */
