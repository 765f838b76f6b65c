// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of more than 4 GiB, one of each kind of memory: large-KIND-0, which
 * boards/harness/check/many_test adds to the tree. There is memory for one at a time, so
 * the board is started with "cohbuf_bind=later".
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define LARGE_LIMIT	240	/* seconds */

#define GIB4	0x100000000ULL
#define SIZE	(GIB4 + 0x10000000)
/* In a mapping; a 32-bit program does not come to it. */
#define MAP_SIZE	((size_t)SIZE)
#define MAP_GIB4	((size_t)GIB4)

static const char *const kinds[] = { "coherent", "cached" };

static int open_large(const char *kind)
{
	char name[COHBUF_NAME_SIZE];

	snprintf(name, sizeof(name), "large-%s-0", kind);
	if (access("/sys/bus/platform/devices/large-coherent-0", F_OK))
		SKIP("the board has no node large-coherent-0: start it with boards/harness/check/many_test");
	if (sizeof(void *) < 8)
		SKIP("32 bits of addresses do not reach so far");
	/* Its name is that of its device, too. */
	ASSERT_OK(device_bind(name));
	return ASSERT_OK(buffer_open(name, O_RDWR));
}

static void close_large(const char *kind, int fd)
{
	char name[COHBUF_NAME_SIZE];

	close(fd);
	snprintf(name, sizeof(name), "large-%s-0", kind);
	ASSERT_OK(device_unbind(name));
}

static int sync_range(int fd, uint64_t offset, uint64_t length)
{
	struct cohbuf_sync sync = {
		.offset = offset,
		.length = length,
		.owner = COHBUF_SYNC_FOR_DEVICE,
	};

	return ioctl(fd, COHBUF_IOC_SYNC, &sync);
}

/* What is where both numbers would be the same in 32 bits is not mixed up. */
static void expect_both_halves(int fd)
{
	uint64_t low = 0x1111111111111111, high = 0x2222222222222222, back = 0;
	unsigned char *map;

	ASSERT_EQ(pwrite(fd, &low, 8, PAGE), 8);
	ASSERT_EQ(pwrite(fd, &high, 8, GIB4 + PAGE), 8);
	ASSERT_EQ(pread(fd, &back, 8, PAGE), 8);
	EXPECT_EQ(back, low);

	map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, GIB4 + PAGE));
	EXPECT_BYTES(map, &high, 8);
	ASSERT_OK(munmap(map, PAGE));
	map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE));
	EXPECT_BYTES(map, &low, 8);
	ASSERT_OK(munmap(map, PAGE));
}

static void expect_the_end_is_the_end(int fd)
{
	unsigned char byte = 0x5a;

	EXPECT_EQ(lseek(fd, 0, SEEK_END), SIZE);
	EXPECT_EQ(pwrite(fd, &byte, 1, SIZE - 1), 1);
	EXPECT_ERRNO(pwrite(fd, &byte, 1, SIZE), ENOSPC);
	EXPECT_EQ(pread(fd, &byte, 1, SIZE), 0);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, SIZE), ENXIO);
	EXPECT_OK(sync_range(fd, SIZE - 1, 1));
	EXPECT_ERRNO(sync_range(fd, SIZE - 1, 2), ENXIO);
	EXPECT_OK(sync_range(fd, GIB4 - PAGE, 2 * PAGE));
	EXPECT_OK(sync_range(fd, 0, SIZE));
}

static void is_as_any_other(const void *arg)
{
	const char *kind = arg;
	int fd = open_large(kind);
	struct cohbuf_info info;
	unsigned char *map, byte = 1;

	ASSERT_OK(buffer_info(fd, &info));
	EXPECT_EQ(info.size, SIZE);
	EXPECT_EQ(info.dma_bits, 40);
	EXPECT_LE(info.dma_addr + info.size, 0x10000000000ULL);

	/* It starts with zeroes, on either side of 4 GiB. */
	for (uint64_t at = 0; at < SIZE; at += GIB4 / 8) {
		EXPECT_EQ(pread(fd, &byte, 1, at), 1);
		EXPECT_EQ(byte, 0);
	}
	expect_both_halves(fd);
	expect_the_end_is_the_end(fd);

	map = ASSERT_MAP(mmap(NULL, MAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	EXPECT_EQ(map[SIZE - 1], 0x5a);
	map[MAP_GIB4] = 0x33;
	EXPECT_EQ(pread(fd, &byte, 1, GIB4), 1);
	EXPECT_EQ(byte, 0x33);
	EXPECT_EQ(pread(fd, &byte, 1, 0), 1);
	EXPECT_EQ(byte, 0);

	close_large(kind, fd);
	EXPECT_SIGNAL(touch_read(map + MAP_GIB4, &byte), SIGBUS);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
}

static void __attribute__((constructor)) add_tests(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		harness_add(is_as_any_other, kinds[i], LARGE_LIMIT,
			    "large.buffer_above_4_gib_is_as_any_other.%s", kinds[i]);
}
