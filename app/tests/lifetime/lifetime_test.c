// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind while a program has the buffer mapped: a touch is SIGBUS from then on, in
 * whatever became of the mapping, and the next owner finds a new buffer. Calls are
 * in unbound_test.c, what happens at the same time is in race_test.c.
 */
#include <fcntl.h>
#include <stdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define RW	(PROT_READ | PROT_WRITE)

static void expect_revoked(unsigned char *map, size_t size)
{
	const size_t places[] = { 0, size / 2, size - 1 };
	unsigned char byte;

	for (size_t i = 0; i < 3; i++) {
		EXPECT_SIGNAL(touch_read(map + places[i], &byte), SIGBUS);
		EXPECT_SIGNAL(touch_write(map + places[i], 1), SIGBUS);
	}
}

static void expect_alive(unsigned char *map, size_t size)
{
	unsigned char byte;

	ASSERT_SIGNAL(touch_write(map, 1), 0);
	ASSERT_SIGNAL(touch_write(map + size - 1, 1), 0);
	ASSERT_SIGNAL(touch_read(map, &byte), 0);
}

/* The story of this file: a program has the buffer mapped, and its device goes away. */
TEST_EACH(lifetime, touch_after_unbind_is_sigbus, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = ASSERT_MAP(mmap(NULL, b->size, RW, MAP_SHARED, fd, 0));
	unsigned char byte;

	/* While it is bound the program may touch its first and its last byte ... */
	ASSERT_SIGNAL(touch_write(map, 1), 0);
	ASSERT_SIGNAL(touch_write(map + b->size - 1, 1), 0);
	ASSERT_SIGNAL(touch_read(map, &byte), 0);

	/* ... then somebody writes the device's name into the driver's "unbind" ... */
	unbind_buffer(b);

	/* ... and no touch gets through: not one that reads, not one that writes. */
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	EXPECT_SIGNAL(touch_write(map, 1), SIGBUS);
	EXPECT_SIGNAL(touch_read(map + b->size / 2, &byte), SIGBUS);
	EXPECT_SIGNAL(touch_write(map + b->size / 2, 1), SIGBUS);
	EXPECT_SIGNAL(touch_read(map + b->size - 1, &byte), SIGBUS);
	EXPECT_SIGNAL(touch_write(map + b->size - 1, 1), SIGBUS);
}

TEST_EACH(lifetime, every_page_is_sigbus_after_unbind, named_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	unsigned char byte;

	unbind_buffer(b);
	for (size_t at = 0; at < b->size; at += PAGE)
		EXPECT_SIGNAL(touch_read(map + at, &byte), SIGBUS);
}

TEST_EACH(lifetime, touch_after_unbind_and_bind_is_sigbus, all_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));

	expect_alive(map, b->size);
	/* The new buffer has the old one's name, and perhaps its pages: not this mapping. */
	unbind_buffer(b);
	bind_buffer(b);
	expect_revoked(map, b->size);
}

TEST_EACH(lifetime, mapping_whose_file_is_closed_is_revoked, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);

	/* A mapping holds its file open, so this changes nothing. */
	close(fd);
	expect_alive(map, b->size);

	unbind_buffer(b);
	expect_revoked(map, b->size);
}

TEST_EACH(lifetime, every_mapping_of_every_file_is_revoked, all_buffers)
{
	int first = open_buffer(b, O_RDWR), second = open_buffer(b, O_RDWR);
	unsigned char *maps[] = {
		map_buffer(b, first), map_buffer(b, first), map_buffer(b, second),
		ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED, second, b->size - PAGE))
	};

	/* One unbind takes them all, whichever file they are of and whatever part they show. */
	unbind_buffer(b);
	for (size_t i = 0; i < 3; i++)
		expect_revoked(maps[i], b->size);
	expect_revoked(maps[3], PAGE);
}

TEST_EACH(lifetime, mapping_for_reading_only_is_revoked, all_buffers)
{
	unsigned char *map = ASSERT_MAP(mmap(NULL, b->size, PROT_READ, MAP_SHARED,
					     open_buffer(b, O_RDONLY), 0));
	unsigned char byte;

	ASSERT_SIGNAL(touch_read(map, &byte), 0);
	unbind_buffer(b);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	EXPECT_SIGNAL(touch_read(map + b->size - 1, &byte), SIGBUS);
}

/* Who waits in read() for "go" and then touches. */
static pid_t fork_toucher(unsigned char *map, size_t size, int go[2])
{
	pid_t pid;
	char c;

	ASSERT_OK(pipe(go));
	pid = harness_fork();
	if (!pid) {
		close(go[1]);
		EXPECT_EQ(read(go[0], &c, 1), 0);
		expect_revoked(map, size);
		_exit(0);
	}
	close(go[0]);
	return pid;
}

TEST_EACH(lifetime, mapping_of_a_forked_child_is_revoked, all_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	int go[2];
	pid_t pid = fork_toucher(map, b->size, go);

	unbind_buffer(b);
	close(go[1]);
	harness_join(pid);
	expect_revoked(map, b->size);
}

TEST_EACH(lifetime, mapping_of_a_child_whose_parent_unmapped_is_revoked, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);
	int go[2];
	pid_t pid = fork_toucher(map, b->size, go);

	ASSERT_OK(munmap(map, b->size));
	close(fd);
	unbind_buffer(b);
	close(go[1]);
	harness_join(pid);
}

TEST_EACH(lifetime, moved_mapping_is_revoked, all_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	void *room = ASSERT_MAP(mmap(NULL, b->size, PROT_NONE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	map = ASSERT_MAP(mremap(map, b->size, b->size, MREMAP_MAYMOVE | MREMAP_FIXED,
				room));
	expect_alive(map, b->size);
	unbind_buffer(b);
	expect_revoked(map, b->size);
}

TEST_EACH(lifetime, revoked_mapping_can_be_moved_and_stays_revoked, all_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	void *room = ASSERT_MAP(mmap(NULL, b->size, PROT_NONE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	unbind_buffer(b);
	map = ASSERT_MAP(mremap(map, b->size, b->size, MREMAP_MAYMOVE | MREMAP_FIXED,
				room));
	expect_revoked(map, b->size);
	EXPECT_OK(munmap(map, b->size));
}

TEST_EACH(lifetime, partly_unmapped_mapping_is_revoked, large_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	unsigned char byte;

	ASSERT_OK(munmap(map, PAGE));
	ASSERT_OK(munmap(map + 4 * PAGE, PAGE));
	ASSERT_OK(munmap(map + b->size - PAGE, PAGE));
	unbind_buffer(b);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGSEGV);
	expect_revoked(map + PAGE, 3 * PAGE);
	EXPECT_SIGNAL(touch_read(map + 4 * PAGE, &byte), SIGSEGV);
	expect_revoked(map + 5 * PAGE, b->size - 6 * PAGE);
}

TEST_EACH(lifetime, mapping_with_changed_protection_is_revoked, all_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));

	ASSERT_OK(mprotect(map, b->size, PROT_NONE));
	unbind_buffer(b);
	ASSERT_OK(mprotect(map, b->size, RW));
	expect_revoked(map, b->size);
}

TEST_EACH(lifetime, calls_with_a_revoked_pointer_are_efault, all_buffers)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	int zeros = ASSERT_OK(open("/dev/zero", O_RDONLY)), pipefd[2];

	ASSERT_OK(pipe(pipefd));
	unbind_buffer(b);
	EXPECT_ERRNO(read(zeros, map, 1), EFAULT);
	EXPECT_ERRNO(write(pipefd[1], map, 1), EFAULT);
}

/* An inode of its own, hence a list of mappings of its own. */
static int open_second_node(const struct test_buffer *b, const char *path)
{
	char number[32];
	unsigned int maj, min;
	int fields, fd;

	ASSERT_OK(cohbuf_attribute(name_of(b), "dev", number, sizeof(number)));
	fields = sscanf(number, "%u:%u", &maj, &min);
	ASSERT_EQ(fields, 2);
	unlink(path);
	ASSERT_OK(mknod(path, S_IFCHR | 0600, makedev(maj, min)));
	fd = open(path, O_RDWR | O_CLOEXEC);
	return ASSERT_OK(fd);
}

TEST_EACH(lifetime, mapping_of_a_second_node_is_revoked, all_buffers)
{
	const char *path = "/dev/lifetime_test";
	unsigned char *first = map_buffer(b, open_buffer(b, O_RDWR));
	unsigned char *second = map_buffer(b, open_second_node(b, path));
	unsigned char byte = 0;

	first[0] = 0x42;
	EXPECT_SIGNAL(touch_read(second, &byte), 0);
	EXPECT_EQ(byte, 0x42);
	unbind_buffer(b);
	expect_revoked(first, b->size);
	expect_revoked(second, b->size);

	/* The node is still there; what it stood for is not. */
	EXPECT_ERRNO(open(path, O_RDWR), ENXIO);
	unlink(path);
}

/* To a buffer that has moved on, an old node does not lead. */
TEST(lifetime, second_node_of_an_open_buffer_is_enodev_after_rebind)
{
	const char *path = "/dev/lifetime_test";
	int fd = open_second_node(&plain, path);

	renew_buffer(&plain);
	EXPECT_ERRNO(open(path, O_RDWR), ENXIO);
	close(fd);
	unlink(path);
}

TEST_EACH(lifetime, old_file_stays_enodev_after_rebind, all_buffers)
{
	unsigned char byte = 0xa5;
	int fd = open_buffer(b, O_RDWR), new_fd;

	renew_buffer(b);
	EXPECT_EQ(files_of(b), 0);
	new_fd = open_buffer(b, O_RDWR);
	EXPECT_ERRNO(pread(fd, &byte, 1, 0), ENODEV);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), ENODEV);

	EXPECT_EQ(pwrite(new_fd, "x", 1, 1), 1);
	EXPECT_EQ(pread(new_fd, &byte, 1, 1), 1);
	EXPECT_EQ(byte, 'x');
	expect_alive(map_buffer(b, new_fd), b->size);
	EXPECT_EQ(close(fd), 0);
	EXPECT_EQ(files_of(b), 1);
}

TEST_EACH(lifetime, old_data_is_gone_after_rebind, named_buffers)
{
	unsigned char *wanted = new_bytes(b->size, 0);

	for (int i = 0; i < 3; i++) {
		int fd = open_buffer(b, O_RDWR);

		fill_pattern(map_buffer(b, fd), 0, b->size, i);
		renew_buffer(b);
		if (b->initial_data)
			strcpy((char *)wanted, b->initial_data);
		EXPECT_BYTES(map_buffer(b, open_buffer(b, O_RDWR)), wanted, b->size);
	}
}

/* A hundred that mapped on their own and a hundred that inherited it. */
TEST_EACH_LIMIT(lifetime, two_hundred_processes_are_revoked_at_once, large_buffers, 120)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
	pid_t pids[200];
	const unsigned int count = harness_rounds(sizeof(pids) / sizeof(*pids));
	int ready[2], go[2];
	char c;

	ASSERT_OK(pipe(ready));
	ASSERT_OK(pipe(go));
	for (unsigned int i = 0; i < count; i++) {
		pids[i] = harness_fork();
		if (pids[i])
			continue;
		if (i % 2)
			map = map_buffer(b, open_buffer(b, O_RDWR));
		ASSERT_SIGNAL(touch_write(map, i), 0);
		close(go[1]);
		ASSERT_EQ(write(ready[1], "r", 1), 1);
		ASSERT_EQ(read(go[0], &c, 1), 0);
		expect_revoked(map, b->size);
		_exit(0);
	}
	for (unsigned int i = 0; i < count; i++)
		ASSERT_EQ(read(ready[0], &c, 1), 1);
	EXPECT_EQ(mappings_of(b), 1 + count + count / 2);
	unbind_buffer(b);
	close(go[1]);
	for (unsigned int i = 0; i < count; i++)
		harness_join(pids[i]);
}
