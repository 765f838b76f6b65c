// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring: the calls of a buffer by a queue.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/buffers.h"
#include "tests/harness/ring.h"

TEST_EACH(uring, reads_and_writes, named_buffers)
{
	struct ring ring = ring_new();
	unsigned char *data = new_pattern(0, b->size, 1), *back = new_bytes(b->size, 0);
	int fd = open_buffer(b, O_RDWR);

	EXPECT_EQ(ring_call(&ring, IORING_OP_WRITE, fd, data, b->size, 0, 0), b->size);
	EXPECT_EQ(ring_call(&ring, IORING_OP_READ, fd, back, b->size, 0, 0), b->size);
	EXPECT_BYTES(back, data, b->size);
	EXPECT_EQ(ring_call(&ring, IORING_OP_READ, fd, back, 100, b->size - 10, 0), 10);
	EXPECT_EQ(ring_call(&ring, IORING_OP_READ, fd, back, 1, b->size, 0), 0);
	EXPECT_EQ(ring_call(&ring, IORING_OP_WRITE, fd, data, 1, b->size, 0), -ENOSPC);
	EXPECT_EQ(ring_call(&ring, IORING_OP_WRITE, fd, data, 1, 0, RWF_APPEND), -ENOSPC);
	EXPECT_EQ(ring_call(&ring, IORING_OP_READ, fd, back, 1, 0, RWF_NOWAIT), -EOPNOTSUPP);
	EXPECT_EQ(ring_call(&ring, IORING_OP_READ, fd, NULL, 1, 0, 0), -EFAULT);
	EXPECT_EQ(ring_call(&ring, IORING_OP_FSYNC, fd, NULL, 0, 0, 0), 0);
}

/* By the file's own position, which a write that is refused, or of nothing, leaves alone. */
TEST_EACH(uring, append_leaves_the_position, named_buffers)
{
	struct ring ring = ring_new();
	int fd = open_buffer(b, O_RDWR | O_APPEND);
	unsigned char byte = 'x';

	ASSERT_EQ(lseek(fd, 10, SEEK_SET), 10);
	EXPECT_EQ(ring_call(&ring, IORING_OP_WRITE, fd, &byte, 0, -1, 0), 0);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 10);
	EXPECT_EQ(ring_call(&ring, IORING_OP_WRITE, fd, &byte, 1, -1, 0), -ENOSPC);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 10);
	EXPECT_EQ(ring_call(&ring, IORING_OP_READ, fd, &byte, 1, -1, 0), 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 11);
}

TEST_EACH(uring, calls_after_an_unbind_are_enodev, named_buffers)
{
	struct ring ring = ring_new();
	unsigned char byte = 0;
	int fd = open_buffer(b, O_RDWR);

	unbind_buffer(b);
	EXPECT_EQ(ring_call(&ring, IORING_OP_READ, fd, &byte, 1, 0, 0), -ENODEV);
	EXPECT_EQ(ring_call(&ring, IORING_OP_WRITE, fd, &byte, 1, 0, 0), -ENODEV);
	EXPECT_EQ(ring_call(&ring, IORING_OP_FSYNC, fd, NULL, 0, 0, 0), -ENODEV);
}

TEST_EACH(uring, poll_is_woken_by_the_unbind, named_buffers)
{
	struct ring ring = ring_new();
	struct io_uring_sqe request = {
		.opcode = IORING_OP_POLL_ADD,
		.fd = open_buffer(b, O_RDWR),
	};

	ring_submit(&ring, &request);
	EXPECT_TRUE(!ring_is_done(&ring));
	unbind_buffer(b);
	EXPECT_EQ(ring_await(&ring), POLLHUP | POLLERR);
}
