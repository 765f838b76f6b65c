// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffer or the DMA controller is unbound while copies run.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "copying.h"

#define CYCLES	50
#define THREADS	2

static atomic_bool stop;
static atomic_uint copies;

/* Copies until the buffer is gone; the only excuse is that. */
static void *copy_until_unbound(void *arg)
{
	const struct subject *s = arg;

	while (!copy(s->fd, s->b->size / 2, 0, 1024))
		copies++;
	EXPECT_EQ(errno, ENODEV);
	return NULL;
}

static void start(pthread_t threads[THREADS], void *(*run)(void *), void *arg)
{
	for (int i = 0; i < THREADS; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL, run, arg), 0);
}

static void join(const pthread_t threads[THREADS])
{
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void await_copies(unsigned int count)
{
	unsigned int since = copies;

	while (copies - since < count)
		sched_yield();
}

TEST_EACH_LIMIT(copy_unbind, in_mid_copy, chosen_buffers, 120)
{
	unsigned int cycles = harness_rounds(CYCLES);

	for (unsigned int i = 0; i < cycles; i++) {
		struct subject s = open_subject(b, i);
		pthread_t threads[THREADS];

		start(threads, copy_until_unbound, &s);
		await_copies(1 + i % 3);
		unbind_buffer(b);
		join(threads);
		munmap(s.map, b->size);
		close(s.fd);
		bind_buffer(b);
	}
	EXPECT_GE(copies, cycles);
}

/* Copies whatever comes: the controller may be gone, and then the buffer is. */
static void *copy_until_stopped(void *arg)
{
	/* Not as often as can be: who binds it again needs the processor. */
	const struct timespec pause = { .tv_nsec = 1000 * 1000 };
	const struct test_buffer *b = arg;

	while (!stop) {
		int fd = buffer_open(b->name, O_RDWR);

		if (fd < 0) {
			nanosleep(&pause, NULL);
			continue;
		}
		if (!copy(fd, b->size / 2, 0, 1024))
			copies++;
		else
			EXPECT_EQ(errno, ENODEV);
		close(fd);
	}
	return NULL;
}

TEST_EACH_LIMIT(copy_unbind, of_the_controller_in_mid_copy, chosen_buffers, 240)
{
	const char *controller = controller_of(b);
	unsigned int cycles = harness_rounds(CYCLES);
	struct subject s;
	pthread_t threads[THREADS];

	if (!strcmp(board_fact("BOARD_ENGINE_REBINDS"), "no"))
		SKIP("%s cannot be unbound and bound again: see the board's README", controller);

	stop = false;
	start(threads, copy_until_stopped, (void *)b);
	for (unsigned int i = 0; i < cycles; i++) {
		await_copies(1 + i % 3);
		unbind_controller(controller);
		bind_controller(controller);
		bind_all_again();
	}
	stop = true;
	join(threads);

	s = open_subject(b, 3);
	EXPECT_OK(copy(s.fd, b->size / 2, 0, 1024));
	expect_copied(&s, b->size / 2, 0, 1024);
}
