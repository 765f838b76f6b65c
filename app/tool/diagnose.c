// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a transfer that went wrong left behind, and what that means.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "pattern.h"
#include "tap.h"
#include "trial.h"

/**
 * struct counts - the target, byte by byte
 * @arrived: bytes that are the source's
 * @prefix: those of them without a gap, from the start on
 * @unchanged: wrong bytes that are as they were
 * @lanes: bit i: a byte at an address i modulo 8 is wrong
 * @guards: bytes of the guard bands that were overwritten
 * @first_guard: the first of them
 */
struct counts {
	size_t arrived;
	size_t prefix;
	size_t unchanged;
	unsigned int lanes;
	size_t guards;
	size_t first_guard;
};

static struct counts count(const struct evidence *e)
{
	struct counts c = {};

	for (size_t i = 0; i < e->size; i++) {
		bool inside = i >= e->before && i - e->before < e->length;

		if (e->found[i] == e->wanted[i]) {
			c.prefix += inside && c.prefix == i - e->before;
			c.arrived += inside;
		} else if (!inside) {
			if (!c.guards++)
				c.first_guard = i;
		} else {
			c.unchanged += e->found[i] == e->was[i];
			c.lanes |= 1U << (e->area + i) % 8;
		}
	}
	return c;
}

static void note_bus(const struct bench *bench)
{
	char offset[32];

	if (bench->facts.iommu)
		tap_note("look at: the IOMMU, whose event of an address that it does not map is in dmesg: iommus and dmas of the node");
	tap_note("look at: bus offset, %s now: dma-ranges of the bus of controller and node, which must be the same bus",
		 facts_bus_offset(&bench->facts, offset));
	if (bench->target.info.cache_line)
		tap_note("look at: the cache maintenance of the kernel for this device: COPY hands its source and its target over");
	else if (bench->facts.coherent)
		tap_note("look at: dma-coherent, which is set: if the controller does not really snoop, the CPU reads and writes its cache instead; take it out of the node");
	else
		tap_note("look at: dma-coherent, which is not set: that is safe, unless the CPU has a cached mapping of the same memory elsewhere (a region without \"no-map\" that is no pool)");
	if (bench->facts.region[0])
		tap_note("look at: the region %s: is it RAM, and may the controller reach it (firewall, IOMMU)?",
			 bench->facts.region);
}

/* Data that came out at another place of the buffer. */
static bool note_misplaced(const struct bench *bench, const struct trial *t,
			   const struct evidence *e)
{
	const unsigned char *map = (const unsigned char *)bench->map;
	const unsigned char *data = e->wanted + e->before, *at = map;
	size_t len = t->length < 16 ? t->length : 16;

	/* A few bytes are found everywhere. */
	if (len < 8)
		return false;
	bench_hand_over(bench, 0, bench->size, COHBUF_SYNC_FOR_CPU);
	while ((at = memmem(at, map + bench->size - at, data, len))) {
		uint64_t offset = at - map;

		if (offset != t->src && offset != t->dst) {
			bench_note_place(bench, "the data are", offset);
			tap_note("means: data at the wrong place, 0x%" PRIx64 " %s the target",
				 offset > t->dst ? offset - t->dst : t->dst - offset,
				 offset > t->dst ? "behind" : "before");
			return true;
		}
		at++;
	}
	return false;
}

static void note_unchanged(const struct bench *bench, const struct trial *t,
			   const struct evidence *e)
{
	tap_note("the controller reported success, and the target is as it was");
	if (!note_misplaced(bench, t, e))
		tap_note("means: the data never arrived here: the controller wrote to another address, or the CPU reads stale lines of its cache");
	note_bus(bench);
}

/* Does the target hold what the source held before? */
static bool is_stale(const struct trial *t, const struct evidence *e)
{
	for (size_t i = 0; t->old_seed && i < e->length; i++)
		if (e->found[e->before + i] != pattern_byte(t->old_seed, i))
			return false;
	return t->old_seed;
}

/* The bytes of each 32-bit word the other way round? */
static bool is_swapped(const struct evidence *e)
{
	const unsigned char *found = e->found + e->before, *wanted = e->wanted + e->before;

	for (size_t i = 0; i < e->length / 4 * 4; i++)
		if (found[i] != wanted[i ^ 3])
			return false;
	return e->length >= 8;
}

/* By how many bytes did the data come out too late (or too early: negative)? */
static int shift_of(const struct evidence *e)
{
	const unsigned char *found = e->found + e->before, *wanted = e->wanted + e->before;

	for (int shift = 1; shift <= 32 && (size_t)shift + 8 <= e->length; shift++) {
		if (!memcmp(found + shift, wanted, e->length - shift))
			return shift;
		if (!memcmp(found, wanted + shift, e->length - shift))
			return -shift;
	}
	return 0;
}

static void note_partial(const struct bench *bench, const struct evidence *e,
			 const struct counts *c)
{
	size_t wrong = e->length - c->arrived;

	tap_note("%zu of %zu bytes arrived, %zu are as they were, %zu are neither", c->arrived,
		 e->length, c->unchanged, wrong - c->unchanged);
	if (c->prefix == c->arrived && c->unchanged == wrong)
		tap_note("means: the transfer ended early, after %zu bytes: the controller's limit of length, or lengths that are no multiple of its unit: see --unit",
			 c->prefix);
	else if (c->lanes != 0xff && e->length >= 16)
		tap_note("means: wrong byte lanes: bytes are wrong at addresses modulo 8 of mask 0x%02x only: the width or the alignment of the controller's accesses",
			 c->lanes);
	else if (c->unchanged == wrong)
		tap_note("means: parts of the target are stale or were never written: bursts that got lost, or cache lines of the CPU");
	else
		tap_note("means: wrong data: the controller read from another address, or somebody writes meanwhile");
	note_bus(bench);
}

static void note_guards(const struct evidence *e, const struct counts *c)
{
	bool before = c->first_guard < e->before;
	size_t behind = c->first_guard - e->before - e->length;

	tap_note("%zu bytes next to the target were overwritten, the first 0x%zx bytes %s it",
		 c->guards, before ? e->before - c->first_guard : behind, before ? "before" : "behind");
}

static void note_transfer(const struct bench *bench, const struct trial *t)
{
	tap_note("transfer of %" PRIu64 " bytes from offset 0x%" PRIx64 " to 0x%" PRIx64 ", seed 0x%" PRIx64 "%s%s",
		 t->length, t->src, t->dst, bench->seed,
		 bench->engine[0] ? ", by " : "", bench->engine);
}

void diagnose_target(const struct bench *bench, const struct trial *t, const struct evidence *e)
{
	struct counts c = count(e);
	size_t i = 0;

	while (e->found[i] == e->wanted[i])
		i++;
	tap_fail("expected 0x%02x, found 0x%02x", e->wanted[i], e->found[i]);
	bench_note_place(bench, "first wrong", e->area + i);
	note_transfer(bench, t);

	if (c.guards)
		note_guards(e, &c);
	if (c.arrived == e->length) {
		tap_note("the target itself is right");
		tap_note("means: the controller moves whole units that are larger than it says: find one that works with --unit 4, 8, 16 ...; or somebody writes meanwhile");
	} else if (c.unchanged == e->length) {
		note_unchanged(bench, t, e);
	} else if (is_stale(t, e)) {
		tap_note("means: stale data: the target has what the source held before: what the CPU wrote last was not in memory yet when the controller read");
		note_bus(bench);
	} else if (is_swapped(e)) {
		tap_note("means: the bytes of each 32-bit word are reversed: the byte order that the controller is set to");
	} else if (shift_of(e)) {
		tap_note("means: the data are shifted by %d bytes: the controller ignores the low bits of an address: see --unit",
			 shift_of(e));
	} else if (note_misplaced(bench, t, e)) {
		note_bus(bench);
	} else {
		note_partial(bench, e, &c);
	}
	bench_note_users(bench);
}

void diagnose_error(const struct bench *bench, const struct trial *t, const struct evidence *e,
		    int error)
{
	struct counts c = count(e);

	tap_fail("the copy failed: %s", strerror(error));
	note_transfer(bench, t);
	tap_note("means: %s", bench->remedy);
	bench_note_place(bench, "source", t->src);
	bench_note_place(bench, "target", t->dst);
	if (error == ETIMEDOUT && c.arrived == e->length)
		tap_note("all bytes are there: the transfer was done, and its interrupt did not come: look at interrupts of the controller's node, and at the number of the channel");
	else if (error == ETIMEDOUT && !c.arrived && c.unchanged == e->length)
		tap_note("no byte was moved: the controller does not run: look at its clocks, resets and power-domains, and at the number of the channel");
	else if (error == ETIMEDOUT || error == EIO)
		tap_note("%zu of %zu bytes arrived", c.arrived, e->length);
	if (error == EIO)
		note_bus(bench);
}
