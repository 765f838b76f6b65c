// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind while a call waits in the middle of its copy, for memory of its program
 * that a userfaultfd supplies: it may wait for ever, and the unbind must not.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lazy.h"
#include "tests/harness/buffers.h"
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

/* It holds the lock of the folder, which the kernel needs to remove a node. */
static void *list_dev(void *memory)
{
	int fd = ASSERT_OK(open("/dev", O_RDONLY | O_DIRECTORY));

	EXPECT_OK(syscall(SYS_getdents64, fd, memory, PAGE));
	close(fd);
	return NULL;
}

static atomic_bool unbound;

static void *unbind(void *arg)
{
	unbind_buffer(arg);
	unbound = true;
	return NULL;
}

/* The kernel waits with the node; what is behind it is gone at once. */
TEST_EACH(blocked, memory_is_gone_while_dev_is_listed, large_buffers)
{
	struct lazy lazy = lazy_new();
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd), byte;
	const char *name = name_of(b);
	pthread_t lister, unbinder;

	unbound = false;
	ASSERT_EQ(pthread_create(&lister, NULL, list_dev, lazy.pages), 0);
	lazy_await(&lazy);
	ASSERT_EQ(pthread_create(&unbinder, NULL, unbind, (void *)b), 0);
	while (pread(fd, &byte, 1, 0) == 1)
		sched_yield();
	EXPECT_ERRNO(pread(fd, &byte, 1, 0), ENODEV);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
	/* As long as the node is there, it leads nowhere. */
	EXPECT_TRUE(!unbound);
	EXPECT_ERRNO(buffer_open(name, O_RDWR), ENXIO);

	lazy_supply(&lazy, new_bytes(2 * PAGE, 0));
	ASSERT_EQ(pthread_join(lister, NULL), 0);
	ASSERT_EQ(pthread_join(unbinder, NULL), 0);
	EXPECT_TRUE(unbound);
	bind_buffer(b);
}
