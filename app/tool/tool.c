// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the subcommands share; see tool.h.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

int complain(const char *text, ...)
{
	va_list args;

	fputs("cohbuf: ", stderr);
	va_start(args, text);
	vfprintf(stderr, text, args);
	va_end(args);
	fputc('\n', stderr);
	return STATUS_FAILED;
}

int misused(const struct command *command, const char *text, ...)
{
	va_list args;

	fprintf(stderr, "cohbuf %s: ", command->name);
	va_start(args, text);
	vfprintf(stderr, text, args);
	va_end(args);
	fprintf(stderr, "; see \"cohbuf %s --help\"\n", command->name);
	return STATUS_USAGE;
}

int flush_output(int status)
{
	if (fflush(stdout) || ferror(stdout))
		return complain("cannot write to standard output: %s", strerror(errno));
	return status;
}

void print_version(void)
{
	puts("cohbuf (cohbuf) " COHBUF_VERSION "\n"
	     "License GPL-2.0-only. This is free software: you are free to change and\n"
	     "redistribute it. There is NO WARRANTY, to the extent permitted by law.");
}

void print_help(const struct command *command)
{
	printf("%s"
	       "  -h, --help            print this text\n"
	       "  -V, --version         print the version\n"
	       "\n"
	       "Exit status: %s.\n",
	       command->help, command->exits ?: "0 done, 1 it did not work, 2 wrong usage");
}

int next_option(const struct command *command, int argc, char **argv,
		const struct option *options, int *status)
{
	int option;

	/* Its own messages would not say where the help is. */
	opterr = 0;
	option = getopt_long(argc, argv, ":hV", options, NULL);
	switch (option) {
	case 'h':
		print_help(command);
		*status = flush_output(STATUS_OK);
		return -2;
	case 'V':
		print_version();
		*status = flush_output(STATUS_OK);
		return -2;
	case ':':
		*status = misused(command, "%s needs a value", argv[optind - 1]);
		return -2;
	case '?':
		/* A letter that it knows is of an option that takes no value, and got one. */
		if (!optopt || optopt > 0xff || strchr("hV", optopt))
			*status = misused(command, "there is no option %s", argv[optind - 1]);
		else
			*status = misused(command, "there is no option -%c", optopt);
		return -2;
	default:
		return option;
	}
}

bool only_json(const struct command *command, int argc, char **argv, bool *json, int *status)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, OPT_JSON },
		OPTIONS_OF_ALL
	};
	int option;

	while ((option = next_option(command, argc, argv, options, status)) == OPT_JSON)
		*json = true;
	return option == -1;
}

bool arguments_are(const struct command *command, int argc, int min, int max)
{
	int given = argc - optind;

	if (given < min)
		misused(command, "an argument is missing: %s",
			given ? "FILE" : "the NAME of a buffer (\"cohbuf list\" has them)");
	else if (given > max)
		misused(command, "too many arguments");
	return given >= min && given <= max;
}

/* A number with nothing behind it but @rest; no sign, no octal. */
static bool parse_digits(const char *text, uint64_t *value, const char **rest)
{
	int base = text[0] == '0' && tolower((unsigned char)text[1]) == 'x' ? 16 : 10;
	const char *digits = base == 16 ? text + 2 : text;
	char *end;

	if (!isxdigit((unsigned char)*digits))
		return false;
	errno = 0;
	*value = strtoull(digits, &end, base);
	*rest = end;
	return !errno && end != digits;
}

bool parse_number(const struct command *command, const char *option, const char *text,
		  uint64_t max, uint64_t *value)
{
	const char *rest;

	if (parse_digits(text, value, &rest) && !*rest && *value <= max)
		return true;
	misused(command, "%s \"%s\" is no number from 0 to %" PRIu64 " (0x%" PRIx64 ")",
		option, text, max, max);
	return false;
}

bool parse_bytes(const struct command *command, const char *option, const char *text,
		 uint64_t *value)
{
	static const char suffixes[] = "KMG";
	const char *rest, *suffix;
	unsigned int shift = 0;

	if (!parse_digits(text, value, &rest))
		goto refuse;
	suffix = *rest ? strchr(suffixes, toupper((unsigned char)*rest)) : NULL;
	if (suffix) {
		shift = 10 * (suffix - suffixes + 1);
		rest++;
	}
	if (*rest || *value > UINT64_MAX >> shift)
		goto refuse;
	*value <<= shift;
	return true;

refuse:
	misused(command, "%s \"%s\" is no number of bytes: write 4096, 0x1000, 4K, 16M or 1G",
		option, text);
	return false;
}

static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };

#define UNIT_LAST	6

const char *human_size(uint64_t bytes, char text[32])
{
	unsigned int unit = 0;

	while (unit < UNIT_LAST && bytes && !(bytes % 1024)) {
		bytes /= 1024;
		unit++;
	}
	snprintf(text, 32, "%" PRIu64 " %s", bytes, units[unit]);
	return text;
}

const char *short_size(uint64_t bytes, char text[32])
{
	unsigned int unit = 0;
	uint64_t tenths;

	if (strlen(human_size(bytes, text)) <= 8)
		return text;
	/* In the first unit that leaves at most three digits, rounded. */
	while (bytes >= 1000 * 1024 - 512) {
		bytes /= 1024;
		unit++;
	}
	unit++;
	tenths = (bytes * 10 + 512) / 1024;
	if (tenths < 100)
		snprintf(text, 32, "~%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10,
			 units[unit]);
	else
		snprintf(text, 32, "~%" PRIu64 " %s", (bytes + 512) / 1024, units[unit]);
	return text;
}
