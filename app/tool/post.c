// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf post: events from the command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "events.h"

static const char help[] =
	"Usage: cohbuf post NAME [OPTION]...\n"
	"Post an event on the buffer NAME: to \"cohbuf wait NAME\", and to every program\n"
	"that waits for its events at that time. It takes the right to write to the\n"
	"buffer, and leaves the memory alone.\n"
	"\n"
	"  --count N             post N events at once, 1 to 4294967295 (1)\n";

static int post_on(const char *name, uint64_t count)
{
	int status = STATUS_FAILED;
	struct target target;
	int fd;

	if (!target_open(&target, name, O_WRONLY))
		return STATUS_FAILED;
	fd = target_events(&target, COHBUF_EVENTS_POSTED);
	if (fd >= 0) {
		status = STATUS_OK;
		if (cohbuf_post(fd, count))
			status = complain("posting on \"%s\": %s: %s", target.name, strerror(errno),
					  cohbuf_remedy());
		close(fd);
	}
	target_close(&target);
	return status;
}

static const struct option options[] = {
	{ "count", required_argument, NULL, OPT_COUNT },
	OPTIONS_OF_ALL
};

static int run_post(const struct command *command, int argc, char **argv)
{
	uint64_t count = 1;
	int option, status;

	while ((option = next_option(command, argc, argv, options, &status)) != -1) {
		if (option != OPT_COUNT)
			return status;
		if (!take_count(command, &count))
			return STATUS_USAGE;
	}
	if (!arguments_are(command, argc, 1, 1))
		return STATUS_USAGE;
	return post_on(argv[optind], count);
}

const struct command command_post = {
	.name = "post",
	.summary = "post events to who waits for them",
	.help = help,
	.run = run_post,
};
