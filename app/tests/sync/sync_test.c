// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl(2): SYNC. What is accepted, every request that is refused, and that what is in
 * the buffer stays as it is. What it asks of the kernel is in sync_dma_test.c.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

_Static_assert(sizeof(struct cohbuf_sync) == 0x28, "size");
_Static_assert(offsetof(struct cohbuf_sync, offset) == 0x00, "offset");
_Static_assert(offsetof(struct cohbuf_sync, length) == 0x08, "length");
_Static_assert(offsetof(struct cohbuf_sync, direction) == 0x10, "direction");
_Static_assert(offsetof(struct cohbuf_sync, owner) == 0x14, "owner");
_Static_assert(offsetof(struct cohbuf_sync, reserved) == 0x18, "reserved");
_Static_assert(COHBUF_IOC_SYNC == 0x4028bc02, "SYNC");
_Static_assert(COHBUF_SYNC_BIDIRECTIONAL == 0, "BIDIRECTIONAL");
_Static_assert(COHBUF_SYNC_TO_DEVICE == 1, "TO_DEVICE");
_Static_assert(COHBUF_SYNC_FROM_DEVICE == 2, "FROM_DEVICE");
_Static_assert(COHBUF_SYNC_FOR_CPU == 1, "FOR_CPU");
_Static_assert(COHBUF_SYNC_FOR_DEVICE == 2, "FOR_DEVICE");

static int sync_to_device(int fd, uint64_t offset, uint64_t length)
{
	return hand_over(fd, offset, length, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE);
}

/* A range of each sort, in each direction, for each owner: no byte of the buffer changes. */
TEST_EACH(sync, hands_any_range_over_and_changes_nothing, all_buffers)
{
	const struct {
		uint64_t offset, length;
	} ranges[] = {
		{ 0, b->size },
		{ 0, 1 },
		{ b->size - 1, 1 },
		{ 3, 61 },
		{ 64, 64 },
		{ PAGE - 1, 1 },
		{ b->size / 2, b->size / 2 },
		{ 1, b->size - 2 },
	};
	unsigned char *wanted = new_pattern(0, b->size, 1);
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);

	fill_pattern(map, 0, b->size, 1);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		for (uint32_t direction = 0; direction <= COHBUF_SYNC_FROM_DEVICE; direction++) {
			EXPECT_OK(hand_over(fd, ranges[i].offset, ranges[i].length, direction,
					    COHBUF_SYNC_FOR_DEVICE));
			EXPECT_OK(hand_over(fd, ranges[i].offset, ranges[i].length, direction,
					    COHBUF_SYNC_FOR_CPU));
		}
	}
	EXPECT_BYTES(map, wanted, b->size);
}

/* A call is about its range: it needs none before it, and none after it. */
TEST_EACH(sync, keeps_no_state, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	for (int i = 0; i < 3; i++)
		EXPECT_OK(hand_over(fd, 0, PAGE, COHBUF_SYNC_BIDIRECTIONAL,
				    COHBUF_SYNC_FOR_CPU));
	for (int i = 0; i < 3; i++)
		EXPECT_OK(hand_over(fd, PAGE / 2, PAGE / 2, COHBUF_SYNC_TO_DEVICE,
				    COHBUF_SYNC_FOR_DEVICE));
	EXPECT_EQ(close(fd), 0);
}

TEST_EACH(sync, range_outside_the_buffer_is_enxio, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_ERRNO(sync_to_device(fd, 0, b->size + 1), ENXIO);
	EXPECT_ERRNO(sync_to_device(fd, b->size, 1), ENXIO);
	EXPECT_ERRNO(sync_to_device(fd, b->size - 1, 2), ENXIO);
	EXPECT_ERRNO(sync_to_device(fd, UINT64_MAX, 1), ENXIO);
	EXPECT_ERRNO(sync_to_device(fd, UINT64_MAX, 2), ENXIO);
	EXPECT_ERRNO(sync_to_device(fd, 1, UINT64_MAX), ENXIO);
	EXPECT_ERRNO(sync_to_device(fd, PAGE, UINT64_MAX - PAGE + 1), ENXIO);
	EXPECT_ERRNO(sync_to_device(fd, 1ULL << 32, 1), ENXIO);
	EXPECT_ERRNO(sync_to_device(fd, 0, (1ULL << 32) + 1), ENXIO);
}

TEST_EACH(sync, no_bytes_are_einval, all_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_ERRNO(sync_to_device(fd, 0, 0), EINVAL);
	EXPECT_ERRNO(sync_to_device(fd, b->size, 0), EINVAL);
}

TEST_EACH(sync, unknown_direction_or_owner_is_einval, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_ERRNO(hand_over(fd, 0, 1, 3, COHBUF_SYNC_FOR_CPU), EINVAL);
	EXPECT_ERRNO(hand_over(fd, 0, 1, UINT32_MAX, COHBUF_SYNC_FOR_CPU), EINVAL);
	EXPECT_ERRNO(hand_over(fd, 0, 1, COHBUF_SYNC_TO_DEVICE, 0), EINVAL);
	EXPECT_ERRNO(hand_over(fd, 0, 1, COHBUF_SYNC_TO_DEVICE, 3), EINVAL);
	EXPECT_ERRNO(hand_over(fd, 0, 1, COHBUF_SYNC_TO_DEVICE, UINT32_MAX), EINVAL);
}

TEST(sync, reserved_is_zero)
{
	int fd = open_buffer(&plain, O_RDWR);

	for (size_t at = offsetof(struct cohbuf_sync, reserved); at < sizeof(struct cohbuf_sync);
	     at++) {
		struct cohbuf_sync sync = { .length = 1, .owner = COHBUF_SYNC_FOR_CPU };

		EXPECT_OK(ioctl(fd, COHBUF_IOC_SYNC, &sync));
		((unsigned char *)&sync)[at] = 1;
		EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_SYNC, &sync), EINVAL);
	}
}

/* What others wrote, and did not hand over, is theirs: only a writer may throw it away. */
TEST_EACH(sync, file_for_reading_hands_over_to_the_device_only, all_buffers)
{
	int fd = open_buffer(b, O_RDONLY);

	for (uint32_t owner = COHBUF_SYNC_FOR_CPU; owner <= COHBUF_SYNC_FOR_DEVICE; owner++) {
		EXPECT_OK(hand_over(fd, 0, b->size, COHBUF_SYNC_TO_DEVICE, owner));
		EXPECT_ERRNO(hand_over(fd, 0, PAGE, COHBUF_SYNC_FROM_DEVICE, owner), EBADF);
		EXPECT_ERRNO(hand_over(fd, 0, PAGE, COHBUF_SYNC_BIDIRECTIONAL, owner), EBADF);
	}
}

TEST_EACH(sync, file_for_writing_does_it_all, all_buffers)
{
	int fd = open_buffer(b, O_WRONLY);

	for (uint32_t direction = 0; direction <= COHBUF_SYNC_FROM_DEVICE; direction++) {
		EXPECT_OK(hand_over(fd, 0, PAGE, direction, COHBUF_SYNC_FOR_CPU));
		EXPECT_OK(hand_over(fd, 0, PAGE, direction, COHBUF_SYNC_FOR_DEVICE));
	}
}

TEST(sync, bad_pointer_is_efault)
{
	int fd = open_buffer(&plain, O_RDWR);
	unsigned char *map = ASSERT_MAP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	struct cohbuf_sync sync = { .length = 1, .owner = COHBUF_SYNC_FOR_CPU };

	ASSERT_OK(munmap(map + PAGE, PAGE));
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_SYNC, NULL), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_SYNC, (void *)-1L), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_SYNC, map + PAGE), EFAULT);
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_SYNC, map + PAGE - 1), EFAULT);

	/* It is only read, and needs no alignment. */
	memcpy(map + 1, &sync, sizeof(sync));
	ASSERT_OK(mprotect(map, PAGE, PROT_READ));
	EXPECT_OK(ioctl(fd, COHBUF_IOC_SYNC, map + 1));
}

TEST_EACH(sync, of_an_unbound_buffer_is_enodev, named_buffers)
{
	int fd = open_buffer(b, O_RDWR);

	EXPECT_OK(sync_to_device(fd, 0, b->size));
	unbind_buffer(b);
	EXPECT_ERRNO(sync_to_device(fd, 0, b->size), ENODEV);
	EXPECT_ERRNO(sync_to_device(fd, b->size, 1), ENODEV);
	EXPECT_ERRNO(sync_to_device(fd, 0, 0), ENODEV);
	bind_buffer(b);
	EXPECT_ERRNO(sync_to_device(fd, 0, b->size), ENODEV);
}

static void *sync_until_unbound(void *arg)
{
	int fd = *(int *)arg;

	while (!hand_over(fd, 0, cached.size, COHBUF_SYNC_BIDIRECTIONAL, COHBUF_SYNC_FOR_DEVICE) &&
	       !hand_over(fd, 0, cached.size, COHBUF_SYNC_BIDIRECTIONAL, COHBUF_SYNC_FOR_CPU))
		;
	EXPECT_EQ(errno, ENODEV);
	return NULL;
}

/* The memory goes while it is being handed over, again and again. */
TEST(sync, unbind_ends_those_that_are_under_way)
{
	pthread_t threads[3];

	for (int round = 0; round < 10; round++) {
		int fd = open_buffer(&cached, O_RDWR);

		for (int i = 0; i < 3; i++)
			ASSERT_EQ(pthread_create(&threads[i], NULL, sync_until_unbound, &fd), 0);
		/* Whatever they are at: it is the unbind that ends them. */
		unbind_buffer(&cached);
		for (int i = 0; i < 3; i++)
			ASSERT_EQ(pthread_join(threads[i], NULL), 0);
		bind_buffer(&cached);
		close(fd);
	}
}

/* One processor shows less, and takes two turns for each. */
static uint32_t messages(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 20000 : 2000;
}

/* A message in the buffer, and after cohbuf_publish() the flag that it is there. */
static void *send_messages(void *arg)
{
	volatile uint32_t *map = arg;
	uint32_t count = messages();

	for (uint32_t i = 1; i <= count; i++) {
		map[256] = i;
		cohbuf_publish();
		map[0] = i;
		while (map[1] != i)
			sched_yield();
		cohbuf_acquire();
	}
	return NULL;
}

TEST_EACH(sync, message_is_there_when_its_flag_is, large_buffers)
{
	volatile uint32_t *map = (void *)map_buffer(b, open_buffer(b, O_RDWR));
	unsigned int wrong = 0;
	uint32_t count = messages();
	pthread_t sender;

	map[0] = 0;
	map[1] = 0;
	ASSERT_EQ(pthread_create(&sender, NULL, send_messages, (void *)map), 0);
	for (uint32_t i = 1; i <= count; i++) {
		while (map[0] != i)
			sched_yield();
		cohbuf_acquire();
		wrong += map[256] != i;
		cohbuf_publish();
		map[1] = i;
	}
	ASSERT_EQ(pthread_join(sender, NULL), 0);
	EXPECT_EQ(wrong, 0);
}
