// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tests of "cohbuf test", against memory that is fine and against engines that
 * each have one fault: the test that is there for the fault must find it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "said.h"
#include "tests/harness/harness.h"
#include "tool/bench.h"

typedef int (*engine)(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy);

static struct bench bench;

static int barrier(const struct cohbuf_buffer *buffer __attribute__((unused)),
		   const struct cohbuf_sync *sync __attribute__((unused)))
{
	return 0;
}

static void set_up(engine copy, size_t size, unsigned int unit)
{
	bench = (struct bench){
		.copy = copy,
		.sync = barrier,
		.size = size,
		.unit = unit,
		.seconds = 16,
		.seed = 42,
		.ns_per_page = 1000,
		.map = calloc(1, size),
	};
	ASSERT_TRUE(bench.map);
	strcpy(bench.target.name, "nonesuch");
}

static unsigned char *at(uint64_t offset)
{
	return (unsigned char *)bench.map + offset;
}

static int good(const struct cohbuf_buffer *buffer __attribute__((unused)),
		struct cohbuf_copy *copy)
{
	if (copy->src % bench.unit || copy->dst % bench.unit || copy->length % bench.unit ||
	    copy->src + copy->length > bench.size || copy->dst + copy->length > bench.size) {
		errno = EINVAL;
		return -1;
	}
	memcpy(at(copy->dst), at(copy->src), copy->length);
	copy->duration_ns = 1000;
	strcpy(copy->engine, "good/dma0chan0");
	return 0;
}

static int does_nothing(const struct cohbuf_buffer *buffer __attribute__((unused)),
			struct cohbuf_copy *copy __attribute__((unused)))
{
	return 0;
}

static int one_byte_more(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	if (copy->dst + copy->length < bench.size)
		*at(copy->dst + copy->length) ^= 0xff;
	return good(buffer, copy);
}

static int one_byte_before(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	if (copy->dst)
		*at(copy->dst - 1) ^= 0xff;
	return good(buffer, copy);
}

/* Counts in words, and starts at words. */
static int whole_words(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	struct cohbuf_copy words = *copy;

	words.src &= ~3ULL;
	words.dst &= ~3ULL;
	words.length = (words.length + 3) & ~3ULL;
	return good(buffer, &words);
}

/* Of the low bits of the source only, it forgets. */
static int aligned_source(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	struct cohbuf_copy words = *copy;

	words.src &= ~7ULL;
	return good(buffer, &words);
}

static int length_of_12_bits(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	struct cohbuf_copy cut = *copy;

	cut.length &= 0xfff;
	return cut.length ? good(buffer, &cut) : 0;
}

/* Every second time it has what it read the last time. */
static int stale(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	static unsigned char old[65536];
	static int times;
	int ret = good(buffer, copy);

	if (times++ % 2)
		memcpy(at(copy->dst), old, copy->length);
	memcpy(old, at(copy->src), copy->length);
	return ret;
}

static int wipes_the_source(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	int ret = good(buffer, copy);

	memset(at(copy->src), 0, copy->length);
	return ret;
}

/* One page of the buffer is out of reach. */
static int one_bad_page(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	const uint64_t bad = 0x73000;

	good(buffer, copy);
	if (copy->dst < bad + 4096 && copy->dst + copy->length > bad)
		memset(at(bad), 0, 4096);
	return 0;
}

/* As a test engine that moves words by hand: 0.1 s for a page. */
static int slow(const struct cohbuf_buffer *buffer, struct cohbuf_copy *copy)
{
	struct timespec time = { .tv_nsec = copy->length * 100000000 / 4096 % 1000000000 };

	nanosleep(&time, NULL);
	return good(buffer, copy);
}

static int times_out(const struct cohbuf_buffer *buffer __attribute__((unused)),
		     struct cohbuf_copy *copy __attribute__((unused)))
{
	errno = ETIMEDOUT;
	return -1;
}

static void run_test(const void *test)
{
	(*(const bench_test *)test)(&bench);
}

static const char *result_of(bench_test test)
{
	return said(run_test, &test);
}

static void expect_passes(bench_test test)
{
	const char *text = result_of(test);

	harness_check(HARNESS_HERE(false), !strncmp(text, "ok 1", 4), "it passes: %.900s", text);
}

static void expect_fails(bench_test test, const char *part)
{
	const char *text = result_of(test);

	harness_check(HARNESS_HERE(false), !strncmp(text, "not ok 1", 8), "it fails: %.900s", text);
	expect_said(text, part);
}

static const bench_test memory_tests[] = {
	test_walking_ones, test_walking_zeros, test_power_of_two_offsets, test_each_page,
	test_moving_inversions, test_random, test_bytes, test_halves, test_words, test_doubles
};

static const bench_test dma_tests[] = {
	test_dma_moves_the_bytes, test_dma_guard_bands, test_dma_alignments, test_dma_lengths,
	test_dma_fresh_data, test_dma_ping_pong, test_dma_every_part
};

#define NUM(list)	(sizeof(list) / sizeof((list)[0]))

TEST_LIMIT(trial, all_pass_on_good_memory_of_each_size_and_unit, 120)
{
	static const size_t sizes[] = { 4096, 8192, 12288, 65536, 1 << 20 };

	for (size_t s = 0; s < NUM(sizes); s++) {
		set_up(good, sizes[s], 1);
		for (size_t i = 0; i < NUM(memory_tests); i++)
			expect_passes(memory_tests[i]);
		for (unsigned int unit = 1; unit <= 128; unit *= 2) {
			set_up(good, sizes[s], unit);
			for (size_t i = 0; i < NUM(dma_tests); i++)
				expect_passes(dma_tests[i]);
		}
	}
}

TEST(trial, an_engine_that_does_nothing_fails_every_test)
{
	set_up(does_nothing, 65536, 1);
	for (size_t i = 0; i < NUM(dma_tests); i++)
		expect_fails(dma_tests[i], "reported success, and the target is as it was");
}

TEST(trial, an_engine_that_times_out_fails_every_test)
{
	set_up(times_out, 65536, 1);
	for (size_t i = 0; i < NUM(dma_tests); i++)
		expect_fails(dma_tests[i], "no byte was moved");
}

TEST(trial, guard_bands_find_a_byte_too_many_on_either_side)
{
	set_up(one_byte_more, 4096, 1);
	expect_fails(test_dma_guard_bands, "the first 0x0 bytes behind it");
	set_up(one_byte_before, 4096, 1);
	expect_fails(test_dma_guard_bands, "the first 0x1 bytes before it");
}

TEST(trial, a_unit_that_is_too_small_shows_and_the_right_one_passes)
{
	set_up(whole_words, 65536, 1);
	expect_fails(test_dma_lengths, "the controller moves whole units");
	expect_fails(test_dma_alignments, "--unit");
	set_up(whole_words, 65536, 4);
	expect_passes(test_dma_lengths);
	expect_passes(test_dma_alignments);
}

TEST(trial, alignments_find_an_address_whose_low_bits_are_ignored)
{
	set_up(aligned_source, 65536, 1);
	expect_fails(test_dma_alignments, "shifted by");
	set_up(aligned_source, 65536, 4);
	expect_fails(test_dma_alignments, "shifted by 4 bytes");
}

TEST(trial, lengths_find_a_counter_that_is_too_narrow)
{
	set_up(length_of_12_bits, 65536, 1);
	expect_fails(test_dma_lengths, "means: ");
	expect_passes(test_dma_fresh_data);
}

TEST(trial, fresh_data_finds_what_is_stale)
{
	set_up(stale, 65536, 1);
	expect_fails(test_dma_fresh_data, "stale data: the target has what the source held before");
}

TEST_LIMIT(trial, a_slow_engine_gets_its_share_of_the_time_and_no_more, 60)
{
	struct timespec start, end;

	set_up(slow, 16 << 20, 1);
	bench.seconds = 4;
	bench.ns_per_page = 100000000;
	for (size_t i = 1; i < NUM(dma_tests); i++) {
		clock_gettime(CLOCK_MONOTONIC, &start);
		expect_passes(dma_tests[i]);
		clock_gettime(CLOCK_MONOTONIC, &end);
		/* An eighth of four seconds, one transfer more, and a busy machine's time. */
		EXPECT_LE(end.tv_sec - start.tv_sec, 8);
	}
	expect_said(result_of(test_dma_every_part), "cases in");
}

TEST(trial, a_source_that_is_written_fails)
{
	set_up(wipes_the_source, 65536, 1);
	for (size_t i = 0; i < NUM(dma_tests); i++)
		expect_fails(dma_tests[i], "the source changed");
}

TEST(trial, every_part_finds_one_bad_page)
{
	set_up(one_bad_page, 1 << 20, 1);
	expect_fails(test_dma_every_part, "first wrong: offset 0x73");
	expect_passes(test_dma_fresh_data);
}

/* A mapping that is twice as large as the memory behind it. */
TEST(trial, address_lines_find_an_alias)
{
	int file = ASSERT_OK(memfd_create("half", 0));
	size_t half = 65536;
	unsigned char *map;

	set_up(good, 2 * half, 1);
	ASSERT_OK(ftruncate(file, half));
	map = ASSERT_MAP(mmap(NULL, 2 * half, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	for (int i = 0; i < 2; i++)
		ASSERT_MAP(mmap(map + i * half, half, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_FIXED, file, 0));
	bench.map = map;
	expect_fails(test_power_of_two_offsets, "two offsets are one memory: address line 16");
	expect_fails(test_each_page, "two offsets are one memory: address line 16");
	expect_fails(test_random, "two offsets are one memory: address line 16");
	expect_passes(test_walking_ones);
}
