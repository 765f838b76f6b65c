// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that someone has pinned, and those that are entered while they are taken away: an
 * unbind waits for neither, the pages live until their user is done, and nobody else has
 * them before.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "routes.h"
#include "tests/harness/memory.h"
#include "tests/harness/ring.h"
#include "tests/lifetime/unbind.h"

#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC	0x8000
#endif

#define PINNED	(4 * PAGE)
#define ROUNDS	20
#define CYCLES	200

static unsigned char *filled(const struct test_buffer *b)
{
	unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));

	fill_pattern(map, 0, b->size, 1);
	return map;
}

/* A pipe that has the first pages of a mapping, and not their bytes. */
static int pipe_of(unsigned char *map, size_t size, int *write_end)
{
	struct iovec vec = { map, size };
	int pipefd[2];

	ASSERT_OK(pipe(pipefd));
	ASSERT_OK(fcntl(pipefd[1], F_SETPIPE_SZ, size));
	ASSERT_EQ(vmsplice(pipefd[1], &vec, 1, 0), size);
	*write_end = pipefd[1];
	return pipefd[0];
}

static void expect_new(const struct test_buffer *b, unsigned char *map)
{
	EXPECT_BYTES(map, new_bytes(b->size, 0), b->size);
}

TEST_EACH(pinned, pages_in_a_pipe_are_the_buffers, pinnable_buffers)
{
	unsigned char *map = filled(b), *back = new_bytes(PINNED, 0);
	int write_end, pipe = pipe_of(map, PINNED, &write_end);

	/* No copy: what is written meanwhile comes out of it. */
	memset(map, 0x42, PINNED);
	ASSERT_EQ(read(pipe, back, PINNED), PINNED);
	EXPECT_BYTES(back, new_bytes(PINNED, 0x42), PINNED);
}

TEST_EACH(pinned, pages_in_a_pipe_outlive_the_unbind_and_are_nobody_elses, pinnable_buffers)
{
	unsigned char *map = filled(b), *back = new_bytes(PINNED, 0), *new;
	int write_end, pipe = pipe_of(map, PINNED, &write_end);

	unbind_promptly(b);
	for (size_t at = 0; at < b->size; at += PAGE)
		EXPECT_SIGNAL(touch_read(map + at, back), SIGBUS);

	bind_buffer(b);
	new = map_buffer(b, open_buffer(b, O_RDWR));
	expect_new(b, new);
	fill_pattern(new, 0, b->size, 2);

	ASSERT_EQ(read(pipe, back, PINNED), PINNED);
	EXPECT_BYTES(back, new_pattern(0, PINNED, 1), PINNED);
	EXPECT_BYTES(new, new_pattern(0, b->size, 2), b->size);
}

static int transfer(struct ring *ring, int opcode, int fd, unsigned char *map)
{
	const struct io_uring_sqe request = {
		.opcode = opcode,
		.fd = fd,
		.addr = (uintptr_t)map,
		.len = PINNED,
	};

	ring_submit(ring, &request);
	return ring_await(ring);
}

TEST_EACH(pinned, what_is_written_after_the_unbind_reaches_nobody, pinnable_buffers)
{
	struct ring ring = ring_new();
	unsigned char *map = filled(b), *new;
	int from = ASSERT_OK(memfd_create("from", 0)), to = ASSERT_OK(memfd_create("to", 0));
	unsigned char *data = new_pattern(0, PINNED, 3), *back = new_bytes(PINNED, 0);

	if (linux_version() < 605)
		SKIP("before Linux 6.5 io_uring registers no mapping of a file");

	ASSERT_EQ(pwrite(from, data, PINNED, 0), PINNED);
	ASSERT_OK(ring_register(&ring, map, PINNED));
	unbind_promptly(b);
	bind_buffer(b);
	new = map_buffer(b, open_buffer(b, O_RDWR));

	EXPECT_EQ(transfer(&ring, IORING_OP_READ_FIXED, from, map), PINNED);
	EXPECT_SIGNAL(touch_read(map, back), SIGBUS);
	expect_new(b, new);
	EXPECT_EQ(transfer(&ring, IORING_OP_WRITE_FIXED, to, map), PINNED);
	ASSERT_EQ(pread(to, back, PINNED, 0), PINNED);
	EXPECT_BYTES(back, data, PINNED);
}

static void renew_while_pinned(const struct test_buffer *b)
{
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = map_buffer(b, fd);
	int write_end, pipe = pipe_of(map, b->size, &write_end);

	renew_buffer(b);
	close(pipe);
	close(write_end);
	close(fd);
	munmap(map, b->size);
}

static void do_cycles(const void *arg)
{
	for (unsigned int i = 0; i < harness_rounds(CYCLES); i++)
		renew_while_pinned(arg);
}

/* A buffer whose pages are all pinned at its unbind goes back to the system. */
TEST_EACH_LIMIT(pinned, pages_come_back, pinnable_buffers, 360)
{
	renew_while_pinned(b);
	expect_memory_back(do_cycles, b, harness_rounds(CYCLES) / 2 * (b->size >> 10));
}

/* Each touch enters all again, until the unbind comes in between. */
static void touch_until_the_unbind(unsigned char *map, size_t size)
{
	unsigned char byte;
	int sig = 0;

	for (size_t at = 0; !sig; at = (at + PAGE) % size) {
		sig = at / PAGE % 2 ? touch_read(map + at, &byte) : touch_write(map + at, 1);
		madvise(map, size, MADV_DONTNEED);
	}
	EXPECT_EQ(sig, SIGBUS);
	for (size_t at = 0; at < size; at += PAGE)
		EXPECT_SIGNAL(touch_read(map + at, &byte), SIGBUS);
}

TEST_EACH_LIMIT(pinned, unbind_while_pages_are_entered, pinnable_buffers, 60)
{
	for (int i = 0; i < ROUNDS; i++) {
		unsigned char *map = map_buffer(b, open_buffer(b, O_RDWR));
		pid_t pids[2];

		for (int j = 0; j < 2; j++) {
			pids[j] = harness_fork();
			if (!pids[j]) {
				touch_until_the_unbind(map, b->size);
				_exit(0);
			}
		}
		usleep(1000 * i);
		renew_buffer(b);
		for (int j = 0; j < 2; j++)
			harness_join(pids[j]);
		ASSERT_OK(munmap(map, b->size));
	}
}

/* Which page it is that is entered: of what was split, moved, and never touched before. */
TEST_EACH(pinned, parts_that_move_untouched_are_entered_where_they_belong, pinnable_buffers)
{
	int fd = open_buffer(b, O_RDWR);
	size_t part = b->size / 4 / PAGE * PAGE;
	unsigned char *map, *moved;

	ASSERT_EQ(pwrite(fd, new_pattern(0, b->size, 1), b->size, 0), b->size);
	map = ASSERT_MAP(mmap(NULL, 3 * part, PROT_READ, MAP_SHARED, fd, part));
	moved = ASSERT_MAP(mmap(NULL, part, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	ASSERT_MAP(mremap(map + part, part, part, MREMAP_MAYMOVE | MREMAP_FIXED, moved));

	EXPECT_BYTES(moved, new_pattern(2 * part, part, 1), part);
	EXPECT_BYTES(map + 2 * part, new_pattern(3 * part, part, 1), part);
	EXPECT_BYTES(map, new_pattern(part, part, 1), part);
}

static void write_protect(void *map, size_t size)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_WP_ASYNC };
	struct uffdio_register area = {
		.range = { (uintptr_t)map, size },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect protect = {
		.range = area.range,
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &area))
		SKIP("this kernel's userfaultfd protects no device's mapping: %s", strerror(errno));
	ASSERT_OK(ioctl(fd, UFFDIO_WRITEPROTECT, &protect));
}

/* Taken out, what it protects leaves a mark, in whose place no page can be entered. */
TEST_EACH(pinned, touch_of_what_userfaultfd_has_marked_is_sigbus, pinnable_buffers)
{
	unsigned char *map = filled(b), byte;

	write_protect(map, b->size);
	EXPECT_SIGNAL(touch_write(map, 0x42), 0);
	ASSERT_OK(madvise(map + PAGE, PAGE, MADV_DONTNEED));
	EXPECT_SIGNAL(touch_read(map + PAGE, &byte), SIGBUS);
	EXPECT_BYTES(map + 2 * PAGE, new_pattern(2 * PAGE, PAGE, 1), PAGE);
}
