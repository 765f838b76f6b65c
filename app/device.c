// SPDX-License-Identifier: GPL-2.0-only
/*
 * The platform device of a buffer; see device.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
 * buffer_attr_u64() - read an attribute that is a number
 * @name: name of the buffer below /dev
 * @attr: name of the attribute
 * @value: filled in; decimal, or hexadecimal after "0x"
 *
 * Return: 0, or -1 with errno as cohbuf_attribute(); EINVAL if it is no number.
 */
int buffer_attr_u64(const char *name, const char *attr, uint64_t *value)
{
	char text[64];
	char *end;

	if (cohbuf_attribute(name, attr, text, sizeof(text)))
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
