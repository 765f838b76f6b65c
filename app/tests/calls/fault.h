/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's fault injection: of all places where a call could fail for want of
 * memory or because of a bad address, the Nth one does. From the first to the last,
 * a call goes through every way out that it has.
 */
#ifndef _FAULT_H
#define _FAULT_H

#include <stdbool.h>

/**
 * struct faults - the places of one call
 * @fd: the calling thread's fail-nth
 * @nth: the place that fails next, from 1
 * @step: every how many places one fails: 1, all of them
 * @failed: how many did
 */
struct faults {
	int fd;
	unsigned int nth;
	unsigned int step;
	unsigned int failed;
};

/* Skips the test where the kernel has no fault injection. */
struct faults faults_begin(void);
/* What the calling thread does between these two has one fault, or none is left. */
void fault_arm(struct faults *faults);
bool fault_disarm(struct faults *faults);
void faults_end(struct faults *faults);

#endif /* _FAULT_H */
