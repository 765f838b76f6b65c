// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of the ABI as they are, which the library has in other clothes; see abi.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "abi.h"

/**
 * buffer_open() - open a buffer
 * @name: its name below /dev, or a path
 * @flags: of open(2)
 *
 * Return: the file, or -1 with the errno of open(2).
 */
int buffer_open(const char *name, int flags)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/dev/", name);

	errno = ENAMETOOLONG;
	if (len < 0 || len >= PATH_MAX)
		return -1;
	return open(path, flags | O_CLOEXEC);
}

/**
 * buffer_info() - what an open buffer is
 * @fd: the file, open in any mode
 * @info: filled in
 *
 * Return: 0, or -1 with errno: ENODEV after the unbind, ENOTTY if @fd is no buffer.
 */
int buffer_info(int fd, struct cohbuf_info *info)
{
	return ioctl(fd, COHBUF_IOC_INFO, info);
}

/**
 * buffer_sync() - hand a range of an open buffer over, to the CPU or to the device
 * @fd: the file; open for writing, unless the data goes to the device only
 * @sync: the range, and whose it is from now on
 *
 * Return: 0, or -1 with errno: ENOTTY if the driver is older than this.
 */
int buffer_sync(int fd, const struct cohbuf_sync *sync)
{
	return ioctl(fd, COHBUF_IOC_SYNC, sync);
}

/**
 * buffer_events() - make a file that counts events of an open buffer
 * @fd: the file of the buffer
 * @source: which events
 * @flags: O_CLOEXEC and O_NONBLOCK, or'ed, or 0
 *
 * Return: the new file, or -1 with errno: ENOTTY if the driver is older than this,
 * EOPNOTSUPP where the node has no interrupt.
 */
int buffer_events(int fd, enum cohbuf_events_source source, int flags)
{
	struct cohbuf_events events = { .source = source, .flags = flags };

	return ioctl(fd, COHBUF_IOC_EVENTS, &events) ? -1 : events.fd;
}
