// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges of a buffer handed over, to the CPU and to the device; see handover.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "handover.h"

static const char *meaning(int error)
{
	switch (error) {
	case ENOTTY:
		return "the loaded driver is older than this tool and cannot hand ranges over: install the driver that came with it";
	case EBADF:
		return "what comes from the device takes a file that is open for writing";
	case ENXIO:
		return "the range is outside the buffer: \"cohbuf info\" has its size";
	default:
		return remedy_of_call(error);
	}
}

int handover_complain(const struct target *target, const struct range *range)
{
	return complain("handing over %" PRIu64 " bytes from offset 0x%" PRIx64 " of \"%s\": %s: %s",
			range->length, range->offset, target->name, strerror(errno),
			meaning(errno));
}

int handover(const struct target *target, const struct range *range,
	     enum cohbuf_sync_direction direction, enum cohbuf_sync_owner owner)
{
	struct cohbuf_sync sync = {
		.offset = range->offset,
		.length = range->length,
		.direction = direction,
		.owner = owner,
	};

	return buffer_sync(target->fd, &sync);
}

/*
 * What another program wrote, and did not hand over, goes to memory first: taken out of
 * the caches it would be lost, and this tool has no business to lose it.
 */
bool handover_to_cpu(const struct target *target, const struct range *range)
{
	if (!target->info.cache_line)
		return true;
	if (handover(target, range, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE) ||
	    (target->writable &&
	     handover(target, range, COHBUF_SYNC_FROM_DEVICE, COHBUF_SYNC_FOR_CPU))) {
		handover_complain(target, range);
		return false;
	}
	return true;
}

bool handover_to_device(const struct target *target, const struct range *range)
{
	if (!target->info.cache_line ||
	    !handover(target, range, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE))
		return true;
	handover_complain(target, range);
	return false;
}
