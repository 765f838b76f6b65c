/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A node that names a DMA channel, and does not get it: it waits for it for ever, and
 * the kernel's log has no line of it.
 */
#ifndef _DMAS_H
#define _DMAS_H

#include "node.h"

/*
 * Adds a finding for what is wrong with the node's dmas. @deferred: the kernel says that
 * its device waits for something. True where something was found.
 */
bool dmas_examine(const struct node *node, bool deferred);

#endif /* _DMAS_H */
