// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generator SplitMix64: any seed is a good one.
 */
#include "random.h"

uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t random_below(struct random *random, uint64_t end)
{
	return random_next(random) % end;
}
