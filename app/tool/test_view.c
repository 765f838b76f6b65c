// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf test, the kernel's mapping against that of the program: the same memory, and
 * with the same attributes?
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "bench.h"
#include "pattern.h"
#include "tap.h"

#define LIMIT	(16ULL << 20)
#define ROUNDS	3

static void fail_call(const struct bench *bench, const char *call, uint64_t offset)
{
	tap_fail("%s at offset 0x%" PRIx64 " of \"%s\": %s: %s", call, offset,
		 bench->target.name, strerror(errno), cohbuf_remedy());
}

static void fail_view(const struct bench *bench, const unsigned char *expected,
		      const unsigned char *found, const unsigned char *before,
		      uint64_t page, const char *reader)
{
	uint64_t i = 0;

	while (expected[i] == found[i])
		i++;
	tap_fail("expected 0x%02x, found 0x%02x", expected[i], found[i]);
	bench_note_place(bench, "first wrong", page + i);
	if (!memcmp(found + i, before + i, BENCH_PAGE - i))
		tap_note("means: stale data: %s sees what was there before: one of the two mappings is cached and the other is not",
			 reader);
	else
		tap_note("means: %s sees other memory, or somebody writes to it", reader);
	tap_note("look at: dma-coherent of the node: %s now; a \"no-map\" region must not have it",
		 bench->facts.coherent ? "it is set" : "it is not set");
	bench_note_users(bench);
}

static bool test_page(struct bench *bench, uint64_t page, int round, bool user_writes)
{
	unsigned char expected[BENCH_PAGE], found[BENCH_PAGE], before[BENCH_PAGE];
	unsigned char *map = (unsigned char *)bench->map + page;
	uint64_t seed = bench->seed + round;

	pattern_fill(expected, seed, page, BENCH_PAGE);
	pattern_fill(before, seed - 1, page, BENCH_PAGE);
	if (user_writes) {
		memcpy(map, expected, BENCH_PAGE);
		__sync_synchronize();
		if (cohbuf_read(bench->target.buffer, found, page, BENCH_PAGE)) {
			fail_call(bench, "pread", page);
			return false;
		}
	} else {
		if (cohbuf_write(bench->target.buffer, expected, page, BENCH_PAGE)) {
			fail_call(bench, "pwrite", page);
			return false;
		}
		__sync_synchronize();
		memcpy(found, map, BENCH_PAGE);
	}
	if (!memcmp(expected, found, BENCH_PAGE))
		return true;
	fail_view(bench, expected, found, before, page,
		  user_writes ? "the kernel (read)" : "the program (mmap)");
	return false;
}

/* More than once at the same place: only then can data be stale. */
static void test_view(struct bench *bench, bool user_writes)
{
	uint64_t pages = bench_pages(bench, LIMIT);

	for (int round = 0; round < ROUNDS; round++)
		for (uint64_t i = 0; i < pages; i++) {
			if (bench_stopped || !test_page(bench, bench_page(bench, pages, i),
							round, user_writes))
				return;
			tap_progress(round * pages + i, ROUNDS * pages);
		}
}

void test_user_to_kernel(struct bench *bench)
{
	test_view(bench, true);
}

void test_kernel_to_user(struct bench *bench)
{
	test_view(bench, false);
}
