// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has buffers of a pool; see holders.h. A buffer that only a mapping or a dma-buf
 * keeps has no file to be found by.
 */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device.h"
#include "holders.h"

/* Files that were seen of one process: two numbers may be one buffer. */
struct seen {
	ino_t *inodes;
	unsigned int count;
};

static bool is_new(struct seen *seen, ino_t inode)
{
	ino_t *more;

	for (unsigned int i = 0; i < seen->count; i++)
		if (seen->inodes[i] == inode)
			return false;
	more = realloc(seen->inodes, (seen->count + 1) * sizeof(*more));
	if (!more)
		return false;
	seen->inodes = more;
	more[seen->count++] = inode;
	return true;
}

/* Bytes of the buffer, or 0 where the file is of something else. */
static uint64_t size_of_file(unsigned int pid, const char *fd, const char *pool)
{
	char path[64], line[128], name[COHBUF_NAME_SIZE + 24] = "";
	unsigned long long size = 0;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%.16s", pid, fd);
	info = fopen(path, "r");
	while (info && fgets(line, sizeof(line), info)) {
		if (sscanf(line, "cohbuf-name: %55s", name) != 1 &&
		    sscanf(line, "cohbuf-size: %llu", &size) != 1)
			continue;
	}
	if (info)
		fclose(info);
	return !strncmp(name, pool, strlen(pool)) && name[strlen(pool)] == '.' ? size : 0;
}

/* By the name of the file first, which is faster to get than what is in it. */
static bool may_be_of(const char *pool, const char *folder, const char *fd)
{
	char path[PATH_MAX], target[COHBUF_NAME_SIZE + 2] = "";

	snprintf(path, sizeof(path), "%s/%s", folder, fd);
	return readlink(path, target, sizeof(target) - 1) > 0 && target[0] == '/' &&
	       !strncmp(target + 1, pool, strlen(pool));
}

static void look_into(struct holder *holder, const char *pool)
{
	char folder[64], path[PATH_MAX];
	struct seen seen = {};
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	snprintf(folder, sizeof(folder), "/proc/%u/fd", holder->pid);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		uint64_t size;

		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !may_be_of(pool, folder, entry->d_name))
			continue;
		size = size_of_file(holder->pid, entry->d_name, pool);
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (!size || stat(path, &st) || !is_new(&seen, st.st_ino))
			continue;
		holder->buffers++;
		holder->bytes += size;
	}
	if (dir)
		closedir(dir);
	free(seen.inodes);

	snprintf(path, sizeof(path), "/proc/%u/comm", holder->pid);
	if (file_read_line(path, holder->command, sizeof(holder->command)))
		strcpy(holder->command, "?");
	/* It may be any bytes, and goes to a terminal. */
	for (char *c = holder->command; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
}

int holders_of(const char *pool, struct holder **holders)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int count = 0;

	*holders = NULL;
	while (dir && (entry = readdir(dir))) {
		struct holder holder = { .pid = strtoul(entry->d_name, NULL, 10) };
		void *more;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		look_into(&holder, pool);
		if (!holder.buffers)
			continue;
		more = realloc(*holders, (count + 1) * sizeof(**holders));
		if (!more)
			break;
		*holders = more;
		(*holders)[count++] = holder;
	}
	if (dir)
		closedir(dir);
	return count;
}
