// SPDX-License-Identifier: GPL-2.0-only
/*
 * Until a process waits in the kernel, or is stopped; see asleep.h.
 */
#include <stdio.h>
#include <string.h>

#include "asleep.h"
#include "device.h"
#include "harness.h"

static char state_of(pid_t pid)
{
	char path[64], line[256];
	const char *state;

	/* A thread has a folder of its own there, though it is not listed. */
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	ASSERT_OK(file_read_line(path, line, sizeof(line)));
	state = strrchr(line, ')');
	ASSERT_TRUE(state);
	return state[2];
}

void await_state(pid_t pid, char wanted)
{
	while (state_of(pid) != wanted)
		continue;
}

void await_asleep(pid_t pid)
{
	await_state(pid, 'S');
}

bool is_asleep(pid_t pid)
{
	return state_of(pid) == 'S';
}

unsigned long switches_of(pid_t pid)
{
	unsigned long sum = 0, part;
	char path[64], line[256];
	int found = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	ASSERT_TRUE(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "voluntary_ctxt_switches: %lu", &part) != 1 &&
		    sscanf(line, "nonvoluntary_ctxt_switches: %lu", &part) != 1)
			continue;
		sum += part;
		found++;
	}
	fclose(file);
	ASSERT_EQ(found, 2);
	return sum;
}
