// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf - look at DMA buffers, fill and read them, test them, and find out why one
 * is missing. The subcommands are in tool/.
 */
#include <stdio.h>
#include <string.h>

#include "tool/tool.h"

static int run_help(const struct command *command, int argc, char **argv);

static const struct command command_help = {
	.name = "help",
	.summary = "print this text, or that of a command",
	.help = "Usage: cohbuf help [COMMAND] [OPTION]...\n"
		"Print what \"cohbuf COMMAND --help\" prints, or the list of the commands.\n"
		"\n",
	.run = run_help,
};

static const struct command *const commands[] = {
	&command_list, &command_info, &command_dump, &command_fill, &command_load,
	&command_save, &command_copy, &command_sync, &command_wait, &command_post,
	&command_test, &command_doctor, &command_help, NULL
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
	      "  -h, --help            print this text; after a COMMAND, that command's\n"
	      "  -V, --version         print the version\n"
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
	complain("there is no command \"%s\"; see \"cohbuf --help\"", name);
	return NULL;
}

static int run_help(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = { OPTIONS_OF_ALL };
	const struct command *asked;
	int status;

	if (next_option(command, argc, argv, options, &status) != -1)
		return status;
	if (!arguments_are(command, argc, 0, 1))
		return STATUS_USAGE;
	if (optind == argc) {
		print_usage(stdout);
		return flush_output(STATUS_OK);
	}
	asked = find_command(argv[optind]);
	if (!asked)
		return STATUS_USAGE;
	print_help(asked);
	return flush_output(STATUS_OK);
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
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		print_version();
		return flush_output(STATUS_OK);
	}
	command = find_command(argv[1]);
	return command ? command->run(command, argc - 1, argv + 1) : STATUS_USAGE;
}
