// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf test, the device's view: what the CPU writes a DMA engine copies, and what
 * that wrote the CPU reads. Sources are in one half of the buffer, targets in the other.
 *
 * Some engines take 0.1 s for a page: each test has its share of the time, does the
 * telling cases first, and says how far it came.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "pattern.h"
#include "tap.h"
#include "trial.h"

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/**
 * struct shift - a test's share of the time
 * @start: when it began, in nanoseconds
 * @end: when it is over
 * @done: cases done
 * @all: cases there are
 */
struct shift {
	uint64_t start;
	uint64_t end;
	uint64_t done;
	uint64_t all;
};

/* What earlier tests left of the time is shared by those that are to come. */
static struct shift shift_begin(struct bench *bench, uint64_t all)
{
	struct shift shift = { .start = now_ns(), .all = all };
	unsigned int left = BENCH_TIMED_TESTS - bench->dma_begun++;

	if (!bench->dma_end)
		bench->dma_end = shift.start + bench->seconds * 1000000000ULL;
	shift.end = shift.start;
	if (bench->dma_end > shift.start)
		shift.end += (bench->dma_end - shift.start) / left;
	return shift;
}

/* Another case? The first is always done. */
static bool shift_goes_on(struct shift *shift)
{
	if (bench_stopped || shift->done == shift->all)
		return false;
	if (shift->done && now_ns() >= shift->end)
		return false;
	tap_progress(shift->done, shift->all);
	shift->done++;
	return true;
}

static void shift_end(const struct shift *shift)
{
	if (shift->done < shift->all)
		tap_note("%" PRIu64 " of %" PRIu64 " cases in %.1f s: give more --seconds for more",
			 shift->done, shift->all, (now_ns() - shift->start) / 1e9);
}

/* A number below @n for each @i below @n, far from that of @i - 1. */
static uint64_t scatter(uint64_t i, uint64_t n)
{
	uint64_t step = n * 5 / 8 | 1, a = step, b = n;

	/* Without a common divisor each number comes once. */
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a == 1 ? i * step % n : i;
}

static uint64_t round_down(const struct bench *bench, uint64_t value)
{
	return value / bench->unit * bench->unit;
}

static uint64_t round_up(const struct bench *bench, uint64_t value)
{
	return round_down(bench, value + bench->unit - 1);
}

/* First byte of the upper half. */
static uint64_t half_of(const struct bench *bench)
{
	return round_down(bench, bench->size / 2);
}

/* What fits a half with its guard bands. */
static uint64_t room_of(const struct bench *bench)
{
	uint64_t room = half_of(bench) - 2 * TRIAL_GUARD;

	return round_down(bench, room < TRIAL_MAX ? room : TRIAL_MAX);
}

static uint64_t at_most(uint64_t value, uint64_t limit)
{
	return value < limit ? value : limit;
}

/* A transfer that takes no longer than a tenth of a second, or is a page. */
static uint64_t chunk_of(const struct bench *bench)
{
	uint64_t pages = bench->ns_per_page ? 100000000 / bench->ns_per_page : 1;

	return round_down(bench, at_most(room_of(bench), (pages ?: 1) * BENCH_PAGE));
}

void test_dma_moves_the_bytes(struct bench *bench)
{
	struct trial trial = {
		.src = 0,
		.dst = half_of(bench),
		.length = round_up(bench, 256),
		.seed = bench->seed + 1,
	};

	if (!trial_run(bench, &trial))
		return;
	/* And the other way: each half is read and written. */
	trial.src = trial.dst;
	trial.dst = round_up(bench, TRIAL_GUARD);
	trial.seed++;
	trial_run(bench, &trial);
}

/* Each length with a guard band on either side, at both ends and in between. */
void test_dma_guard_bands(struct bench *bench)
{
	const uint64_t room = room_of(bench), half = half_of(bench);
	const uint64_t lengths[] = {
		bench->unit, 2 * bench->unit, round_up(bench, 60), round_up(bench, 500),
		at_most(chunk_of(bench), 1024), chunk_of(bench)
	};
	struct shift shift = shift_begin(bench, 3 * 6);
	uint64_t i = 0;

	while (shift_goes_on(&shift)) {
		uint64_t length = at_most(lengths[i / 3], room);
		/* At the start of the half, in it, and at the end of the buffer. */
		uint64_t first = round_up(bench, TRIAL_GUARD);
		uint64_t places[] = {
			half + first, half + first + round_down(bench, (half - first - length) / 2),
			round_down(bench, bench->size - length)
		};
		struct trial trial = {
			.src = 0,
			.dst = places[i % 3],
			.length = length,
			.seed = bench->seed + 100 + i,
		};

		if (!trial_run(bench, &trial))
			return;
		i++;
	}
	shift_end(&shift);
}

/* Source and target at each offset within 16 bytes, as far as the unit lets them. */
void test_dma_alignments(struct bench *bench)
{
	uint64_t each = bench->unit < 16 ? 16 / bench->unit : 1;
	struct shift shift = shift_begin(bench, each * each);
	uint64_t i = 0;

	while (shift_goes_on(&shift)) {
		uint64_t class = scatter(i, each * each);
		struct trial trial = {
			.src = round_up(bench, 64) + class % each * bench->unit,
			.dst = half_of(bench) + round_up(bench, TRIAL_GUARD) +
			       class / each * bench->unit,
			.length = round_up(bench, 93),
			.seed = bench->seed + 1000 + i,
		};

		if (!trial_run(bench, &trial))
			return;
		i++;
	}
	shift_end(&shift);
}

/* All short lengths, then those around each power of two. */
static uint64_t nth_length(const struct bench *bench, uint64_t n)
{
	const uint64_t short_ones = 80 / bench->unit ?: 1;
	uint64_t power;

	if (n < short_ones)
		return (n + 1) * bench->unit;
	n -= short_ones;
	power = round_up(bench, 128ULL << n / 3);
	return power + bench->unit * (n % 3) - bench->unit;
}

static uint64_t count_lengths(const struct bench *bench)
{
	uint64_t count = 1;

	while (nth_length(bench, count) <= room_of(bench))
		count++;
	return count;
}

void test_dma_lengths(struct bench *bench)
{
	struct shift shift = shift_begin(bench, count_lengths(bench));
	uint64_t i = 0, too_long = 0;

	while (shift_goes_on(&shift)) {
		struct trial trial = {
			.src = 0,
			.dst = half_of(bench) + round_up(bench, TRIAL_GUARD),
			.length = nth_length(bench, scatter(i, shift.all)),
			.seed = bench->seed + 2000 + i,
		};

		if (trial.length > chunk_of(bench) && trial.length > BENCH_PAGE)
			too_long++;
		else if (!trial_run(bench, &trial))
			return;
		i++;
	}
	if (too_long)
		tap_note("%" PRIu64 " lengths above %" PRIu64 " left out: each would take longer than 0.1 s",
			 too_long, chunk_of(bench));
	shift_end(&shift);
}

/* New data at the same place, again and again: a stale byte is an old one. */
static void test_generations(struct bench *bench, bool by_kernel)
{
	struct shift shift = shift_begin(bench, 50);
	struct trial trial = {
		.src = 0,
		.dst = half_of(bench) + round_up(bench, TRIAL_GUARD),
		.length = at_most(round_down(bench, 1024), room_of(bench)),
		.seed = bench->seed + 3000,
		.by_kernel = by_kernel,
	};

	while (shift_goes_on(&shift)) {
		if (!trial_run(bench, &trial))
			return;
		trial.old_seed = trial.seed++;
	}
	shift_end(&shift);
}

void test_dma_fresh_data(struct bench *bench)
{
	test_generations(bench, false);
}

void test_dma_kernel_view(struct bench *bench)
{
	test_generations(bench, true);
}

/* The same data to and fro; where they came from is wiped each time. */
void test_dma_ping_pong(struct bench *bench)
{
	struct shift shift = shift_begin(bench, 50);
	uint64_t half = half_of(bench);
	struct trial to = {
		.src = 0,
		.dst = half + round_up(bench, TRIAL_GUARD),
		.length = chunk_of(bench),
		.seed = bench->seed + 4000,
	};

	while (shift_goes_on(&shift)) {
		struct trial fro = {
			.src = to.dst,
			.dst = to.src,
			.length = to.length,
			.seed = to.seed,
		};

		/* The way back starts from what the engine wrote, not from new data. */
		if (!trial_run(bench, &to))
			return;
		memset((unsigned char *)bench->map + to.src, 0, to.length);
		if (!trial_return(bench, &fro))
			return;
		to.seed++;
	}
	shift_end(&shift);
}

/* Every byte once as a source and once as a target, as far as the time goes. */
void test_dma_every_part(struct bench *bench)
{
	uint64_t half = half_of(bench), chunk = chunk_of(bench);
	uint64_t chunks = (half + chunk - 1) / chunk;
	struct shift shift = shift_begin(bench, 2 * chunks);
	uint64_t i = 0;

	while (shift_goes_on(&shift)) {
		/* The last chunk begins earlier, to end with the half. */
		uint64_t at = at_most(scatter(i / 2, chunks) * chunk, half - chunk);
		struct trial trial = {
			.src = i % 2 ? half + at : at,
			.dst = i % 2 ? at : half + at,
			.length = chunk,
			.seed = bench->seed + 5000 + i,
		};

		if (!trial_run(bench, &trial))
			return;
		i++;
	}
	shift_end(&shift);
}
