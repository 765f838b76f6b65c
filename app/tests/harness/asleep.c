// SPDX-License-Identifier: GPL-2.0-only
/*
 * Until a process waits in the kernel, or is stopped; see asleep.h.
 */
#include <stdio.h>
#include <string.h>

#include "asleep.h"
#include "device.h"
#include "harness.h"

void await_state(pid_t pid, char wanted)
{
	char path[64], line[256];
	const char *state;

	/* A thread has a folder of its own there, though it is not listed. */
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		ASSERT_OK(file_read_line(path, line, sizeof(line)));
		state = strrchr(line, ')');
		ASSERT_TRUE(state);
	} while (state[2] != wanted);
}

void await_asleep(pid_t pid)
{
	await_state(pid, 'S');
}
