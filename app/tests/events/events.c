// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of events; see events.h.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "events.h"
#include "tests/harness/asleep.h"

int events_of(int fd, enum cohbuf_events_source source, int flags)
{
	return ASSERT_OK(buffer_events(fd, source, flags));
}

int events_open(const struct test_buffer *b, enum cohbuf_events_source source, int flags)
{
	int fd = open_buffer(b, O_RDWR);
	int events = events_of(fd, source, flags);

	/* It needs the buffer's file no longer. */
	close(fd);
	return events;
}

void post(int fd, uint64_t count)
{
	ASSERT_EQ(write(fd, &count, sizeof(count)), sizeof(count));
}

uint64_t take(int fd)
{
	uint64_t count = 0;

	ASSERT_EQ(read(fd, &count, sizeof(count)), sizeof(count));
	ASSERT_TRUE(count);
	return count;
}

int ready(int fd, int events)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	ASSERT_OK(poll(&pfd, 1, 0));
	return pfd.revents;
}

uint64_t counted(const struct test_buffer *b, const char *attr)
{
	uint64_t value;

	ASSERT_OK(buffer_attr_u64(name_of(b), attr, &value));
	return value;
}

static void *read_once(void *arg)
{
	struct reader *reader = arg;

	__atomic_store_n(&reader->id, syscall(SYS_gettid), __ATOMIC_RELEASE);
	reader->ret = read(reader->fd, &reader->count, sizeof(reader->count));
	reader->error = errno;
	return NULL;
}

void reader_start(struct reader *reader, int fd)
{
	pthread_t thread;

	*reader = (struct reader){ .fd = fd };
	ASSERT_EQ(pthread_create(&thread, NULL, read_once, reader), 0);
	reader->thread = thread;
	while (!__atomic_load_n(&reader->id, __ATOMIC_ACQUIRE))
		continue;
	await_asleep(reader->id);
}

void reader_join(struct reader *reader)
{
	ASSERT_EQ(pthread_join(reader->thread, NULL), 0);
}
