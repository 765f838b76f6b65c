// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of more than 4 GiB or, where all of it must be free, of more than 2 GiB, one of
 * each kind of memory: large-KIND-0, which boards/harness/check/many_test adds to the tree.
 * There is memory for one at a time, so the board is started with "cohbuf_bind=later".
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/dmabuf/camera.h"
#include "tests/dmabuf/exporting.h"
#include "tests/dmabuf/vgem.h"
#include "tests/harness/buffers.h"

#define LARGE_LIMIT	240	/* seconds */

/**
 * struct large - one of them
 * @kind: its kind of memory
 * @size: bytes
 * @far: an offset that is another one where numbers have too few bits
 * @dma_bits: of its device, or 0
 */
struct large {
	const char *kind;
	uint64_t size, far;
	uint32_t dma_bits;
};

static const struct large kinds[] = {
	{ "coherent", 0x110000000, 0x100000000, 40 },
	{ "cached", 0x110000000, 0x100000000, 40 },
	{ "vmalloc", 0x90000000, 0x80000000, 0 },
};

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

/* What is where both numbers would be the same in 32 bits is not mixed up. */
static void expect_both_halves(int fd, uint64_t far)
{
	uint64_t low = 0x1111111111111111, high = 0x2222222222222222, back = 0;
	unsigned char *map;

	ASSERT_EQ(pwrite(fd, &low, 8, PAGE), 8);
	ASSERT_EQ(pwrite(fd, &high, 8, far + PAGE), 8);
	ASSERT_EQ(pread(fd, &back, 8, PAGE), 8);
	EXPECT_EQ(back, low);

	map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, far + PAGE));
	EXPECT_BYTES(map, &high, 8);
	ASSERT_OK(munmap(map, PAGE));
	map = ASSERT_MAP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE));
	EXPECT_BYTES(map, &low, 8);
	ASSERT_OK(munmap(map, PAGE));
}

static void expect_the_end_is_the_end(int fd, const struct large *large)
{
	const uint64_t size = large->size;
	unsigned char byte = 0x5a;

	EXPECT_EQ(lseek(fd, 0, SEEK_END), size);
	EXPECT_EQ(pwrite(fd, &byte, 1, size - 1), 1);
	EXPECT_ERRNO(pwrite(fd, &byte, 1, size), ENOSPC);
	EXPECT_EQ(pread(fd, &byte, 1, size), 0);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, size), ENXIO);
	EXPECT_OK(hand_over(fd, size - 1, 1, COHBUF_SYNC_BIDIRECTIONAL,
			    COHBUF_SYNC_FOR_DEVICE));
	EXPECT_ERRNO(hand_over(fd, size - 1, 2, COHBUF_SYNC_BIDIRECTIONAL,
			       COHBUF_SYNC_FOR_DEVICE),
		     ENXIO);
	EXPECT_OK(hand_over(fd, large->far - PAGE, 2 * PAGE, COHBUF_SYNC_BIDIRECTIONAL,
			    COHBUF_SYNC_FOR_DEVICE));
	EXPECT_OK(hand_over(fd, 0, size, COHBUF_SYNC_BIDIRECTIONAL,
			    COHBUF_SYNC_FOR_DEVICE));
}

static void is_as_any_other(const void *arg)
{
	const struct large *large = arg;
	int fd = open_large(large->kind);
	struct cohbuf_info info;
	unsigned char *map, byte = 1;

	ASSERT_OK(buffer_info(fd, &info));
	EXPECT_EQ(info.size, large->size);
	EXPECT_EQ(info.dma_bits, large->dma_bits);
	if (large->dma_bits)
		EXPECT_LE(info.dma_addr + info.size, 1ULL << large->dma_bits);

	/* It starts with zeroes, on either side. */
	for (uint64_t at = 0; at < large->size; at += large->far / 8) {
		EXPECT_EQ(pread(fd, &byte, 1, at), 1);
		EXPECT_EQ(byte, 0);
	}
	expect_both_halves(fd, large->far);
	expect_the_end_is_the_end(fd, large);

	map = ASSERT_MAP(mmap(NULL, large->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	EXPECT_EQ(map[large->size - 1], 0x5a);
	map[large->far] = 0x33;
	EXPECT_EQ(pread(fd, &byte, 1, large->far), 1);
	EXPECT_EQ(byte, 0x33);
	EXPECT_EQ(pread(fd, &byte, 1, 0), 1);
	EXPECT_EQ(byte, 0);

	close_large(large->kind, fd);
	EXPECT_SIGNAL(touch_read(map + large->far, &byte), SIGBUS);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
}

/* The kernel's allocator prefers what is above 4 GiB, out of reach of 32 address bits. */
TEST(large, kmalloc_takes_what_the_device_reaches)
{
	struct cohbuf_info info;

	bind_buffer(&kmalloc_buffer);
	ASSERT_OK(buffer_info(open_buffer(&kmalloc_buffer, O_RDWR), &info));
	EXPECT_EQ(info.dma_bits, 32);
	EXPECT_LE(info.dma_addr + info.size, 1ULL << 32);
	unbind_buffer(&kmalloc_buffer);
}

/* A camera of 32 address bits is told that it does not reach it; who has 64 imports it. */
TEST_LIMIT(large, importer_that_does_not_reach_it_is_refused, LARGE_LIMIT)
{
	int camera = camera_open(CAMERA_OF_DMA), vgem = open_vgem(), fd, dmabuf;
	struct cohbuf_info info;

	fd = open_large("cached");
	ASSERT_OK(buffer_info(fd, &info));
	ASSERT_GE(info.dma_addr, 1ULL << 32);
	dmabuf = ASSERT_OK(export_range(fd, 0, camera_room(), O_RDWR));
	EXPECT_ERRNO(camera_queue(camera, dmabuf, camera_room()), EBUSY);
	EXPECT_OK(vgem_import(vgem, dmabuf));
	close(vgem);
	close(dmabuf);
	close_large("cached", fd);

	/* It is the address, and not the camera. */
	ASSERT_OK(ensure_bound(&kmalloc_buffer));
	fd = open_buffer(&kmalloc_buffer, O_RDWR);
	camera_capture(camera, ASSERT_OK(export_range(fd, 0, camera_room(), O_RDWR)));
}

/* Not in part either, also where the lower 32 bits of its size are enough. */
TEST_LIMIT(large, coherent_buffer_cannot_be_exported, LARGE_LIMIT)
{
	int fd = open_large("coherent");

	EXPECT_ERRNO(export_range(fd, 0, PAGE, O_RDWR), EOVERFLOW);
	EXPECT_ERRNO(export_range(fd, 0x100000000, PAGE, O_RDWR), EOVERFLOW);
	close_large("coherent", fd);
}

static void __attribute__((constructor)) add_tests(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		harness_add(is_as_any_other, &kinds[i], LARGE_LIMIT,
			    "large.buffer_is_as_any_other.%s", kinds[i].kind);
}
