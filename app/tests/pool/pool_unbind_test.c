// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unbind while buffers of a pool are in use: all of them are taken away at once, and what
 * was theirs is there for the next bind.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "pools.h"
#include "process.h"
#include "tests/copy/test_engine.h"
#include "tests/dmabuf/exporting.h"
#include "tests/events/events.h"
#include "tests/lifetime/unbind.h"

#define SIZE	(4 * PAGE)

TEST_EACH(pool_unbind, takes_every_buffer_away, all_pools)
{
	int pool = pool_open(b), fds[8], posted;
	struct cohbuf_info info;
	unsigned char *maps[8];
	struct pollfd polled;
	uint64_t count;
	unsigned char byte;

	for (int i = 0; i < 8; i++) {
		fds[i] = ASSERT_OK(pool_alloc(pool, SIZE, 0));
		maps[i] = map_pooled(fds[i], SIZE);
		maps[i][0] = i;
	}
	posted = events_of(fds[0], POSTED, O_CLOEXEC);
	/* One that only its mapping has. */
	EXPECT_EQ(close(fds[7]), 0);

	unbind_buffer(b);
	for (int i = 0; i < 8; i++)
		EXPECT_SIGNAL(touch_read(maps[i], &byte), SIGBUS);
	for (int i = 0; i < 7; i++) {
		EXPECT_ERRNO(pread(fds[i], &byte, 1, 0), ENODEV);
		EXPECT_ERRNO(buffer_info(fds[i], &info), ENODEV);
		EXPECT_MAP_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fds[i], 0), ENODEV);
		polled = (struct pollfd){ .fd = fds[i], .events = POLLIN };
		EXPECT_EQ(poll(&polled, 1, 0), 1);
		EXPECT_EQ(polled.revents, POLLHUP | POLLERR);
	}
	EXPECT_ERRNO(read(posted, &count, sizeof(count)), ENODEV);

	EXPECT_ERRNO(pool_alloc(pool, SIZE, 0), ENODEV);
	EXPECT_ERRNO(buffer_info(pool, &info), ENODEV);
	polled = (struct pollfd){ .fd = pool, .events = POLLIN };
	EXPECT_EQ(poll(&polled, 1, 0), 1);
	EXPECT_EQ(polled.revents, POLLHUP | POLLERR);

	/* With files of the last binding that are closed meanwhile. */
	EXPECT_EQ(close(fds[3]), 0);
	bind_buffer(b);
	EXPECT_EQ(close(fds[4]), 0);
	EXPECT_EQ(pool_attr(b, "used"), 0);
	EXPECT_OK(pool_buffer(b, b->size / 2));
}

TEST_EACH(pool_unbind, leaves_all_of_the_memory_to_the_next, all_pools)
{
	for (unsigned int n = 0; n < harness_rounds(20); n++) {
		int pool = pool_open(b);

		for (int i = 0; i < 4; i++)
			map_pooled(ASSERT_OK(pool_alloc(pool, b->size / 4, 0)), b->size / 4)[0] = 1;
		renew_buffer(b);
	}
	EXPECT_OK(pool_buffer(b, b->size / 4));
}

TEST_EACH(pool_unbind, keeps_what_an_export_is_of, all_pools)
{
	unsigned char byte;
	int fd, dmabuf;

	if (!has_dma(b))
		SKIP("no device sees it");
	fd = pool_buffer(b, SIZE);
	dmabuf = ASSERT_OK(export_range(fd, 0, SIZE, O_RDWR));
	EXPECT_EQ(close(fd), 0);
	fill_pattern(map_pooled(dmabuf, SIZE), 0, SIZE, 1);
	renew_buffer(b);
	EXPECT_MAP_ERRNO(mmap(NULL, SIZE, PROT_READ, MAP_SHARED, dmabuf, 0), ENODEV);
	EXPECT_ERRNO(bracket(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ), ENODEV);
	fd = pool_buffer(b, SIZE);
	EXPECT_EQ(pread(fd, &byte, 1, 0), 1);
	EXPECT_EQ(byte, 0);
}

#define SLOW_FREE	"/sys/module/slow_free/parameters/"

static unsigned int frees_that(const char *have)
{
	char path[64], count[16];

	snprintf(path, sizeof(path), SLOW_FREE "%s", have);
	ASSERT_OK(file_read_line(path, count, sizeof(count)));
	return strtoul(count, NULL, 10);
}

/* A process that has the last file of a buffer, and is held up when it closes it. */
static pid_t close_slowly(int fd)
{
	unsigned int before = frees_that("begun");
	char text[16];
	int go[2];
	pid_t pid;

	ASSERT_OK(file_write(SLOW_FREE "hold", "1"));
	ASSERT_OK(pipe(go));
	pid = harness_fork();
	if (!pid) {
		ASSERT_EQ(read(go[0], text, 1), 1);
		EXPECT_OK(close(fd));
		_exit(0);
	}
	snprintf(text, sizeof(text), "%d", pid);
	ASSERT_OK(file_write(SLOW_FREE "pid", text));
	ASSERT_OK(close(fd));
	ASSERT_EQ(write(go[1], text, 1), 1);
	while (frees_that("begun") == before)
		sched_yield();
	close(go[0]);
	close(go[1]);
	return pid;
}

/* How long an unbind that does not wait would have, in seconds. */
#define LONG_ENOUGH	1

/* Who has it freed needs the device that the unbind takes apart, and is not given up. */
static void free_while_a_killed_task_unbinds(const struct test_buffer *b)
{
	pid_t closes = close_slowly(pool_buffer(b, SIZE)), unbinds;
	struct cohbuf_info info;
	int pool = pool_open(b);
	double start;

	unbinds = harness_fork();
	if (!unbinds) {
		unbind_buffer(b);
		_exit(0);
	}
	/* Its first step; of what follows, who is killed waits for the least. */
	while (!buffer_info(pool, &info))
		sched_yield();
	ASSERT_OK(kill(unbinds, SIGKILL));
	start = monotonic();
	while (monotonic() - start < LONG_ENOUGH && !waitpid(unbinds, NULL, WNOHANG))
		sched_yield();
	EXPECT_GE(monotonic() - start, LONG_ENOUGH);

	ASSERT_OK(file_write(SLOW_FREE "hold", "0"));
	ASSERT_EQ(waitpid(unbinds, NULL, 0), unbinds);
	harness_join(closes);
	EXPECT_EQ(frees_that("ended"), frees_that("begun"));
	bind_buffer(b);
	EXPECT_OK(pool_buffer(b, b->size / 2));
}

/* Those whose memory is freed by the call that the module slow_free holds up. */
static const struct test_buffer *held_up_pools[MAX_BUFFERS];

static void __attribute__((constructor(104))) choose_pools(void)
{
	for (size_t i = 0; all_pools[i]; i++)
		if (all_pools[i]->memory == COHBUF_MEMORY_COHERENT)
			add_to(held_up_pools, all_pools[i]);
}

TEST_EACH(pool_unbind, waits_for_who_frees_though_it_is_killed, held_up_pools)
{
	/* It may be there, of a test that did not come to its end. */
	if (load_module("slow_free") && errno != EEXIST) {
		EXPECT_EQ(errno, ENOENT);
		SKIP("the kernel has no kprobes");
	}
	free_while_a_killed_task_unbinds(b);
	ASSERT_OK(unload_module("slow_free"));
}

/* Its files are code of the module, and what they are of is not there any more. */
TEST(pool_unbind, module_stays_while_a_buffer_is_open)
{
	int fd;

	need_module();
	fd = pool_buffer(all_pools[0], SIZE);
	EXPECT_ERRNO(unload_module("cohbuf"), EAGAIN);
	unbind_buffer(all_pools[0]);
	EXPECT_ERRNO(unload_module("cohbuf"), EAGAIN);
	EXPECT_EQ(close(fd), 0);
	reload_driver();
}

TEST_EACH(pool_unbind, is_prompt_with_a_thousand_buffers, all_pools)
{
	size_t size = b->size / 1024 < PAGE ? PAGE : b->size / 1024;
	int pool = pool_open(b);
	unsigned int count = 0;
	pid_t child;
	int fd;

	child = harness_fork();
	if (!child) {
		struct rlimit limit = { .rlim_cur = 4096, .rlim_max = 4096 };

		ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
		while (count < harness_rounds(1000) && (fd = pool_alloc(pool, size, 0)) >= 0) {
			map_pooled(fd, size)[0] = 1;
			count++;
		}
		ASSERT_GE(count, harness_rounds(200));
		/* Page tables to zap and memory to free are work; what is waited for takes ten. */
		unbind_within(b, 5000 * harness_time_factor());
		_exit(0);
	}
	harness_join(child);
}

/* A file's last steps are code of the module's, too; after its operations were let go. */
TEST(pool_unbind, module_stays_while_a_file_is_known)
{
	char path[64];
	int fd, known;

	need_module();
	fd = pool_buffer(all_pools[0], SIZE);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	known = ASSERT_OK(open(path, O_PATH | O_CLOEXEC));
	EXPECT_EQ(close(fd), 0);
	await_used(all_pools[0], 0);
	EXPECT_ERRNO(unload_module("cohbuf"), EAGAIN);
	EXPECT_EQ(close(known), 0);
	while (unload_module("cohbuf")) {
		ASSERT_EQ(errno, EAGAIN);
		sched_yield();
	}
	ASSERT_OK(load_module("cohbuf"));
}

struct shared {
	atomic_bool stop;
	atomic_uint made;
};

/* Until there is no pool, and then anew. */
static void make_and_drop(const struct test_buffer *b, struct shared *shared)
{
	while (!shared->stop) {
		int pool = buffer_open(b->name, O_RDWR | O_CLOEXEC), fds[4];

		if (pool < 0) {
			sched_yield();
			continue;
		}
		for (unsigned int i = 0; !shared->stop; i = (i + 1) % 4) {
			unsigned char *map;

			fds[i] = pool_alloc(pool, (1 + i) * PAGE, O_CLOEXEC);
			if (fds[i] < 0)
				break;
			map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fds[i], 0);
			if (map != MAP_FAILED) {
				touch_write(map, 1);
				munmap(map, PAGE);
			}
			shared->made++;
			if (i == 3)
				for (int n = 0; n < 4; n++)
					close(fds[n]);
		}
		/* Some are left open, for the end of the process. */
		close(pool);
	}
}

TEST_EACH_LIMIT(pool_unbind, against_all_that_make_and_drop, all_pools, 60)
{
	struct shared *shared = ASSERT_MAP(mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
						MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid_t children[4];

	for (int i = 0; i < 4; i++) {
		children[i] = harness_fork();
		if (!children[i]) {
			make_and_drop(b, shared);
			_exit(0);
		}
	}
	for (unsigned int n = 0; n < harness_rounds(20); n++) {
		unsigned int made = shared->made;

		/* After they got somewhere. */
		while (shared->made < made + 8)
			sched_yield();
		renew_buffer(b);
	}
	shared->stop = true;
	for (int i = 0; i < 4; i++)
		harness_join(children[i]);
	await_used(b, 0);
}

TEST_EACH(pool_unbind, ends_a_copy_that_hangs, engine_pools)
{
	int pool = pool_open(b), fd = ASSERT_OK(pool_alloc(pool, SIZE, 0));
	struct test_buffer of = *b;
	struct subject s = { .b = &of, .fd = fd };
	struct long_copy copy = { .s = &s, .timeout_ms = 20000 };

	of.size = SIZE;
	start_copy_that_hangs(&copy);
	unbind_promptly(b);
	EXPECT_EQ(join_copy(&copy), ENODEV);
	engine_behave();
	bind_buffer(b);
}

/* Each has its turn, and its own time limit: who gives up stops nobody else's copy. */
TEST_EACH(pool_unbind, copy_that_is_late_stops_no_other, engine_pools)
{
	int pool = pool_open(b), first = ASSERT_OK(pool_alloc(pool, SIZE, 0));
	int second = ASSERT_OK(pool_alloc(pool, SIZE, 0));
	unsigned char *map = map_pooled(first, SIZE), *other = map_pooled(second, SIZE);
	struct test_buffer of = *b;
	struct subject s = { .b = &of, .fd = first };
	struct long_copy slow = { .s = &s, .timeout_ms = 20000 };

	of.size = SIZE;
	fill_pattern(map, 0, SIZE, 3);
	fill_pattern(other, 0, SIZE, 4);
	engine_set("delay_ms", 1000);
	start_copy(&slow);
	EXPECT_ERRNO(copy_within(second, SIZE / 2, 0, SIZE / 2, 10), ETIMEDOUT);
	EXPECT_BYTES(other, new_pattern(0, SIZE, 4), SIZE);
	EXPECT_EQ(join_copy(&slow), 0);
	EXPECT_BYTES(map + SIZE / 2, new_pattern(0, 64, 3), 64);
	engine_behave();
	ASSERT_OK(copy(second, SIZE / 2, 0, SIZE / 2));
	EXPECT_BYTES(other + SIZE / 2, new_pattern(0, SIZE / 2, 4), SIZE / 2);
}
