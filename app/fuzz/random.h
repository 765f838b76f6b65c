/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers that follow from a seed alone, on any machine.
 */
#ifndef _RANDOM_H
#define _RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

uint64_t random_next(struct random *random);
/* From 0 to @end - 1. */
uint64_t random_below(struct random *random, uint64_t end);

#endif /* _RANDOM_H */
