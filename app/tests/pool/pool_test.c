// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl(2): ALLOC. What a pool gives, that it can do what any buffer can, when it is free
 * again, and every request that is refused. What the unbind does is in
 * pool_unbind_test.c.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pools.h"
#include "tests/copy/copying.h"
#include "tests/dmabuf/exporting.h"
#include "tests/events/events.h"

_Static_assert(sizeof(struct cohbuf_alloc) == 0x20, "size");
_Static_assert(offsetof(struct cohbuf_alloc, size) == 0x00, "size");
_Static_assert(offsetof(struct cohbuf_alloc, flags) == 0x08, "flags");
_Static_assert(offsetof(struct cohbuf_alloc, fd) == 0x0c, "fd");
_Static_assert(offsetof(struct cohbuf_alloc, reserved) == 0x10, "reserved");
_Static_assert(COHBUF_IOC_ALLOC == 0xc020bc05, "ALLOC");

#define SIZE	(16 * PAGE)

TEST_EACH(pool, says_what_it_is, all_pools)
{
	struct cohbuf_info info;
	int fd = open_buffer(b, O_RDONLY);

	ASSERT_OK(buffer_info(fd, &info));
	EXPECT_EQ(info.size, b->size);
	EXPECT_EQ(info.memory, b->memory);
	EXPECT_STREQ(info.name, b->name);
	EXPECT_TRUE(info.flags & COHBUF_INFO_POOL);
	EXPECT_TRUE(!(info.flags & (COHBUF_INFO_POOLED | COHBUF_INFO_DMA_ADDR)));
	EXPECT_EQ(info.flags & (COHBUF_INFO_ENGINE | COHBUF_INFO_REGION), b->flags);
	EXPECT_EQ(info.dma_addr, 0);

	EXPECT_EQ(pool_attr(b, "size"), b->size);
	EXPECT_EQ(pool_attr(b, "used"), 0);
	EXPECT_EQ(pool_attr(b, "buffers"), 0);
	EXPECT_EQ(pool_attr(b, "files"), 1);
}

TEST(pool, has_the_attributes_of_a_pool)
{
	static const char *const none[] = {
		"dma_addr", "mappings", "exports", "events", "interrupts"
	};
	char value[64];

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		EXPECT_ERRNO(cohbuf_attribute("pool-coherent", none[i], value, sizeof(value)), ENOENT);
	EXPECT_ERRNO(cohbuf_attribute("plain", "used", value, sizeof(value)), ENOENT);
	EXPECT_ERRNO(cohbuf_attribute("plain", "buffers", value, sizeof(value)), ENOENT);
}

TEST_EACH(pool, makes_a_buffer_of_whole_pages_and_zeroes, all_pools)
{
	int pool = pool_open(b), fd = ASSERT_OK(pool_alloc(pool, SIZE - PAGE + 1, O_CLOEXEC));
	unsigned char *map = map_pooled(fd, SIZE), *zeroes = new_bytes(SIZE, 0);
	struct cohbuf_info info;
	struct stat st;

	ASSERT_OK(buffer_info(fd, &info));
	EXPECT_EQ(info.size, SIZE);
	EXPECT_EQ(info.memory, b->memory);
	EXPECT_STREQ(info.name, b->name);
	EXPECT_TRUE(info.flags & COHBUF_INFO_POOLED);
	EXPECT_TRUE(!(info.flags & COHBUF_INFO_POOL));
	EXPECT_EQ(!!(info.flags & COHBUF_INFO_DMA_ADDR), has_dma(b));
	ASSERT_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, SIZE);
	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	EXPECT_EQ(fcntl(ASSERT_OK(pool_alloc(pool, 1, 0)), F_GETFD), 0);
	EXPECT_BYTES(map, zeroes, SIZE);
	EXPECT_EQ(pool_attr(b, "used"), SIZE + PAGE);
	EXPECT_EQ(pool_attr(b, "buffers"), 2);
}

TEST_EACH(pool, buffer_can_what_a_named_one_can, all_pools)
{
	int fd = pool_buffer(b, SIZE);
	unsigned char *map = map_pooled(fd, SIZE), *wanted = new_pattern(0, SIZE, 1);
	unsigned char *bytes = new_bytes(SIZE, 0);
	int posted, dmabuf;

	ASSERT_EQ(pwrite(fd, wanted, SIZE, 0), SIZE);
	EXPECT_BYTES(map, wanted, SIZE);
	EXPECT_EQ(pread(fd, bytes, SIZE, 0), SIZE);
	EXPECT_BYTES(bytes, wanted, SIZE);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), SIZE);
	EXPECT_EQ(read(fd, bytes, 1), 0);
	EXPECT_ERRNO(write(fd, bytes, 1), ENOSPC);
	EXPECT_OK(hand_over(fd, 0, SIZE, COHBUF_SYNC_BIDIRECTIONAL, COHBUF_SYNC_FOR_DEVICE));
	EXPECT_ERRNO(hand_over(fd, 0, SIZE + 1, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE),
		     ENXIO);
	EXPECT_OK(fsync(fd));
	EXPECT_MAP_ERRNO(mmap(NULL, SIZE + PAGE, PROT_READ, MAP_SHARED, fd, 0), ENXIO);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
	EXPECT_MAP_ERRNO(mremap(map, SIZE, SIZE + PAGE, MREMAP_MAYMOVE), EFAULT);

	posted = events_of(fd, POSTED, O_CLOEXEC);
	post(posted, 3);
	EXPECT_EQ(take(posted), 3);

	if (!has_dma(b)) {
		EXPECT_ERRNO(export_range(fd, 0, PAGE, O_RDWR), EOPNOTSUPP);
		return;
	}
	dmabuf = ASSERT_OK(export_range(fd, PAGE, PAGE, O_RDWR));
	EXPECT_BYTES(map_pooled(dmabuf, PAGE), wanted + PAGE, PAGE);
}

/* Whoever has it: a file, a copy of that, a mapping, a dma-buf. */
TEST_EACH(pool, memory_is_free_again_with_its_last_user, all_pools)
{
	int fd = pool_buffer(b, SIZE), other = dup(fd);
	unsigned char *map = map_pooled(fd, SIZE);
	int dmabuf = has_dma(b) ? ASSERT_OK(export_range(fd, 0, PAGE, O_RDONLY)) : -1;

	EXPECT_EQ(close(fd), 0);
	map[0] = 1;
	EXPECT_EQ(munmap(map, SIZE), 0);
	EXPECT_EQ(pool_attr(b, "used"), SIZE);
	map = map_pooled(other, SIZE);
	EXPECT_EQ(map[0], 1);
	EXPECT_EQ(close(other), 0);
	EXPECT_EQ(pool_attr(b, "used"), SIZE);
	EXPECT_EQ(map[0], 1);
	EXPECT_EQ(munmap(map, SIZE), 0);
	if (dmabuf >= 0) {
		EXPECT_EQ(pool_attr(b, "used"), SIZE);
		map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, dmabuf, 0));
		EXPECT_EQ(map[0], 1);
		EXPECT_EQ(close(dmabuf), 0);
		EXPECT_EQ(munmap(map, PAGE), 0);
	}
	await_used(b, 0);
	EXPECT_EQ(pool_attr(b, "buffers"), 0);
}

TEST_EACH(pool, file_of_events_keeps_no_memory, all_pools)
{
	int fd = pool_buffer(b, SIZE), posted = events_of(fd, POSTED, O_CLOEXEC);
	uint64_t count;

	post(posted, 2);
	EXPECT_EQ(close(fd), 0);
	await_used(b, 0);
	EXPECT_EQ(take(posted), 2);
	EXPECT_ERRNO(read(posted, &count, sizeof(count)), ENODEV);
}

TEST_EACH(pool, child_has_its_parents_buffer, all_pools)
{
	int fd = pool_buffer(b, SIZE);
	unsigned char *map = map_pooled(fd, SIZE);
	pid_t child = harness_fork();

	if (!child) {
		close(fd);
		fill_pattern(map, 0, SIZE, 7);
		_exit(0);
	}
	harness_join(child);
	EXPECT_BYTES(map, new_pattern(0, SIZE, 7), SIZE);
	EXPECT_EQ(pool_attr(b, "used"), SIZE);
}

/* Its user may have been another's, and its memory was. */
TEST_EACH(pool, next_buffer_has_nothing_of_the_last, all_pools)
{
	unsigned char *zeroes = new_bytes(b->size / 4, 0), *map;

	for (int i = 0; i < 8; i++) {
		int fd = pool_buffer(b, b->size / 4);

		map = map_pooled(fd, b->size / 4);
		EXPECT_BYTES(map, zeroes, b->size / 4);
		memset(map, 0x5a, b->size / 4);
		close(fd);
		munmap(map, b->size / 4);
		await_used(b, 0);
	}
}

TEST_EACH(pool, buffers_share_no_byte, all_pools)
{
	size_t size = b->size / 8;
	unsigned char *maps[8];
	int pool = pool_open(b);

	for (int i = 0; i < 8; i++) {
		maps[i] = map_pooled(ASSERT_OK(pool_alloc(pool, size, 0)), size);
		fill_pattern(maps[i], 0, size, i);
	}
	for (int i = 0; i < 8; i++)
		EXPECT_BYTES(maps[i], new_pattern(0, size, i), size);
}

TEST_EACH(pool, quota_is_kept_to_the_page, all_pools)
{
	int pool = pool_open(b), fds[8];

	for (int i = 0; i < 8; i++)
		fds[i] = ASSERT_OK(pool_alloc(pool, b->size / 8, 0));
	EXPECT_EQ(pool_attr(b, "used"), b->size);
	EXPECT_ERRNO(pool_alloc(pool, 1, 0), EDQUOT);
	EXPECT_EQ(close(fds[3]), 0);
	await_used(b, b->size / 8 * 7);
	EXPECT_ERRNO(pool_alloc(pool, b->size / 8 + 1, 0), EDQUOT);
	EXPECT_EQ(pool_attr(b, "buffers"), 7);
	EXPECT_OK(pool_alloc(pool, b->size / 8 - PAGE + 1, 0));
	EXPECT_EQ(pool_attr(b, "used"), b->size);
}

TEST_EACH(pool, more_than_there_can_be_is_edquot, all_pools)
{
	const uint64_t sizes[] = {
		b->size + 1, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX - 4094, UINT64_MAX,
		UINT32_MAX, (uint64_t)UINT32_MAX + 2
	};
	int pool = pool_open(b);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		EXPECT_ERRNO(pool_alloc(pool, sizes[i], 0), EDQUOT);
	EXPECT_EQ(pool_attr(b, "used"), 0);
}

/* A piece that no allocation has, of memory that is there. */
TEST(pool, out_of_one_piece_is_enospc)
{
	size_t count = pool_of_region.size / (16 * PAGE);
	int pool = pool_open(&pool_of_region), fds[256];

	ASSERT_LE(count, 256);
	for (size_t i = 0; i < count; i++)
		fds[i] = ASSERT_OK(pool_alloc(pool, 16 * PAGE, 0));
	for (size_t i = 0; i < count; i += 2)
		EXPECT_EQ(close(fds[i]), 0);
	await_used(&pool_of_region, pool_of_region.size / 2);
	EXPECT_ERRNO(pool_alloc(pool, 32 * PAGE, 0), ENOSPC);
	/* What was tried, was given back. */
	EXPECT_EQ(pool_attr(&pool_of_region, "used"), pool_of_region.size / 2);
	for (size_t i = 0; i < count / 2; i++)
		EXPECT_OK(pool_alloc(pool, 16 * PAGE, 0));
}

/* Somebody else has it all. */
TEST(pool, out_of_memory_is_enomem)
{
	int other = pool_buffer(&pool_of_region, pool_of_region.size);
	int pool = pool_open(&pool_beside);

	EXPECT_ERRNO(pool_alloc(pool, PAGE, 0), ENOMEM);
	EXPECT_ERRNO(pool_alloc(pool, pool_beside.size, 0), ENOMEM);
	EXPECT_EQ(pool_attr(&pool_beside, "used"), 0);
	EXPECT_EQ(close(other), 0);
	await_used(&pool_of_region, 0);
	EXPECT_OK(pool_alloc(pool, pool_beside.size, 0));
}

TEST_EACH(pool, bad_requests_are_refused, all_pools)
{
	struct cohbuf_alloc alloc = { .size = PAGE };
	int pool = pool_open(b);

	EXPECT_ERRNO(pool_alloc(pool, 0, 0), EINVAL);
	EXPECT_ERRNO(pool_alloc(pool, PAGE, O_NONBLOCK), EINVAL);
	EXPECT_ERRNO(pool_alloc(pool, PAGE, O_RDWR), EINVAL);
	EXPECT_ERRNO(pool_alloc(pool, PAGE, 1U << 31), EINVAL);
	for (int i = 0; i < 2; i++) {
		alloc.reserved[i] = 1;
		EXPECT_ERRNO(ioctl(pool, COHBUF_IOC_ALLOC, &alloc), EINVAL);
		alloc.reserved[i] = 0;
	}
	EXPECT_ERRNO(ioctl(pool, COHBUF_IOC_ALLOC, NULL), EFAULT);
	EXPECT_ERRNO(ioctl(pool, COHBUF_IOC_ALLOC, (void *)1), EFAULT);
	EXPECT_EQ(pool_attr(b, "used"), 0);
}

TEST(pool, rights_of_the_node_are_those_of_the_buffer)
{
	EXPECT_ERRNO(pool_alloc(open_buffer(all_pools[0], O_RDONLY), PAGE, 0), EBADF);
	EXPECT_ERRNO(pool_alloc(open_buffer(all_pools[0], O_WRONLY), PAGE, 0), EBADF);
	EXPECT_ERRNO(pool_alloc(open_buffer(&plain, O_RDWR), PAGE, 0), ENOTTY);
	EXPECT_ERRNO(pool_alloc(pool_buffer(all_pools[0], PAGE), PAGE, 0), ENOTTY);
}

/* The file is written to before there is a buffer, or else the buffer is gone again. */
TEST_EACH(pool, program_that_cannot_be_told_gets_none, all_pools)
{
	struct cohbuf_alloc *alloc = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
						     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int pool = pool_open(b), next = ASSERT_OK(dup(pool));

	close(next);
	alloc->size = SIZE;
	ASSERT_OK(mprotect(alloc, PAGE, PROT_READ));
	EXPECT_ERRNO(ioctl(pool, COHBUF_IOC_ALLOC, alloc), EFAULT);
	EXPECT_EQ(ASSERT_OK(dup(pool)), next);
	await_used(b, 0);
}

TEST_EACH(pool, process_with_no_file_left_gets_none, all_pools)
{
	int pool = pool_open(b);
	struct rlimit before, limit;

	ASSERT_OK(getrlimit(RLIMIT_NOFILE, &before));
	limit = before;
	limit.rlim_cur = pool + 1;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_ERRNO(pool_alloc(pool, SIZE, 0), EMFILE);
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &before));
	EXPECT_EQ(pool_attr(b, "buffers"), 0);
}

TEST_EACH(pool, device_itself_is_no_buffer, all_pools)
{
	int pool = pool_open(b);
	char byte = 0;

	EXPECT_ERRNO(read(pool, &byte, 1), EINVAL);
	EXPECT_ERRNO(write(pool, &byte, 1), EINVAL);
	EXPECT_ERRNO(lseek(pool, 0, SEEK_END), ESPIPE);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, pool, 0), ENODEV);
	EXPECT_ERRNO(hand_over(pool, 0, PAGE, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE),
		     ENOTTY);
	EXPECT_ERRNO(export_range(pool, 0, PAGE, O_RDWR), ENOTTY);
	EXPECT_ERRNO(buffer_events(pool, POSTED, 0), ENOTTY);
	EXPECT_ERRNO(fsync(pool), EINVAL);
}

/* Whoever may look into another's /proc gets no more than that. */
TEST(pool, buffer_cannot_be_opened_by_a_name)
{
	char path[64], name[64] = "";
	int fd = pool_buffer(all_pools[0], SIZE);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	EXPECT_ERRNO(open(path, O_RDWR), ENXIO);
	EXPECT_ERRNO(open(path, O_RDONLY), ENXIO);
	ASSERT_GT(readlink(path, name, sizeof(name) - 1), 0);
	EXPECT_TRUE(!strncmp(name, "/pool-coherent.", 15));
}

TEST_EACH(pool, proc_says_whose_file_it_is, all_pools)
{
	char path[64], text[1024], wanted[64];
	int fd = pool_buffer(b, SIZE), info;
	ssize_t len;

	map_pooled(fd, SIZE);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = ASSERT_OK(open(path, O_RDONLY));
	len = ASSERT_OK(read(info, text, sizeof(text) - 1));
	text[len] = '\0';
	snprintf(wanted, sizeof(wanted), "cohbuf-name:\t%s.", b->name);
	EXPECT_TRUE(strstr(text, wanted));
	snprintf(wanted, sizeof(wanted), "cohbuf-memory:\t%s\n", kind_of(b));
	EXPECT_TRUE(strstr(text, wanted));
	snprintf(wanted, sizeof(wanted), "cohbuf-size:\t%lu\n", SIZE);
	EXPECT_TRUE(strstr(text, wanted));
	EXPECT_TRUE(strstr(text, "cohbuf-mappings:\t1\n"));
}

/* One after the other: they have one engine. */
TEST_EACH(pool, buffers_copy_at_the_same_time, engine_pools)
{
	int pool = pool_open(b);
	pid_t children[4];

	for (int i = 0; i < 4; i++) {
		int fd = ASSERT_OK(pool_alloc(pool, SIZE, 0));
		unsigned char *map = map_pooled(fd, SIZE);

		children[i] = harness_fork();
		if (children[i])
			continue;
		for (int n = 0; n < 20; n++) {
			fill_pattern(map, 0, SIZE / 2, n * 4 + i);
			ASSERT_OK(copy(fd, SIZE / 2, 0, SIZE / 2));
			EXPECT_BYTES(map + SIZE / 2, new_pattern(0, SIZE / 2, n * 4 + i), SIZE / 2);
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		harness_join(children[i]);
}
