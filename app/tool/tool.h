/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the subcommands of cohbuf share: how they are called, and how they say what
 * is wrong. A subcommand is a file that defines a struct command.
 *
 * Exit status: 0 done, 1 it did not work, 2 wrong usage.
 */
#ifndef _TOOL_H
#define _TOOL_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../driver/version.h"

enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2
};

/**
 * struct command - a subcommand
 * @name: what the user types
 * @summary: one line for "cohbuf --help"
 * @help: the text of --help, without what all have: two options and the exit status
 * @exits: what the exit status means, where it is not the usual
 * @run: does it; gets the arguments from the subcommand's name on
 */
struct command {
	const char *name;
	const char *summary;
	const char *help;
	const char *exits;
	int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command command_list, command_info, command_dump, command_fill,
	command_load, command_save, command_copy, command_sync, command_wait,
	command_post, command_test, command_doctor;

/* Values of options that have no letter. */
enum {
	OPT_JSON = 256,
	OPT_OFFSET,
	OPT_LENGTH,
	OPT_BYTE,
	OPT_WORD,
	OPT_COUNTER,
	OPT_RANDOM,
	OPT_SEED,
	OPT_FROM,
	OPT_TO,
	OPT_TIMEOUT,
	OPT_REPEAT,
	OPT_UNIT,
	OPT_SECONDS,
	OPT_REQUIRE_DMA,
	OPT_DESTROY,
	OPT_WIDE,
	OPT_FOR_CPU,
	OPT_FOR_DEVICE,
	OPT_DIRECTION,
	OPT_WIDTH,
	OPT_HALF,
	OPT_DOUBLE,
	OPT_REGISTERS,
	OPT_COUNT,
	OPT_INTERRUPT,
};

/* These are no blocks, as clang-format has it. */
/* clang-format off */
#define OPTIONS_OF_ALL							\
	{ "help", no_argument, NULL, 'h' },				\
	{ "version", no_argument, NULL, 'V' },				\
	{ }
/* clang-format on */

/*
 * getopt_long() of a subcommand; --help and --version are answered, and an unknown
 * option is complained about. Gives the option, -1 at the end, or -2 with @status:
 * return it.
 */
int next_option(const struct command *command, int argc, char **argv,
		const struct option *options, int *status);

/* Of a subcommand whose one option is --json; false with @status: return it. */
bool only_json(const struct command *command, int argc, char **argv, bool *json, int *status);

/* The arguments that are no options: as many as there must be? */
bool arguments_are(const struct command *command, int argc, int min, int max);

/* An argument of an option: bytes (decimal or 0x..., K, M, G), or a plain number. */
bool parse_bytes(const struct command *command, const char *option, const char *text,
		 uint64_t *value);
bool parse_number(const struct command *command, const char *option, const char *text,
		  uint64_t max, uint64_t *value);

/* A line on standard error; each returns the exit status that goes with it. */
int complain(const char *text, ...) __attribute__((format(printf, 1, 2)));
int misused(const struct command *command, const char *text, ...)
	__attribute__((format(printf, 2, 3)));

/* Standard output is written at last, or it is said that it is not. */
int flush_output(int status);

void print_version(void);
void print_help(const struct command *command);
const char *human_size(uint64_t bytes, char text[32]);
/* In at most 8 characters: "~1.5 GiB" where it is not exactly that. */
const char *short_size(uint64_t bytes, char text[32]);

#endif /* _TOOL_H */
