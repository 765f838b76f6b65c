// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind while a call waits in the middle of its copy, for memory of its program
 * that a userfaultfd supplies: it may wait for ever, and the unbind must not.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "buffers.h"
#include "lazy.h"
#include "unbind.h"

/* One call in a thread of its own. */
struct call {
	enum {
		READ,
		WRITE,
		INFO
	} kind;
	int fd;
	void *memory;
	size_t size;
	ssize_t ret;
	int error;
};

static void *do_call(void *arg)
{
	struct call *call = arg;

	errno = 0;
	switch (call->kind) {
	case READ:
		call->ret = pread(call->fd, call->memory, call->size, 0);
		break;
	case WRITE:
		call->ret = pwrite(call->fd, call->memory, call->size, 0);
		break;
	default:
		call->ret = ioctl(call->fd, COHBUF_IOC_INFO, call->memory);
	}
	call->error = errno;
	return NULL;
}

/* Unbind while @call waits for the memory of @lazy, then let it go on. */
static void unbind_during(const struct test_buffer *b, struct call *call,
			  struct lazy *lazy)
{
	unsigned char *map = map_buffer(b, call->fd);
	unsigned char byte;
	pthread_t thread;

	fill_pattern(map, 0, 2 * PAGE, 1);
	ASSERT_EQ(pthread_create(&thread, NULL, do_call, call), 0);
	lazy_await(lazy);
	unbind_promptly(b);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);

	/* Nor does a new buffer wait for it, and none of what comes gets there. */
	bind_buffer(b);
	lazy_supply(lazy, new_pattern(0, 2 * PAGE, 2));
	ASSERT_EQ(pthread_join(thread, NULL), 0);
}

TEST_EACH(blocked, unbind_does_not_wait_for_a_read, large_buffers)
{
	struct lazy lazy = lazy_new();
	struct call call = {
		.kind = READ,
		.fd = open_buffer(b, O_RDWR),
		.memory = lazy.pages,
		.size = 2 * PAGE,
	};

	/* The first page had left the buffer before the unbind. */
	unbind_during(b, &call, &lazy);
	EXPECT_EQ(call.ret, PAGE);
	EXPECT_BYTES(lazy.pages, new_pattern(0, PAGE, 1), PAGE);
	EXPECT_BYTES(lazy.pages + PAGE, new_pattern(PAGE, PAGE, 2), PAGE);
	EXPECT_ERRNO(pread(call.fd, lazy.pages, 1, 0), ENODEV);
}

TEST_EACH(blocked, unbind_does_not_wait_for_a_write, large_buffers)
{
	struct lazy lazy = lazy_new();
	unsigned char *back = new_bytes(2 * PAGE, 0xa5);
	struct call call = {
		.kind = WRITE,
		.fd = open_buffer(b, O_RDWR),
		.memory = lazy.pages,
		.size = 2 * PAGE,
	};

	unbind_during(b, &call, &lazy);
	EXPECT_EQ(call.ret, -1);
	EXPECT_EQ(call.error, ENODEV);
	EXPECT_EQ(pread(open_buffer(b, O_RDONLY), back, 2 * PAGE, 0), 2 * PAGE);
	EXPECT_BYTES(back, new_bytes(2 * PAGE, 0), 2 * PAGE);
}

TEST_EACH(blocked, unbind_does_not_wait_for_an_info, large_buffers)
{
	struct lazy lazy = lazy_new();
	struct call call = {
		.kind = INFO,
		.fd = open_buffer(b, O_RDWR),
		.memory = lazy.pages,
	};

	unbind_during(b, &call, &lazy);
	EXPECT_EQ(call.ret, 0);
	EXPECT_EQ(((struct cohbuf_info *)lazy.pages)->size, b->size);
}

/* A read that waits holds up no other call either. */
TEST_EACH(blocked, other_calls_do_not_wait_for_a_read, large_buffers)
{
	struct lazy lazy = lazy_new();
	struct call call = {
		.kind = READ,
		.fd = open_buffer(b, O_RDWR),
		.memory = lazy.pages,
		.size = PAGE,
	};
	struct cohbuf_info info;
	unsigned char byte;
	pthread_t thread;

	ASSERT_EQ(pthread_create(&thread, NULL, do_call, &call), 0);
	lazy_await(&lazy);
	EXPECT_EQ(pwrite(call.fd, "x", 1, 0), 1);
	EXPECT_EQ(pread(call.fd, &byte, 1, 0), 1);
	EXPECT_EQ(byte, 'x');
	EXPECT_OK(buffer_info(call.fd, &info));
	EXPECT_EQ(files_of(b), 1);
	map_buffer(b, open_buffer(b, O_RDWR));

	lazy_supply(&lazy, new_bytes(2 * PAGE, 0));
	ASSERT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(call.ret, PAGE);
}

/* A call that waits can be killed, and takes nothing with it. */
TEST(blocked, waiting_read_can_be_killed)
{
	pid_t pid = harness_fork();

	if (!pid) {
		struct lazy lazy = lazy_new();
		struct call call = {
			.kind = READ,
			.fd = open_buffer(&plain, O_RDWR),
			.memory = lazy.pages,
			.size = PAGE,
		};
		pthread_t thread;

		ASSERT_EQ(pthread_create(&thread, NULL, do_call, &call), 0);
		lazy_await(&lazy);
		_exit(0);
	}
	harness_join(pid);
	EXPECT_EQ(files_of(&plain), 0);
}
