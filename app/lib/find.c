// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Buffers found without opening them: by name, by file, by devicetree node.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "buffer.h"

#define CLASS_DIR "/sys/class/cohbuf"
#define DT_BASE "/sys/firmware/devicetree/base"

/* snprintf() into a fixed buffer, where a cut result would be a wrong name. 0 or an errno. */
#define format(to, size, ...) \
	fits(snprintf(to, size, __VA_ARGS__), size)

static int fits(int len, size_t size)
{
	return len >= 0 && (size_t)len < size ? 0 : ENAMETOOLONG;
}

int cohbuf_path(const char *name, char *path, size_t size)
{
	return format(path, size, "%s%s", strchr(name, '/') ? "" : "/dev/", name);
}

/* The last part of what a link of a device's points to. Without the link the device is gone. */
static int link_name(const char *path, char *name, size_t size)
{
	char target[PATH_MAX];
	const char *last;
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	if (len < 0)
		return errno == ENOENT ? ENODEV : errno;
	target[len] = '\0';
	last = strrchr(target, '/');
	return format(name, size, "%s", last ? last + 1 : target);
}

int cohbuf_look_up(const char *name, char found[COHBUF_NAME_SIZE])
{
	char path[PATH_MAX], device[64], class[NAME_MAX + 1];
	int error = cohbuf_path(name, path, sizeof(path));
	struct stat status;

	if (error)
		return error;
	if (stat(path, &status))
		return errno;
	if (!S_ISCHR(status.st_mode))
		return ENOTTY;
	snprintf(device, sizeof(device), "/sys/dev/char/%u:%u", major(status.st_rdev),
		 minor(status.st_rdev));
	snprintf(path, sizeof(path), "%s/subsystem", device);
	error = link_name(path, class, sizeof(class));
	if (error)
		return error;
	if (strcmp(class, "cohbuf"))
		return ENOTTY;
	return link_name(device, found, COHBUF_NAME_SIZE);
}

int cohbuf_find(const char *path, char name[COHBUF_NAME_SIZE])
{
	int before = errno, error = cohbuf_look_up(path, name);

	errno = before;
	if (!error)
		return 0;
	return cohbuf_fail(error, cohbuf_remedy_of_name(path, error), "cannot find \"%.200s\"",
			   path);
}

/* The next name in the folder; NULL at its end, with errno 0, and where it cannot be read. */
static const char *next_name(DIR *dir)
{
	struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(dir);
	} while (entry && entry->d_name[0] == '.');
	return entry ? entry->d_name : NULL;
}

static int compare_names(const void *one, const void *other)
{
	return strcmp(one, other);
}

/* What the folder has, in its order, which is any. Returns 0 or an errno. */
static int read_names(DIR *dir, char (**names)[COHBUF_NAME_SIZE], int *count)
{
	const char *name;

	while ((name = next_name(dir))) {
		void *more = realloc(*names, (*count + 1) * sizeof(**names));

		if (!more)
			return ENOMEM;
		*names = more;
		*count += !format((*names)[*count], sizeof(**names), "%s", name);
	}
	return errno;
}

/* Returns 0 or an errno, and then no names. */
static int all_names(char (**names)[COHBUF_NAME_SIZE], int *count)
{
	DIR *dir = opendir(CLASS_DIR);
	int error;

	if (!dir)
		return errno;
	error = read_names(dir, names, count);
	closedir(dir);
	if (error || !*count) {
		free(*names);
		*names = NULL;
	}
	return error;
}

int cohbuf_names(char (**names)[COHBUF_NAME_SIZE])
{
	int before = errno, count = 0, error;

	*names = NULL;
	error = all_names(names, &count);
	errno = before;
	if (error)
		return cohbuf_fail(error,
				   error == ENOENT ? "load the driver: modprobe cohbuf" :
						     cohbuf_remedy_of_open(error),
				   "cannot list the buffers in " CLASS_DIR);
	if (count)
		qsort(*names, count, sizeof(**names), compare_names);
	errno = before;
	return count;
}

static const char *remedy_of_node(int error)
{
	switch (error) {
	case EINVAL:
		return "give its whole path, such as \"/soc/frames\"";
	case ENODEV:
		return "the node has no buffer: \"cohbuf doctor\" says why";
	case ENOENT:
		return "the kernel's devicetree has no such node: look below " DT_BASE;
	default:
		return cohbuf_remedy_of_open(error);
	}
}

/* Where both lead, as any part of a path can be a link. */
static bool is_of_node(const char *name, const char *node)
{
	char path[PATH_MAX], real[PATH_MAX];

	snprintf(path, sizeof(path), CLASS_DIR "/%s/device/of_node", name);
	return realpath(path, real) && !strcmp(real, node);
}

/* Returns 0 or an errno. */
static int find_node(const char *node, char name[COHBUF_NAME_SIZE])
{
	char path[PATH_MAX], real[PATH_MAX];
	const char *entry;
	int error;
	DIR *dir;

	if (node[0] != '/')
		return EINVAL;
	error = format(path, sizeof(path), DT_BASE "%s", node);
	if (error)
		return error;
	if (!realpath(path, real))
		return errno;
	dir = opendir(CLASS_DIR);
	if (!dir)
		/* Where the driver is not loaded the node has none either. */
		return errno == ENOENT ? ENODEV : errno;
	do
		entry = next_name(dir);
	while (entry && !is_of_node(entry, real));
	if (entry)
		error = format(name, COHBUF_NAME_SIZE, "%s", entry);
	else
		error = errno ? errno : ENODEV;
	closedir(dir);
	return error;
}

int cohbuf_find_node(const char *node, char name[COHBUF_NAME_SIZE])
{
	int before = errno, error = find_node(node, name);

	errno = before;
	if (!error)
		return 0;
	return cohbuf_fail(error, remedy_of_node(error), "cannot find the node \"%.200s\"", node);
}

static const char *remedy_of_attribute(int error)
{
	switch (error) {
	case ENOENT:
		return "there is no such buffer, or it has no such attribute: look below " CLASS_DIR;
	case EACCES:
		return "run this as root, who alone may read it";
	case EPERM:
		return "besides being root, who reads it needs CAP_SYS_RAWIO";
	case EINVAL:
		return "give room for at least one byte";
	default:
		return cohbuf_remedy_of_open(error);
	}
}

/* No way to another folder. */
static bool is_name(const char *name)
{
	return name[0] && !strchr(name, '/') && strcmp(name, ".") && strcmp(name, "..");
}

/* Returns 0 or an errno. */
static int read_attribute(const char *name, const char *attribute, char *value, size_t size)
{
	char path[PATH_MAX];
	int fd, error;
	ssize_t len;

	if (!size)
		return EINVAL;
	if (!is_name(name) || !is_name(attribute))
		return ENOENT;
	error = format(path, sizeof(path), CLASS_DIR "/%s/%s", name, attribute);
	if (error)
		return error;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	len = read(fd, value, size - 1);
	error = len < 0 ? errno : 0;
	close(fd);
	/* Folders are beside the attributes, and are none. */
	if (error)
		return error == EISDIR ? ENOENT : error;
	value[len] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return 0;
}

int cohbuf_attribute(const char *name, const char *attribute, char *value, size_t size)
{
	int before = errno, error = read_attribute(name, attribute, value, size);

	errno = before;
	if (!error)
		return 0;
	return cohbuf_fail(error, remedy_of_attribute(error),
			   "cannot read the attribute \"%.100s\" of \"%.100s\"", attribute, name);
}
