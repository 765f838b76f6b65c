/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The test engine of QEMU's virt boards (boards/harness/boot/guest/modules/fw_cfg_dma.c), which
 * misbehaves on demand, and copies that it does not let end. After each test it
 * behaves again.
 */
#ifndef _TEST_ENGINE_H
#define _TEST_ENGINE_H

#include <pthread.h>
#include <stdatomic.h>

#include "copying.h"
#include "process.h"

/* Of chosen_buffers those whose node names this engine; none on other boards. */
extern const struct test_buffer *engine_buffers[];

/* Its device: the address in the name is the machine's. */
const char *engine_device(void);
bool engine_copies_in(const struct test_buffer *b);

/* Faults by their names, and what it counts: see copy_engine.h there. */
void engine_set(const char *fault, unsigned int value);
unsigned int engine_count(const char *counter);
void engine_await(const char *counter, unsigned int count);
void engine_behave(void);
/* It reads some of its faults when it is bound. */
void engine_rebind(void);
/* A copy that is stopped, and calls back half a second later, whatever is released. */
void engine_leave_a_callback(int fd, const struct test_buffer *b);

/**
 * struct long_copy - a copy of 64 bytes, in a thread of its own
 * @s: in what
 * @timeout_ms: its limit
 * @thread: that thread
 * @tid: as the kernel calls it
 * @error: errno of the copy, once it has ended, or 0
 */
struct long_copy {
	const struct subject *s;
	unsigned int timeout_ms;
	pthread_t thread;
	atomic_int tid;
	int error;
};

/* Returns when it sleeps in the driver; or when the engine has it, which hangs. */
void start_copy(struct long_copy *copy);
void start_copy_that_hangs(struct long_copy *copy);
/* Waits for its end; gives its errno. */
int join_copy(struct long_copy *copy);

/* Since a time of monotonic(). */
long elapsed_ms(double start);

#endif /* _TEST_ENGINE_H */
