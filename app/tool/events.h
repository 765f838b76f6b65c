/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What "cohbuf wait" and "cohbuf post" share. Whatever does not work has been said on
 * standard error.
 */
#ifndef _TOOL_EVENTS_H
#define _TOOL_EVENTS_H

#include "target.h"

/* Takes the value of --count. */
bool take_count(const struct command *command, uint64_t *count);

/* A file that counts, with the rights of the target's; or -1. */
int target_events(const struct target *target, enum cohbuf_events_source source);

#endif /* _TOOL_EVENTS_H */
