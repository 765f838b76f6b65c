// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "cohbuf test" says of a transfer, from what the transfer left behind: faults
 * that no emulated board has, made of bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "said.h"
#include "lib/buffer.h"
#include "tests/harness/harness.h"
#include "tool/pattern.h"
#include "tool/trial.h"

#define SIZE	8192
#define SRC	0
#define DST	4096
#define LENGTH	256

static struct evidence e;
static struct bench bench;
static struct trial trial = { .src = SRC, .dst = DST, .length = LENGTH, .seed = 5, .old_seed = 4 };

/* As it is right before the copy, seen right after one that did nothing. */
static void set_up(void)
{
	bench.size = SIZE;
	bench.map = calloc(1, SIZE);
	ASSERT_TRUE(bench.map);
	bench.facts.has_dma = true;
	bench.facts.dma_addr = 0xc0000000;
	strcpy(bench.engine, "controller/dma0chan1");
	strcpy(bench.target.name, "nonesuch");

	trial_expect(&bench, &trial, &e);
	ASSERT_EQ(e.size, LENGTH + 2 * TRIAL_GUARD);
	memcpy(e.found, e.was, e.size);
	memcpy((void *)(bench.map + SRC), e.wanted + e.before, LENGTH);
}

static unsigned char *target(void)
{
	return e.found + e.before;
}

static void diagnose(const void *error)
{
	if (error)
		diagnose_error(&bench, &trial, &e, *(const int *)error);
	else
		diagnose_target(&bench, &trial, &e);
}

/* What the user gets to read; error 0: of a copy that reported success. */
static const char *diagnosis(int error)
{
	/* As the library has it of a copy in memory that a device sees. */
	const struct cohbuf_buffer buffer = { .info.dma_bits = 32 };
	const char *text;

	bench.remedy = cohbuf_remedy_of_copy(&buffer, error);
	text = said(diagnose, error ? &error : NULL);
	EXPECT_TRUE(!strncmp(text, "not ok 1 - test", 15));
	return text;
}

TEST(diagnose, says_where_in_all_three_forms)
{
	char virtual[64];
	const char *text;

	set_up();
	snprintf(virtual, sizeof(virtual), "virtual %p", (void *)(bench.map + DST));
	text = diagnosis(0);
	expect_said(text, "offset 0x1000,");
	expect_said(text, virtual);
	expect_said(text, "DMA address 0xc0001000");
	expect_said(text, "by controller/dma0chan1");
	bench.facts.dma_error = EACCES;
	expect_said(diagnosis(0), "DMA address not shown (needs CAP_SYS_RAWIO)");
}

TEST(diagnose, nothing_arrived)
{
	const char *text;

	set_up();
	text = diagnosis(0);
	expect_said(text, "reported success, and the target is as it was");
	expect_said(text, "the data never arrived here");
	expect_said(text, "look at: bus offset");
	expect_said(text, "dma-coherent, which is not set");
	bench.facts.coherent = 1;
	expect_said(diagnosis(0), "dma-coherent, which is set");
	expect_not_said(diagnosis(0), "look at: the IOMMU");
	bench.facts.iommu = true;
	expect_said(diagnosis(0), "look at: the IOMMU");
}

TEST(diagnose, data_at_the_wrong_place)
{
	const char *text;

	set_up();
	memcpy((void *)(bench.map + DST + 0x800), e.wanted + e.before, LENGTH);
	text = diagnosis(0);
	expect_said(text, "data at the wrong place, 0x800 behind the target");
	expect_not_said(text, "never arrived");
}

TEST(diagnose, data_at_the_wrong_place_that_reach_into_the_target)
{
	const char *text;

	set_up();
	memcpy((void *)(bench.map + DST + 64), e.wanted + e.before, LENGTH);
	memcpy(target() + 64, e.wanted + e.before, LENGTH);
	text = diagnosis(0);
	expect_said(text, "64 bytes next to the target were overwritten");
	expect_said(text, "data at the wrong place, 0x40 behind the target");
	expect_not_said(text, "--unit");
}

TEST(diagnose, stale_data)
{
	set_up();
	pattern_fill(target(), trial.old_seed, 0, LENGTH);
	expect_said(diagnosis(0), "stale data: the target has what the source held before");
}

TEST(diagnose, ended_early)
{
	set_up();
	memcpy(target(), e.wanted + e.before, 100);
	expect_said(diagnosis(0), "ended early, after 100 bytes");
	expect_said(diagnosis(0), "100 of 256 bytes arrived, 156 are as they were, 0 are neither");
}

TEST(diagnose, wrong_byte_lanes)
{
	set_up();
	for (int i = 0; i < LENGTH; i++)
		if (i % 8 != 2)
			target()[i] = e.wanted[e.before + i];
		else
			target()[i] = ~e.wanted[e.before + i];
	expect_said(diagnosis(0), "wrong byte lanes: bytes are wrong at addresses modulo 8 of mask 0x04 only");
}

TEST(diagnose, reversed_words)
{
	set_up();
	for (int i = 0; i < LENGTH; i++)
		target()[i] = e.wanted[e.before + (i ^ 3)];
	expect_said(diagnosis(0), "the bytes of each 32-bit word are reversed");
}

TEST(diagnose, shifted_data)
{
	set_up();
	memcpy(target() + 3, e.wanted + e.before, LENGTH - 3);
	expect_said(diagnosis(0), "shifted by 3 bytes");
	set_up();
	memcpy(target(), e.wanted + e.before + 2, LENGTH - 2);
	expect_said(diagnosis(0), "shifted by -2 bytes");
}

TEST(diagnose, wrote_too_far)
{
	const char *text;

	set_up();
	memcpy(target(), e.wanted + e.before, LENGTH);
	target()[LENGTH] ^= 0xff;
	target()[LENGTH + 1] ^= 0xff;
	text = diagnosis(0);
	expect_said(text, "2 bytes next to the target were overwritten, the first 0x0 bytes behind it");
	expect_said(text, "the target itself is right");
	expect_said(text, "--unit 4, 8, 16");
	set_up();
	memcpy(target(), e.wanted + e.before, LENGTH);
	target()[-4] ^= 0xff;
	expect_said(diagnosis(0), "the first 0x4 bytes before it");
}

TEST(diagnose, wrong_data)
{
	set_up();
	pattern_fill(target(), 99, 0, LENGTH);
	expect_said(diagnosis(0), "wrong data: the controller read from another address");
}

TEST(diagnose, timeout_tells_a_lost_interrupt_from_a_dead_engine)
{
	const char *text;

	set_up();
	text = diagnosis(ETIMEDOUT);
	expect_said(text, "its interrupt or its clock is missing");
	expect_said(text, "no byte was moved: the controller does not run");
	memcpy(target(), e.wanted + e.before, LENGTH);
	text = diagnosis(ETIMEDOUT);
	expect_said(text, "its interrupt did not come");
	expect_not_said(text, "no byte was moved");
}

TEST(diagnose, error_of_the_engine_points_at_addresses)
{
	set_up();
	expect_said(diagnosis(EIO), "an address that it cannot reach");
	expect_said(diagnosis(EIO), "look at: bus offset");
	expect_said(diagnosis(EIO), "target: offset 0x1000,");
	expect_said(diagnosis(EOPNOTSUPP), "its node names no DMA controller");
	expect_said(diagnosis(EINVAL), "cannot do this alignment");
}
