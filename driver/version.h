/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place that states the version, of the driver and of the tool.
 */
#ifndef _COHBUF_VERSION_H
#define _COHBUF_VERSION_H

#define COHBUF_VERSION	"0.1.0"

#endif /* _COHBUF_VERSION_H */
