// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohbuf sync: hand a range over from the command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "handover.h"

static const char help[] =
	"Usage: cohbuf sync NAME --for-cpu|--for-device [OPTION]...\n"
	"Hand a range of the buffer NAME over, to the CPU or to the device. Memory that\n"
	"the CPU caches and the device does not snoop needs it (\"cohbuf info\" prints its\n"
	"cache line); on all other memory, and on registers, it is a barrier.\n"
	"\n"
	"Let ranges begin and end with a cache line; where one does not, what its\n"
	"neighbours can lose is said on standard error. What comes from the device takes\n"
	"the right to write to the buffer, and takes from other programs what they wrote\n"
	"there and did not hand over.\n"
	"\n"
	"  --for-cpu             the CPU works on it next: the device has finished\n"
	"  --for-device          the device works on it next: the CPU has finished\n"
	"  --direction to-device|from-device|both\n"
	"                        which way the data goes; default: to-device with\n"
	"                        --for-device, from-device with --for-cpu\n"
	"  --offset BYTES        where to start (0); decimal, 0x..., or with K, M or G\n"
	"  --length BYTES        how many (up to the end)\n";

/**
 * struct request - what the user asked for
 * @range: of which bytes
 * @owner: the option that said it; 0: none did
 * @direction: which way the data goes
 * @has_direction: the user gave it
 */
struct request {
	struct range range;
	int owner;
	enum cohbuf_sync_direction direction;
	bool has_direction;
};

static const struct {
	const char *name;
	enum cohbuf_sync_direction direction;
} directions[] = {
	{ "to-device", COHBUF_SYNC_TO_DEVICE },
	{ "from-device", COHBUF_SYNC_FROM_DEVICE },
	{ "both", COHBUF_SYNC_BIDIRECTIONAL },
};

/* A line that is half of the range is handed over as a whole. */
static void warn_of_neighbours(const struct target *target, const struct range *range)
{
	uint64_t line = target->info.cache_line;
	uint64_t end = range->offset + range->length;
	uint64_t first = line ? range->offset / line * line : 0;
	uint64_t last = line ? (end + line - 1) / line * line : 0;

	if (!line || (first == range->offset && last == end))
		return;
	complain("warning: the range does not begin and end with a cache line of %" PRIu64 " bytes: what the device wrote beside it, in the same line, may be lost, written over with what the CPU has of it: give --offset 0x%" PRIx64 " --length 0x%" PRIx64,
		 line, first, last - first);
}

static int sync_range(const struct target *target, const struct request *r)
{
	enum cohbuf_sync_owner owner = r->owner == OPT_FOR_CPU ? COHBUF_SYNC_FOR_CPU :
								 COHBUF_SYNC_FOR_DEVICE;

	warn_of_neighbours(target, &r->range);
	return handover_range(target, &r->range, r->direction, owner) ? STATUS_OK : STATUS_FAILED;
}

static int sync_buffer(const char *name, struct request *r)
{
	bool only_to_device = r->direction == COHBUF_SYNC_TO_DEVICE;
	int status = STATUS_FAILED;
	struct target target;

	if (!target_open(&target, name, only_to_device ? O_RDONLY : O_RDWR))
		return STATUS_FAILED;
	if (target_range(&target, &r->range))
		status = sync_range(&target, r);
	target_close(&target);
	return status;
}

static bool take_owner(const struct command *command, int option, struct request *r)
{
	if (r->owner && r->owner != option) {
		misused(command, "only one of --for-cpu and --for-device can be");
		return false;
	}
	r->owner = option;
	return true;
}

static bool take_direction(const struct command *command, struct request *r)
{
	for (size_t i = 0; i < sizeof(directions) / sizeof(directions[0]); i++) {
		if (strcmp(optarg, directions[i].name))
			continue;
		r->direction = directions[i].direction;
		r->has_direction = true;
		return true;
	}
	misused(command, "--direction \"%s\" is none: write to-device, from-device or both",
		optarg);
	return false;
}

static const struct option options[] = {
	{ "for-cpu", no_argument, NULL, OPT_FOR_CPU },
	{ "for-device", no_argument, NULL, OPT_FOR_DEVICE },
	{ "direction", required_argument, NULL, OPT_DIRECTION },
	OPTIONS_OF_RANGE,
	OPTIONS_OF_ALL
};

static int run_sync(const struct command *command, int argc, char **argv)
{
	struct request r = {};
	bool good = true;
	int option, status;

	while (good && (option = next_option(command, argc, argv, options, &status)) != -1) {
		switch (option) {
		case OPT_FOR_CPU:
		case OPT_FOR_DEVICE:
			good = take_owner(command, option, &r);
			break;
		case OPT_DIRECTION:
			good = take_direction(command, &r);
			break;
		case OPT_OFFSET:
		case OPT_LENGTH:
			good = take_range(command, option, &r.range);
			break;
		default:
			return status;
		}
	}
	if (!good || !arguments_are(command, argc, 1, 1))
		return STATUS_USAGE;
	if (!r.owner)
		return misused(command, "whose it is next is missing: give --for-cpu or --for-device");
	if (!r.has_direction)
		r.direction = r.owner == OPT_FOR_CPU ? COHBUF_SYNC_FROM_DEVICE :
						       COHBUF_SYNC_TO_DEVICE;
	return sync_buffer(argv[optind], &r);
}

const struct command command_sync = {
	.name = "sync",
	.summary = "hand a range over to the CPU or to the device",
	.help = help,
	.run = run_sync,
};
