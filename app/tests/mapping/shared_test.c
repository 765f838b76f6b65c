// SPDX-License-Identifier: GPL-2.0-only
/*
 * One buffer mapped by many processes at the same time: whole and in part, for reading
 * beside for writing, from different offsets, inherited and their own.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define RW		(PROT_READ | PROT_WRITE)
#define PROCESSES	12
#define ROUNDS		50

/**
 * struct crowd - what the processes share beside the buffer
 * @b: the buffer
 * @inherited: all of it, mapped before they were forked
 * @together: all are here, and who forked them
 */
struct crowd {
	const struct test_buffer *b;
	unsigned char *inherited;
	pthread_barrier_t together;
};

static void meet(struct crowd *crowd)
{
	int ret = pthread_barrier_wait(&crowd->together);

	ASSERT_TRUE(!ret || ret == PTHREAD_BARRIER_SERIAL_THREAD);
}

/* Each has a page of its own, as far apart as the buffer has room. */
static size_t page_of(const struct crowd *crowd, unsigned int who)
{
	return crowd->b->size / PAGE / PROCESSES * who * PAGE;
}

static uint32_t word(unsigned int who, unsigned int round)
{
	return (who + 1) << 16 | round;
}

static unsigned int count_wrong(const struct crowd *crowd, const unsigned char *map,
				unsigned int round)
{
	unsigned int wrong = 0;

	for (unsigned int who = 0; who < PROCESSES; who++) {
		const volatile uint32_t *of = (const void *)(map + page_of(crowd, who));

		wrong += of[who] != word(who, round);
	}
	return wrong;
}

static void be_one_of_them(struct crowd *crowd, unsigned int who)
{
	const struct test_buffer *b = crowd->b;
	int writer = open_buffer(b, O_RDWR);
	volatile uint32_t *own = ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED, writer,
						 page_of(crowd, who)));
	unsigned char *all = ASSERT_MAP(mmap(NULL, b->size, PROT_READ, MAP_SHARED,
					     open_buffer(b, O_RDONLY), 0));

	close(writer);
	/* All have mapped it; then who forked them counts. */
	meet(crowd);
	meet(crowd);
	for (unsigned int round = 1; round <= ROUNDS; round++) {
		own[who] = word(who, round);
		meet(crowd);
		EXPECT_EQ(count_wrong(crowd, all, round), 0);
		EXPECT_EQ(count_wrong(crowd, crowd->inherited, round), 0);
		meet(crowd);
	}
	EXPECT_SIGNAL(touch_write(all + page_of(crowd, who), 1), SIGSEGV);
}

TEST_EACH(shared, by_many_processes_in_many_ways_at_once, large_buffers)
{
	struct crowd *crowd = ASSERT_MAP(mmap(NULL, sizeof(*crowd), RW,
					      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pthread_barrierattr_t attr;
	pid_t pids[PROCESSES];

	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	ASSERT_EQ(pthread_barrier_init(&crowd->together, &attr, PROCESSES + 1), 0);
	crowd->b = b;
	crowd->inherited = map_buffer(b, open_buffer(b, O_RDWR));

	for (unsigned int who = 0; who < PROCESSES; who++) {
		pids[who] = harness_fork();
		if (!pids[who]) {
			be_one_of_them(crowd, who);
			_exit(0);
		}
	}
	meet(crowd);
	/* Each has the one that it inherited, a page, and all of it. */
	EXPECT_EQ(mappings_of(b), 1 + 3 * PROCESSES);
	meet(crowd);
	for (unsigned int round = 1; round <= ROUNDS; round++) {
		meet(crowd);
		EXPECT_EQ(count_wrong(crowd, crowd->inherited, round), 0);
		meet(crowd);
	}
	for (unsigned int who = 0; who < PROCESSES; who++)
		harness_join(pids[who]);
	EXPECT_EQ(mappings_of(b), 1);
}
