// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes that follow from a seed and an offset; see pattern.h.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pattern.h"

/* Each bit of the input changes about half of those of the output. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93;
	x ^= x >> 29;
	x *= 0x9e6c63d0876a9a47;
	x ^= x >> 32;
	return x;
}

uint64_t pattern_word(uint64_t seed, uint64_t offset)
{
	return mix(mix(seed + 1) + offset / 8);
}

unsigned char pattern_byte(uint64_t seed, uint64_t offset)
{
	uint64_t word = pattern_word(seed, offset);
	unsigned char bytes[8];

	memcpy(bytes, &word, 8);
	return bytes[offset % 8];
}

void pattern_fill(void *to, uint64_t seed, uint64_t offset, size_t length)
{
	unsigned char *byte = to;

	while (length) {
		uint64_t word = pattern_word(seed, offset);
		size_t skip = offset % 8, len = 8 - skip;

		if (len > length)
			len = length;
		memcpy(byte, (unsigned char *)&word + skip, len);
		byte += len;
		offset += len;
		length -= len;
	}
}

uint64_t pattern_new_seed(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	/* Short enough to be typed again. */
	return (mix(now.tv_nsec ^ ((uint64_t)now.tv_sec << 20) ^ getpid())) & 0xffffffff;
}
