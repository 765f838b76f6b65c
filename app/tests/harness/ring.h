/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * io_uring, one request at a time, without the library.
 */
#ifndef _RING_H
#define _RING_H

#include <linux/io_uring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
	int fd;
	struct io_uring_params params;
	unsigned char *queues;
	struct io_uring_sqe *requests;
};

/* Ends the test as skipped where the kernel has none. */
struct ring ring_new(void);
void ring_submit(struct ring *ring, const struct io_uring_sqe *request);
bool ring_is_done(const struct ring *ring);
/* What the call gave: a negative one is the errno. */
int ring_await(struct ring *ring);
int ring_call(struct ring *ring, int opcode, int fd, const void *memory, size_t size,
	      uint64_t at, int flags);
/* Its registered buffer number 0: 0, or -1 with errno. */
int ring_register(const struct ring *ring, void *memory, size_t size);

#endif /* _RING_H */
