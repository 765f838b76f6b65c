// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers that are made by configfs; see items.h.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "items.h"

#define MOUNT "/sys/kernel/config"

void need_items(void)
{
	int file = open_module("cohbuf_configfs");

	if (file < 0 && access(ITEMS, F_OK))
		SKIP("the kernel has no configfs (CONFIG_CONFIGFS_FS)");
	close(file);
	/* Where it is part of the kernel there is no such module. */
	if (load_module("configfs"))
		ASSERT_TRUE(errno == EEXIST || errno == ENOENT);
	if (mount("configfs", MOUNT, "configfs", 0, NULL))
		ASSERT_EQ(errno, EBUSY);
	if (file >= 0 && load_module("cohbuf_configfs"))
		ASSERT_EQ(errno, EEXIST);
	ASSERT_OK(access(ITEMS, F_OK));
}

static const char *path_of(const char *item, const char *attr)
{
	static _Thread_local char path[PATH_MAX];

	snprintf(path, sizeof(path), ITEMS "/%s%s%s", item, *attr ? "/" : "", attr);
	return path;
}

int item_make(const char *item)
{
	return mkdir(path_of(item, ""), 0755);
}

int item_remove(const char *item)
{
	return rmdir(path_of(item, ""));
}

int item_write_bytes(const char *item, const char *attr, const void *bytes, size_t size)
{
	return file_write_bytes(path_of(item, attr), bytes, size);
}

int item_write(const char *item, const char *attr, const char *value)
{
	return file_write(path_of(item, attr), value);
}

const char *item_read(const char *item, const char *attr)
{
	static _Thread_local char value[8192];
	int fd = ASSERT_OK(open(path_of(item, attr), O_RDONLY | O_CLOEXEC));
	ssize_t len = ASSERT_OK(read(fd, value, sizeof(value) - 1));

	close(fd);
	ASSERT_TRUE(len && value[len - 1] == '\n');
	value[len - 1] = '\0';
	return value;
}

void item_device(const char *item, char device[DEVICE_NAME_SIZE])
{
	snprintf(device, DEVICE_NAME_SIZE, "%s", item_read(item, "dev_name"));
}

void item_make_of(const char *item, const char *const *words)
{
	ASSERT_OK(item_make(item));
	for (; *words; words += 2)
		ASSERT_OK(item_write(item, words[0], words[1]));
}

int item_open(const char *item)
{
	char device[DEVICE_NAME_SIZE], name[COHBUF_NAME_SIZE];

	ASSERT_OK(item_write(item, "live", "1\n"));
	EXPECT_STREQ(item_read(item, "live"), "1");
	item_device(item, device);
	EXPECT_TRUE(device_is_bound(device));
	ASSERT_OK(device_buffer(device, name));
	return ASSERT_OK(buffer_open(name, O_RDWR));
}

void expect_item_refused(const char *item, const char *wanted)
{
	char device[DEVICE_NAME_SIZE], path[PATH_MAX];
	int log = klog_open(SEEK_END);
	struct klog said;

	item_device(item, device);
	EXPECT_ERRNO(item_write(item, "live", "1"), ENXIO);
	said = klog_read(log, device, wanted);
	expect_refusal(&said, wanted);
	close(log);
	EXPECT_STREQ(item_read(item, "live"), "0");
	snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s", device);
	EXPECT_ERRNO(access(path, F_OK), ENOENT);
}

/* The module is there only where a test has loaded it: then this costs one system call. */
static void remove_items(const void *arg __attribute__((unused)))
{
	DIR *items = opendir(ITEMS);
	struct dirent *entry;

	if (!items)
		return;
	while ((entry = readdir(items)))
		if (entry->d_name[0] != '.')
			EXPECT_OK(item_remove(entry->d_name));
	closedir(items);
	/* It may be a part of the kernel. */
	if (!access("/sys/module/cohbuf_configfs/refcnt", F_OK))
		EXPECT_OK(unload_module("cohbuf_configfs"));
}

static void __attribute__((constructor)) items_init(void)
{
	harness_add_teardown(remove_items);
}
