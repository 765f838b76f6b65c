// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many binds at once: each buffer gets memory that no other has, and a name of its own.
 * The board was started with the nodes of "boards/harness/check/many_test pools": regions that
 * five nodes share, which the first of them makes a pool of. With "cohbuf_bind=later" on
 * the kernel's command line the tests bind them, else they are bound already: at once
 * as well with "driver_async_probe=cohbuf".
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/buffers.h"

#define SHARERS		5
#define MAX_POOLS	64
#define ROUNDS		2

struct shared_buffer {
	char device[DEVICE_NAME_SIZE];
	struct cohbuf_info info;
	int fd;
};

static struct shared_buffer buffers[MAX_POOLS * SHARERS];
static unsigned int count;

static void find_buffers(void)
{
	char path[PATH_MAX];

	for (count = 0; count < MAX_POOLS * SHARERS; count++) {
		struct shared_buffer *b = &buffers[count];

		snprintf(b->device, sizeof(b->device), "pool-%u-%c", count / SHARERS,
			 'a' + count % SHARERS);
		snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s", b->device);
		if (access(path, F_OK))
			break;
	}
	if (!count)
		SKIP("the board has no node pool-0-a: start it with boards/harness/check/many_test");
}

/* How many threads have not come to the start yet. */
static atomic_uint missing;

/* Awake until all are there: who sleeps is late. */
static void *bind_one(void *arg)
{
	const struct shared_buffer *b = arg;
	int bind = ASSERT_OK(open("/sys/bus/platform/drivers/cohbuf/bind", O_WRONLY | O_CLOEXEC));

	missing--;
	while (missing)
		;
	EXPECT_OK(write(bind, b->device, strlen(b->device)));
	close(bind);
	return NULL;
}

static void bind_at_once(struct shared_buffer *first, unsigned int number)
{
	pthread_t threads[SHARERS];

	missing = number;
	for (unsigned int i = 0; i < number; i++)
		ASSERT_EQ(pthread_create(&threads[i], NULL, bind_one, &first[i]), 0);
	for (unsigned int i = 0; i < number; i++)
		ASSERT_EQ(pthread_join(threads[i], NULL), 0);
}

static void open_all(void)
{
	char name[COHBUF_NAME_SIZE];

	for (unsigned int i = 0; i < count; i++) {
		ASSERT_OK(device_buffer(buffers[i].device, name));
		buffers[i].fd = ASSERT_OK(buffer_open(name, O_RDWR));
		ASSERT_OK(buffer_info(buffers[i].fd, &buffers[i].info));
		ASSERT_TRUE(buffers[i].info.flags & COHBUF_INFO_DMA_ADDR);
	}
}

static void close_all(void)
{
	for (unsigned int i = 0; i < count; i++)
		close(buffers[i].fd);
}

/* By what the driver says, and by what is in it when all have been written. */
static void expect_memory_of_their_own(void)
{
	unsigned char *back;

	open_all();
	for (unsigned int i = 0; i < count; i++) {
		const struct cohbuf_info *a = &buffers[i].info;

		for (unsigned int j = 0; j < i; j++) {
			const struct cohbuf_info *b = &buffers[j].info;

			if (a->dma_addr < b->dma_addr + b->size &&
			    b->dma_addr < a->dma_addr + a->size)
				harness_check(HARNESS_HERE(false), false,
					      "%s and %s are not both at %#llx", buffers[i].device,
					      buffers[j].device, (unsigned long long)a->dma_addr);
		}
		EXPECT_EQ(pwrite(buffers[i].fd, new_pattern(0, a->size, i), a->size, 0), a->size);
	}
	for (unsigned int i = 0; i < count; i++) {
		size_t size = buffers[i].info.size;

		back = new_bytes(size, 0);
		EXPECT_EQ(pread(buffers[i].fd, back, size, 0), size);
		EXPECT_BYTES(back, new_pattern(0, size, i), size);
		free(back);
	}
	close_all();
}

/* The first to use a region makes the pool that all of them get their memory from. */
TEST_LIMIT(parallel, first_users_of_a_region_share_it, 120)
{
	unsigned int bound = 0;

	find_buffers();
	for (unsigned int i = 0; i < count; i += SHARERS)
		if (device_is_bound(buffers[i].device))
			bound++;
		else
			bind_at_once(&buffers[i], SHARERS);
	harness_note("%u regions, %u of them in use before", count / SHARERS, bound);
	expect_memory_of_their_own();
}

TEST_LIMIT(parallel, sharers_are_bound_at_once_again_and_again, 240)
{
	find_buffers();
	for (int round = 0; round < ROUNDS; round++) {
		for (unsigned int i = 0; i < count; i++)
			ASSERT_OK(device_unbind(buffers[i].device));
		for (unsigned int i = 0; i < count; i += SHARERS)
			bind_at_once(&buffers[i], SHARERS);
		expect_memory_of_their_own();
	}
}
