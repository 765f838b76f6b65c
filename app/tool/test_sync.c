// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf test, ranges that are handed over: what must be there afterwards is, and what
 * was not handed over is seen to go, where there are caches.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "bench.h"
#include "pattern.h"
#include "tap.h"

#define LIMIT		(16ULL << 20)
#define LINES		16	/* that are looked at for what caches do */
#define LINE_LARGEST	2048
#define LINE_USUAL	64

static bool sync_works(const struct bench *bench, uint64_t offset, uint64_t length,
		       enum cohbuf_sync_direction direction, enum cohbuf_sync_owner owner)
{
	int error = bench_sync(bench, offset, length, direction, owner);

	if (!error)
		return true;
	if (error == ENOTTY)
		tap_skip("the loaded driver is older than this tool and cannot hand ranges over: install the driver that came with it");
	else
		tap_fail("SYNC of %" PRIu64 " bytes from offset 0x%" PRIx64 ", direction %d, owner %d: %s: %s",
			 length, offset, direction, owner, strerror(error), cohbuf_remedy());
	return false;
}

static void put_bytes(const struct bench *bench, uint64_t seed, uint64_t offset, uint64_t length)
{
	unsigned char bytes[BENCH_PAGE];

	pattern_fill(bytes, seed, offset, length);
	memcpy((unsigned char *)bench->map + offset, bytes, length);
}

static bool check_bytes(const struct bench *bench, uint64_t seed, uint64_t offset,
			uint64_t length, const char *after)
{
	unsigned char bytes[BENCH_PAGE];
	uint64_t i = offset;

	pattern_fill(bytes, seed, offset, length);
	if (!memcmp(bytes, (const unsigned char *)bench->map + offset, length))
		return true;
	while (bench->map[i] == pattern_byte(seed, i))
		i++;
	tap_fail("expected 0x%02x, found 0x%02x", pattern_byte(seed, i), bench->map[i]);
	bench_note_place(bench, "first wrong", i);
	tap_note("means: what the CPU wrote was lost %s", after);
	tap_note("look at: the kernel's cache maintenance for this device; or who else writes there");
	bench_note_users(bench);
	return false;
}

/* All of the buffer to the device and back, by each direction. */
static bool to_and_fro(const struct bench *bench)
{
	/* What only comes from the device starts with bytes that are in memory. */
	static const enum cohbuf_sync_direction directions[] = {
		COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FROM_DEVICE, COHBUF_SYNC_BIDIRECTIONAL
	};
	uint64_t pages = bench_pages(bench, LIMIT), seed = bench->seed;

	for (int i = 0; i < 3; i++) {
		bool writes = directions[i] != COHBUF_SYNC_FROM_DEVICE;

		seed += writes;
		for (uint64_t p = 0; writes && p < pages; p++)
			put_bytes(bench, seed, bench_page(bench, pages, p), BENCH_PAGE);
		if (!sync_works(bench, 0, bench->size, directions[i], COHBUF_SYNC_FOR_DEVICE) ||
		    !sync_works(bench, 0, bench->size, directions[i], COHBUF_SYNC_FOR_CPU))
			return false;
		for (uint64_t p = 0; p < pages; p++)
			if (bench_stopped ||
			    !check_bytes(bench, seed, bench_page(bench, pages, p), BENCH_PAGE,
					 "between SYNC for the device and SYNC for the CPU"))
				return false;
		tap_progress(i + 1, 3);
	}
	return true;
}

/* A range in the middle of a line: what is beside it was not handed over, and stays. */
static bool neighbours_stay(const struct bench *bench, uint64_t line)
{
	const uint64_t places[] = {
		0, bench->size / 2, bench->size - line
	};

	for (int i = 0; i < 3; i++) {
		uint64_t at = places[i], part = line / 4;
		uint64_t seed = bench->seed + 10 + i;

		put_bytes(bench, seed, at, line);
		if (!sync_works(bench, at + part, 2 * part, COHBUF_SYNC_FROM_DEVICE,
				COHBUF_SYNC_FOR_CPU))
			return false;
		if (!check_bytes(bench, seed, at, part, "in front of a range") ||
		    !check_bytes(bench, seed, at + 3 * part, part, "behind a range"))
			return false;
	}
	return true;
}

/* Byte by byte, as the unit of SYNC may be several lines of this CPU's caches. */
static bool old_or_new(const struct bench *bench, uint64_t at, uint64_t line, uint64_t old,
		       uint64_t new, bool *dropped)
{
	for (uint64_t i = at; i < at + line; i++) {
		unsigned char found = bench->map[i];

		if (found == pattern_byte(new, i))
			continue;
		if (found != pattern_byte(old, i))
			return check_bytes(bench, new, i, 1, "and what was there before as well");
		*dropped = true;
	}
	return true;
}

/*
 * A line that the CPU wrote, and that is taken from its caches without being handed
 * over: caches that are real drop it, mostly. Either is right; a third is not.
 */
static bool count_dropped(const struct bench *bench, uint64_t line, unsigned int *dropped)
{
	for (uint64_t i = 0; i < LINES; i++) {
		uint64_t at = bench->size / LINES * i / line * line;
		uint64_t old = bench->seed + 20, new = bench->seed + 21;
		bool gone = false;

		put_bytes(bench, old, at, line);
		if (!sync_works(bench, at, line, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE))
			return false;
		put_bytes(bench, new, at, line);
		if (!sync_works(bench, at, line, COHBUF_SYNC_FROM_DEVICE, COHBUF_SYNC_FOR_CPU))
			return false;
		if (!old_or_new(bench, at, line, old, new, &gone))
			return false;
		*dropped += gone;
	}
	return true;
}

static void note_dropped(unsigned int dropped)
{
	if (dropped)
		tap_note("%u of %d cache lines that were not handed over were dropped: there are caches, and SYNC takes lines out of them",
			 dropped, LINES);
	else
		tap_note("no cache line that was not handed over was dropped: an emulator that models no caches cannot show stale data, only hardware can");
}

void test_sync(struct bench *bench)
{
	uint64_t line = bench->target.info.cache_line;
	unsigned int dropped = 0;

	if (!to_and_fro(bench) ||
	    !neighbours_stay(bench, line && line <= LINE_LARGEST ? line : LINE_USUAL))
		return;
	if (!line)
		tap_note("no range of this buffer has to be handed over: SYNC is a barrier");
	else if (line <= LINE_LARGEST && count_dropped(bench, line, &dropped))
		note_dropped(dropped);
}
