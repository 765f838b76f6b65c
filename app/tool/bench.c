// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests share, and what a wrong word means; see bench.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "pattern.h"
#include "tap.h"

volatile sig_atomic_t bench_stopped;

uint64_t bench_pages(const struct bench *bench, uint64_t limit)
{
	uint64_t pages = bench->size / BENCH_PAGE;

	if (pages <= limit / BENCH_PAGE)
		return pages;
	pages = limit / BENCH_PAGE;
	tap_note("%" PRIu64 " of %" PRIu64 " pages, from the first to the last", pages,
		 bench->size / BENCH_PAGE);
	return pages;
}

uint64_t bench_page(const struct bench *bench, uint64_t pages, uint64_t i)
{
	uint64_t last = bench->size / BENCH_PAGE - 1;

	return pages > 1 ? last * i / (pages - 1) * BENCH_PAGE : 0;
}

int bench_sync(const struct bench *bench, uint64_t offset, uint64_t length,
	       enum cohbuf_sync_direction direction, enum cohbuf_sync_owner owner)
{
	struct cohbuf_sync sync = {
		.offset = offset,
		.length = length,
		.direction = direction,
		.owner = owner,
	};

	return length && bench->sync(bench->target.buffer, &sync) ? errno : 0;
}

bool bench_hand_over(const struct bench *bench, uint64_t offset, uint64_t length,
		     enum cohbuf_sync_owner owner)
{
	int error;

	if (!bench->target.info.cache_line)
		return true;
	error = bench_sync(bench, offset, length,
			   owner == COHBUF_SYNC_FOR_CPU ? COHBUF_SYNC_FROM_DEVICE :
							  COHBUF_SYNC_TO_DEVICE,
			   owner);
	if (error)
		tap_fail("handing over %" PRIu64 " bytes from offset 0x%" PRIx64 ": %s: %s",
			 length, offset, strerror(error), cohbuf_remedy());
	return !error;
}

void bench_note_place(const struct bench *bench, const char *what, uint64_t offset)
{
	char dma[64];

	if (!bench->facts.has_dma)
		snprintf(dma, sizeof(dma), "none");
	else if (bench->facts.dma_error)
		snprintf(dma, sizeof(dma), "not shown (needs CAP_SYS_RAWIO)");
	else
		snprintf(dma, sizeof(dma), "0x%" PRIx64, bench->facts.dma_addr + offset);
	tap_note("%s: offset 0x%" PRIx64 ", virtual %p, DMA address %s", what, offset,
		 (const void *)(uintptr_t)(bench->map + offset), dma);
}

void bench_note_users(const struct bench *bench)
{
	uint64_t files;

	/* One of them is ours. */
	if (!buffer_attr_u64(bench->target.name, "files", &files) && files > 1)
		tap_note("look at: %" PRIu64 " other file%s of this buffer %s open: a program or a device that writes to it meanwhile makes this fail; stop it",
			 files - 1, files == 2 ? "" : "s", files == 2 ? "is" : "are");
}

uint64_t bench_read(const struct bench *bench, uint64_t offset, unsigned int width)
{
	const volatile void *at = bench->map + offset;

	switch (width) {
	case 1:
		return *(const volatile uint8_t *)at;
	case 2:
		return *(const volatile uint16_t *)at;
	case 4:
		return *(const volatile uint32_t *)at;
	default:
		return *(const volatile uint64_t *)at;
	}
}

void bench_write(const struct bench *bench, uint64_t offset, unsigned int width, uint64_t value)
{
	volatile void *at = bench->map + offset;

	switch (width) {
	case 1:
		*(volatile uint8_t *)at = value;
		break;
	case 2:
		*(volatile uint16_t *)at = value;
		break;
	case 4:
		*(volatile uint32_t *)at = value;
		break;
	default:
		*(volatile uint64_t *)at = value;
	}
}

/* Written elsewhere, read here? Address lines go wrong one at a time. */
static bool note_alias(const struct bench *bench, uint64_t offset, unsigned int width,
		       uint64_t found)
{
	for (unsigned int bit = 3; width == 8 && bench->size >> bit; bit++) {
		uint64_t other = offset ^ 1ULL << bit;

		if (other >= bench->size || pattern_word(bench->seed, other) != found)
			continue;
		bench_note_place(bench, "found is what was written to", other);
		tap_note("means: two offsets are one memory: address line %u does nothing, or the region is larger than the RAM behind it",
			 bit);
		tap_note("look at: reg of the memory-region against the RAM of the board; /memory in the devicetree");
		return true;
	}
	return false;
}

static void note_bits(uint64_t wrong, unsigned int width)
{
	unsigned int bits = __builtin_popcountll(wrong), lanes = 0;

	for (unsigned int i = 0; i < width; i++)
		lanes += !!(wrong >> 8 * i & 0xff);
	if (bits <= 2)
		tap_note("means: data line %d does not follow, if the same bit is wrong elsewhere too; else that cell is bad",
			 __builtin_ctzll(wrong));
	else if (lanes < width)
		tap_note("means: %u of %u byte lanes are wrong: a write with part of the lanes is lost or reaches too far",
			 lanes, width);
	else
		tap_note("means: the word is another one: it was overwritten, or never written");
	tap_note("look at: the memory itself (region, its clock and voltage), and who else writes there");
}

void bench_wrong_word(const struct bench *bench, uint64_t offset, unsigned int width,
		      uint64_t expected, uint64_t found)
{
	uint64_t again = bench_read(bench, offset, width);

	tap_fail("expected 0x%0*" PRIx64 ", found 0x%0*" PRIx64 ", wrong bits 0x%0*" PRIx64,
		 2 * width, expected, 2 * width, found, 2 * width, expected ^ found);
	bench_note_place(bench, "first wrong", offset);
	if (again == expected)
		tap_note("read again it is right: reading is what goes wrong, or somebody writes");
	else if (again != found)
		tap_note("read again it is 0x%0*" PRIx64 ": it changes by itself, or somebody writes",
			 2 * width, again);
	if (!note_alias(bench, offset, width, found))
		note_bits(expected ^ found, width);
	bench_note_users(bench);
}
