// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind while a call waits in the middle of its copy, for memory of its program
 * that a userfaultfd supplies: it may wait for ever, and the unbind must not.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "buffers.h"

/* Two pages that are not there until supply() says so. */
struct lazy {
	int fd;
	unsigned char *pages;
};

static struct lazy new_lazy(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct lazy lazy;

	lazy.fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (lazy.fd < 0)
		SKIP("no userfaultfd: %s", strerror(errno));
	ASSERT_OK(ioctl(lazy.fd, UFFDIO_API, &api));
	lazy.pages = ASSERT_MAP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	area.range.start = (uintptr_t)lazy.pages;
	area.range.len = 2 * PAGE;
	ASSERT_OK(ioctl(lazy.fd, UFFDIO_REGISTER, &area));
	return lazy;
}

/* Wait until somebody waits for a page. */
static void await_fault(struct lazy *lazy)
{
	struct pollfd pfd = { .fd = lazy->fd, .events = POLLIN };
	struct uffd_msg msg;

	ASSERT_EQ(poll(&pfd, 1, -1), 1);
	ASSERT_EQ(read(lazy->fd, &msg, sizeof(msg)), sizeof(msg));
	ASSERT_EQ(msg.event, UFFD_EVENT_PAGEFAULT);
}

static void supply(struct lazy *lazy, const unsigned char *bytes)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)lazy->pages,
		.src = (uintptr_t)bytes,
		.len = 2 * PAGE,
	};

	ASSERT_OK(ioctl(lazy->fd, UFFDIO_COPY, &copy));
}

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
	await_fault(lazy);
	unbind_buffer(b);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);

	/* Nor does a new buffer wait for it, and none of what comes gets there. */
	bind_buffer(b);
	supply(lazy, new_pattern(0, 2 * PAGE, 2));
	ASSERT_EQ(pthread_join(thread, NULL), 0);
}

TEST_EACH(blocked, unbind_does_not_wait_for_a_read, large_buffers)
{
	struct lazy lazy = new_lazy();
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
	struct lazy lazy = new_lazy();
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
	struct lazy lazy = new_lazy();
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
	struct lazy lazy = new_lazy();
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
	await_fault(&lazy);
	EXPECT_EQ(pwrite(call.fd, "x", 1, 0), 1);
	EXPECT_EQ(pread(call.fd, &byte, 1, 0), 1);
	EXPECT_EQ(byte, 'x');
	EXPECT_OK(buffer_info(call.fd, &info));
	EXPECT_EQ(files_of(b), 1);
	map_buffer(b, open_buffer(b, O_RDWR));

	supply(&lazy, new_bytes(2 * PAGE, 0));
	ASSERT_EQ(pthread_join(thread, NULL), 0);
	EXPECT_EQ(call.ret, PAGE);
}

/* A call that waits can be killed, and takes nothing with it. */
TEST(blocked, waiting_read_can_be_killed)
{
	pid_t pid = harness_fork();

	if (!pid) {
		struct lazy lazy = new_lazy();
		struct call call = {
			.kind = READ,
			.fd = open_buffer(&plain, O_RDWR),
			.memory = lazy.pages,
			.size = PAGE,
		};
		pthread_t thread;

		ASSERT_EQ(pthread_create(&thread, NULL, do_call, &call), 0);
		await_fault(&lazy);
		_exit(0);
	}
	harness_join(pid);
	EXPECT_EQ(files_of(&plain), 0);
}
