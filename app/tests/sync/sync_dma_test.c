// SPDX-License-Identifier: GPL-2.0-only
/*
 * What SYNC, COPY, fsync(2), msync(2) and a bind hand over, as the DMA API sees it: on
 * memory that needs it the ranges that they are asked for, and elsewhere nothing.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dma_calls.h"
#include "tests/harness/buffers.h"

#define DMA_BIDIRECTIONAL	0
#define DMA_TO_DEVICE		1
#define DMA_FROM_DEVICE		2

#define MAX_CALLS	4096

static struct dma_call calls[MAX_CALLS];

/* A buffer, and where the device has it. */
struct watched {
	const struct test_buffer *b;
	int fd;
	uint64_t dma_addr;
};

static struct watched watch(const struct test_buffer *b)
{
	struct watched w = { .b = b, .fd = open_buffer(b, O_RDWR) };
	struct cohbuf_info info;

	ASSERT_OK(buffer_info(w.fd, &info));
	w.dma_addr = info.dma_addr;
	dma_calls_start();
	return w;
}

static size_t calls_of(const struct watched *w)
{
	return dma_calls_stop(w->dma_addr, w->b->size, calls, MAX_CALLS);
}

/*
 * The calls from @at on are about this range, all of it and no more, however many pieces
 * it is in. Returns where they end.
 */
static size_t expect_range(const struct watched *w, size_t at, size_t count, size_t offset,
			   size_t length, bool for_cpu, unsigned int direction)
{
	size_t done = 0;

	for (; at < count && done < length; at++) {
		EXPECT_EQ(calls[at].addr, w->dma_addr + offset + done);
		EXPECT_EQ(calls[at].for_cpu, for_cpu);
		EXPECT_EQ(calls[at].direction, direction);
		/* What is scattered behind an IOMMU, the DMA API takes page by page. */
		if (w->b->has_iommu && w->b->memory == COHBUF_MEMORY_CACHED)
			EXPECT_LE(calls[at].addr % PAGE + calls[at].size, PAGE);
		done += calls[at].size;
	}
	EXPECT_EQ(done, length);
	return at;
}

static void expect_only(const struct watched *w, size_t offset, size_t length, bool for_cpu,
			unsigned int direction)
{
	size_t count = calls_of(w);

	if (!needs_sync(w->b))
		EXPECT_EQ(count, 0);
	else
		EXPECT_EQ(expect_range(w, 0, count, offset, length, for_cpu, direction), count);
}

TEST_EACH(sync_dma, sync_for_the_device_is_its_range, large_buffers)
{
	struct watched w = watch(b);

	ASSERT_OK(hand_over(w.fd, PAGE + 64, 128, COHBUF_SYNC_TO_DEVICE, COHBUF_SYNC_FOR_DEVICE));
	expect_only(&w, PAGE + 64, 128, false, DMA_TO_DEVICE);
}

TEST_EACH(sync_dma, sync_for_the_cpu_is_its_range, large_buffers)
{
	struct watched w = watch(b);

	ASSERT_OK(hand_over(w.fd, 3 * PAGE - 512, 2 * PAGE, COHBUF_SYNC_FROM_DEVICE,
			    COHBUF_SYNC_FOR_CPU));
	expect_only(&w, 3 * PAGE - 512, 2 * PAGE, true, DMA_FROM_DEVICE);
}

/* Before lines are dropped of which only a part is in the range, they are written. */
TEST_EACH(sync_dma, sync_in_the_middle_of_lines_writes_them_first, large_buffers)
{
	struct watched w = watch(b);
	size_t count, at;

	ASSERT_OK(hand_over(w.fd, PAGE + 8, 1000, COHBUF_SYNC_FROM_DEVICE, COHBUF_SYNC_FOR_CPU));
	count = calls_of(&w);
	if (!needs_sync(b)) {
		EXPECT_EQ(count, 0);
		return;
	}
	at = expect_range(&w, 0, count, PAGE + 8, 1, false, DMA_TO_DEVICE);
	at = expect_range(&w, at, count, PAGE + 1007, 1, false, DMA_TO_DEVICE);
	at = expect_range(&w, at, count, PAGE + 8, 1000, true, DMA_FROM_DEVICE);
	EXPECT_EQ(at, count);
}

TEST_EACH(sync_dma, sync_of_the_whole_is_the_whole, all_buffers)
{
	struct watched w = watch(b);

	ASSERT_OK(hand_over(w.fd, 0, b->size, COHBUF_SYNC_BIDIRECTIONAL, COHBUF_SYNC_FOR_DEVICE));
	expect_only(&w, 0, b->size, false, DMA_BIDIRECTIONAL);
}

TEST_EACH(sync_dma, sync_of_what_is_outside_is_nothing, all_buffers)
{
	struct watched w = watch(b);
	struct cohbuf_sync sync = {
		.offset = PAGE / 2,
		.length = b->size,
		.direction = COHBUF_SYNC_TO_DEVICE,
		.owner = COHBUF_SYNC_FOR_DEVICE,
	};

	EXPECT_ERRNO(ioctl(w.fd, COHBUF_IOC_SYNC, &sync), ENXIO);
	EXPECT_EQ(calls_of(&w), 0);
}

TEST_EACH(sync_dma, fsync_hands_all_of_it_to_the_device, all_buffers)
{
	struct watched w = watch(b);

	ASSERT_OK(fsync(w.fd));
	expect_only(&w, 0, b->size, false, DMA_TO_DEVICE);
}

TEST_EACH(sync_dma, msync_hands_its_pages_to_the_device, large_buffers)
{
	struct watched w = watch(b);
	unsigned char *map = map_buffer(b, w.fd);

	ASSERT_OK(msync(map + 2 * PAGE, 3 * PAGE, MS_SYNC));
	expect_only(&w, 2 * PAGE, 3 * PAGE, false, DMA_TO_DEVICE);
}

/* Without an ioctl of the program: the source, the target, and the target again. */
TEST_EACH(sync_dma, copy_hands_its_own_ranges_over, large_buffers)
{
	struct cohbuf_copy copy = { .src = PAGE, .dst = 4 * PAGE, .length = 512 };
	struct watched w = watch(b);
	size_t count, at;

	if (!(b->flags & COHBUF_INFO_ENGINE))
		SKIP("the node names no engine");
	copy.timeout_ms = COHBUF_COPY_TIMEOUT_MAX;
	ioctl(w.fd, COHBUF_IOC_COPY, &copy);
	count = calls_of(&w);
	if (!needs_sync(b)) {
		EXPECT_EQ(count, 0);
		return;
	}
	at = expect_range(&w, 0, count, PAGE, 512, false, DMA_TO_DEVICE);
	at = expect_range(&w, at, count, 4 * PAGE, 512, false, DMA_BIDIRECTIONAL);
	at = expect_range(&w, at, count, 4 * PAGE, 512, true, DMA_FROM_DEVICE);
	EXPECT_EQ(at, count);
}

/* What a buffer starts with, a device sees that the program starts first of all. */
TEST(sync_dma, bind_hands_all_of_it_to_the_device)
{
	struct watched w;

	unbind_buffer(&cached);
	dma_calls_start();
	bind_buffer(&cached);
	w = (struct watched){ .b = &cached };
	ASSERT_OK(buffer_attr_u64(cached.name, "dma_addr", &w.dma_addr));
	expect_only(&w, 0, cached.size, false, DMA_TO_DEVICE);
}

/* Neither does it for itself: the program says when, and for which range. */
TEST_EACH(sync_dma, read_and_write_hand_nothing_over, all_buffers)
{
	struct watched w = watch(b);
	unsigned char byte = 1;

	EXPECT_EQ(pwrite(w.fd, &byte, 1, 0), 1);
	EXPECT_EQ(pread(w.fd, &byte, 1, 0), 1);
	EXPECT_EQ(calls_of(&w), 0);
}
