// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf dump: the bytes of a buffer for people, in the layout of "hexdump -C"; of
 * registers those that are named, each by one access.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "handover.h"
#include "registers.h"

#define ROW	16

static const char help[] =
	"Usage: cohbuf dump NAME [OPTION]...\n"
	"Print the bytes of the buffer NAME, as hexadecimal numbers and as text.\n"
	"\n"
	"Lines equal to the one before are left out; a line with a \"*\" stands for them.\n"
	"What is read is the kernel's view of the buffer. Memory that has to be handed\n"
	"over (\"cohbuf info\") is handed to the CPU first, by who may write to the buffer.\n"
	"\n"
	"Reading a register can change its device. So of registers both --offset and\n"
	"--length must be given, each is read once, by one read(2) of its width, and what\n"
	"is printed are numbers.\n"
	"\n"
	"  --offset BYTES        where to start (0); decimal, 0x..., or with K, M or G\n"
	"  --length BYTES        how many (up to the end)\n"
	"  --width BYTES         of a register: 1, 2, 4 or 8 (4)\n";

static void print_row(uint64_t offset, const unsigned char *row, size_t len)
{
	printf("%08" PRIx64 " ", offset);
	for (size_t i = 0; i < ROW; i++) {
		if (i == ROW / 2)
			putchar(' ');
		if (i < len)
			printf(" %02x", row[i]);
		else
			fputs("   ", stdout);
	}
	fputs("  |", stdout);
	for (size_t i = 0; i < len; i++)
		putchar(row[i] < 0x7f && isprint(row[i]) ? row[i] : '.');
	puts("|");
}

/**
 * struct rows - what was printed last
 * @last: the row
 * @valid: there was one
 * @starred: equal rows are being left out
 */
struct rows {
	unsigned char last[ROW];
	bool valid;
	bool starred;
};

static void dump_row(struct rows *rows, uint64_t offset, const unsigned char *row, size_t len)
{
	if (rows->valid && len == ROW && !memcmp(row, rows->last, ROW)) {
		if (!rows->starred)
			puts("*");
		rows->starred = true;
		return;
	}
	print_row(offset, row, len);
	rows->valid = len == ROW;
	rows->starred = false;
	memcpy(rows->last, row, len);
}

static int dump_range(const struct target *target, const struct range *range)
{
	unsigned char block[256 * ROW];
	uint64_t done = 0;
	struct rows rows = {};

	while (done < range->length) {
		size_t len = sizeof(block);

		if (range->length - done < len)
			len = range->length - done;
		if (cohbuf_read(target->buffer, block, range->offset + done, len)) {
			fflush(stdout);
			return target_complain();
		}
		for (size_t i = 0; i < len; i += ROW)
			dump_row(&rows, range->offset + done + i, block + i,
				 len - i < ROW ? len - i : ROW);
		done += len;
		/* Nobody reads on: "cohbuf dump plain | head". */
		if (ferror(stdout))
			break;
	}
	printf("%08" PRIx64 "\n", range->offset + range->length);
	return STATUS_OK;
}

/* What was read before it went wrong is printed: nobody may be able to read it again. */
static int dump_registers(const struct target *target, const struct range *range,
			  unsigned int width)
{
	for (uint64_t i = 0; i < range->length; i += width) {
		uint64_t offset = range->offset + i, value;

		if (register_read(target, offset, width, &value)) {
			if (i)
				putchar('\n');
			fflush(stdout);
			return register_complain(target, "reading", offset, width);
		}
		if (i % ROW == 0)
			printf("%s%08" PRIx64 " ", i ? "\n" : "", offset);
		printf(" %0*" PRIx64, 2 * (int)width, value);
	}
	putchar('\n');
	return STATUS_OK;
}

/* @width: what the user gave; 0: nothing */
static int dump(const struct target *target, struct range *range, unsigned int width)
{
	if (target_is_registers(target)) {
		width = width ?: REGISTER_WIDTH_USUAL;
		return registers_are_named(target, range, width) ?
			       dump_registers(target, range, width) :
			       STATUS_FAILED;
	}
	if (width)
		return complain("--width is of registers, and \"%s\" is memory: leave it out",
				target->name);
	if (!target_range(target, range) || !handover_to_cpu(target, range))
		return STATUS_FAILED;
	return dump_range(target, range);
}

static bool take_width(const struct command *command, uint64_t *width)
{
	if (!parse_number(command, "--width", optarg, 8, width))
		return false;
	if (!register_width_is_possible(*width))
		misused(command, "--width must be 1, 2, 4 or 8");
	return register_width_is_possible(*width);
}

static int run_dump(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		OPTIONS_OF_RANGE,
		{ "width", required_argument, NULL, OPT_WIDTH },
		OPTIONS_OF_ALL
	};
	struct range range = {};
	struct target target;
	uint64_t width = 0;
	bool good = true;
	int option, status;

	while (good && (option = next_option(command, argc, argv, options, &status)) != -1) {
		if (option == -2)
			return status;
		good = option == OPT_WIDTH ? take_width(command, &width) :
					     take_range(command, option, &range);
	}
	if (!good || !arguments_are(command, argc, 1, 1))
		return STATUS_USAGE;
	if (!target_open_to_read(&target, argv[optind]))
		return STATUS_FAILED;
	status = dump(&target, &range, width);
	target_close(&target);
	return flush_output(status);
}

const struct command command_dump = {
	.name = "dump",
	.summary = "print the bytes of a buffer",
	.help = help,
	.run = run_dump,
};
