// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many buffers of a pool, of processes that die, and whose memory it is by the kernel's
 * books.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pools.h"
#include "tests/harness/memory.h"

#define PROCESSES	8
#define BUFFERS	1000

/* For who dies at random: a number that tells how the test can be had again. */
static unsigned int random_below(unsigned int *state, unsigned int limit)
{
	*state = *state * 1103515245 + 12345;
	return (*state >> 16) % limit;
}

/* Makes, maps, checks and drops, until it is killed. */
static void use_pool(const struct test_buffer *b, unsigned int seed, atomic_uint *made)
{
	enum { HELD = BUFFERS / PROCESSES };
	unsigned char *maps[HELD] = {};
	int pool = pool_open(b), fds[HELD];

	for (;;) {
		unsigned int i = random_below(&seed, HELD);

		if (maps[i]) {
			EXPECT_EQ(maps[i][0], (unsigned char)i);
			munmap(maps[i], PAGE);
			maps[i] = NULL;
			if (fds[i] >= 0)
				close(fds[i]);
			continue;
		}
		fds[i] = ASSERT_OK(pool_alloc(pool, PAGE, O_CLOEXEC));
		maps[i] = map_pooled(fds[i], PAGE);
		EXPECT_EQ(maps[i][0], 0);
		maps[i][0] = i;
		/* Some by their mapping alone, and others by both. */
		if (random_below(&seed, 4)) {
			close(fds[i]);
			fds[i] = -1;
		}
		++*made;
	}
}

TEST_EACH_LIMIT(pool_many, processes_that_die_leave_nothing, all_pools, 60)
{
	atomic_uint *made = ASSERT_MAP(mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE,
					    MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	unsigned int many = harness_rounds(BUFFERS / 4), seed = 1, wanted;
	pid_t children[PROCESSES];

	if (b->size < 1200 * PAGE)
		SKIP("a quota of less than a thousand buffers");

	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (!children[i]) {
			use_pool(b, i + 1, made);
			_exit(0);
		}
	}
	/* One after the other, each after a part of what all may have. */
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		wanted = *made + many + random_below(&seed, many);
		while (*made < wanted)
			sched_yield();
		ASSERT_OK(kill(children[i], SIGKILL));
		ASSERT_EQ(waitpid(children[i], &status, 0), children[i]);
		EXPECT_TRUE(WIFSIGNALED(status));
	}
	await_used(b, 0);
	EXPECT_EQ(pool_attr(b, "buffers"), 0);
	/* Nobody has a page of it. */
	EXPECT_OK(pool_buffer(b, b->size / 8));
}

/* A thousand that are there at once, freed in another order. */
TEST_EACH(pool_many, thousand_freed_in_any_order, all_pools)
{
	struct rlimit limit = { .rlim_cur = 2048, .rlim_max = 2048 };
	unsigned int seed = 7, count = b->size / PAGE;
	int pool = pool_open(b), *fds;

	if (count > harness_rounds(BUFFERS))
		count = harness_rounds(BUFFERS);
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	fds = malloc(count * sizeof(*fds));
	ASSERT_TRUE(fds);
	for (unsigned int i = 0; i < count; i++)
		fds[i] = ASSERT_OK(pool_alloc(pool, PAGE, 0));
	EXPECT_EQ(pool_attr(b, "used"), count * PAGE);
	EXPECT_EQ(pool_attr(b, "buffers"), count);
	for (unsigned int left = count; left; left--) {
		unsigned int i = random_below(&seed, left);

		EXPECT_EQ(close(fds[i]), 0);
		fds[i] = fds[left - 1];
	}
	await_used(b, 0);
	free(fds);
}

/* Linux 5.10 cannot charge what programs map. */
static bool charges(void)
{
	struct utsname system;

	ASSERT_OK(uname(&system));
	return strncmp(system.release, "5.10.", 5);
}

#define GROUPS	"/tmp/groups"
#define GROUP	GROUPS "/pool"

static long in_group(const char *file)
{
	char line[64];

	ASSERT_OK(file_read_line(file, line, sizeof(line)));
	return atol(line);
}

static void enter_group(void)
{
	mkdir(GROUPS, 0755);
	if (mount("none", GROUPS, "cgroup2", 0, NULL))
		SKIP("no cgroup2: %s", strerror(errno));
	if (file_write(GROUPS "/cgroup.subtree_control", "+memory"))
		SKIP("no memory cgroup: %s", strerror(errno));
	ASSERT_OK(mkdir(GROUP, 0755));
	ASSERT_OK(file_write(GROUP "/cgroup.procs", "0"));
}

static void leave_group(void)
{
	ASSERT_OK(file_write(GROUPS "/cgroup.procs", "0"));
	while (rmdir(GROUP))
		sched_yield();
	ASSERT_OK(umount2(GROUPS, MNT_DETACH));
}

TEST(pool_many, memory_is_charged_to_who_asks)
{
	const size_t size = 2 << 20;
	int pool = pool_open(&pool_of_vmalloc), fd, max;
	long before, after;

	if (!charges())
		SKIP("not on Linux 5.10");
	enter_group();
	before = in_group(GROUP "/memory.current");
	fd = ASSERT_OK(pool_alloc(pool, size, 0));
	after = in_group(GROUP "/memory.current");
	EXPECT_GE(after - before, (long)size);
	EXPECT_EQ(close(fd), 0);
	await_used(&pool_of_vmalloc, 0);

	/*
	 * No more than the group may have; and nobody is killed for it. The kernel is late
	 * to take off the account what was given back: an open() here could be one too many.
	 */
	max = ASSERT_OK(open(GROUP "/memory.max", O_WRONLY | O_CLOEXEC));
	ASSERT_EQ(write(max, "1048576", 7), 7);
	EXPECT_ERRNO(pool_alloc(pool, size, 0), ENOMEM);
	ASSERT_EQ(write(max, "max", 3), 3);
	close(max);
	EXPECT_OK(close(ASSERT_OK(pool_alloc(pool, size, 0))));
	leave_group();
}
