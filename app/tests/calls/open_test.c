// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes: who may open them, and what an open file counts for. sysfs_test.c has
 * the attributes.
 */
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

static const int access_modes[] = { O_RDONLY, O_WRONLY, O_RDWR };

static struct stat stat_of(const struct test_buffer *b)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "/dev/%s", name_of(b));
	ASSERT_OK(stat(path, &st));
	return st;
}

TEST_EACH(open, node_is_a_character_device_of_root_0600, all_buffers)
{
	struct stat st = stat_of(b);

	EXPECT_TRUE(S_ISCHR(st.st_mode));
	EXPECT_EQ(st.st_mode & 07777, 0600);
	EXPECT_EQ(st.st_uid, 0);
	EXPECT_EQ(st.st_gid, 0);
}

TEST_EACH(open, node_has_the_number_that_sysfs_says, all_buffers)
{
	struct stat st = stat_of(b);
	char wanted[32], number[32] = "?";

	snprintf(wanted, sizeof(wanted), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
	ASSERT_OK(cohbuf_attribute(name_of(b), "dev", number, sizeof(number)));
	EXPECT_STREQ(number, wanted);
}

TEST(open, node_without_a_label_is_cohbuf_and_a_number)
{
	const char *name = NULL;
	char wanted[32];

	for (size_t i = 0; all_buffers[i]; i++)
		if (!all_buffers[i]->name)
			name = name_of(all_buffers[i]);

	ASSERT_TRUE(name);
	snprintf(wanted, sizeof(wanted), "cohbuf%d", atoi(name + strlen("cohbuf")));
	EXPECT_STREQ(name, wanted);
}

TEST_EACH(open, every_access_mode_works, all_buffers)
{
	for (size_t i = 0; i < 3; i++) {
		int fd = open_buffer(b, access_modes[i]);

		EXPECT_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, access_modes[i]);
		EXPECT_EQ(close(fd), 0);
	}
}

TEST(open, creating_and_truncating_opens_leave_the_data)
{
	unsigned char byte = 0;
	int fd = open_buffer(&plain, O_RDWR);

	ASSERT_EQ(pwrite(fd, "x", 1, 5), 1);
	open_buffer(&plain, O_RDWR | O_TRUNC);
	open_buffer(&plain, O_RDWR | O_APPEND | O_NONBLOCK);
	EXPECT_EQ(pread(fd, &byte, 1, 5), 1);
	EXPECT_EQ(byte, 'x');
	EXPECT_ERRNO(ftruncate(fd, 0), EINVAL);
}

TEST_EACH(open, unprivileged_user_gets_eacces, all_buffers)
{
	const char *name = name_of(b);

	drop_privileges();
	for (size_t i = 0; i < 3; i++)
		EXPECT_ERRNO(buffer_open(name, access_modes[i]), EACCES);
}

/* A daemon may open a buffer and hand it to a program without rights. */
TEST(open, inherited_file_serves_an_unprivileged_user_as_it_was_opened)
{
	int rdonly = open_buffer(&plain, O_RDONLY);
	int rdwr = open_buffer(&plain, O_RDWR);
	volatile unsigned char *map;
	unsigned char byte = 0xa5;
	char path[64];

	drop_privileges();
	map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, rdwr, 0));
	map[0] = 0x5a;
	EXPECT_EQ(pread(rdonly, &byte, 1, 0), 1);
	EXPECT_EQ(byte, 0x5a);

	map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, rdonly, 0));
	EXPECT_EQ(map[0], 0x5a);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, rdonly, 0),
			 EACCES);

	/* Nor does a look at /proc make more of it. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", rdonly);
	EXPECT_ERRNO(open(path, O_RDWR), EACCES);
	EXPECT_ERRNO(open(path, O_RDONLY), EACCES);
}

TEST(open, two_files_have_two_positions)
{
	int first = open_buffer(&plain, O_RDWR);
	int second = open_buffer(&plain, O_RDWR);

	EXPECT_EQ(lseek(first, 100, SEEK_SET), 100);
	EXPECT_EQ(lseek(second, 0, SEEK_CUR), 0);
	EXPECT_EQ(write(second, "abc", 3), 3);
	EXPECT_EQ(lseek(first, 0, SEEK_CUR), 100);
	EXPECT_EQ(lseek(second, 0, SEEK_CUR), 3);
}

TEST(open, duplicate_of_a_file_has_its_position)
{
	int first = open_buffer(&plain, O_RDWR);
	int second = ASSERT_OK(dup(first));

	EXPECT_EQ(lseek(first, 100, SEEK_SET), 100);
	EXPECT_EQ(lseek(second, 0, SEEK_CUR), 100);
}

TEST_EACH(open, poll_of_a_live_buffer_says_in_and_out, all_buffers)
{
	struct pollfd pfd = { .fd = open_buffer(b, O_RDWR), .events = POLLIN | POLLOUT };

	EXPECT_EQ(poll(&pfd, 1, 0), 1);
	EXPECT_EQ(pfd.revents, POLLIN | POLLOUT);

	/* Who asks for nothing waits for the unbind. */
	pfd.events = 0;
	pfd.revents = -1;
	EXPECT_EQ(poll(&pfd, 1, 0), 0);
	EXPECT_EQ(pfd.revents, 0);
}

TEST_EACH(open, files_are_counted, all_buffers)
{
	int first, second;

	EXPECT_EQ(files_of(b), 0);
	first = open_buffer(b, O_RDONLY);
	EXPECT_EQ(files_of(b), 1);
	second = open_buffer(b, O_RDWR);
	EXPECT_EQ(files_of(b), 2);

	/* The same file under another number. */
	EXPECT_OK(dup2(first, second));
	EXPECT_EQ(files_of(b), 1);
	close(first);
	EXPECT_EQ(files_of(b), 1);
	close(second);
	EXPECT_EQ(files_of(b), 0);
}

TEST(open, file_of_a_mapping_is_counted_until_it_is_unmapped)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *map = map_buffer(&plain, fd);

	close(fd);
	EXPECT_EQ(files_of(&plain), 1);
	munmap(map, plain.size);
	EXPECT_EQ(files_of(&plain), 0);
}

TEST(open, mappings_are_counted)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *map;
	pid_t pid;

	EXPECT_EQ(mappings_of(&plain), 0);
	map = map_buffer(&plain, fd);
	EXPECT_EQ(mappings_of(&plain), 1);

	pid = harness_fork();
	if (!pid) {
		EXPECT_EQ(mappings_of(&plain), 2);
		_exit(0);
	}
	harness_join(pid);
	EXPECT_EQ(mappings_of(&plain), 1);

	/* A hole makes two of one. */
	EXPECT_OK(munmap(map + PAGE, PAGE));
	EXPECT_EQ(mappings_of(&plain), 2);
	EXPECT_OK(munmap(map, plain.size));
	EXPECT_EQ(mappings_of(&plain), 0);
}

TEST(open, failed_mmap_is_not_counted)
{
	int fd = open_buffer(&plain, O_RDWR);

	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, plain.size), ENXIO);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
	EXPECT_EQ(mappings_of(&plain), 0);
	close(fd);
	EXPECT_EQ(files_of(&plain), 0);
}

TEST(open, running_out_of_files_leaves_nothing_behind)
{
	struct rlimit limit = { .rlim_cur = 40, .rlim_max = 40 };
	unsigned int opened = 0;
	int fd, last = -1;

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	while ((fd = buffer_open("plain", O_RDONLY)) >= 0) {
		last = fd;
		opened++;
	}
	EXPECT_EQ(errno, EMFILE);
	EXPECT_GT(opened, 30);

	/* Counting needs a file, too. */
	close(last);
	EXPECT_EQ(files_of(&plain), opened - 1);
	for (fd = 3; fd < 40; fd++)
		close(fd);
	EXPECT_EQ(files_of(&plain), 0);
}

/* What udev and modprobe go by to load the module when the device appears. */
TEST_EACH(open, module_has_an_alias_for_the_device, all_buffers)
{
	char device[DEVICE_NAME_SIZE], path[PATH_MAX], modalias[256] = "";
	char line[512], alias[256], module[64];
	struct utsname system;
	bool found = false;
	FILE *aliases;

	need_module();
	ASSERT_OK(buffer_device(name_of(b), device));
	snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s/modalias", device);
	ASSERT_OK(file_read_line(path, modalias, sizeof(modalias)));

	ASSERT_OK(uname(&system));
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.alias", system.release);
	aliases = fopen(path, "r");
	if (!aliases)
		SKIP("there is no %s: run depmod", path);
	while (fgets(line, sizeof(line), aliases))
		if (sscanf(line, "alias %255s %63s", alias, module) == 2 &&
		    !strcmp(module, "cohbuf") && !fnmatch(alias, modalias, 0))
			found = true;
	fclose(aliases);
	harness_check(HARNESS_HERE(false), found, "an alias of the module matches %s",
		      modalias);
}
