/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of events. What fails in here ends the test.
 */
#ifndef _EVENTS_H
#define _EVENTS_H

#include "tests/harness/buffers.h"

#define POSTED		COHBUF_EVENTS_POSTED
#define INTERRUPT	COHBUF_EVENTS_INTERRUPT

/* Of an open buffer; of one that is opened, for both. */
int events_of(int fd, enum cohbuf_events_source source, int flags);
int events_open(const struct test_buffer *b, enum cohbuf_events_source source, int flags);

void post(int fd, uint64_t count);
/* Waits for the next ones, and gives how many there are. */
uint64_t take(int fd);
/* What poll() says at once, asked for @events. */
int ready(int fd, int events);

/* The attribute. */
uint64_t counted(const struct test_buffer *b, const char *attr);

/* A read of a file in a thread of its own, which waits, as is seen when this returns. */
struct reader {
	int fd;
	pid_t id;
	uint64_t count;
	ssize_t ret;
	int error;
	unsigned long thread;
};

void reader_start(struct reader *reader, int fd);
void reader_join(struct reader *reader);

#endif /* _EVENTS_H */
