// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handing a range of a buffer over, from the CPU to the device or back. Nothing is
 * remembered from one call to the next.
 */
#include <linux/dma-direction.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "cohbuf.h"
#include "compat.h"
#include "trace.h"

static_assert((int)COHBUF_SYNC_BIDIRECTIONAL == (int)DMA_BIDIRECTIONAL);
static_assert((int)COHBUF_SYNC_TO_DEVICE == (int)DMA_TO_DEVICE);
static_assert((int)COHBUF_SYNC_FROM_DEVICE == (int)DMA_FROM_DEVICE);

/**
 * cohbuf_sync_piece() - how much of a range to hand over at once
 * @offset: in bytes from the start of the buffer
 * @len: in bytes
 *
 * Context: Any context.
 * Return: bytes, at most @len and 1 MiB, for which others can wait. All but the last piece
 * of a range end between cache lines.
 */
size_t cohbuf_sync_piece(u64 offset, u64 len)
{
	return min_t(u64, len, SZ_1M - (offset & (SZ_1M - 1)));
}

/* Is it a range, all of it inside? Returns 0, -EINVAL, -ENXIO or -ENODEV. */
static int cohbuf_sync_check(struct cohbuf *cb, u64 offset, u64 len)
{
	int ret = -ENODEV;

	mutex_lock(&cb->lock);
	if (cb->mem && !len)
		ret = -EINVAL;
	else if (cb->mem)
		ret = cohbuf_mem_clamp(cb->mem, offset, len) == len ? 0 : -ENXIO;
	mutex_unlock(&cb->lock);
	return ret;
}

/**
 * cohbuf_sync_range() - hand over what of a range is inside the buffer
 * @cb: the buffer
 * @offset: in bytes from the start of the buffer, any value
 * @len: in bytes, any value
 * @direction: which way the data goes
 * @for_cpu: the CPU works on the range next; else the device does
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock, for a piece at a time.
 * Return: 0, -EINTR for a fatal signal, or -ENODEV (unbound, before or meanwhile).
 */
int cohbuf_sync_range(struct cohbuf *cb, u64 offset, u64 len,
		      enum dma_data_direction direction, bool for_cpu)
{
	size_t part;

	do {
		part = cohbuf_sync_piece(offset, len);

		mutex_lock(&cb->lock);
		if (!cb->mem) {
			mutex_unlock(&cb->lock);
			return -ENODEV;
		}
		part = cohbuf_mem_clamp(cb->mem, offset, part);
		if (part)
			cohbuf_mem_sync(cb->mem, offset, part, direction, for_cpu);
		mutex_unlock(&cb->lock);

		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		offset += part;
		len -= part;
	} while (part && len);
	return 0;
}

/**
 * cohbuf_sync() - COHBUF_IOC_SYNC
 * @cb: the buffer
 * @sync: the range, in bytes, any values; its direction and its owner, checked
 *
 * Context: Process context, may sleep. Takes &cohbuf.lock.
 * Return: 0, -EINVAL for no bytes, -ENXIO for a range outside the buffer, -EINTR for a
 * fatal signal, or -ENODEV (unbound, before or meanwhile).
 */
int cohbuf_sync(struct cohbuf *cb, const struct cohbuf_sync *sync)
{
	int ret;

	ret = cohbuf_sync_check(cb, sync->offset, sync->length);
	if (!ret)
		ret = cohbuf_sync_range(cb, sync->offset, sync->length,
					(enum dma_data_direction)sync->direction,
					sync->owner == COHBUF_SYNC_FOR_CPU);
	trace_cohbuf_sync(cb, sync, ret);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(cohbuf_sync);
