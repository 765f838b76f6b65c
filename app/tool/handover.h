/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges of a buffer handed over by COHBUF_IOC_SYNC: to the CPU before it touches them,
 * to the device when it has. The first two do nothing where no range has to be.
 */
#ifndef _HANDOVER_H
#define _HANDOVER_H

#include "target.h"

/* False after a line on standard error. */
bool handover_to_cpu(const struct target *target, const struct range *range);
bool handover_to_device(const struct target *target, const struct range *range);
/* Whatever the memory is. */
bool handover_range(const struct target *target, const struct range *range,
		    enum cohbuf_sync_direction direction, enum cohbuf_sync_owner owner);

/* The same without the line: 0, or -1 with errno. */
int handover(const struct cohbuf_buffer *buffer, const struct cohbuf_sync *sync);

#endif /* _HANDOVER_H */
