// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf test: the bring-up suite. This file has the list of the tests, and sees to
 * it that they run one after the other and leave the buffer as it was (bench_open.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "bench_open.h"
#include "controllers.h"
#include "pattern.h"
#include "tap.h"
#include "trial.h"

static const char help[] =
	"Usage: cohbuf test NAME [OPTION]...\n"
	"Test the buffer NAME: data and address lines, cells, accesses of each width,\n"
	"the kernel's view against the program's, transfers by a DMA controller, and\n"
	"ranges that are handed over. The result is TAP version 13; a test that fails\n"
	"says what that means and what to look at.\n"
	"\n"
	"The buffer's contents are saved and put back, also after Ctrl-C. What a device\n"
	"or another program writes meanwhile fails tests: stop them first.\n"
	"\n"
	"Of registers of a device only those are touched that --registers names; all else\n"
	"that can be proved is: that they are mapped and claimed, who may do what, which\n"
	"accesses are refused.\n"
	"\n"
	"  --seed NUMBER         what the data follow from; printed, to repeat a failure\n"
	"  --unit BYTES          offsets and lengths of DMA transfers are multiples of\n"
	"                        it: a power of two up to 128; default: $COHBUF_UNIT,\n"
	"                        or 1\n"
	"  --seconds N           time for all DMA tests together, 1 to 3600 (10)\n"
	"  --require-dma         where the node names no DMA controller the DMA tests\n"
	"                        fail; else they are skipped\n"
	"  --destroy             do not save and put back the contents\n"
	"  --registers WHAT      which registers may be touched, by WHAT, again for each:\n"
	"                        read-only, the default: none is written, and none is\n"
	"                        read that is not named;\n"
	"                        read=OFFSET[:WIDTH]: this one, of 1, 2, 4 (the default)\n"
	"                        or 8 bytes, is read three times;\n"
	"                        write=OFFSET[:WIDTH]: this one is written, read back and\n"
	"                        put back: name one where no value does any harm\n";

static const struct {
	const char *name;
	bench_test run;
	bool dma;
} tests[] = {
	{ "data.walking_ones", test_walking_ones, false },
	{ "data.walking_zeros", test_walking_zeros, false },
	{ "address.power_of_two_offsets", test_power_of_two_offsets, false },
	{ "address.each_page", test_each_page, false },
	{ "memory.moving_inversions", test_moving_inversions, false },
	{ "memory.random", test_random, false },
	{ "access.bytes", test_bytes, false },
	{ "access.halves", test_halves, false },
	{ "access.words", test_words, false },
	{ "access.doubles", test_doubles, false },
	{ "view.kernel_reads_what_user_wrote", test_user_to_kernel, false },
	{ "view.user_reads_what_kernel_wrote", test_kernel_to_user, false },
	{ "dma.moves_the_bytes", test_dma_moves_the_bytes, true },
	{ "dma.guard_bands", test_dma_guard_bands, true },
	{ "dma.alignments", test_dma_alignments, true },
	{ "dma.lengths", test_dma_lengths, true },
	{ "dma.fresh_data", test_dma_fresh_data, true },
	{ "dma.kernel_view", test_dma_kernel_view, true },
	{ "dma.ping_pong", test_dma_ping_pong, true },
	{ "dma.every_part", test_dma_every_part, true },
	{ "sync.keeps_the_bytes", test_sync, false },
};

#define NUM_TESTS	(sizeof(tests) / sizeof(tests[0]))

static void print_advice(const char *line)
{
	tap_note("%s", line);
}

/* No engine, or none that gets through a first transfer: then the rest says nothing. */
static bool dma_is_possible(const struct bench *bench, bool first)
{
	const char *reason = bench->remedy;
	bool has_dma = target_has_dma(&bench->target);
	char no_dma[96];

	if (!has_dma) {
		snprintf(no_dma, sizeof(no_dma), "no device sees %s memory", bench->facts.memory);
		reason = no_dma;
	}
	if (bench->dma_error == EOPNOTSUPP || bench->dma_error == ENOTTY) {
		if (bench->require_dma)
			tap_fail("--require-dma: %s", reason);
		else
			tap_skip("%s", reason);
		if (first && has_dma && bench->dma_error == EOPNOTSUPP)
			controllers_advise(print_advice);
		return false;
	}
	if (!first && bench->dma_error) {
		tap_skip("dma.moves_the_bytes failed");
		return false;
	}
	return true;
}

/* The best of three: the first may wait for a clock, and another task may come. */
static void measure_engine(struct bench *bench)
{
	uint64_t length = bench->size / 2 < BENCH_PAGE ? bench->size / 2 : BENCH_PAGE;
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < 3 && !trial_copy(bench, 0, bench->size / 2, length); i++)
		if (bench->last_ns < best)
			best = bench->last_ns;
	if (best < UINT64_MAX)
		bench->ns_per_page = best * BENCH_PAGE / length + 1;
}

/* Which engine is it, and is the unit one that it can do? */
static void find_engine(struct bench *bench)
{
	const uint64_t asked = bench->unit;

	do {
		bench->dma_error = trial_copy(bench, 0, bench->size / 2, bench->unit);
	} while (bench->dma_error == EINVAL && (bench->unit *= 2) <= BENCH_UNIT_MAX);

	if (bench->dma_error == EINVAL)
		bench->unit = asked;
	else if (bench->unit != asked)
		tap_comment("%s refuses unit %" PRIu64 ": unit %" PRIu64 " is used",
			    bench->engine, asked, bench->unit);
	if (!bench->dma_error)
		measure_engine(bench);
}

static unsigned int count_of_memory(const struct bench *bench __attribute__((unused)))
{
	return NUM_TESTS;
}

static const char *name_of_memory(const struct bench *bench __attribute__((unused)),
				  unsigned int i)
{
	return tests[i].name;
}

static void run_of_memory(struct bench *bench, unsigned int i)
{
	bool first_dma = tests[i].dma && !tests[i - 1].dma;

	if (!tests[i].dma) {
		tests[i].run(bench);
		return;
	}
	/* What the memory tests wrote: no cache line of it later covers what went astray. */
	if (first_dma)
		bench_hand_over(bench, 0, bench->size, COHBUF_SYNC_FOR_DEVICE);
	if (dma_is_possible(bench, first_dma)) {
		tap_detail(bench->engine);
		tests[i].run(bench);
		if (first_dma)
			bench->dma_error = tap_has_failed() ? EIO : 0;
	}
}

static const struct bench_suite bench_of_memory = {
	.count = count_of_memory,
	.name = name_of_memory,
	.run = run_of_memory,
	.gone = "SIGBUS: the mapping was taken away",
};

/* Gives how many failed; a buffer that went away ends it. */
static unsigned int run_tests(struct bench *bench, const struct bench_suite *suite)
{
	static volatile unsigned int failures;
	static volatile unsigned int i;

	for (i = 0; i < suite->count(bench); i++) {
		tap_begin(suite->name(bench, i));
		if (sigsetjmp(bench_gone, 1)) {
			tap_fail("%s", suite->gone);
		} else {
			bench_gone_armed = 1;
			suite->run(bench, i);
		}
		bench_gone_armed = 0;
		if (suite->put_back)
			suite->put_back(bench);

		if (bench_stopped)
			return failures;
		failures += !tap_end();
		if (cohbuf_check(bench->target.buffer)) {
			tap_bail_out("the device was unbound from its driver meanwhile: its contents are lost; bind it again and start over");
			return failures + 1;
		}
	}
	return failures;
}

static void print_header(const struct bench *bench)
{
	char size[32];

	tap_comment("cohbuf %s: buffer \"%s\", %s, %s", COHBUF_VERSION, bench->target.name,
		    human_size(bench->size, size),
		    !target_has_dma(&bench->target) ? "no device sees it" :
		    bench->facts.coherent	    ? "snooped" :
						      "not snooped");
	tap_comment("seed 0x%" PRIx64 ": --seed 0x%" PRIx64 " repeats this", bench->seed,
		    bench->seed);
	tap_comment("DMA unit %" PRIu64 ", %" PRIu64 " s for the DMA tests", bench->unit,
		    bench->seconds);
	if (bench->target.info.cache_line)
		tap_comment("cached for the CPU, handed over in lines of %u bytes: COPY does it for its own source and target, and what is read and written there needs no more; SYNC does it beside them\ndata.*, address.* and memory.* may see the caches only, not the memory",
			    bench->target.info.cache_line);
	if (bench->target.info.cache_line && bench->unit % bench->target.info.cache_line)
		tap_comment("warning: ranges here are of %" PRIu64 " bytes and more, less than a line: what another device, or another program's SYNC, has beside one, in the same line, may be lost; where there are such, --unit %u",
			    bench->unit, bench->target.info.cache_line);
	if (bench->facts.files)
		tap_comment("other files of this buffer that are open: %" PRIu64,
			    bench->facts.files);
}

static void begin_memory(struct bench *bench)
{
	tap_plan(NUM_TESTS);
	print_header(bench);
	find_engine(bench);
}

static void begin_registers(struct bench *bench)
{
	char size[32];

	tap_plan(bench_of_registers.count(bench));
	tap_comment("cohbuf %s: \"%s\", %s of registers", COHBUF_VERSION, bench->target.name,
		    human_size(bench->size, size));
	if (bench->asked.count)
		tap_comment("no registers are touched but those that --registers names");
	else
		tap_comment("no register is touched: --registers read=OFFSET or write=OFFSET names one that may be");
}

static int test_buffer(const char *name, struct bench *bench, bool keep)
{
	bool registers;
	unsigned int failures;

	if (!bench_open(bench, name, keep))
		return STATUS_FAILED;
	registers = target_is_registers(&bench->target);
	if (registers ? !asked_fits(&bench->asked, &bench->target) :
			!asked_is_empty(&bench->asked, &bench->target))
		return STATUS_FAILED;
	(registers ? begin_registers : begin_memory)(bench);
	failures = run_tests(bench, registers ? &bench_of_registers : &bench_of_memory);
	if (!bench_close(bench))
		failures++;
	return flush_output(failures ? STATUS_FAILED : STATUS_OK);
}

static bool unit_is_possible(const struct command *command, uint64_t unit, const char *from)
{
	if (unit && unit <= BENCH_UNIT_MAX && !(unit & (unit - 1)))
		return true;
	misused(command, "%s must be a power of two, 1 to %d", from, BENCH_UNIT_MAX);
	return false;
}

static bool unit_of_environment(const struct command *command, uint64_t *unit)
{
	const char *text = getenv("COHBUF_UNIT");

	*unit = 1;
	return !text || (parse_bytes(command, "COHBUF_UNIT", text, unit) &&
			 unit_is_possible(command, *unit, "COHBUF_UNIT"));
}

static bool take_option(const struct command *command, int option, struct bench *bench)
{
	switch (option) {
	case OPT_SEED:
		return parse_number(command, "--seed", optarg, UINT64_MAX, &bench->seed);
	case OPT_UNIT:
		return parse_bytes(command, "--unit", optarg, &bench->unit) &&
		       unit_is_possible(command, bench->unit, "--unit");
	case OPT_SECONDS:
		if (!parse_number(command, "--seconds", optarg, 3600, &bench->seconds))
			return false;
		if (!bench->seconds)
			misused(command, "--seconds must not be 0");
		return bench->seconds;
	case OPT_REGISTERS:
		return asked_take(command, &bench->asked);
	default:
		bench->require_dma = true;
		return true;
	}
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, OPT_SEED },
		{ "unit", required_argument, NULL, OPT_UNIT },
		{ "seconds", required_argument, NULL, OPT_SECONDS },
		{ "require-dma", no_argument, NULL, OPT_REQUIRE_DMA },
		{ "destroy", no_argument, NULL, OPT_DESTROY },
		{ "registers", required_argument, NULL, OPT_REGISTERS },
		OPTIONS_OF_ALL
	};
	static struct bench bench;
	bool good, keep = true;
	int option, status;

	bench.seed = pattern_new_seed();
	bench.seconds = 10;
	good = unit_of_environment(command, &bench.unit);
	while (good && (option = next_option(command, argc, argv, options, &status)) != -1) {
		if (option == -2)
			return status;
		if (option == OPT_DESTROY)
			keep = false;
		else
			good = take_option(command, option, &bench);
	}
	if (!good || !arguments_are(command, argc, 1, 1))
		return STATUS_USAGE;
	return test_buffer(argv[optind], &bench, keep);
}

const struct command command_test = {
	.name = "test",
	.summary = "test a buffer and the DMA to it",
	.help = help,
	.exits = "0 all passed or were skipped, 1 some failed, 2 wrong usage",
	.run = run,
};
