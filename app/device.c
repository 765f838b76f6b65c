// SPDX-License-Identifier: GPL-2.0-only
/*
 * A buffer as a program sees it; see device.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device.h"

#define CLASS_DIR	"/sys/class/cohbuf"
#define BUS_DIR		"/sys/bus/platform"
#define DRIVER_DIR	BUS_DIR "/drivers/cohbuf"

/* snprintf() into a fixed buffer, where a cut result would be a wrong name. */
#define format(to, size, ...) \
	format_fits(snprintf(to, size, __VA_ARGS__), size)

static int format_fits(int len, size_t size)
{
	if (len >= 0 && (size_t)len < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/**
 * file_read_line() - read the first line of a small file
 * @path: the file
 * @line: where to; gets no newline, and is cut if it does not fit
 * @size: room in @line, not zero
 *
 * Return: 0, or -1 with the errno of open(2) or read(2).
 */
int file_read_line(const char *path, char *line, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;
	int error;

	if (fd < 0)
		return -1;
	len = read(fd, line, size - 1);
	error = errno;
	close(fd);
	errno = error;
	if (len < 0)
		return -1;

	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

/**
 * file_write_bytes() - write to a file that exists, in one call
 * @path: the file
 * @bytes: what
 * @size: how many
 *
 * Return: 0, or -1 with the errno of open(2) or write(2); EIO if not all of it
 * was written.
 */
int file_write_bytes(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len;
	int error;

	if (fd < 0)
		return -1;
	len = write(fd, bytes, size);
	error = len < 0 ? errno : EIO;
	close(fd);
	if (len >= 0 && (size_t)len == size)
		return 0;
	errno = error;
	return -1;
}

/**
 * file_write() - write a text to a file that exists, in one call
 * @path: the file
 * @text: the text
 *
 * Return: as file_write_bytes().
 */
int file_write(const char *path, const char *text)
{
	return file_write_bytes(path, text, strlen(text));
}

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

	if (format(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/dev/", name))
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

/**
 * buffer_attr() - read an attribute of a buffer
 * @name: name of the buffer below /dev
 * @attr: name of the attribute
 * @value: where to; gets no newline
 * @size: room in @value
 *
 * Return: 0, or -1 with errno: ENOENT where there is no such buffer or attribute,
 * EACCES where it is not for this user, ENODEV where the unbind came in between.
 */
int buffer_attr(const char *name, const char *attr, char *value, size_t size)
{
	char path[PATH_MAX];

	if (format(path, sizeof(path), CLASS_DIR "/%s/%s", name, attr))
		return -1;
	return file_read_line(path, value, size);
}

/**
 * buffer_attr_u64() - read an attribute that is a number
 * @name: name of the buffer below /dev
 * @attr: name of the attribute
 * @value: filled in; decimal, or hexadecimal after "0x"
 *
 * Return: 0, or -1 with errno as buffer_attr(); EINVAL if it is no number.
 */
int buffer_attr_u64(const char *name, const char *attr, uint64_t *value)
{
	char text[64];
	char *end;

	if (buffer_attr(name, attr, text, sizeof(text)))
		return -1;
	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno)
		return -1;
	if (end == text || *end) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/**
 * file_link_name() - what a symbolic link of sysfs points to
 * @path: the link
 * @name: filled in with the last part of its target
 * @size: room in @name
 *
 * Return: 0, or -1 with the errno of readlink(2).
 */
int file_link_name(const char *path, char *name, size_t size)
{
	char target[PATH_MAX];
	const char *last;
	ssize_t len;

	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -1;
	target[len] = '\0';
	last = strrchr(target, '/');
	return format(name, size, "%s", last ? last + 1 : target);
}

/**
 * buffer_find() - which buffer a node below /dev is, without opening it
 * @node: name of a node below /dev, or a path
 * @name: filled in with the buffer's name
 *
 * Return: 0, or -1 with errno: ENOENT where there is no such node, ENOTTY where it
 * is none of a buffer, ENODEV where its device is gone.
 */
int buffer_find(const char *node, char name[COHBUF_NAME_SIZE])
{
	char path[PATH_MAX], class[COHBUF_NAME_SIZE];
	struct stat status;

	if (format(path, sizeof(path), "%s%s", strchr(node, '/') ? "" : "/dev/", node) ||
	    stat(path, &status))
		return -1;
	errno = ENOTTY;
	if (!S_ISCHR(status.st_mode))
		return -1;
	format(path, sizeof(path), "/sys/dev/char/%u:%u/subsystem",
	       major(status.st_rdev), minor(status.st_rdev));
	if (file_link_name(path, class, sizeof(class))) {
		errno = errno == ENOENT ? ENODEV : errno;
		return -1;
	}
	errno = ENOTTY;
	if (strcmp(class, "cohbuf"))
		return -1;
	format(path, sizeof(path), "/sys/dev/char/%u:%u", major(status.st_rdev),
	       minor(status.st_rdev));
	return file_link_name(path, name, COHBUF_NAME_SIZE);
}

/**
 * buffer_device() - the platform device of a buffer
 * @name: name of the buffer below /dev
 * @device: filled in with the name, such as "soc:buffer-plain"
 *
 * Return: 0, or -1 with errno: ENOENT where there is no such buffer.
 */
int buffer_device(const char *name, char device[DEVICE_NAME_SIZE])
{
	char path[PATH_MAX];

	if (format(path, sizeof(path), CLASS_DIR "/%s/device", name))
		return -1;
	return file_link_name(path, device, DEVICE_NAME_SIZE);
}

/* A node below a bus gives "BUS:NODE", or "ADDRESS.NODE" if it has a "reg". */
static bool device_is_of_node(const char *device, const char *node)
{
	const char *tail = device + strlen(device) - strlen(node);

	if (tail < device || strcmp(tail, node))
		return false;
	return tail == device || tail[-1] == ':' || tail[-1] == '.';
}

/**
 * device_find() - the platform device of a devicetree node
 * @node: name of the node
 * @device: filled in with the name, such as "soc:buffer-plain"
 *
 * Return: 0, or -1 with errno: ENOENT where there is none.
 */
int device_find(const char *node, char device[DEVICE_NAME_SIZE])
{
	struct dirent *entry;
	char path[PATH_MAX];
	int ret = -1;
	DIR *dir;

	/* A node at the top without a "reg" gives its name to its device. */
	if (!format(path, sizeof(path), BUS_DIR "/devices/%s", node) &&
	    !access(path, F_OK))
		return format(device, DEVICE_NAME_SIZE, "%s", node);

	dir = opendir(BUS_DIR "/devices");
	if (!dir)
		return -1;
	errno = ENOENT;
	while (ret && (entry = readdir(dir)))
		if (device_is_of_node(entry->d_name, node))
			ret = format(device, DEVICE_NAME_SIZE, "%s", entry->d_name);
	closedir(dir);
	return ret;
}

/**
 * device_buffer() - the buffer of a platform device
 * @device: name of the platform device
 * @name: filled in with the name below /dev
 *
 * Return: 0, or -1 with errno: ENOENT where it has none.
 */
int device_buffer(const char *device, char name[COHBUF_NAME_SIZE])
{
	char path[PATH_MAX];
	struct dirent *entry;
	int ret = -1;
	DIR *dir;

	if (format(path, sizeof(path), BUS_DIR "/devices/%s/cohbuf", device))
		return -1;
	dir = opendir(path);
	if (!dir)
		return -1;
	errno = ENOENT;
	while (ret && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			ret = format(name, COHBUF_NAME_SIZE, "%s", entry->d_name);
	closedir(dir);
	return ret;
}

/**
 * device_is_bound() - is a platform device bound to the driver?
 * @device: name of the platform device
 *
 * Return: true if it is.
 */
bool device_is_bound(const char *device)
{
	char path[PATH_MAX];

	return !format(path, sizeof(path), DRIVER_DIR "/%s", device) &&
	       !access(path, F_OK);
}

/**
 * device_bind() - bind a platform device to the driver
 * @device: name of the platform device
 *
 * Return: 0, or -1 with errno: ENOENT if the module is not loaded, ENODEV if there
 * is no such device, EBUSY if it is bound (before 5.11: ENODEV), or what the
 * driver's probe gave; the kernel's log has a line then.
 */
int device_bind(const char *device)
{
	return file_write(DRIVER_DIR "/bind", device);
}

/**
 * device_unbind() - unbind a platform device from the driver
 * @device: name of the platform device
 *
 * Return: 0, or -1 with errno: ENOENT if the module is not loaded, ENODEV if the
 * device is not bound.
 */
int device_unbind(const char *device)
{
	return file_write(DRIVER_DIR "/unbind", device);
}
