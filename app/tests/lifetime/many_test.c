// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many files and many mappings of one buffer: what its unbind costs grows with their
 * numbers, and not with the product of both. nodes_test.c has many buffers.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "process.h"
#include "tests/harness/buffers.h"
#include "tests/harness/memory.h"

#define RW	(PROT_READ | PROT_WRITE)

/* What a process on the board may have by its administrator's leave. */
static void raise_limits(unsigned int files, unsigned int mappings)
{
	struct rlimit limit = { .rlim_cur = files + 100, .rlim_max = files + 100 };
	char text[16];

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	snprintf(text, sizeof(text), "%u", 65530 + mappings);
	ASSERT_OK(file_write("/proc/sys/vm/max_map_count", text));
}

/* Seconds of each. */
struct times {
	double map;
	double unbind;
};

struct amount {
	const struct test_buffer *b;
	unsigned int files;
	unsigned int mappings;
	struct times *times;
};

/* In one process: that many files, and mappings of a page among them. */
static void unbind_with(const void *arg)
{
	const struct amount *amount = arg;
	unsigned char *map = NULL, byte;
	double start = monotonic();
	int *fds;

	raise_limits(amount->files, amount->mappings);
	fds = malloc(amount->files * sizeof(*fds));
	ASSERT_TRUE(fds);
	for (unsigned int i = 0; i < amount->files; i++)
		fds[i] = open_buffer(amount->b, O_RDWR);
	for (unsigned int i = 0; i < amount->mappings; i++)
		map = ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED, fds[i % amount->files], 0));
	amount->times->map = monotonic() - start;

	ASSERT_EQ(files_of(amount->b), amount->files);
	ASSERT_EQ(mappings_of(amount->b), amount->mappings);
	start = monotonic();
	unbind_buffer(amount->b);
	amount->times->unbind = monotonic() - start;
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
}

/* The best of what there was and of now. */
static void time_unbind(const struct test_buffer *b, unsigned int files, unsigned int mappings,
			struct times *best)
{
	struct times *times = ASSERT_MAP(mmap(NULL, sizeof(*times), RW,
					      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	const struct amount amount = { b, files, mappings, times };

	harness_in_child(unbind_with, &amount);
	bind_buffer(b);
	harness_note("%u files, %u mappings: %.3f s to map, %.3f s to unbind", files, mappings,
		     times->map, times->unbind);
	if (times->map < best->map)
		best->map = times->map;
	if (times->unbind < best->unbind)
		best->unbind = times->unbind;
	ASSERT_OK(munmap(times, sizeof(*times)));
}

/* Milliseconds that a busy host may take from a board; what was quadratic took 29 s. */
#define BUSY	500

/*
 * Four times as much of both takes four times as long, with as much again for what else
 * the board does; their product would be sixteen times. Nor does it take much longer
 * than to map it all.
 */
static bool is_linear(const struct times *few, const struct times *many)
{
	return many->unbind * 1000 < few->unbind * 1000 * 8 + BUSY &&
	       many->unbind * 1000 < many->map * 1000 * 4 + BUSY;
}

/* A busy host makes any round longer, and none shorter: by turns, the best of each. */
static void expect_linear(const struct test_buffer *b, unsigned int files, unsigned int mappings)
{
	struct times few = { 1e9, 1e9 }, many = { 1e9, 1e9 };

	for (int round = 0; round < 3 && (!round || !is_linear(&few, &many)); round++) {
		time_unbind(b, files, mappings, &few);
		time_unbind(b, 4 * files, 4 * mappings, &many);
	}
	EXPECT_TRUE(is_linear(&few, &many));
}

TEST_LIMIT(many, unbind_is_linear_in_files_and_mappings, 180)
{
	expect_linear(&plain, 250, 5000);
}

TEST_LIMIT(many, unbind_is_linear_in_files_of_one_mapping_each, 180)
{
	expect_linear(&pool, 250, 250);
}

/* As many as the administrator lets a process have, and the buffer is none the worse. */
static void map_until_the_limit(const void *arg)
{
	const struct test_buffer *b = arg;
	int fd = open_buffer(b, O_RDWR);
	unsigned char *map = NULL, *next, byte;
	unsigned int count = 0;

	ASSERT_OK(file_write("/proc/sys/vm/max_map_count", "2000"));
	while ((next = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0)) != MAP_FAILED) {
		map = next;
		count++;
	}
	EXPECT_EQ(errno, ENOMEM);
	EXPECT_LE(count, 2000);
	EXPECT_GE(count, 1900);
	EXPECT_EQ(mappings_of(b), count);
	EXPECT_SIGNAL(touch_write(map, 1), 0);

	ASSERT_OK(munmap(map, PAGE));
	map = ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0));
	unbind_buffer(b);
	EXPECT_SIGNAL(touch_read(map, &byte), SIGBUS);
}

TEST(many, mappings_end_at_the_limit_of_the_process)
{
	char limit[16];

	ASSERT_OK(file_read_line("/proc/sys/vm/max_map_count", limit, sizeof(limit)));
	harness_in_child(map_until_the_limit, &vmalloc_buffer);
	ASSERT_OK(file_write("/proc/sys/vm/max_map_count", limit));
	bind_buffer(&vmalloc_buffer);
	EXPECT_EQ(mappings_of(&vmalloc_buffer), 0);
}

/* What the kernel needs for each, beside the page tables. */
static long cost_of_mappings(int fd, unsigned int count)
{
	long before = meminfo("Slab"), cost;

	for (unsigned int i = 0; i < count; i++)
		ASSERT_MAP(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0));
	cost = (meminfo("Slab") - before) * 1024 / count;
	harness_note("a mapping costs %ld bytes of the kernel's memory", cost);
	return cost;
}

/* Others allocate and free meanwhile: hence more of them where it seems too little or too much. */
TEST_LIMIT(many, mapping_costs_less_than_a_kilobyte_of_the_kernels_memory, 180)
{
	const unsigned int count = 20000;
	int fd = open_buffer(&plain, O_RDWR);
	long cost = 0;

	raise_limits(1, 3 * count);
	for (int i = 0; i < 3 && (cost < 100 || cost >= 1024); i++)
		cost = cost_of_mappings(fd, count);
	EXPECT_GE(cost, 100);
	EXPECT_LT(cost, 1024);
}
