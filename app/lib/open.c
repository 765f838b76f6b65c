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

/* A file that was sent can be anybody's, and answer the call with anything, or with nothing. */
static bool is_of_a_buffer(const struct cohbuf_info *info)
{
	return info->name[0] && memchr(info->name, '\0', sizeof(info->name)) && info->size &&
	       !(info->size % sysconf(_SC_PAGESIZE));
}

/* Takes the file over where it is a buffer's. Returns 0 or an errno. */
static int take_over(int fd, struct cohbuf_buffer **taken)
{
	struct cohbuf_buffer *buffer = calloc(1, sizeof(*buffer));
	int error = 0;

	if (!buffer)
		return ENOMEM;
	buffer->fd = fd;
	if (ioctl(fd, COHBUF_IOC_INFO, &buffer->info))
		error = errno;
	else if (!is_of_a_buffer(&buffer->info))
		error = ENOTTY;
	if (error)
		free(buffer);
	else
		*taken = buffer;
	return error;
}

/* One that was just made, by a path or out of a pool: nobody else has it. Returns 0 or an errno. */
static int take_over_new(int fd, struct cohbuf_buffer **taken)
{
	int error = take_over(fd, taken);

	if (error)
		close(fd);
	return error;
}

/* Returns 0 or an errno. */
static int open_named(const char *name, int flags, struct cohbuf_buffer **buffer)
{
	char path[PATH_MAX], found[COHBUF_NAME_SIZE];
	int error = cohbuf_path(name, path, sizeof(path));
	int fd;

	/* Other devices may not like to be opened: look whose it is first. */
	if (!error)
		error = cohbuf_look_up(name, found);
	if (error)
		return error;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? errno : take_over_new(fd, buffer);
}

/* Both of the bits are a mode of Linux by which nothing but ioctl() is allowed. */
static bool are_flags(int flags)
{
	return !(flags & ~(O_ACCMODE | O_CLOEXEC | O_NONBLOCK)) &&
	       (flags & O_ACCMODE) != (O_WRONLY | O_RDWR);
}

struct cohbuf_buffer *cohbuf_open(const char *name, int flags)
{
	struct cohbuf_buffer *buffer = NULL;
	int before = errno, error;

	if (!are_flags(flags)) {
		cohbuf_fail(EINVAL, "give O_RDONLY, O_WRONLY or O_RDWR",
			    "cannot open \"%.200s\" with the flags 0x%x", name, flags);
		return NULL;
	}
	error = open_named(name, flags, &buffer);
	errno = before;
	if (error)
		cohbuf_fail(error, cohbuf_remedy_of_name(name, error), "cannot open \"%.200s\"",
			    name);
	return buffer;
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

static const char *remedy_of_file(int error)
{
	switch (error) {
	case EBADF:
		return "give a file that is open";
	case ENOTTY:
		return "it is no cohbuf buffer: give the file of one, which cohbuf_fd() has";
	default:
		return cohbuf_remedy_of_open(error);
	}
}

struct cohbuf_buffer *cohbuf_open_fd(int fd)
{
	struct cohbuf_buffer *buffer = NULL;
	int before = errno, error = take_over(fd, &buffer);

	errno = before;
	if (error)
		cohbuf_fail(error, remedy_of_file(error), "cannot take over the file %d", fd);
	return buffer;
}

/* What was to be a pool cannot make a buffer, and there are several ways to come to that. */
static const char *remedy_of_no_pool(const struct cohbuf_buffer *buffer)
{
	if (cohbuf_is_pool(buffer))
		return "the loaded driver is another one than this library knows: install the driver that came with it";
	if (buffer->info.flags & COHBUF_INFO_POOLED)
		return "it is a buffer, and no pool: take the next one from the pool that it is of";
	return "it is a buffer, and no pool: add cohbuf,pool to its node; where that has it, the loaded driver is too old for pools: install the driver that came with this";
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
		return remedy_of_no_pool(pool);
	default:
		return cohbuf_remedy_of_call(pool, error);
	}
}

struct cohbuf_buffer *cohbuf_alloc(const struct cohbuf_buffer *pool, uint64_t size)
{
	struct cohbuf_alloc alloc = { .size = size, .flags = O_CLOEXEC };
	struct cohbuf_buffer *buffer = NULL;
	char called[COHBUF_CALLED_SIZE];
	int before = errno, error;

	if (ioctl(pool->fd, COHBUF_IOC_ALLOC, &alloc))
		error = errno;
	else
		error = take_over_new(alloc.fd, &buffer);
	errno = before;
	if (error)
		cohbuf_fail(error, remedy_of_alloc(pool, error),
			    "cannot make a buffer of %" PRIu64 " bytes out of %s", size,
			    cohbuf_called(pool, called));
	return buffer;
}

void cohbuf_close(struct cohbuf_buffer *buffer)
{
	int before = errno;

	if (!buffer)
		return;
	close(buffer->fd);
	free(buffer);
	errno = before;
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
