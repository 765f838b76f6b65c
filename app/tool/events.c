// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "cohbuf wait" and "cohbuf post" share; see events.h.
 */
#include "events.h"

bool take_count(const struct command *command, uint64_t *count)
{
	if (!parse_number(command, "--count", optarg, UINT32_MAX, count))
		return false;
	if (!*count)
		misused(command, "--count 0 is no event: give 1 or more");
	return *count;
}

int target_events(const struct target *target, enum cohbuf_events_source source)
{
	int fd = cohbuf_events(target->buffer, source);

	if (fd < 0)
		target_complain();
	return fd;
}
