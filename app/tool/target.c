// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffer that a subcommand works on; see target.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "target.h"

const char *remedy_of_open(int error)
{
	switch (error) {
	case ENOENT:
		return "\"cohbuf list\" shows the buffers that there are, \"cohbuf doctor\" why one is missing";
	case EACCES:
	case EPERM:
		return "run this as root, or join the group that a udev rule gives the device to";
	case ENODEV:
	case ENXIO:
		return "the device was unbound from its driver: bind it again below /sys/bus/platform/drivers/cohbuf";
	case ENOTTY:
		return "it is no cohbuf buffer: another driver has this name; change the node's label";
	default:
		return "see open(2)";
	}
}

const char *remedy_of_call(int error)
{
	switch (error) {
	case ENODEV:
		return "the device was unbound from its driver meanwhile: bind it again and start over";
	case ENOSPC:
		return "that is the end of the buffer: give an --offset and a --length inside it";
	default:
		return "\"dmesg | grep cohbuf\" may have more";
	}
}

bool target_open(struct target *target, const char *name, int flags)
{
	/* Other devices may not like to be opened: look whose it is first. */
	if (buffer_find(name, target->name)) {
		complain("cannot open \"%s\": %s: %s", name, strerror(errno),
			 remedy_of_open(errno));
		return false;
	}
	target->fd = buffer_open(name, flags);
	if (target->fd < 0 || buffer_info(target->fd, &target->info)) {
		complain("cannot open \"%s\": %s: %s", name, strerror(errno),
			 remedy_of_open(errno));
		if (target->fd >= 0)
			close(target->fd);
		return false;
	}
	if (target->info.flags & COHBUF_INFO_POOL) {
		complain("\"%s\" is a pool, and has no bytes of its own: programs take buffers from it, by COHBUF_IOC_ALLOC (docs/abi.md); \"cohbuf info %s\" shows who has some",
			 target->name, target->name);
		close(target->fd);
		return false;
	}
	target->size = target->info.size;
	target->writable = (flags & O_ACCMODE) != O_RDONLY;
	return true;
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
	both.fd = buffer_open(name, O_RDWR);
	both.writable = true;
	if (both.fd < 0) {
		complain("\"%s\" cannot be opened for writing: %s: without that the CPU may read what its caches have, not what a device wrote since: %s",
			 name, strerror(errno), remedy_of_open(errno));
		return true;
	}
	close(target->fd);
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

int target_read(const struct target *target, void *to, uint64_t offset, size_t length)
{
	while (length) {
		ssize_t len = pread(target->fd, to, length, offset);

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0) {
			errno = len ? errno : EIO;
			return -1;
		}
		to = (char *)to + len;
		offset += len;
		length -= len;
	}
	return 0;
}

int target_write(const struct target *target, const void *from, uint64_t offset,
		 size_t length, size_t *done)
{
	size_t written = 0;
	int ret = 0;

	while (written < length) {
		ssize_t len = pwrite(target->fd, (const char *)from + written,
				     length - written, offset + written);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0) {
			ret = -1;
			break;
		}
		written += len;
	}
	if (done)
		*done = written;
	return ret;
}
