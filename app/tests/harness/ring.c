// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring, one request at a time, without the library; see ring.h.
 */
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "harness.h"
#include "ring.h"

#define RW	(PROT_READ | PROT_WRITE)

static _Atomic(uint32_t) *word(const struct ring *ring, uint32_t at)
{
	return (_Atomic(uint32_t) *)(ring->queues + at);
}

struct ring ring_new(void)
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

void ring_submit(struct ring *ring, const struct io_uring_sqe *request)
{
	ring->requests[0] = *request;
	*word(ring, ring->params.sq_off.array) = 0;
	(*word(ring, ring->params.sq_off.tail))++;
	ASSERT_EQ(syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0), 1);
}

bool ring_is_done(const struct ring *ring)
{
	return *word(ring, ring->params.cq_off.head) != *word(ring, ring->params.cq_off.tail);
}

int ring_await(struct ring *ring)
{
	const struct io_uring_cqe *results = (void *)(ring->queues + ring->params.cq_off.cqes);
	uint32_t mask = *word(ring, ring->params.cq_off.ring_mask), head;
	int result;

	while (!ring_is_done(ring))
		ASSERT_OK(syscall(SYS_io_uring_enter, ring->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL,
				  0));
	head = *word(ring, ring->params.cq_off.head);
	result = results[head & mask].res;
	*word(ring, ring->params.cq_off.head) = head + 1;
	return result;
}

int ring_call(struct ring *ring, int opcode, int fd, const void *memory, size_t size,
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

	ring_submit(ring, &request);
	return ring_await(ring);
}

int ring_register(const struct ring *ring, void *memory, size_t size)
{
	struct iovec vec = { memory, size };

	return syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_BUFFERS, &vec, 1);
}
