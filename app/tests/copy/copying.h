/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests of COHBUF_IOC_COPY share: which buffers of the board an engine can copy
 * in, what the board's controllers are like, and a copy with a look at the result.
 */
#ifndef _COPYING_H
#define _COPYING_H

#include "tests/harness/buffers.h"

/* Lists end with NULL. */
extern const struct test_buffer *copying_buffers[];	/* their node names an engine */
extern const struct test_buffer *chosen_buffers[];	/* of each sort, one */
extern const struct test_buffer *lonely_buffers[];	/* their node names none */
extern const struct test_buffer *stuck_buffers[];	/* it names one that never ends */

/* A fact of boards/emulated/NAME/board.mk, "" where it does not state it. */
const char *board_fact(const char *name);

/* Is it a name, as in /sys/bus/BUS/devices, of a controller that is there? */
bool is_controller(const char *device);

/* The controller that copies in a buffer. */
const char *controller_of(const struct test_buffer *b);
void bind_controller(const char *device);
void unbind_controller(const char *device);
void bind_all_again(void);

/* What lengths and offsets must be a multiple of in this emulator, in bytes. */
size_t copy_unit(void);

/* One COPY, with a time limit that suits the slowest engine, or with this one. */
int copy_within(int fd, size_t dst, size_t src, size_t length, unsigned int timeout_ms);
int copy(int fd, size_t dst, size_t src, size_t length);

/* An engine that needs a tenth of a second for anything: not for large copies. */
bool is_slow(const struct test_buffer *b);

/* An open and mapped buffer with a pattern in it. */
struct subject {
	const struct test_buffer *b;
	int fd;
	unsigned char *map;
	unsigned int seed;
};

struct subject open_subject(const struct test_buffer *b, unsigned int seed);
void refill(struct subject *s, unsigned int seed);

/* All but the target is as it was, the bytes before and behind it too. */
void expect_copied(const struct subject *s, size_t dst, size_t src, size_t length);
void expect_untouched(const struct subject *s);

#endif /* _COPYING_H */
