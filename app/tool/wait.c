// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf wait: until events come, or interrupts.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "events.h"

static const char help[] =
	"Usage: cohbuf wait NAME [OPTION]...\n"
	"Wait for an event on the buffer NAME that is posted from now on, by \"cohbuf post\n"
	"NAME\" or by a program; and print how many came. Others that wait get the same\n"
	"events.\n"
	"\n"
	"With --interrupt: for the interrupt that the node's interrupts name. Its line is\n"
	"let through at the start, and again after each but the last one; this takes the\n"
	"right to write to the buffer. It is the device that has to let go of the line,\n"
	"which is told by its registers: a level that stays comes at once again.\n"
	"\n"
	"  --interrupt           wait for the interrupt of the device\n"
	"  --count N             wait until N have come, 1 to 4294967295 (1)\n"
	"  --timeout MS          give up after so many milliseconds; without, never\n";

/**
 * struct request - what the user asked for, and what came of it
 * @source: which events
 * @count: how many
 * @got: how many came
 * @timeout: in milliseconds, or 0 for none
 */
struct request {
	enum cohbuf_events_source source;
	uint64_t count;
	uint64_t got;
	uint64_t timeout;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* Milliseconds that are left, or -1 for as long as it takes. */
static int time_left(const struct request *r, uint64_t start)
{
	uint64_t passed = now_ms() - start;

	if (!r->timeout)
		return -1;
	return passed < r->timeout ? (int)(r->timeout - passed) : 0;
}

/* Returns 0, or -1 with errno: ETIMEDOUT once it is too late. */
static int await_all(int fd, struct request *r)
{
	uint64_t start = now_ms(), count;

	while (r->got < r->count) {
		if (r->source == COHBUF_EVENTS_INTERRUPT && cohbuf_post(fd, 1))
			return -1;
		if (cohbuf_wait(fd, time_left(r, start), &count))
			return -1;
		r->got += count;
	}
	return 0;
}

static int wait_on(const char *name, struct request *r)
{
	bool posted = r->source == COHBUF_EVENTS_POSTED;
	struct target target;
	int error = 0, fd;

	if (!target_open(&target, name, posted ? O_RDONLY : O_RDWR))
		return STATUS_FAILED;
	fd = target_events(&target, r->source);
	if (fd >= 0) {
		error = await_all(fd, r) ? errno : 0;
		close(fd);
	}
	target_close(&target);
	if (fd < 0)
		return STATUS_FAILED;

	printf("%" PRIu64 "\n", r->got);
	if (error == ETIMEDOUT)
		complain("%" PRIu64 " of %" PRIu64 " came on \"%s\" in %" PRIu64 " ms: give a longer --timeout, or none",
			 r->got, r->count, target.name, r->timeout);
	else if (error)
		complain("waiting for \"%s\": %s: %s", target.name, strerror(error),
			 cohbuf_remedy());
	return flush_output(error ? STATUS_FAILED : STATUS_OK);
}

static const struct option options[] = {
	{ "interrupt", no_argument, NULL, OPT_INTERRUPT },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	OPTIONS_OF_ALL
};

static bool take_timeout(const struct command *command, struct request *r)
{
	if (!parse_number(command, "--timeout", optarg, INT_MAX, &r->timeout))
		return false;
	if (!r->timeout)
		misused(command, "--timeout 0 is no time: give milliseconds, or leave it out");
	return r->timeout;
}

static int run_wait(const struct command *command, int argc, char **argv)
{
	struct request r = { .source = COHBUF_EVENTS_POSTED, .count = 1 };
	bool good = true;
	int option, status;

	while (good && (option = next_option(command, argc, argv, options, &status)) != -1) {
		switch (option) {
		case OPT_INTERRUPT:
			r.source = COHBUF_EVENTS_INTERRUPT;
			break;
		case OPT_COUNT:
			good = take_count(command, &r.count);
			break;
		case OPT_TIMEOUT:
			good = take_timeout(command, &r);
			break;
		default:
			return status;
		}
	}
	if (!good || !arguments_are(command, argc, 1, 1))
		return STATUS_USAGE;
	return wait_on(argv[optind], &r);
}

const struct command command_wait = {
	.name = "wait",
	.summary = "wait for events, or for the device's interrupt",
	.help = help,
	.run = run_wait,
};
