// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffer that a subcommand works on; see target.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "target.h"

int target_complain(void)
{
	return complain("%s", cohbuf_error());
}

bool target_open(struct target *target, const char *name, int flags)
{
	target->buffer = cohbuf_open(name, flags);
	if (!target->buffer) {
		target_complain();
		return false;
	}
	target->info = *cohbuf_info(target->buffer);
	memcpy(target->name, target->info.name, sizeof(target->name));
	if (target->info.flags & COHBUF_INFO_POOL) {
		complain("\"%s\" is a pool, and has no bytes of its own: programs take buffers from it, by cohbuf_alloc() (docs/abi.md); \"cohbuf info %s\" shows who has some",
			 target->name, target->name);
		target_close(target);
		return false;
	}
	target->size = target->info.size;
	target->writable = (flags & O_ACCMODE) != O_RDONLY;
	return true;
}

void target_close(struct target *target)
{
	cohbuf_close(target->buffer);
	target->buffer = NULL;
}

bool target_is_registers(const struct target *target)
{
	return target->info.memory == COHBUF_MEMORY_REGISTERS;
}

bool target_has_dma(const struct target *target)
{
	return target->info.dma_bits;
}

bool target_open_to_read(struct target *target, const char *name)
{
	struct target both;

	if (!target_open(target, name, O_RDONLY))
		return false;
	if (!target->info.cache_line)
		return true;

	both = *target;
	both.buffer = cohbuf_open(name, O_RDWR);
	both.writable = true;
	if (!both.buffer) {
		complain("\"%s\" cannot be opened for writing: %s: without that the CPU may read what its caches have, not what a device wrote since: %s",
			 name, strerror(errno), cohbuf_remedy());
		return true;
	}
	target_close(target);
	*target = both;
	return true;
}

bool take_range(const struct command *command, int option, struct range *range)
{
	if (option == OPT_OFFSET) {
		range->has_offset = true;
		return parse_bytes(command, "--offset", optarg, &range->offset);
	}
	range->has_length = true;
	return parse_bytes(command, "--length", optarg, &range->length);
}

bool take_range_and_arguments(const struct command *command, int argc, char **argv,
			      int arguments, struct range *range, int *status)
{
	static const struct option options[] = {
		OPTIONS_OF_RANGE,
		OPTIONS_OF_ALL
	};
	int option;

	while ((option = next_option(command, argc, argv, options, status)) != -1) {
		if (option != OPT_OFFSET && option != OPT_LENGTH)
			return false;
		*status = STATUS_USAGE;
		if (!take_range(command, option, range))
			return false;
	}
	*status = STATUS_USAGE;
	return arguments_are(command, argc, arguments, arguments);
}

bool target_range(const struct target *target, struct range *range)
{
	uint64_t room = target->size - range->offset;

	if (range->offset >= target->size) {
		complain("--offset %" PRIu64 " (0x%" PRIx64 ") is outside \"%s\", which has %" PRIu64 " (0x%" PRIx64 ") bytes: make it smaller",
			 range->offset, range->offset, target->name, target->size,
			 target->size);
		return false;
	}
	if (!range->has_length)
		range->length = room;
	if (!range->length) {
		complain("--length 0 is nothing to do: give at least 1, or leave it out for all up to the end");
		return false;
	}
	if (range->length > room) {
		complain("%" PRIu64 " (0x%" PRIx64 ") bytes from offset %" PRIu64 " (0x%" PRIx64 ") reach outside \"%s\", which has %" PRIu64 " (0x%" PRIx64 ") bytes: give a --length of at most %" PRIu64,
			 range->length, range->length, range->offset, range->offset,
			 target->name, target->size, target->size, room);
		return false;
	}
	return true;
}
