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

/* snprintf() into a fixed buffer, where a cut result would be a wrong name. */
#define format(to, size, ...) \
	fits(snprintf(to, size, __VA_ARGS__), size)

static int fits(int len, size_t size)
{
	if (len >= 0 && (size_t)len < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int cohbuf_path(const char *name, char *path, size_t size)
{
	return format(path, size, "%s%s", strchr(name, '/') ? "" : "/dev/", name);
}

/* The last part of what a link of sysfs points to. */
static int link_name(const char *path, char *name, size_t size)
{
	char target[PATH_MAX];
	const char *last;
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	if (len < 0)
		return -1;
	target[len] = '\0';
	last = strrchr(target, '/');
	return format(name, size, "%s", last ? last + 1 : target);
}

int cohbuf_look_up(const char *name, char found[COHBUF_NAME_SIZE])
{
	char path[PATH_MAX], device[64], class[COHBUF_NAME_SIZE];
	struct stat status;

	if (cohbuf_path(name, path, sizeof(path)) || stat(path, &status))
		return -1;
	errno = ENOTTY;
	if (!S_ISCHR(status.st_mode))
		return -1;
	snprintf(device, sizeof(device), "/sys/dev/char/%u:%u", major(status.st_rdev),
		 minor(status.st_rdev));
	snprintf(path, sizeof(path), "%s/subsystem", device);
	if (link_name(path, class, sizeof(class))) {
		errno = errno == ENOENT ? ENODEV : errno;
		return -1;
	}
	errno = ENOTTY;
	if (strcmp(class, "cohbuf"))
		return -1;
	return link_name(device, found, COHBUF_NAME_SIZE);
}

int cohbuf_find(const char *path, char name[COHBUF_NAME_SIZE])
{
	if (!cohbuf_look_up(path, name))
		return 0;
	return cohbuf_fail(errno, cohbuf_remedy_of_open(errno), "cannot find \"%.200s\"", path);
}

static int compare_names(const void *one, const void *other)
{
	return strcmp(one, other);
}

/* What the folder has, in its order, which is any; returns how many, or -1. */
static int read_names(DIR *dir, char (**names)[COHBUF_NAME_SIZE])
{
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(dir))) {
		void *more;

		if (entry->d_name[0] == '.')
			continue;
		more = realloc(*names, (count + 1) * sizeof(**names));
		if (!more)
			return -1;
		*names = more;
		count += !format((*names)[count], sizeof(**names), "%s", entry->d_name);
	}
	return count;
}

int cohbuf_names(char (**names)[COHBUF_NAME_SIZE])
{
	DIR *dir = opendir(CLASS_DIR);
	int count;

	*names = NULL;
	if (!dir)
		return cohbuf_fail(errno,
				   errno == ENOENT ? "load the driver: modprobe cohbuf" :
						     cohbuf_remedy_of_open(errno),
				   "cannot list the buffers in " CLASS_DIR);
	count = read_names(dir, names);
	closedir(dir);
	if (count < 0) {
		free(*names);
		*names = NULL;
		return cohbuf_fail(ENOMEM, cohbuf_remedy_of_open(ENOMEM),
				   "cannot list the buffers in " CLASS_DIR);
	}
	if (count)
		qsort(*names, count, sizeof(**names), compare_names);
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

static int find_node(const char *node, char name[COHBUF_NAME_SIZE])
{
	char path[PATH_MAX], real[PATH_MAX];
	struct dirent *entry;
	int ret = -1;
	DIR *dir;

	errno = EINVAL;
	if (node[0] != '/' || format(path, sizeof(path), DT_BASE "%s", node) ||
	    !realpath(path, real))
		return -1;
	dir = opendir(CLASS_DIR);
	if (!dir) {
		/* Where the driver is not loaded the node has none either. */
		errno = errno == ENOENT ? ENODEV : errno;
		return -1;
	}
	while (ret && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && is_of_node(entry->d_name, real))
			ret = format(name, COHBUF_NAME_SIZE, "%s", entry->d_name);
	closedir(dir);
	if (ret)
		errno = ENODEV;
	return ret;
}

int cohbuf_find_node(const char *node, char name[COHBUF_NAME_SIZE])
{
	if (!find_node(node, name))
		return 0;
	return cohbuf_fail(errno, remedy_of_node(errno), "cannot find the node \"%.200s\"", node);
}

static const char *remedy_of_attribute(int error)
{
	switch (error) {
	case ENOENT:
		return "there is no such buffer, or it has no such attribute: look below " CLASS_DIR;
	case EPERM:
		return "besides being root, who reads it needs CAP_SYS_RAWIO";
	case EINVAL:
		return "give room for at least one byte";
	default:
		return cohbuf_remedy_of_open(error);
	}
}

int cohbuf_attribute(const char *name, const char *attribute, char *value, size_t size)
{
	char path[PATH_MAX];
	ssize_t len = -1;
	int fd, error;

	errno = EINVAL;
	if (size && !format(path, sizeof(path), CLASS_DIR "/%s/%s", name, attribute)) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			len = read(fd, value, size - 1);
			error = errno;
			close(fd);
			errno = error;
		}
	}
	if (len < 0)
		return cohbuf_fail(errno,
				   remedy_of_attribute(errno),
				   "cannot read the attribute \"%.100s\" of \"%.100s\"", attribute, name);
	value[len] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return 0;
}
