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
#include "registers.h"

static const char help[] =
	"Usage: cohbuf fill NAME PATTERN [OPTION]...\n"
	"Write a pattern to the buffer NAME. Memory that has to be handed over (\"cohbuf\n"
	"info\") is handed to the device at the end. The PATTERN is one of:\n"
	"\n"
	"  --byte VALUE          this byte\n"
	"  --half VALUE          this number of 16 bits, in the byte order of the CPU\n"
	"  --word VALUE          this number of 32 bits, likewise\n"
	"  --double VALUE        this number of 64 bits, likewise\n"
	"  --counter             32-bit words 0, 1, 2 and so on from the offset on\n"
	"  --random              bytes that follow from the seed, which is printed\n"
	"\n"
	"Of registers one is written at a time, by one write(2): with --byte, --half,\n"
	"--word or --double, its --offset, and the --length that goes with that.\n"
	"\n"
	"Options:\n"
	"\n"
	"  --seed NUMBER         of --random\n"
	"  --offset BYTES        where to start (0); decimal, 0x..., or with K, M or G\n"
	"  --length BYTES        how many (up to the end)\n";

/**
 * struct fill - a pattern
 * @kind: the option that chose it; 0: none did
 * @value: the number; or the seed
 * @has_seed: the user gave it
 */
struct fill {
	int kind;
	uint64_t value;
	bool has_seed;
};

static void repeat(unsigned char *block, size_t len, const void *number, size_t width)
{
	for (size_t i = 0; i < len; i += width)
		memcpy(block + i, number, len - i < width ? len - i : width);
}

/* @done: bytes of the pattern before @block, a multiple of 8. */
static void make_block(const struct fill *fill, unsigned char *block, size_t len, uint64_t done)
{
	switch (fill->kind) {
	case OPT_BYTE:
		memset(block, fill->value, len);
		return;
	case OPT_HALF:
		repeat(block, len, &(uint16_t){ fill->value }, 2);
		return;
	case OPT_WORD:
		repeat(block, len, &(uint32_t){ fill->value }, 4);
		return;
	case OPT_DOUBLE:
		repeat(block, len, &fill->value, 8);
		return;
	case OPT_RANDOM:
		pattern_fill(block, fill->value, done, len);
		return;
	}
	for (size_t i = 0; i < len; i += 4) {
		uint32_t word = (done + i) / 4;

		memcpy(block + i, &word, len - i < 4 ? len - i : 4);
	}
}

static int fill_range(const struct target *target, const struct range *range,
		      const struct fill *fill)
{
	unsigned char block[64 << 10];
	uint64_t done = 0;

	while (done < range->length) {
		size_t len = sizeof(block);

		if (range->length - done < len)
			len = range->length - done;
		make_block(fill, block, len, done);
		if (cohbuf_write(target->buffer, block, range->offset + done, len))
			return complain("%s; %" PRIu64 " of %" PRIu64 " bytes were written before",
					cohbuf_error(), done, range->length);
		done += len;
	}
	return STATUS_OK;
}

/**
 * struct number - a pattern that is a number
 * @option: its option
 * @name: as the user types it
 * @width: bytes
 */
struct number {
	int option;
	const char *name;
	unsigned int width;
};

static const struct number numbers[] = {
	{ OPT_BYTE, "--byte", 1 },
	{ OPT_HALF, "--half", 2 },
	{ OPT_WORD, "--word", 4 },
	{ OPT_DOUBLE, "--double", 8 },
};

static const struct number *number_of(int option)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].option == option)
			return &numbers[i];
	return NULL;
}

/* Like this, one mistake is one message. */
static bool take_pattern(const struct command *command, struct fill *fill, int option)
{
	const struct number *number = number_of(option);

	if (fill->kind) {
		misused(command, "only one PATTERN can be");
		return false;
	}
	fill->kind = option;
	return !number || parse_number(command, number->name, optarg,
				       UINT64_MAX >> (64 - 8 * number->width), &fill->value);
}

static bool pattern_is_clear(const struct command *command, struct fill *fill, uint64_t seed)
{
	if (!fill->kind) {
		misused(command, "no pattern: give --byte, --half, --word, --double, --counter or --random");
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

static int fill_register(const struct target *target, struct range *range,
			 const struct fill *fill)
{
	const struct number *number = number_of(fill->kind);

	if (!number)
		return complain("\"%s\" is registers of a device, of which one is written at a time: give --byte, --half, --word or --double",
				target->name);
	if (!registers_are_named(target, range, number->width))
		return STATUS_FAILED;
	if (range->length != number->width)
		return complain("\"%s\" is registers of a device, of which one is written at a time: %s goes with --length %u",
				target->name, number->name, number->width);
	if (register_write(target, range->offset, number->width, fill->value))
		return register_complain(target, "writing", range->offset, number->width);
	return STATUS_OK;
}

static int fill_memory(const struct target *target, struct range *range, const struct fill *fill)
{
	int status;

	if (!target_range(target, range) || !handover_to_cpu(target, range))
		return STATUS_FAILED;
	if (fill->kind == OPT_RANDOM)
		printf("seed 0x%" PRIx64 "\n", fill->value);
	status = fill_range(target, range, fill);
	/* Also where it ended early: part of it was written. */
	return handover_to_device(target, range) ? status : STATUS_FAILED;
}

static int fill_buffer(const char *name, struct range *range, const struct fill *fill)
{
	struct target target;
	int status;

	if (!target_open(&target, name, O_WRONLY))
		return STATUS_FAILED;
	status = (target_is_registers(&target) ? fill_register : fill_memory)(&target, range, fill);
	target_close(&target);
	return flush_output(status);
}

static int run_fill(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "byte", required_argument, NULL, OPT_BYTE },
		{ "half", required_argument, NULL, OPT_HALF },
		{ "word", required_argument, NULL, OPT_WORD },
		{ "double", required_argument, NULL, OPT_DOUBLE },
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
		case OPT_HALF:
		case OPT_WORD:
		case OPT_DOUBLE:
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
