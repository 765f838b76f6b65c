/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the checks (check.c) and the runner (harness.c) share.
 */
#ifndef _CHECK_H
#define _CHECK_H

#include <stdbool.h>

/**
 * struct harness_state - the result of a test, in memory that its processes share
 * @checks: checks made
 * @failures: checks that failed, and whatever else went wrong
 * @skipped: the test does not apply here
 * @reason: why it does not
 */
struct harness_state {
	unsigned int checks;
	unsigned int failures;
	bool skipped;
	char reason[200];
};

extern struct harness_state *harness_state;

void harness_fail(void);
const char *signal_name(int sig);

#endif /* _CHECK_H */
