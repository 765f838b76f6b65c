// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tests of "cohbuf test" on memory that has to be handed over, against a model of
 * caches, as no emulator has them: what the CPU writes stays in a cache until it is
 * handed over, and so does what it has read. An engine sees the memory behind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "said.h"
#include "tests/harness/harness.h"
#include "tool/bench.h"

#define SIZE	65536
#define LINE	64

/* The CPU sees the cache, and the engine the memory. */
static unsigned char cache[SIZE];
static unsigned char memory[SIZE];
static struct bench bench;

/* From a line of the cache to the memory, byte by byte where the CPU has changed it. */
static unsigned char clean[SIZE];

static void write_back(uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i++) {
		if (cache[i] != clean[i])
			memory[i] = cache[i];
		clean[i] = cache[i];
	}
}

static void drop(uint64_t first, uint64_t end)
{
	memcpy(cache + first, memory + first, end - first);
	memcpy(clean + first, memory + first, end - first);
}

/* As arm64 does it: the lines of the two ends are written back before they go. */
static void take_out(uint64_t offset, uint64_t end)
{
	uint64_t first = offset / LINE * LINE, last = (end + LINE - 1) / LINE * LINE;

	if (first != offset)
		write_back(first, first + LINE);
	if (last != end)
		write_back(last - LINE, last);
	drop(first, last);
}

static int sync_caches(const struct cohbuf_buffer *buffer __attribute__((unused)),
		       const struct cohbuf_sync *sync)
{
	uint64_t end = sync->offset + sync->length;

	if (sync->owner == COHBUF_SYNC_FOR_DEVICE)
		write_back(sync->offset / LINE * LINE, (end + LINE - 1) / LINE * LINE);
	else if (sync->direction != COHBUF_SYNC_TO_DEVICE)
		take_out(sync->offset, end);
	return 0;
}

static int hand_over(uint64_t offset, uint64_t length, enum cohbuf_sync_direction direction,
		     enum cohbuf_sync_owner owner)
{
	const struct cohbuf_sync sync = {
		.offset = offset,
		.length = length,
		.direction = direction,
		.owner = owner,
	};

	return sync_caches(NULL, &sync);
}

/* What the kernel does for the ranges of a copy, and no more, unless it forgets it. */
static struct {
	bool source_forgotten;
	bool target_forgotten;
	int stray; /* where else a byte is written: from the target's end on */
	bool wipes_the_source;
} faults;

static int copy_in_memory(const struct cohbuf_buffer *buffer __attribute__((unused)),
			  struct cohbuf_copy *copy)
{
	uint64_t end = copy->dst + copy->length;

	if (!faults.source_forgotten)
		hand_over(copy->src, copy->length, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE);
	hand_over(copy->dst, copy->length, COHBUF_SYNC_BIDIRECTIONAL, COHBUF_SYNC_FOR_DEVICE);
	memcpy(memory + copy->dst, memory + copy->src, copy->length);
	if (faults.stray && end + faults.stray < SIZE)
		memory[end + faults.stray] ^= 0xff;
	if (faults.wipes_the_source)
		memset(memory + copy->src, 0, copy->length);
	if (!faults.target_forgotten)
		hand_over(copy->dst, copy->length, COHBUF_SYNC_FROM_DEVICE, COHBUF_SYNC_FOR_CPU);
	copy->duration_ns = 1000;
	strcpy(copy->engine, "good/dma0chan0");
	return 0;
}

static void set_up(void)
{
	bench = (struct bench){
		.copy = copy_in_memory,
		.sync = sync_caches,
		.target.info.cache_line = LINE,
		.size = SIZE,
		.unit = 1,
		.seconds = 16,
		.seed = 42,
		.ns_per_page = 1000,
		.map = cache,
	};
	strcpy(bench.target.name, "nonesuch");
}

static void run_test(const void *test)
{
	(*(const bench_test *)test)(&bench);
}

static void expect_result(bench_test test, const char *result, const char *part)
{
	const char *text = said(run_test, &test);

	harness_check(HARNESS_HERE(false), !strncmp(text, result, strlen(result)),
		      "it is \"%s\": %.900s", result, text);
	expect_said(text, part);
}

static const bench_test dma_tests[] = {
	test_dma_moves_the_bytes, test_dma_guard_bands, test_dma_alignments, test_dma_lengths,
	test_dma_fresh_data, test_dma_ping_pong, test_dma_every_part
};

static void expect_all(const char *result, const char *part)
{
	for (size_t i = 0; i < sizeof(dma_tests) / sizeof(dma_tests[0]); i++)
		expect_result(dma_tests[i], result, part);
}

TEST_LIMIT(trial_caches, all_pass_where_copies_hand_their_ranges_over, 60)
{
	set_up();
	expect_all("ok 1", "");
}

/* Nothing of the tool's own hides what the kernel forgets. */
TEST_LIMIT(trial_caches, a_copy_that_hands_nothing_over_fails, 60)
{
	set_up();
	faults.source_forgotten = true;
	expect_all("not ok 1", "cache maintenance of the kernel");
	faults.source_forgotten = false;
	faults.target_forgotten = true;
	expect_all("not ok 1", "cache maintenance of the kernel");
}

/* In the line of the target's end, in the next one, and further on. */
TEST_LIMIT(trial_caches, what_is_written_beside_the_target_is_found, 60)
{
	static const int strays[] = { 1, LINE, 3 * LINE + 1 };

	set_up();
	for (int i = 0; i < 3; i++) {
		faults.stray = strays[i];
		expect_result(test_dma_guard_bands, "not ok 1", "next to the target were overwritten");
		expect_result(test_dma_moves_the_bytes, "not ok 1", "next to the target were overwritten");
	}
}

TEST(trial_caches, a_source_that_is_written_is_found)
{
	set_up();
	faults.wipes_the_source = true;
	expect_all("not ok 1", "the source changed");
}

TEST(trial_caches, sync_sees_that_there_are_caches)
{
	set_up();
	expect_result(test_sync, "ok 1", "16 of 16 cache lines that were not handed over were dropped");
}

static int barrier(const struct cohbuf_buffer *buffer __attribute__((unused)),
		   const struct cohbuf_sync *sync __attribute__((unused)))
{
	return 0;
}

TEST(trial_caches, sync_says_that_an_emulator_shows_nothing)
{
	set_up();
	bench.sync = barrier;
	expect_result(test_sync, "ok 1", "an emulator that models no caches cannot show stale data, only hardware can");
	bench.target.info.cache_line = 0;
	expect_result(test_sync, "ok 1", "SYNC is a barrier");
}

/* It drops what it was to hand to the device. */
static int drops(const struct cohbuf_buffer *buffer __attribute__((unused)),
		 const struct cohbuf_sync *sync)
{
	drop(sync->offset, sync->offset + sync->length);
	return 0;
}

/* Ranges are whole lines to it, whatever is beside them. */
static int rounds(const struct cohbuf_buffer *buffer __attribute__((unused)),
		  const struct cohbuf_sync *sync)
{
	uint64_t end = sync->offset + sync->length;

	if (sync->owner == COHBUF_SYNC_FOR_DEVICE)
		return sync_caches(buffer, sync);
	if (sync->direction != COHBUF_SYNC_TO_DEVICE)
		drop(sync->offset / LINE * LINE, (end + LINE - 1) / LINE * LINE);
	return 0;
}

static int is_refused(const struct cohbuf_buffer *buffer __attribute__((unused)),
		      const struct cohbuf_sync *sync __attribute__((unused)))
{
	errno = ENODEV;
	return -1;
}

static int is_unknown(const struct cohbuf_buffer *buffer __attribute__((unused)),
		      const struct cohbuf_sync *sync __attribute__((unused)))
{
	errno = ENOTTY;
	return -1;
}

TEST(trial_caches, sync_finds_what_is_lost)
{
	set_up();
	bench.sync = drops;
	expect_result(test_sync, "not ok 1", "what the CPU wrote was lost between SYNC for the device and SYNC for the CPU");
	bench.sync = rounds;
	expect_result(test_sync, "not ok 1", "what the CPU wrote was lost in front of a range");
	bench.sync = is_refused;
	expect_result(test_sync, "not ok 1", "No such device");
	expect_result(test_dma_moves_the_bytes, "not ok 1", "handing over ");
	bench.sync = is_unknown;
	expect_result(test_sync, "ok 1 - test # SKIP the loaded driver is older", "");
}
