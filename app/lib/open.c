// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Buffers that are opened, or made, and closed.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../driver/version.h"
#include "buffer.h"

bool cohbuf_is_pool(const struct cohbuf_buffer *buffer)
{
	return buffer->info.flags & COHBUF_INFO_POOL;
}

const char *cohbuf_called(const struct cohbuf_buffer *buffer, char called[COHBUF_CALLED_SIZE])
{
	snprintf(called, COHBUF_CALLED_SIZE, "%s\"%s\"",
		 buffer->info.flags & COHBUF_INFO_POOLED ? "a buffer of " : "", buffer->info.name);
	return called;
}

/* Takes the file over where it is a buffer's; NULL with errno, without words, where not. */
static struct cohbuf_buffer *buffer_of(int fd)
{
	struct cohbuf_buffer *buffer = malloc(sizeof(*buffer));
	int error;

	if (!buffer)
		return NULL;
	buffer->fd = fd;
	if (!ioctl(fd, COHBUF_IOC_INFO, &buffer->info))
		return buffer;
	error = errno;
	free(buffer);
	errno = error;
	return NULL;
}

static void close_quietly(int fd)
{
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
}

struct cohbuf_buffer *cohbuf_open(const char *name, int flags)
{
	struct cohbuf_buffer *buffer = NULL;
	char path[PATH_MAX], found[COHBUF_NAME_SIZE];
	int fd = -1;

	if (flags & ~(O_ACCMODE | O_CLOEXEC | O_NONBLOCK)) {
		cohbuf_fail(EINVAL, "give O_RDONLY, O_WRONLY or O_RDWR",
			    "cannot open \"%.200s\" with the flags 0x%x", name, flags);
		return NULL;
	}
	/* Other devices may not like to be opened: look whose it is first. */
	if (!cohbuf_path(name, path, sizeof(path)) && !cohbuf_look_up(name, found)) {
		fd = open(path, flags | O_CLOEXEC);
		if (fd >= 0)
			buffer = buffer_of(fd);
	}
	if (buffer)
		return buffer;
	close_quietly(fd);
	cohbuf_fail(errno, cohbuf_remedy_of_open(errno), "cannot open \"%.200s\"", name);
	return NULL;
}

struct cohbuf_buffer *cohbuf_open_node(const char *node, int flags)
{
	char name[COHBUF_NAME_SIZE], again[COHBUF_NAME_SIZE];
	struct cohbuf_buffer *buffer;

	if (cohbuf_find_node(node, name))
		return NULL;
	buffer = cohbuf_open(name, flags);
	/* It may have been bound anew in between, with another name. */
	if (buffer && (cohbuf_find_node(node, again) || strcmp(name, again))) {
		cohbuf_close(buffer);
		cohbuf_fail(ENODEV, cohbuf_remedy_of_open(ENODEV), "cannot open the node \"%.200s\"",
			    node);
		return NULL;
	}
	return buffer;
}

struct cohbuf_buffer *cohbuf_open_fd(int fd)
{
	struct cohbuf_buffer *buffer = buffer_of(fd);

	if (!buffer)
		cohbuf_fail(errno,
			    errno == EBADF ? "give a file that is open" : cohbuf_remedy_of_open(errno),
			    "cannot take over the file %d", fd);
	return buffer;
}

static const char *remedy_of_alloc(const struct cohbuf_buffer *pool, int error)
{
	switch (error) {
	case EDQUOT:
		return "the buffers of the pool would be more than its quota: close some, \"cohbuf info\" shows who has them; or raise its cohbuf,size";
	case ENOMEM:
		return "so much memory is not free, or is above the limit of the program's memory cgroup: ask for less";
	case ENOSPC:
		return "so much memory is free, but not in one piece: ask for smaller buffers";
	case EINVAL:
		return "give a size of at least 1 byte";
	case ENOTTY:
		return "it is a buffer, and no pool: its node has no cohbuf,pool";
	default:
		return cohbuf_remedy_of_call(pool, error);
	}
}

struct cohbuf_buffer *cohbuf_alloc(const struct cohbuf_buffer *pool, uint64_t size)
{
	struct cohbuf_alloc alloc = { .size = size, .flags = O_CLOEXEC };
	struct cohbuf_buffer *buffer = NULL;
	char called[COHBUF_CALLED_SIZE];

	if (!ioctl(pool->fd, COHBUF_IOC_ALLOC, &alloc)) {
		buffer = buffer_of(alloc.fd);
		if (!buffer)
			close_quietly(alloc.fd);
	}
	if (!buffer)
		cohbuf_fail(errno, remedy_of_alloc(pool, errno),
			    "cannot make a buffer of %" PRIu64 " bytes out of %s", size,
			    cohbuf_called(pool, called));
	return buffer;
}

void cohbuf_close(struct cohbuf_buffer *buffer)
{
	if (!buffer)
		return;
	close_quietly(buffer->fd);
	free(buffer);
}

int cohbuf_fd(const struct cohbuf_buffer *buffer)
{
	return buffer->fd;
}

const struct cohbuf_info *cohbuf_info(const struct cohbuf_buffer *buffer)
{
	return &buffer->info;
}

uint64_t cohbuf_size(const struct cohbuf_buffer *buffer)
{
	return buffer->info.size;
}

int cohbuf_check(const struct cohbuf_buffer *buffer)
{
	char called[COHBUF_CALLED_SIZE];
	struct cohbuf_info info;

	if (!ioctl(buffer->fd, COHBUF_IOC_INFO, &info))
		return 0;
	return cohbuf_fail(errno, cohbuf_remedy_of_call(buffer, errno), "%s is not there",
			   cohbuf_called(buffer, called));
}

const char *cohbuf_version(void)
{
	return COHBUF_VERSION;
}
