// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Ranges of a buffer read and written by calls, and handed over.
 */
#include <errno.h>
#include <inttypes.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "buffer.h"

/* Returns 0 or an errno. */
static int check_range(const struct cohbuf_buffer *buffer, uint64_t offset, size_t length)
{
	if (cohbuf_is_pool(buffer))
		return ENOTTY;
	return offset > buffer->info.size || length > buffer->info.size - offset ? ENXIO : 0;
}

static const char *remedy_of_access(const struct cohbuf_buffer *buffer, int error)
{
	if (error == EINVAL && buffer->info.memory == COHBUF_MEMORY_REGISTERS)
		return "each call is one access of registers: 1, 2, 4 or 8 bytes at a multiple of it, and a width that the device knows (reg-io-width)";
	return cohbuf_remedy_of_call(buffer, error);
}

/* What was moved of @length bytes: is there more to do? Of registers that is another access. */
static int check_part(const struct cohbuf_buffer *buffer, ssize_t part, size_t length)
{
	if (part < 0)
		return errno;
	if (!part || ((size_t)part < length && buffer->info.memory == COHBUF_MEMORY_REGISTERS))
		return EIO;
	return 0;
}

static int read_all(const struct cohbuf_buffer *buffer, char *to, uint64_t offset, size_t length)
{
	int error = check_range(buffer, offset, length);

	while (!error && length) {
		ssize_t len = pread(buffer->fd, to, length, offset);

		if (len < 0 && errno == EINTR)
			continue;
		error = check_part(buffer, len, length);
		to += len;
		offset += len;
		length -= len;
	}
	return error;
}

static int write_all(const struct cohbuf_buffer *buffer, const char *from, uint64_t offset,
		     size_t length)
{
	int error = check_range(buffer, offset, length);

	while (!error && length) {
		ssize_t len = pwrite(buffer->fd, from, length, offset);

		if (len < 0 && errno == EINTR)
			continue;
		error = check_part(buffer, len, length);
		from += len;
		offset += len;
		length -= len;
	}
	return error;
}

int cohbuf_read(const struct cohbuf_buffer *buffer, void *to, uint64_t offset, size_t length)
{
	int before = errno, error = read_all(buffer, to, offset, length);
	char called[COHBUF_CALLED_SIZE];

	/* A signal may have been in between. */
	errno = before;
	if (!error)
		return 0;
	return cohbuf_fail(error, remedy_of_access(buffer, error),
			   "cannot read %zu bytes from offset 0x%" PRIx64 " of %s", length, offset,
			   cohbuf_called(buffer, called));
}

int cohbuf_write(const struct cohbuf_buffer *buffer, const void *from, uint64_t offset,
		 size_t length)
{
	int before = errno, error = write_all(buffer, from, offset, length);
	char called[COHBUF_CALLED_SIZE];

	/* A signal may have been in between. */
	errno = before;
	if (!error)
		return 0;
	return cohbuf_fail(error, remedy_of_access(buffer, error),
			   "cannot write %zu bytes to offset 0x%" PRIx64 " of %s", length, offset,
			   cohbuf_called(buffer, called));
}

static const char *remedy_of_sync(const struct cohbuf_buffer *buffer, int error)
{
	switch (error) {
	case EBADF:
		return "what comes from the device takes a file that is open for writing";
	case EINVAL:
		return "give a length of at least 1 byte, and a direction";
	default:
		return cohbuf_remedy_of_call(buffer, error);
	}
}

static int hand_over(const struct cohbuf_buffer *buffer, uint64_t offset, uint64_t length,
		     enum cohbuf_sync_direction direction, enum cohbuf_sync_owner owner)
{
	const struct cohbuf_sync sync = {
		.offset = offset,
		.length = length,
		.direction = direction,
		.owner = owner,
	};
	char called[COHBUF_CALLED_SIZE];

	if (!ioctl(buffer->fd, COHBUF_IOC_SYNC, &sync))
		return 0;
	return cohbuf_fail(errno, remedy_of_sync(buffer, errno),
			   "handing over %" PRIu64 " bytes from offset 0x%" PRIx64 " of %s", length,
			   offset, cohbuf_called(buffer, called));
}

int cohbuf_sync_for_device(const struct cohbuf_buffer *buffer, uint64_t offset, uint64_t length,
			   enum cohbuf_sync_direction direction)
{
	return hand_over(buffer, offset, length, direction, COHBUF_SYNC_FOR_DEVICE);
}

int cohbuf_sync_for_cpu(const struct cohbuf_buffer *buffer, uint64_t offset, uint64_t length,
			enum cohbuf_sync_direction direction)
{
	return hand_over(buffer, offset, length, direction, COHBUF_SYNC_FOR_CPU);
}
