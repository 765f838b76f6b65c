// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf - look at DMA buffers, fill and read them, test them, and find out why one
 * is missing. The subcommands are in tool/.
 */
#include <stdio.h>
#include <string.h>

#include "tool/tool.h"

static const struct command *const commands[] = {
	&command_list, &command_info, &command_dump, &command_fill, &command_load,
	&command_save, &command_copy, &command_test, &command_doctor, NULL
};

static void print_usage(FILE *to)
{
	const struct command *const *c;

	fputs("Usage: cohbuf COMMAND [OPTION]... [ARGUMENT]...\n"
	      "Work with DMA buffers that devicetree nodes describe, /dev/NAME each.\n"
	      "\n"
	      "Commands:\n",
	      to);
	for (c = commands; *c; c++)
		fprintf(to, "  %-20s  %s\n", (*c)->name, (*c)->summary);
	fputs("\n"
	      "Options:\n"
	      "  --help                print this text; after a COMMAND, that command's\n"
	      "  --version             print the version\n"
	      "\n"
	      "Exit status: 0 done, 1 it did not work or something was found, 2 wrong usage.\n",
	      to);
}

static const struct command *find_command(const char *name)
{
	const struct command *const *c;

	for (c = commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_usage(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_usage(stdout);
		return flush_output(STATUS_OK);
	}
	if (!strcmp(argv[1], "--version")) {
		print_version();
		return flush_output(STATUS_OK);
	}
	command = find_command(argv[1]);
	if (!command) {
		complain("there is no command \"%s\"; see \"cohbuf --help\"", argv[1]);
		return STATUS_USAGE;
	}
	return command->run(command, argc - 1, argv + 1);
}
