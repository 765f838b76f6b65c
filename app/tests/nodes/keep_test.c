// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers that keep what is in their region ("cohbuf,keep"): kept-0 and kept-1, which
 * boards/harness/check/many_test adds to the tree.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "tests/harness/buffers.h"

#define DEVICE	"kept-0"
#define SIZE	0xf000UL

static int open_kept(const char *name)
{
	return ASSERT_OK(buffer_open(name, O_RDWR));
}

static void renew_kept(void)
{
	ASSERT_OK(device_unbind(DEVICE));
	ASSERT_OK(device_bind(DEVICE));
}

static unsigned char *map_kept(int fd)
{
	return ASSERT_MAP(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
}

TEST(keep, what_is_in_the_region_stays)
{
	unsigned char *data = new_pattern(0, SIZE, 1), *back = new_bytes(SIZE, 0);
	int fd = open_kept("kept-0");

	ASSERT_EQ(pwrite(fd, data, SIZE, 0), SIZE);
	renew_kept();
	ASSERT_EQ(pread(open_kept("kept-0"), back, SIZE, 0), SIZE);
	EXPECT_BYTES(back, data, SIZE);
}

TEST(keep, mapping_shows_it_and_is_revoked)
{
	int fd = open_kept("kept-0");
	unsigned char *map = map_kept(fd), byte;

	fill_pattern(map, 0, SIZE, 2);
	renew_kept();
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	EXPECT_BYTES(map_kept(open_kept("kept-0")), new_pattern(0, SIZE, 2), SIZE);
}

/* The rest of the region is not this buffer's. */
TEST(keep, nothing_behind_its_size_can_be_reached)
{
	int fd = open_kept("kept-0");
	char byte = 0;

	EXPECT_MAP_ERRNO(mmap(NULL, SIZE + PAGE, PROT_READ, MAP_SHARED, fd, 0), ENXIO);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, SIZE), ENXIO);
	EXPECT_ERRNO(pwrite(fd, &byte, 1, SIZE), ENOSPC);
	EXPECT_EQ(pread(fd, &byte, 1, SIZE), 0);
	ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, SIZE - PAGE));
}

TEST(keep, buffers_are_apart)
{
	unsigned char *data = new_pattern(0, SIZE, 3), *back = new_bytes(SIZE, 0);
	int fd = open_kept("kept-1");

	ASSERT_EQ(pwrite(open_kept("kept-0"), data, SIZE, 0), SIZE);
	ASSERT_EQ(pwrite(fd, new_bytes(SIZE, 0x5a), SIZE, 0), SIZE);
	ASSERT_EQ(pread(open_kept("kept-0"), back, SIZE, 0), SIZE);
	EXPECT_BYTES(back, data, SIZE);
}

/* Where the region is, and the device finds it there: the bus has no offset. */
TEST(keep, dma_address_is_that_of_the_region)
{
	struct cohbuf_info info;

	ASSERT_OK(buffer_info(open_kept("kept-0"), &info));
	EXPECT_EQ(info.dma_addr, 0x50000000);
	EXPECT_EQ(info.size, SIZE);
	EXPECT_TRUE(info.flags & COHBUF_INFO_REGION);
}
