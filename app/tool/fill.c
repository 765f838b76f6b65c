// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf fill: write a pattern to a buffer.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "handover.h"
#include "pattern.h"

static const char help[] =
	"Usage: cohbuf fill NAME PATTERN [OPTION]...\n"
	"Write a pattern to the buffer NAME. Memory that has to be handed over (\"cohbuf\n"
	"info\") is handed to the device at the end. The PATTERN is one of:\n"
	"\n"
	"  --byte VALUE          this byte\n"
	"  --word VALUE          this 32-bit word, in the byte order of the CPU\n"
	"  --counter             32-bit words 0, 1, 2 and so on from the offset on\n"
	"  --random              bytes that follow from the seed, which is printed\n"
	"\n"
	"Options:\n"
	"\n"
	"  --seed NUMBER         of --random\n"
	"  --offset BYTES        where to start (0); decimal, 0x..., or with K, M or G\n"
	"  --length BYTES        how many (up to the end)\n";

/**
 * struct fill - a pattern
 * @kind: the option that chose it; 0: none did
 * @value: of the byte or the word; or the seed
 * @has_seed: the user gave it
 */
struct fill {
	int kind;
	uint64_t value;
	bool has_seed;
};

/* @done: bytes of the pattern before @block, a multiple of 8. */
static void make_block(const struct fill *fill, unsigned char *block, size_t len, uint64_t done)
{
	switch (fill->kind) {
	case OPT_BYTE:
		memset(block, fill->value, len);
		return;
	case OPT_RANDOM:
		pattern_fill(block, fill->value, done, len);
		return;
	}
	for (size_t i = 0; i < len; i += 4) {
		uint32_t word = fill->kind == OPT_WORD ? fill->value : (done + i) / 4;

		memcpy(block + i, &word, len - i < 4 ? len - i : 4);
	}
}

static int fill_range(const struct target *target, const struct range *range,
		      const struct fill *fill)
{
	unsigned char block[64 << 10];
	uint64_t done = 0;

	while (done < range->length) {
		size_t len = sizeof(block), written;

		if (range->length - done < len)
			len = range->length - done;
		make_block(fill, block, len, done);
		if (target_write(target, block, range->offset + done, len, &written))
			return complain("writing to \"%s\" ended after %" PRIu64 " of %" PRIu64 " bytes: %s: %s",
					target->name, done + written, range->length,
					strerror(errno), remedy_of_call(errno));
		done += len;
	}
	return STATUS_OK;
}

/* Like this, one mistake is one message. */
static bool take_pattern(const struct command *command, struct fill *fill, int option)
{
	if (fill->kind) {
		misused(command, "only one of --byte, --word, --counter and --random can be");
		return false;
	}
	fill->kind = option;
	if (option == OPT_BYTE)
		return parse_number(command, "--byte", optarg, UINT8_MAX, &fill->value);
	if (option == OPT_WORD)
		return parse_number(command, "--word", optarg, UINT32_MAX, &fill->value);
	return true;
}

static bool pattern_is_clear(const struct command *command, struct fill *fill, uint64_t seed)
{
	if (!fill->kind) {
		misused(command, "no pattern: give --byte, --word, --counter or --random");
		return false;
	}
	if (fill->kind != OPT_RANDOM) {
		if (fill->has_seed)
			misused(command, "--seed is for --random only");
		return !fill->has_seed;
	}
	fill->value = fill->has_seed ? seed : pattern_new_seed();
	return true;
}

static int fill_buffer(const char *name, struct range *range, const struct fill *fill)
{
	struct target target;
	int status = STATUS_FAILED;

	if (!target_open(&target, name, O_WRONLY))
		return STATUS_FAILED;
	if (target_range(&target, range) && handover_to_cpu(&target, range)) {
		if (fill->kind == OPT_RANDOM)
			printf("seed 0x%" PRIx64 "\n", fill->value);
		status = fill_range(&target, range, fill);
		/* Also where it ended early: part of it was written. */
		if (!handover_to_device(&target, range))
			status = STATUS_FAILED;
	}
	close(target.fd);
	return flush_output(status);
}

static int run_fill(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "byte", required_argument, NULL, OPT_BYTE },
		{ "word", required_argument, NULL, OPT_WORD },
		{ "counter", no_argument, NULL, OPT_COUNTER },
		{ "random", no_argument, NULL, OPT_RANDOM },
		{ "seed", required_argument, NULL, OPT_SEED },
		OPTIONS_OF_RANGE,
		OPTIONS_OF_ALL
	};
	struct range range = {};
	struct fill fill = {};
	uint64_t seed = 0;
	bool good = true;
	int option, status;

	while (good && (option = next_option(command, argc, argv, options, &status)) != -1) {
		switch (option) {
		case OPT_BYTE:
		case OPT_WORD:
		case OPT_COUNTER:
		case OPT_RANDOM:
			good = take_pattern(command, &fill, option);
			break;
		case OPT_SEED:
			good = parse_number(command, "--seed", optarg, UINT64_MAX, &seed);
			fill.has_seed = true;
			break;
		case OPT_OFFSET:
		case OPT_LENGTH:
			good = take_range(command, option, &range);
			break;
		default:
			return status;
		}
	}
	if (!good || !arguments_are(command, argc, 1, 1) ||
	    !pattern_is_clear(command, &fill, seed))
		return STATUS_USAGE;
	return fill_buffer(argv[optind], &range, &fill);
}

const struct command command_fill = {
	.name = "fill",
	.summary = "write a pattern to a buffer",
	.help = help,
	.run = run_fill,
};
