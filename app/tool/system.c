// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the doctor asks the system; see system.h.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"
#include "dt.h"
#include "kmsg.h"
#include "system.h"

#define DEFERRED	"/sys/kernel/debug/devices_deferred"

bool system_has_module(void)
{
	/* Also where it is built in. */
	return !access("/sys/bus/platform/drivers/cohbuf", F_OK);
}

bool system_meminfo(const char *field, uint64_t *kib)
{
	FILE *file = fopen("/proc/meminfo", "re");
	size_t len = strlen(field);
	bool found = false;
	char line[128];

	while (file && !found && fgets(line, sizeof(line), file)) {
		found = !strncmp(line, field, len) && line[len] == ':';
		if (found)
			*kib = strtoull(line + len + 1, NULL, 10);
	}
	if (file)
		fclose(file);
	return found;
}

int system_last_message(const char *device, char *message, size_t size)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int found = 0, more;
	struct kmsg line;

	if (fd < 0)
		return -1;
	while ((more = kmsg_next(fd, device, &line)) > 0) {
		snprintf(message, size, "%s", line.text);
		found = 1;
	}
	close(fd);
	return found ? found : more;
}

bool system_shows_deferred(void)
{
	return !access(DEFERRED, R_OK);
}

bool system_deferred(const char *device, char *reason, size_t size)
{
	FILE *file = fopen(DEFERRED, "re");
	char path[PATH_MAX], line[512], waits[8];
	size_t len = strlen(device);
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strncmp(line, device, len) && (!line[len] || line[len] == '\t');
		if (found)
			snprintf(reason, size, "%s", line[len] ? line + len + 1 : "");
	}
	if (file)
		fclose(file);
	if (found)
		return true;
	reason[0] = '\0';
	snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s/waiting_for_supplier", device);
	return !file_read_line(path, waits, sizeof(waits)) && waits[0] == '1';
}

/* The files are compared: reading where each link leads takes many times as long. */
static bool find_on_bus(const char *bus, const struct stat *node, char *path, size_t size)
{
	char devices[64], link[PATH_MAX + 16];
	struct dirent *entry;
	struct stat of_node;
	bool done = false;
	DIR *dir;

	snprintf(devices, sizeof(devices), "/sys/bus/%s/devices", bus);
	dir = opendir(devices);
	while (dir && !done && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, size, "%s/%s", devices, entry->d_name);
		snprintf(link, sizeof(link), "%s/of_node", path);
		done = !stat(link, &of_node) && of_node.st_dev == node->st_dev &&
		       of_node.st_ino == node->st_ino;
	}
	if (dir)
		closedir(dir);
	return done;
}

void system_device_of(const char *node, char *path, size_t size)
{
	char file[sizeof(DT_BASE) + DT_PATH_SIZE];
	struct stat wanted;

	snprintf(file, sizeof(file), DT_BASE "%s", node);
	if (stat(file, &wanted) ||
	    (!find_on_bus("platform", &wanted, path, size) &&
	     !find_on_bus("amba", &wanted, path, size)))
		path[0] = '\0';
}
