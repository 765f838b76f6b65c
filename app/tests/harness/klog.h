/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's log has from the driver about one device. Whatever fails in here
 * ends the test.
 */
#ifndef _KLOG_H
#define _KLOG_H

#include "tool/kmsg.h"

/**
 * struct klog - lines about a device
 * @lines: of level warning or worse
 * @fitting: of level error, with the text that is wanted
 * @last: the last one, without the names before it
 */
struct klog {
	unsigned int lines;
	unsigned int fitting;
	char last[sizeof(((struct kmsg *)0)->text)];
};

/* A place in the log: SEEK_SET for the first line since the boot, SEEK_END for now. */
int klog_open(int whence);

/* From there to the end. */
struct klog klog_read(int place, const char *device, const char *wanted);

/* A probe that fails says one line, and this is in it. */
void expect_refusal(const struct klog *said, const char *wanted);

#endif /* _KLOG_H */
