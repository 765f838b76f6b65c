// SPDX-License-Identifier: GPL-2.0-only
/*
 * A million events, posted by some processes and waited for by others: none is lost, none
 * is made up, and each waiter is told of all.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "events.h"
#include "process.h"

#define EVENTS		1000000
#define POSTERS		4
#define WAITERS		3

/* One, two and up to seven by a call. */
static void post_share(void)
{
	int fd = events_open(&plain, POSTED, 0);
	int left = EVENTS / POSTERS;

	for (int count = 1; left; left -= count, count = count % 7 + 1) {
		if (count > left)
			count = left;
		post(fd, count);
	}
}

/* By read() alone, by poll(), by epoll() with an edge. */
static void wait_by(int way, int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = ASSERT_OK(epoll_create1(0));
	unsigned long reads = 0;
	uint64_t got = 0;

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	while (got < EVENTS) {
		if (way == 1)
			ASSERT_EQ(poll(&pfd, 1, -1), 1);
		else if (way == 2)
			ASSERT_EQ(epoll_wait(epoll, &event, 1, -1), 1);
		got += take(fd);
		reads++;
	}
	EXPECT_EQ(got, EVENTS);
	harness_note("waiter %d: %d events by %lu reads", way, EVENTS, reads);
}

TEST_LIMIT(events_load, a_million_events_reach_every_waiter, 600)
{
	pid_t posters[POSTERS], waiters[WAITERS];
	int fds[WAITERS];
	double start = monotonic();
	uint64_t count, before = counted(&plain, "events");

	for (int i = 0; i < WAITERS; i++) {
		fds[i] = events_open(&plain, POSTED, 0);
		waiters[i] = harness_fork();
		if (!waiters[i]) {
			wait_by(i, fds[i]);
			_exit(0);
		}
	}
	for (int i = 0; i < POSTERS; i++) {
		posters[i] = harness_fork();
		if (!posters[i]) {
			post_share();
			_exit(0);
		}
	}
	for (int i = 0; i < POSTERS; i++)
		harness_join(posters[i]);
	/* Else who waits for the rest waits for ever. */
	ASSERT_EQ(counted(&plain, "events") - before, EVENTS);
	for (int i = 0; i < WAITERS; i++)
		harness_join(waiters[i]);

	for (int i = 0; i < WAITERS; i++) {
		ASSERT_OK(fcntl(fds[i], F_SETFL, O_NONBLOCK));
		EXPECT_ERRNO(read(fds[i], &count, 8), EAGAIN);
	}
	harness_note("%.1f s", monotonic() - start);
}
