// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events that programs post: who is told of which, by which call, and what is refused.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "events.h"
#include "tests/harness/ring.h"
#include "tests/harness/asleep.h"

#define RW	(PROT_READ | PROT_WRITE)

_Static_assert(sizeof(struct cohbuf_events) == 32, "the same for 32 and for 64 bits");
_Static_assert(COHBUF_INFO_INTERRUPT == 16, "INTERRUPT");

TEST_EACH(events, read_gives_what_came_since_the_last, all_buffers)
{
	int fd = events_open(b, POSTED, O_NONBLOCK);
	uint64_t count, before = counted(b, "events");

	EXPECT_ERRNO(read(fd, &count, 8), EAGAIN);
	post(fd, 1);
	EXPECT_EQ(take(fd), 1);
	EXPECT_ERRNO(read(fd, &count, 8), EAGAIN);
	post(fd, 2);
	post(fd, UINT32_MAX);
	EXPECT_EQ(take(fd), 2ULL + UINT32_MAX);
	EXPECT_EQ(counted(b, "events"), before + 3 + UINT32_MAX);
	renew_buffer(b);
	EXPECT_EQ(counted(b, "events"), 0);
}

TEST(events, every_file_is_told_of_every_event)
{
	int first = events_open(&plain, POSTED, O_NONBLOCK), second, other;
	uint64_t count;

	post(first, 3);
	/* From when it was made on. */
	second = events_open(&plain, POSTED, O_NONBLOCK);
	EXPECT_ERRNO(read(second, &count, 8), EAGAIN);
	post(second, 4);
	EXPECT_EQ(take(first), 7);
	EXPECT_EQ(take(second), 4);

	/* And no other buffer is. */
	other = events_open(&pool, POSTED, O_NONBLOCK);
	post(first, 1);
	EXPECT_ERRNO(read(other, &count, 8), EAGAIN);
}

/* dup() and fork() make no file: what one reads, the other does not. */
TEST(events, copies_of_a_file_are_one_file)
{
	int fd = events_open(&plain, POSTED, O_NONBLOCK), copy = ASSERT_OK(dup(fd));
	uint64_t count;
	pid_t pid;

	post(copy, 5);
	EXPECT_EQ(take(copy), 5);
	EXPECT_ERRNO(read(fd, &count, 8), EAGAIN);

	post(fd, 6);
	pid = harness_fork();
	if (!pid) {
		EXPECT_EQ(take(fd), 6);
		post(fd, 7);
		_exit(0);
	}
	harness_join(pid);
	EXPECT_EQ(take(fd), 7);
}

TEST(events, read_waits_for_another_process)
{
	int fd = events_open(&plain, POSTED, 0);
	pid_t pid = harness_fork();

	if (!pid) {
		EXPECT_EQ(take(events_open(&plain, POSTED, 0)), 9);
		_exit(0);
	}
	await_asleep(pid);
	post(fd, 9);
	harness_join(pid);
	EXPECT_EQ(take(fd), 9);
}

static void on_signal(int sig __attribute__((unused)))
{
}

TEST(events, signal_ends_a_read_that_waits)
{
	int fd = events_open(&plain, POSTED, 0);
	struct reader reader;

	/* Without SA_RESTART. */
	ASSERT_OK(sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = on_signal }, NULL));
	reader_start(&reader, fd);
	ASSERT_EQ(pthread_kill(reader.thread, SIGUSR1), 0);
	reader_join(&reader);
	EXPECT_EQ(reader.ret, -1);
	EXPECT_EQ(reader.error, EINTR);
	post(fd, 1);
	EXPECT_EQ(take(fd), 1);
}

TEST(events, close_elsewhere_loses_nothing)
{
	int fd = events_open(&plain, POSTED, 0), poster = events_open(&plain, POSTED, 0);
	struct reader reader;

	reader_start(&reader, fd);
	ASSERT_OK(close(fd));
	post(poster, 2);
	reader_join(&reader);
	EXPECT_EQ(reader.ret, 8);
	EXPECT_EQ(reader.count, 2);
}

TEST(events, sizes)
{
	int fd = events_open(&plain, POSTED, O_NONBLOCK);
	uint64_t two[2] = { 1, 1 }, before = counted(&plain, "events");
	struct iovec halves[2] = { { &two[0], 3 }, { (char *)&two[0] + 3, 5 } };

	for (size_t size = 0; size < 8; size++) {
		EXPECT_ERRNO(read(fd, two, size), EINVAL);
		EXPECT_ERRNO(write(fd, two, size), EINVAL);
	}
	EXPECT_ERRNO(write(fd, two, 9), EINVAL);
	EXPECT_ERRNO(write(fd, two, 16), EINVAL);
	EXPECT_EQ(counted(&plain, "events"), before);

	EXPECT_EQ(writev(fd, halves, 2), 8);
	two[0] = 0xa5;
	EXPECT_EQ(read(fd, two, 16), 8);
	EXPECT_EQ(two[0], 1);
	EXPECT_EQ(two[1], 1);
	EXPECT_ERRNO(pread(fd, two, 8, 0), ESPIPE);
	EXPECT_ERRNO(pwrite(fd, two, 8, 0), ESPIPE);
}

TEST(events, counts_that_cannot_be_posted)
{
	static const uint64_t counts[] = { 0, 1ULL << 32, 1ULL << 63, UINT64_MAX };
	int fd = events_open(&plain, POSTED, O_NONBLOCK);
	uint64_t before = counted(&plain, "events");

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		EXPECT_ERRNO(write(fd, &counts[i], 8), EINVAL);
	EXPECT_EQ(counted(&plain, "events"), before);
	EXPECT_EQ(ready(fd, POLLIN), 0);
}

static void *new_pages(size_t count)
{
	return ASSERT_MAP(mmap(NULL, count * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/* A program that has no memory for them has not been told. */
TEST(events, bad_pointer_loses_nothing)
{
	unsigned char *page = new_pages(2);
	int fd = events_open(&plain, POSTED, O_NONBLOCK);
	uint64_t before = counted(&plain, "events");

	ASSERT_OK(munmap(page + PAGE, PAGE));
	EXPECT_ERRNO(write(fd, page + PAGE, 8), EFAULT);
	EXPECT_ERRNO(write(fd, page + PAGE - 4, 8), EFAULT);
	EXPECT_EQ(counted(&plain, "events"), before);

	post(fd, 11);
	EXPECT_ERRNO(read(fd, page + PAGE, 8), EFAULT);
	EXPECT_ERRNO(read(fd, page + PAGE - 4, 8), EFAULT);
	post(fd, 1);
	EXPECT_EQ(take(fd), 12);
}

TEST(events, poll_says_what_would_not_wait)
{
	int fd = events_open(&plain, POSTED, 0);

	EXPECT_EQ(ready(fd, POLLIN | POLLOUT), POLLOUT);
	post(fd, 1);
	EXPECT_EQ(ready(fd, POLLIN | POLLOUT), POLLIN | POLLOUT);
	take(fd);
	EXPECT_EQ(ready(fd, POLLIN | POLLOUT), POLLOUT);
}

static int epoll_on(int fd, uint32_t events)
{
	int epoll = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	struct epoll_event event = { .events = events };

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	return epoll;
}

static int epoll_now(int epoll)
{
	struct epoll_event event;

	return ASSERT_OK(epoll_wait(epoll, &event, 1, 0));
}

TEST(events, epoll_by_level)
{
	int fd = events_open(&plain, POSTED, 0), epoll = epoll_on(fd, EPOLLIN);

	EXPECT_EQ(epoll_now(epoll), 0);
	post(fd, 1);
	EXPECT_EQ(epoll_now(epoll), 1);
	EXPECT_EQ(epoll_now(epoll), 1);
	take(fd);
	EXPECT_EQ(epoll_now(epoll), 0);
}

TEST(events, epoll_by_edge)
{
	int fd = events_open(&plain, POSTED, 0), epoll = epoll_on(fd, EPOLLIN | EPOLLET);

	post(fd, 1);
	EXPECT_EQ(epoll_now(epoll), 1);
	EXPECT_EQ(epoll_now(epoll), 0);
	/* Each post is an edge, also where something is left. */
	post(fd, 1);
	EXPECT_EQ(epoll_now(epoll), 1);
	EXPECT_EQ(take(fd), 2);
}

/* Who waits alone for one file keeps nothing from who waits alone for another. */
TEST(events, exclusive_waits_are_all_woken)
{
	int fd = events_open(&plain, POSTED, 0);
	pid_t pids[3];

	for (int i = 0; i < 3; i++) {
		pids[i] = harness_fork();
		if (!pids[i]) {
			int own = events_open(&plain, POSTED, 0);
			int epoll = epoll_on(own, EPOLLIN | EPOLLEXCLUSIVE);
			struct epoll_event event;

			EXPECT_EQ(epoll_wait(epoll, &event, 1, -1), 1);
			_exit(0);
		}
		await_asleep(pids[i]);
	}
	post(fd, 1);
	for (int i = 0; i < 3; i++)
		harness_join(pids[i]);
}

TEST(events, epoll_sleeps_until_the_post)
{
	int fd = events_open(&plain, POSTED, 0);
	pid_t pid = harness_fork();

	if (!pid) {
		int own = events_open(&plain, POSTED, 0);
		struct epoll_event event;

		EXPECT_EQ(epoll_wait(epoll_on(own, EPOLLIN), &event, 1, -1), 1);
		EXPECT_EQ(event.events, EPOLLIN);
		EXPECT_EQ(take(own), 1);
		_exit(0);
	}
	await_asleep(pid);
	post(fd, 1);
	harness_join(pid);
}

TEST(events, io_uring)
{
	struct ring ring = ring_new();
	int fd = events_open(&plain, POSTED, 0);
	uint64_t count = 0, three = 3;
	const struct io_uring_sqe read_one = {
		.opcode = IORING_OP_READ,
		.fd = fd,
		.addr = (uintptr_t)&count,
		.len = 8,
	};
	const struct io_uring_sqe poll_one = {
		.opcode = IORING_OP_POLL_ADD,
		.fd = fd,
		.poll_events = POLLIN,
	};

	ring_submit(&ring, &read_one);
	EXPECT_TRUE(!ring_is_done(&ring));
	post(fd, 2);
	EXPECT_EQ(ring_await(&ring), 8);
	EXPECT_EQ(count, 2);

	ring_submit(&ring, &poll_one);
	EXPECT_TRUE(!ring_is_done(&ring));
	post(fd, 1);
	EXPECT_EQ(ring_await(&ring), POLLIN);

	EXPECT_EQ(ring_call(&ring, IORING_OP_WRITE, fd, &three, 8, 0, 0), 8);
	EXPECT_EQ(ring_call(&ring, IORING_OP_READ, fd, &count, 8, 0, 0), 8);
	EXPECT_EQ(count, 4);
	EXPECT_EQ(ring_call(&ring, IORING_OP_READ, fd, &count, 7, 0, 0), -EINVAL);
}

TEST(events, nowait_is_eagain)
{
	int fd = events_open(&plain, POSTED, 0);
	uint64_t count = 1;
	struct iovec iov = { &count, 8 };

	EXPECT_EQ(pwritev2(fd, &iov, 1, -1, RWF_NOWAIT), 8);
	EXPECT_EQ(preadv2(fd, &iov, 1, -1, RWF_NOWAIT), 8);
	EXPECT_ERRNO(preadv2(fd, &iov, 1, -1, RWF_NOWAIT), EAGAIN);
	/* By fcntl() as well as from the start. */
	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_ERRNO(read(fd, &count, 8), EAGAIN);
}

TEST(events, file_has_the_rights_of_the_buffers)
{
	int reader = events_of(open_buffer(&plain, O_RDONLY), POSTED, O_NONBLOCK);
	int writer = events_of(open_buffer(&plain, O_WRONLY), POSTED, O_NONBLOCK);
	uint64_t count = 1;
	char path[64];

	EXPECT_ERRNO(write(reader, &count, 8), EBADF);
	EXPECT_EQ(ready(reader, POLLIN | POLLOUT), 0);
	EXPECT_ERRNO(read(writer, &count, 8), EBADF);
	post(writer, 1);
	EXPECT_EQ(take(reader), 1);

	/* Nor by another way in. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", reader);
	EXPECT_ERRNO(open(path, O_RDWR), ENXIO);
	EXPECT_ERRNO(fcntl(reader, F_SETFL, O_RDWR) ?: write(reader, &count, 8), EBADF);
}

/* The lowest number that is free, where none was lost. */
static int next_fd(void)
{
	int fd = ASSERT_OK(dup(0));

	close(fd);
	return fd;
}

TEST(events, bad_arguments)
{
	int fd = open_buffer(&plain, O_RDWR), next = next_fd();
	struct cohbuf_events *page = new_pages(1);
	struct cohbuf_events good = {};

	for (uint32_t source = 2; source; source <<= 1)
		EXPECT_ERRNO(buffer_events(fd, source, 0), EINVAL);
	for (uint32_t flag = 1; flag; flag <<= 1)
		if (flag != O_CLOEXEC && flag != O_NONBLOCK)
			EXPECT_ERRNO(buffer_events(fd, POSTED, flag), EINVAL);
	for (size_t i = offsetof(struct cohbuf_events, reserved); i < sizeof(good); i++) {
		memset(&good, 0, sizeof(good));
		((unsigned char *)&good)[i] = 1;
		EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_EVENTS, &good), EINVAL);
	}
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_EVENTS, NULL), EFAULT);
	/* It could be made, and not be handed over. */
	ASSERT_OK(mprotect(page, PAGE, PROT_READ));
	EXPECT_ERRNO(ioctl(fd, COHBUF_IOC_EVENTS, page), EFAULT);
	EXPECT_ERRNO(buffer_events(fd, INTERRUPT, 0), EOPNOTSUPP);
	EXPECT_EQ(next_fd(), next);
}

TEST(events, flags_are_those_of_the_file)
{
	int fd = open_buffer(&plain, O_RDWR);
	int none = events_of(fd, POSTED, 0), both = events_of(fd, POSTED, O_CLOEXEC | O_NONBLOCK);

	EXPECT_EQ(fcntl(none, F_GETFD), 0);
	EXPECT_EQ(fcntl(none, F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_RDWR);
	EXPECT_EQ(fcntl(both, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(both, F_GETFL) & (O_NONBLOCK | O_ACCMODE), O_NONBLOCK | O_RDWR);
	EXPECT_ERRNO(ioctl(none, COHBUF_IOC_INFO, NULL), ENOTTY);
	EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, none, 0), ENODEV);
}

/* The last file keeps the driver, whichever it is. */
TEST(events, file_keeps_the_driver)
{
	int fd;

	need_module();
	fd = events_open(&plain, POSTED, 0);
	EXPECT_EQ(files_of(&plain), 0);
	EXPECT_ERRNO(unload_module("cohbuf"), EWOULDBLOCK);
	post(fd, 1);
	EXPECT_EQ(take(fd), 1);
}
