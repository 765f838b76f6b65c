// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring: the calls of a buffer by a queue, made by threads of the kernel that have the
 * program's address space. One request at a time, without the library.
 */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define RW	(PROT_READ | PROT_WRITE)

struct ring {
	int fd;
	struct io_uring_params params;
	unsigned char *queues;
	struct io_uring_sqe *requests;
};

static _Atomic(uint32_t) *word(const struct ring *ring, uint32_t at)
{
	return (_Atomic(uint32_t) *)(ring->queues + at);
}

static struct ring ring_new(void)
{
	struct ring ring = {};
	size_t submissions, completions;

	ring.fd = syscall(SYS_io_uring_setup, 1, &ring.params);
	if (ring.fd < 0)
		SKIP("no io_uring: %s", strerror(errno));
	ASSERT_TRUE(ring.params.features & IORING_FEAT_SINGLE_MMAP);
	submissions = ring.params.sq_off.array + sizeof(uint32_t);
	completions = ring.params.cq_off.cqes +
		      ring.params.cq_entries * sizeof(struct io_uring_cqe);
	ring.queues = ASSERT_MAP(mmap(NULL, submissions > completions ? submissions : completions,
				      RW, MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQ_RING));
	ring.requests = ASSERT_MAP(mmap(NULL, sizeof(*ring.requests), RW,
					MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQES));
	return ring;
}

static void submit(struct ring *ring, const struct io_uring_sqe *request)
{
	ring->requests[0] = *request;
	*word(ring, ring->params.sq_off.array) = 0;
	(*word(ring, ring->params.sq_off.tail))++;
	ASSERT_EQ(syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0), 1);
}

static bool is_done(const struct ring *ring)
{
	return *word(ring, ring->params.cq_off.head) != *word(ring, ring->params.cq_off.tail);
}

/* What the call gave: a negative one is the errno. */
static int await_result(struct ring *ring)
{
	const struct io_uring_cqe *results = (void *)(ring->queues + ring->params.cq_off.cqes);
	uint32_t mask = *word(ring, ring->params.cq_off.ring_mask), head;
	int result;

	while (!is_done(ring))
		ASSERT_OK(syscall(SYS_io_uring_enter, ring->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL,
				  0));
	head = *word(ring, ring->params.cq_off.head);
	result = results[head & mask].res;
	*word(ring, ring->params.cq_off.head) = head + 1;
	return result;
}

static int call(struct ring *ring, int opcode, int fd, const void *memory, size_t size,
		uint64_t at, int flags)
{
	const struct io_uring_sqe request = {
		.opcode = opcode,
		.fd = fd,
		.addr = (uintptr_t)memory,
		.len = size,
		.off = at,
		.rw_flags = flags,
	};

	submit(ring, &request);
	return await_result(ring);
}

TEST_EACH(uring, reads_and_writes, named_buffers)
{
	struct ring ring = ring_new();
	unsigned char *data = new_pattern(0, b->size, 1), *back = new_bytes(b->size, 0);
	int fd = open_buffer(b, O_RDWR);

	EXPECT_EQ(call(&ring, IORING_OP_WRITE, fd, data, b->size, 0, 0), b->size);
	EXPECT_EQ(call(&ring, IORING_OP_READ, fd, back, b->size, 0, 0), b->size);
	EXPECT_BYTES(back, data, b->size);
	EXPECT_EQ(call(&ring, IORING_OP_READ, fd, back, 100, b->size - 10, 0), 10);
	EXPECT_EQ(call(&ring, IORING_OP_READ, fd, back, 1, b->size, 0), 0);
	EXPECT_EQ(call(&ring, IORING_OP_WRITE, fd, data, 1, b->size, 0), -ENOSPC);
	EXPECT_EQ(call(&ring, IORING_OP_WRITE, fd, data, 1, 0, RWF_APPEND), -ENOSPC);
	EXPECT_EQ(call(&ring, IORING_OP_READ, fd, back, 1, 0, RWF_NOWAIT), -EOPNOTSUPP);
	EXPECT_EQ(call(&ring, IORING_OP_READ, fd, NULL, 1, 0, 0), -EFAULT);
	EXPECT_EQ(call(&ring, IORING_OP_FSYNC, fd, NULL, 0, 0, 0), 0);
}

/* By the file's own position, which a write that is refused, or of nothing, leaves alone. */
TEST_EACH(uring, append_leaves_the_position, named_buffers)
{
	struct ring ring = ring_new();
	int fd = open_buffer(b, O_RDWR | O_APPEND);
	unsigned char byte = 'x';

	ASSERT_EQ(lseek(fd, 10, SEEK_SET), 10);
	EXPECT_EQ(call(&ring, IORING_OP_WRITE, fd, &byte, 0, -1, 0), 0);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 10);
	EXPECT_EQ(call(&ring, IORING_OP_WRITE, fd, &byte, 1, -1, 0), -ENOSPC);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 10);
	EXPECT_EQ(call(&ring, IORING_OP_READ, fd, &byte, 1, -1, 0), 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 11);
}

TEST_EACH(uring, calls_after_an_unbind_are_enodev, named_buffers)
{
	struct ring ring = ring_new();
	unsigned char byte = 0;
	int fd = open_buffer(b, O_RDWR);

	unbind_buffer(b);
	EXPECT_EQ(call(&ring, IORING_OP_READ, fd, &byte, 1, 0, 0), -ENODEV);
	EXPECT_EQ(call(&ring, IORING_OP_WRITE, fd, &byte, 1, 0, 0), -ENODEV);
	EXPECT_EQ(call(&ring, IORING_OP_FSYNC, fd, NULL, 0, 0, 0), -ENODEV);
}

TEST_EACH(uring, poll_is_woken_by_the_unbind, named_buffers)
{
	struct ring ring = ring_new();
	struct io_uring_sqe request = {
		.opcode = IORING_OP_POLL_ADD,
		.fd = open_buffer(b, O_RDWR),
	};

	submit(&ring, &request);
	EXPECT_TRUE(!is_done(&ring));
	unbind_buffer(b);
	EXPECT_EQ(await_result(&ring), POLLHUP | POLLERR);
}
