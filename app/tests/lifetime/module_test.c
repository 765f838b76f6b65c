// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unloading the module: refused while anybody has a buffer, else all is gone, and
 * all is back after loading it again. Of a driver that is built in, its version only.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../driver/version.h"
#include "tests/harness/buffers.h"

TEST_EACH(module, is_not_unloaded_while_a_file_is_open, all_buffers)
{
	int fd = open_buffer(b, O_RDONLY);
	struct cohbuf_info info;

	need_module();
	EXPECT_ERRNO_IN(unload_module("cohbuf"), EWOULDBLOCK, EBUSY);
	EXPECT_OK(buffer_info(fd, &info));
}

TEST_EACH(module, is_not_unloaded_while_a_buffer_is_mapped, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);

	need_module();
	close(fd);
	EXPECT_ERRNO_IN(unload_module("cohbuf"), EWOULDBLOCK, EBUSY);
	EXPECT_SIGNAL(touch_write(map, 1), 0);
}

TEST(module, is_not_unloaded_while_a_child_has_a_buffer_mapped)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *map = map_buffer(&plain, fd);
	int go[2];
	pid_t pid;
	char c;

	need_module();
	ASSERT_OK(pipe(go));
	pid = harness_fork();
	if (!pid) {
		close(go[1]);
		close(fd);
		EXPECT_EQ(read(go[0], &c, 1), 0);
		EXPECT_SIGNAL(touch_write(map, 1), 0);
		_exit(0);
	}
	munmap(map, plain.size);
	close(fd);
	EXPECT_ERRNO_IN(unload_module("cohbuf"), EWOULDBLOCK, EBUSY);
	close(go[1]);
	harness_join(pid);
}

/* The functions behind an old file must stay, though its device is gone. */
TEST_EACH(module, is_not_unloaded_while_a_file_of_an_unbound_device_is_open, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);
	unsigned char byte;

	need_module();
	unbind_buffer(b);
	EXPECT_ERRNO_IN(unload_module("cohbuf"), EWOULDBLOCK, EBUSY);
	EXPECT_ERRNO(pread(fd, &byte, 1, 0), ENODEV);
	close(fd);
	EXPECT_ERRNO_IN(unload_module("cohbuf"), EWOULDBLOCK, EBUSY);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	munmap(map, b->size);
	EXPECT_OK(unload_module("cohbuf"));
}

/* Names of all nodes in /dev that have the driver's major number are gone. */
TEST(module, unloading_removes_every_trace)
{
	unsigned int major = 0, seen = 0;
	char line[128], name[64];
	FILE *devices;

	need_module();
	for (size_t i = 0; all_buffers[i]; i++)
		ASSERT_OK(close(open_buffer(all_buffers[i], O_RDWR)));

	ASSERT_OK(unload_module("cohbuf"));
	EXPECT_TRUE(!module_is_loaded());
	EXPECT_ERRNO(access("/sys/class/cohbuf", F_OK), ENOENT);
	EXPECT_ERRNO(access("/sys/bus/platform/drivers/cohbuf", F_OK), ENOENT);
	EXPECT_ERRNO(access("/sys/kernel/tracing/events/cohbuf", F_OK), ENOENT);
	for (size_t i = 0; named_buffers[i]; i++)
		EXPECT_ERRNO(buffer_open(named_buffers[i]->name, O_RDONLY), ENOENT);

	devices = fopen("/proc/devices", "r");
	ASSERT_TRUE(devices);
	while (fgets(line, sizeof(line), devices))
		if (sscanf(line, "%u %63s", &major, name) == 2 && !strcmp(name, "cohbuf"))
			seen++;
	fclose(devices);
	EXPECT_EQ(seen, 0);
}

TEST(module, loading_again_restores_every_buffer)
{
	need_module();
	reload_driver();
	for (size_t i = 0; all_buffers[i]; i++) {
		const struct test_buffer *b = all_buffers[i];
		unsigned char *wanted = new_bytes(b->size, 0);

		if (b->initial_data)
			strcpy((char *)wanted, b->initial_data);
		EXPECT_BYTES(map_buffer(b, open_buffer(b, O_RDWR)), wanted, b->size);
	}
}

TEST(module, states_the_version_of_this_tree)
{
	char version[32];

	ASSERT_OK(file_read_line("/sys/module/cohbuf/version", version, sizeof(version)));
	EXPECT_STREQ(version, COHBUF_VERSION);
}

TEST(module, loading_twice_is_eexist)
{
	need_module();
	EXPECT_ERRNO(load_module("cohbuf"), EEXIST);
}

TEST_LIMIT(module, twenty_reloads_work, 240)
{
	need_module();
	for (unsigned int i = 0; i < harness_rounds(20); i++)
		reload_driver();
	for (size_t i = 0; all_buffers[i]; i++)
		EXPECT_OK(close(open_buffer(all_buffers[i], O_RDWR)));
}

#define LOADERS		3
#define UNLOADS		20

/* Each of these may come too early or too late, and none of them breaks anything. */
static void load_until_told(int stop)
{
	struct pollfd pfd = { .fd = stop };

	while (!poll(&pfd, 1, 0))
		if (load_module("cohbuf"))
			EXPECT_TRUE(errno == EEXIST || errno == EBUSY);
}

TEST_LIMIT(module, loading_by_three_beside_unloading, 240)
{
	unsigned int unloaded = 0;
	int stop[2];
	pid_t pids[LOADERS];

	need_module();
	ASSERT_OK(pipe(stop));
	for (int i = 0; i < LOADERS; i++) {
		pids[i] = harness_fork();
		if (!pids[i]) {
			close(stop[1]);
			load_until_told(stop[0]);
			_exit(0);
		}
	}
	while (unloaded < harness_rounds(UNLOADS)) {
		if (!unload_module("cohbuf"))
			unloaded++;
		else
			EXPECT_TRUE(errno == ENOENT || errno == EWOULDBLOCK || errno == EBUSY);
	}
	close(stop[1]);
	for (int i = 0; i < LOADERS; i++)
		harness_join(pids[i]);
	EXPECT_TRUE(!load_module("cohbuf") || errno == EEXIST);
	for (size_t i = 0; all_buffers[i]; i++)
		EXPECT_OK(ensure_bound(all_buffers[i]));
}
