// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf test, accesses of each width: does a write reach its bytes, and no others?
 */
#include <inttypes.h>
#include <string.h>

#include "bench.h"
#include "pattern.h"
#include "tap.h"

#define WINDOW	64

/* By bytes, and by this width: a read has lanes as well. */
static bool check_window(const struct bench *bench, uint64_t window, unsigned int width,
			 const unsigned char *model)
{
	for (uint64_t i = 0; i < WINDOW; i++)
		if (bench->map[window + i] != model[i]) {
			bench_wrong_word(bench, window + i, 1, model[i], bench->map[window + i]);
			return false;
		}
	for (uint64_t i = 0; i < WINDOW; i += width) {
		unsigned char word[8];

		switch (width) {
		case 1:
			continue;
		case 2:
			*(uint16_t *)word = *(volatile uint16_t *)(bench->map + window + i);
			break;
		case 4:
			*(uint32_t *)word = *(volatile uint32_t *)(bench->map + window + i);
			break;
		default:
			*(uint64_t *)word = *(volatile uint64_t *)(bench->map + window + i);
		}
		if (memcmp(word, model + i, width)) {
			uint64_t expected = 0, found = 0;

			memcpy(&expected, model + i, width);
			memcpy(&found, word, width);
			bench_wrong_word(bench, window + i, width, expected, found);
			return false;
		}
	}
	return true;
}

static bool test_window(struct bench *bench, uint64_t window, unsigned int width)
{
	unsigned char model[WINDOW];

	pattern_fill(model, bench->seed, window, WINDOW);
	for (uint64_t i = 0; i < WINDOW; i++)
		bench->map[window + i] = model[i];

	for (uint64_t i = 0; i < WINDOW; i += width) {
		uint64_t value = 0;

		/* Each byte of the word becomes another one. */
		for (unsigned int k = 0; k < width; k++)
			model[i + k] = ~model[i + k];
		memcpy(&value, model + i, width);
		bench_write(bench, window + i, width, value);
		if (!check_window(bench, window, width, model)) {
			tap_note("after a write of %u byte%s to offset 0x%" PRIx64, width,
				 width == 1 ? "" : "s", window + i);
			return false;
		}
	}
	return true;
}

static void test_width(struct bench *bench, unsigned int width)
{
	const uint64_t windows[] = {
		0, bench->size / 2 - WINDOW / 2, bench->size - WINDOW
	};

	for (int i = 0; i < 3; i++)
		if (!test_window(bench, windows[i], width))
			return;
}

void test_bytes(struct bench *bench)
{
	test_width(bench, 1);
}

void test_halves(struct bench *bench)
{
	test_width(bench, 2);
}

void test_words(struct bench *bench)
{
	test_width(bench, 4);
}

void test_doubles(struct bench *bench)
{
	test_width(bench, 8);
}
