// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf test, the memory itself through the mapping: data lines, address lines, cells.
 */
#include "bench.h"
#include "pattern.h"
#include "tap.h"

/* What a test may go through at uncached speed, in bytes. */
#define SLOW_LIMIT	(4ULL << 20)
#define FAST_LIMIT	(16ULL << 20)

static volatile uint64_t *double_at(const struct bench *bench, uint64_t offset)
{
	return (volatile uint64_t *)(bench->map + offset);
}

/* The word next to it gets the opposite: else the lines may only remember. */
static bool check_word(struct bench *bench, uint64_t offset, uint64_t value)
{
	uint64_t found;

	*double_at(bench, offset) = value;
	*double_at(bench, offset ^ 8) = ~value;
	found = *double_at(bench, offset);
	if (found == value)
		return true;
	bench_wrong_word(bench, offset, 8, value, found);
	return false;
}

static void walk(struct bench *bench, uint64_t flip)
{
	const uint64_t places[] = {
		0, bench->size / 2, bench->size - 8
	};

	for (int i = 0; i < 3; i++)
		for (int bit = 0; bit < 64; bit++)
			if (!check_word(bench, places[i], 1ULL << bit ^ flip))
				return;
}

void test_walking_ones(struct bench *bench)
{
	walk(bench, 0);
}

void test_walking_zeros(struct bench *bench)
{
	walk(bench, ~0ULL);
}

static bool check_pattern(struct bench *bench, uint64_t offset, uint64_t seed)
{
	uint64_t found = *double_at(bench, offset);

	if (found == pattern_word(seed, offset))
		return true;
	bench_wrong_word(bench, offset, 8, pattern_word(seed, offset), found);
	return false;
}

static void write_pattern(struct bench *bench, uint64_t offset)
{
	*double_at(bench, offset) = pattern_word(bench->seed, offset);
}

/* Offsets 0, 8, 16, 32 and so on: each has one address line set. */
void test_power_of_two_offsets(struct bench *bench)
{
	uint64_t offset, changed;

	write_pattern(bench, 0);
	for (offset = 8; offset < bench->size; offset *= 2)
		write_pattern(bench, offset);

	/* Each in turn is changed: none of the others may be. */
	for (changed = 8; changed < bench->size; changed *= 2) {
		*double_at(bench, changed) = ~pattern_word(bench->seed, changed);
		if (!check_pattern(bench, 0, bench->seed))
			return;
		for (offset = 8; offset < bench->size; offset *= 2)
			if (offset != changed && !check_pattern(bench, offset, bench->seed))
				return;
		write_pattern(bench, changed);
	}
}

void test_each_page(struct bench *bench)
{
	uint64_t offset;

	for (offset = 0; offset < bench->size; offset += BENCH_PAGE)
		write_pattern(bench, offset);
	for (offset = 0; offset < bench->size; offset += BENCH_PAGE)
		if (bench_stopped || !check_pattern(bench, offset, bench->seed))
			return;
}

/* All words of a page: were they @from? Then they become @to. */
static bool invert_page(struct bench *bench, uint64_t page, uint64_t from, uint64_t to, bool down)
{
	for (uint64_t i = 0; i < BENCH_PAGE; i += 8) {
		uint64_t offset = page + (down ? BENCH_PAGE - 8 - i : i);
		uint64_t found = *double_at(bench, offset);

		if (found != from) {
			bench_wrong_word(bench, offset, 8, from, found);
			return false;
		}
		*double_at(bench, offset) = to;
	}
	return true;
}

static bool invert_all(struct bench *bench, uint64_t pages, uint64_t value)
{
	uint64_t i, offset;

	for (i = 0; i < pages; i++)
		for (offset = 0; offset < BENCH_PAGE; offset += 8)
			*double_at(bench, bench_page(bench, pages, i) + offset) = value;
	for (i = 0; i < pages; i++)
		if (bench_stopped ||
		    !invert_page(bench, bench_page(bench, pages, i), value, ~value, false))
			return false;
	for (i = pages; i--;)
		if (bench_stopped ||
		    !invert_page(bench, bench_page(bench, pages, i), ~value, value, true))
			return false;
	return true;
}

/* Up and down, each cell written after its neighbours on either side were. */
void test_moving_inversions(struct bench *bench)
{
	static const uint64_t values[] = { 0, 0x5555555555555555, 0x3333333333333333 };
	uint64_t pages = bench_pages(bench, SLOW_LIMIT);

	for (int i = 0; i < 3; i++) {
		if (!invert_all(bench, pages, values[i]))
			return;
		tap_progress(i + 1, 3);
	}
}

void test_random(struct bench *bench)
{
	uint64_t pages = bench_pages(bench, FAST_LIMIT), i, offset;

	for (i = 0; i < pages && !bench_stopped; i++)
		for (offset = 0; offset < BENCH_PAGE; offset += 8)
			write_pattern(bench, bench_page(bench, pages, i) + offset);
	for (i = 0; i < pages && !bench_stopped; i++) {
		for (offset = 0; offset < BENCH_PAGE; offset += 8)
			if (!check_pattern(bench, bench_page(bench, pages, i) + offset,
					   bench->seed))
				return;
		tap_progress(i, pages);
	}
}
