// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind while programs wait for events: it waits for none of them, and what was counted
 * before is not lost.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "events.h"
#include "tests/harness/ring.h"
#include "tests/lifetime/unbind.h"

TEST_EACH(events_unbind, what_was_counted_can_be_read, all_buffers)
{
	int fd = events_open(b, POSTED, 0);
	uint64_t count = 1;

	post(fd, 5);
	unbind_promptly(b);
	EXPECT_EQ(ready(fd, POLLIN | POLLOUT), POLLIN | POLLHUP | POLLERR);
	EXPECT_ERRNO(write(fd, &count, 8), ENODEV);
	EXPECT_EQ(take(fd), 5);
	EXPECT_EQ(ready(fd, POLLIN | POLLOUT), POLLHUP | POLLERR);
	EXPECT_ERRNO(read(fd, &count, 8), ENODEV);
	/* What is wrong in itself is so after it, too. */
	EXPECT_ERRNO(read(fd, &count, 7), EINVAL);
	EXPECT_ERRNO(write(fd, &count, 7), EINVAL);
}

TEST(events_unbind, read_that_waits_is_enodev)
{
	struct reader reader;

	reader_start(&reader, events_open(&plain, POSTED, 0));
	unbind_promptly(&plain);
	reader_join(&reader);
	EXPECT_EQ(reader.ret, -1);
	EXPECT_EQ(reader.error, ENODEV);
}

TEST(events_unbind, polls_are_woken)
{
	struct ring ring = ring_new();
	int fd = events_open(&plain, POSTED, 0), epoll = ASSERT_OK(epoll_create1(0));
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct io_uring_sqe request = { .opcode = IORING_OP_POLL_ADD, .fd = fd };

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	ring_submit(&ring, &request);
	EXPECT_TRUE(!ring_is_done(&ring));
	unbind_promptly(&plain);
	EXPECT_EQ(epoll_wait(epoll, &event, 1, 0), 1);
	EXPECT_EQ(event.events, EPOLLHUP | EPOLLERR);
	EXPECT_EQ(ring_await(&ring), POLLHUP | POLLERR);
}

TEST(events_unbind, io_uring_read_that_waits_is_enodev)
{
	struct ring ring = ring_new();
	uint64_t count;
	const struct io_uring_sqe request = {
		.opcode = IORING_OP_READ,
		.fd = events_open(&plain, POSTED, 0),
		.addr = (uintptr_t)&count,
		.len = 8,
	};

	ring_submit(&ring, &request);
	unbind_promptly(&plain);
	EXPECT_EQ(ring_await(&ring), -ENODEV);
}

TEST(events_unbind, new_bind_has_events_of_its_own)
{
	int old = events_open(&plain, POSTED, 0), new;
	int old_buffer = open_buffer(&plain, O_RDWR);
	uint64_t count = 1;

	renew_buffer(&plain);
	new = events_open(&plain, POSTED, O_NONBLOCK);
	EXPECT_ERRNO(write(old, &count, 8), ENODEV);
	EXPECT_ERRNO(read(new, &count, 8), EAGAIN);
	post(new, 2);
	EXPECT_ERRNO(read(old, &count, 8), ENODEV);
	EXPECT_EQ(take(new), 2);
	EXPECT_ERRNO(buffer_events(old_buffer, POSTED, 0), ENODEV);
}

static atomic_ullong written;

static void *post_until_the_end(void *arg)
{
	const uint64_t one = 1;
	int fd = *(int *)arg;

	while (write(fd, &one, 8) == 8)
		written++;
	EXPECT_EQ(errno, ENODEV);
	return NULL;
}

/* Each write that said it posted, posted. */
TEST(events_unbind, none_is_lost_in_the_midst_of_posting)
{
	for (int i = 0; i < 20; i++) {
		int fd = events_open(&plain, POSTED, 0);
		uint64_t got = 0, count;
		pthread_t threads[2];

		written = 0;
		for (int j = 0; j < 2; j++)
			ASSERT_EQ(pthread_create(&threads[j], NULL, post_until_the_end, &fd), 0);
		got += take(fd);
		unbind_buffer(&plain);
		while (read(fd, &count, 8) == 8)
			got += count;
		EXPECT_EQ(errno, ENODEV);
		for (int j = 0; j < 2; j++)
			ASSERT_EQ(pthread_join(threads[j], NULL), 0);
		EXPECT_EQ(got, written);
		close(fd);
		bind_buffer(&plain);
	}
}
