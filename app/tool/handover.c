// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges of a buffer handed over, to the CPU and to the device; see handover.h.
 */
#include "handover.h"

int handover(const struct cohbuf_buffer *buffer, const struct cohbuf_sync *sync)
{
	if (sync->owner == COHBUF_SYNC_FOR_CPU)
		return cohbuf_sync_for_cpu(buffer, sync->offset, sync->length, sync->direction);
	return cohbuf_sync_for_device(buffer, sync->offset, sync->length, sync->direction);
}

bool handover_range(const struct target *target, const struct range *range,
		    enum cohbuf_sync_direction direction, enum cohbuf_sync_owner owner)
{
	const struct cohbuf_sync sync = {
		.offset = range->offset,
		.length = range->length,
		.direction = direction,
		.owner = owner,
	};

	if (!handover(target->buffer, &sync))
		return true;
	target_complain();
	return false;
}

/*
 * What another program wrote, and did not hand over, goes to memory first: taken out of
 * the caches it would be lost, and this tool has no business to lose it.
 */
bool handover_to_cpu(const struct target *target, const struct range *range)
{
	if (!target->info.cache_line)
		return true;
	return handover_range(target, range, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE) &&
	       (!target->writable ||
		handover_range(target, range, COHBUF_SYNC_FROM_DEVICE, COHBUF_SYNC_FOR_CPU));
}

bool handover_to_device(const struct target *target, const struct range *range)
{
	return !target->info.cache_line ||
	       handover_range(target, range, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE);
}
