// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "cohbuf wait" and "cohbuf post" share; see events.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "events.h"

bool take_count(const struct command *command, uint64_t *count)
{
	if (!parse_number(command, "--count", optarg, UINT32_MAX, count))
		return false;
	if (!*count)
		misused(command, "--count 0 is no event: give 1 or more");
	return *count;
}

static const char *meaning(int error)
{
	switch (error) {
	case EOPNOTSUPP:
		return "its node has no interrupt: add interrupts to it";
	case ENOTTY:
		return "the driver is older than events: load that of this version";
	default:
		return remedy_of_call(error);
	}
}

int target_events(const struct target *target, enum cohbuf_events_source source)
{
	int fd = buffer_events(target->fd, source, O_CLOEXEC);

	if (fd < 0)
		complain("events of \"%s\": %s: %s", target->name, strerror(errno), meaning(errno));
	return fd;
}
